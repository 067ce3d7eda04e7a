"""The quality check: what waits, and one job before and after."""

import uuid
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app.core.access import Actor
from app.core.db import Session
from app.core.errors import SafelightError
from app.core.locales.sentences import sentence
from app.core.web.given import GivenActor, GivenSession
from app.production import service as production
from app.production.errors import MarksOpen
from app.production.schemas import SEND_BACK_REASONS
from portal.customer.choose import read_place
from portal.studio import bench, forms
from portal.studio.frame import staff_page
from portal.web import AnyRequest, flash, see


@get("/studio/quality")
async def queue_page(
    request: AnyRequest, session: GivenSession, actor: GivenActor, undo: FromQuery[uuid.UUID | None] = None
) -> Response[str]:
    """List what waits to be judged."""
    rows = await production.quality_queue(session, actor)
    return await staff_page(
        request, session, actor, "studio/quality.html", here="quality", rows=rows,
        undo=await _undoable(session, actor, undo),
    )  # fmt: skip


async def _undoable(session: Session, actor: Actor, task_id: uuid.UUID | None) -> uuid.UUID | None:
    """Offer the way back from the decision that led here, while it is open."""
    return task_id if task_id and await production.may_undo(session, actor, task_id) else None


@get("/studio/quality/{task_id:uuid}")
async def task_page(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    task_id: FromPath[uuid.UUID],
    photo: FromQuery[uuid.UUID | None] = None,
    undo: FromQuery[uuid.UUID | None] = None,
) -> Response[str]:
    """Show a job before and after."""
    return await _task(request, session, actor, task_id, photo, undo=await _undoable(session, actor, undo))


async def _task(
    request: AnyRequest,
    session: Session,
    actor: Actor,
    task_id: uuid.UUID,
    photo: uuid.UUID | None,
    *,
    wrong: str | None = None,
    undo: uuid.UUID | None = None,
) -> Response[str]:
    task = await production.judged_page(session, actor, task_id)
    item = next((item for item in task.items if item.before.photo_id == photo), task.items[0])
    return await staff_page(
        request, session, actor, "studio/judge.html", status=422 if wrong else 200, here="quality", task=task,
        item=item, reasons=SEND_BACK_REASONS, wrong=wrong, undo=undo, pins_of=production.pins_of,
        marked=sum(1 for one in task.items if one.reasons or production.pins_of(one)),
        **bench.page_context(request, task.items, item),
    )  # fmt: skip


def _at(task_id: uuid.UUID, photo_id: uuid.UUID) -> str:
    return f"/studio/quality/{task_id}?photo={photo_id}#marks"


@post("/studio/quality/{task_id:uuid}/photos/{photo_id:uuid}/mark", status_code=303)
async def mark(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    task_id: FromPath[uuid.UUID],
    photo_id: FromPath[uuid.UUID],
) -> Redirect:
    """Say what is wrong with one photo; no reason takes the mark away."""
    form = await request.form()
    await production.mark(session, actor, task_id, photo_id, forms.texts(form, "reason"))
    return see(_at(task_id, photo_id))


@post("/studio/quality/{task_id:uuid}/pins", status_code=303)
async def pin(request: AnyRequest, session: GivenSession, actor: GivenActor, task_id: FromPath[uuid.UUID]) -> Redirect:
    """Pin words to the finished picture."""
    form = await request.form()
    x, y = read_place(*(forms.text(form, name, 12) for name in ("x", "y", "place")))
    row = await production.pin(
        session, actor, task_id, version_id=forms.key(form, "version_id"), body=forms.text(form, "body", 500), x=x, y=y
    )
    return see(_at(task_id, row.photo_id))


@post("/studio/quality/{task_id:uuid}/pins/{pin_id:uuid}/remove", status_code=303)
async def unpin(
    session: GivenSession, actor: GivenActor, task_id: FromPath[uuid.UUID], pin_id: FromPath[uuid.UUID]
) -> Redirect:
    """Take one's own words off again."""
    return see(_at(task_id, await production.unpin(session, actor, task_id, pin_id)))


@post("/studio/quality/{task_id:uuid}/undo", status_code=303)
async def undo_decision(
    request: AnyRequest, session: GivenSession, actor: GivenActor, task_id: FromPath[uuid.UUID]
) -> Redirect:
    """Take a decision back, at once and only while nobody has acted on it."""
    await production.undo(session, actor, task_id)
    return see(f"/studio/quality/{task_id}", flash(request, "work_undone"))


async def _onward(session: Session, actor: Actor, decided: uuid.UUID) -> str:
    await session.flush()
    following = await production.first_waiting(session, actor)
    place = f"/studio/quality/{following}" if following else "/studio/quality"
    return f"{place}?undo={decided}"


@post("/studio/quality/{task_id:uuid}/accept", status_code=303)
async def accept(
    request: AnyRequest, session: GivenSession, actor: GivenActor, task_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Accept the work; the next one opens by itself."""
    try:
        await production.accept(session, actor, task_id)
    except MarksOpen as wrong:
        await session.rollback()
        said = sentence(wrong.code, wrong.params)
        return await _task(request, session, actor, task_id, None, wrong=said)
    return see(await _onward(session, actor, task_id), flash(request, "work_accepted"))


@post("/studio/quality/{task_id:uuid}/send-back", status_code=303)
async def send_back(
    request: AnyRequest, session: GivenSession, actor: GivenActor, task_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Send the work back one stage, with reasons."""
    form = await request.form()
    try:
        await production.send_back(session, actor, task_id, forms.texts(form, "reason"), forms.text(form, "note"))
    except SafelightError as wrong:
        if wrong.status != 422:
            raise
        await session.rollback()
        said = sentence(wrong.code, wrong.params)
        return await _task(request, session, actor, task_id, None, wrong=said)
    return see(await _onward(session, actor, task_id), flash(request, "work_sent_back"))

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
from app.production.schemas import SEND_BACK_REASONS
from portal.studio import forms
from portal.studio.frame import staff_page
from portal.web import AnyRequest, flash, see


@get("/studio/quality")
async def queue_page(request: AnyRequest, session: GivenSession, actor: GivenActor) -> Response[str]:
    """List what waits to be judged."""
    rows = await production.quality_queue(session, actor)
    return await staff_page(request, session, actor, "studio/quality.html", here="quality", rows=rows)


@get("/studio/quality/{task_id:uuid}")
async def task_page(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    task_id: FromPath[uuid.UUID],
    photo: FromQuery[uuid.UUID | None] = None,
) -> Response[str]:
    """Show a job before and after."""
    return await _task(request, session, actor, task_id, photo, None)


async def _task(
    request: AnyRequest,
    session: Session,
    actor: Actor,
    task_id: uuid.UUID,
    photo: uuid.UUID | None,
    wrong: str | None,
) -> Response[str]:
    task = await production.judged_page(session, actor, task_id)
    item = next((item for item in task.items if item.before.photo_id == photo), task.items[0])
    place = task.items.index(item)
    return await staff_page(
        request, session, actor, "studio/judge.html", status=422 if wrong else 200, here="quality", task=task,
        item=item, before=task.items[place - 1] if place else None, place=place + 1,
        after=task.items[place + 1] if place + 1 < len(task.items) else None,
        reasons=SEND_BACK_REASONS, wrong=wrong, surround="mid",
    )  # fmt: skip


async def _onward(session: Session, actor: Actor) -> str:
    following = await production.first_waiting(session, actor)
    return f"/studio/quality/{following}" if following else "/studio/quality"


@post("/studio/quality/{task_id:uuid}/accept", status_code=303)
async def accept(
    request: AnyRequest, session: GivenSession, actor: GivenActor, task_id: FromPath[uuid.UUID]
) -> Redirect:
    """Accept the work; the next one opens by itself."""
    await production.accept(session, actor, task_id)
    await session.flush()
    return see(await _onward(session, actor), flash(request, "work_accepted"))


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
        return await _task(request, session, actor, task_id, None, said)
    await session.flush()
    return see(await _onward(session, actor), flash(request, "work_sent_back"))

"""The retoucher's page: one job, its photos, its remarks, the way back."""

import uuid
from typing import Any

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app.core import uploads
from app.core.access import Actor
from app.core.db import Database, Session
from app.core.errors import SafelightError
from app.core.locales.sentences import sentence
from app.core.names import clean_file_name
from app.core.uploads import Field, FilePart, parts
from app.core.web import csrf
from app.core.web.given import GivenActor, GivenDb, GivenSession, GivenStore
from app.photos.schemas import Hashes
from app.production import service as production
from app.production.schemas import GIVE_BACK_REASONS, SEND_BACK_REASONS, HandedIn
from portal.studio import forms
from portal.studio.frame import staff_page
from portal.web import AnyRequest, flash, see
from portal.zips import send_zip

REFUSALS = {409, 422, 503, 507}  # of one file; the others of the form may be fine
Refusal = tuple[str, str]  # a file's name, and the sentence that says why it was not taken


@get("/studio/job")
async def job_page(
    request: AnyRequest, session: GivenSession, actor: GivenActor, photo: FromQuery[uuid.UUID | None] = None
) -> Response[str]:
    """Show the job the person has taken, or the way to the next one."""
    return await _job(request, session, actor, photo=photo)


async def _job(
    request: AnyRequest,
    session: Session,
    actor: Actor,
    photo: uuid.UUID | None = None,
    wrong: str | None = None,
    refused: list[Refusal] | None = None,
    status: int = 422,
) -> Response[str]:
    task = await production.own_task(session, actor)
    status = status if wrong or refused else 200
    if task is None:
        queue = await production.queue_of(session, actor)
        return await staff_page(
            request, session, actor, "studio/no_job.html", status=status, here="job", queue=queue, wrong=wrong,
            lease_h=round(request.app.state.settings.task_lease_h),
        )  # fmt: skip
    shown = await production.task_page(session, actor, task.id)
    item = next((item for item in shown.items if item.before.photo_id == photo), shown.items[0])
    place = shown.items.index(item)
    return await staff_page(
        request, session, actor, "studio/job.html", status=status, here="job", task=shown, item=item,
        before=shown.items[place - 1] if place else None,
        after=shown.items[place + 1] if place + 1 < len(shown.items) else None,
        give_back_reasons=GIVE_BACK_REASONS, reasons=SEND_BACK_REASONS, wrong=wrong, refused=refused or [],
        surround="mid",
    )  # fmt: skip


def _photo(request: AnyRequest) -> uuid.UUID | None:
    """Read which photo a form stood beside."""
    try:
        return uuid.UUID(request.query_params.get("photo", ""))
    except ValueError:
        return None


def _here(request: AnyRequest) -> str:
    """Stay at that photo."""
    photo = _photo(request)
    return f"/studio/job?photo={photo}" if photo else "/studio/job"


@post("/studio/job/take", status_code=303)
async def take(request: AnyRequest, session: GivenSession, actor: GivenActor) -> Redirect:
    """Take the next job."""
    await production.take_next_job(session, actor)
    return see("/studio/job", flash(request, "task_taken"))


@post("/studio/job/{task_id:uuid}/give-back", status_code=303)
async def give_back(
    request: AnyRequest, session: GivenSession, actor: GivenActor, task_id: FromPath[uuid.UUID]
) -> Redirect:
    """Give the job back, with a reason."""
    form = await request.form()
    await production.give_back(session, actor, task_id, forms.text(form, "reason", 24), forms.text(form, "note", 500))
    return see("/studio/job", flash(request, "task_given_back"))


@get("/studio/job/{task_id:uuid}/packet.zip", opt={"streams": True})
async def packet(
    request: AnyRequest, db: GivenDb, store: GivenStore, actor: GivenActor, task_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Send the packet: originals and brief."""
    plan, name = await production.packet(db, store, actor, task_id)
    return send_zip(request, plan, name)


@post("/studio/job/{task_id:uuid}/remarks/{remark_id:uuid}", status_code=303)
async def tick(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    task_id: FromPath[uuid.UUID],
    remark_id: FromPath[uuid.UUID],
) -> Redirect:
    """Tick a remark off, or untick it."""
    form = await request.form()
    done = forms.text(form, "done") == "1"
    photo_id = await production.tick_remark(session, actor, task_id, remark_id, done=done)
    return see(f"/studio/job?photo={photo_id}#remarks")


@post("/studio/job/{task_id:uuid}/files", status_code=303, opt={"streams": True}, request_max_body_size=None)
async def hand_in_files(
    request: AnyRequest, db: GivenDb, store: GivenStore, actor: GivenActor, task_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Take finished files as they arrive: each is proved in the store before it is written down."""
    taken: list[HandedIn] = []
    refused: list[Refusal] = []
    status = 422
    allowed = "x-csrf-token" in request.headers
    async for part in parts(request):
        if isinstance(part, Field):
            if part.name == "csrf":
                csrf.check(request, part.value)
                allowed = True
            continue
        if not allowed:
            csrf.check(request, None)
            allowed = True
        if not part.filename:
            continue  # a form sent without choosing a file
        try:
            taken.append(await _take_one(db, store, actor, task_id, part))
        except SafelightError as wrong:
            if wrong.status not in REFUSALS:
                raise
            refused.append((clean_file_name(part.filename), sentence(wrong.code, wrong.params)))
            status = max(status, wrong.status)
    if refused or not taken:
        async with db.read() as session:
            nothing = None if refused or taken else sentence("no_file_chosen", {})
            return await _job(request, session, actor, _photo(request), wrong=nothing, refused=refused, status=status)
    return see(_here(request), _said(request, taken))


def _said(request: AnyRequest, taken: list[HandedIn]) -> Any:
    loose = sum(1 for one in taken if one.photo_name is None and not one.known)
    fresh = sum(1 for one in taken if not one.known)
    if not fresh:
        return flash(request, "finals_known")
    return flash(request, "finals_mixed" if loose else "finals_matched", count=fresh, loose=loose)


async def _take_one(db: Database, store: Any, actor: Actor, task_id: uuid.UUID, part: FilePart) -> HandedIn:
    """Keep a file's bytes, then write them down; a file that was known leaves no second copy."""
    incoming = await production.prepare_hand_in(db, actor, task_id, part.filename)
    measured = await uploads.keep(part, store, incoming.key)
    incoming = incoming.with_bytes(Hashes(size=measured.size, sha256=measured.sha256, crc32=measured.crc32))
    return await production.write_down_hand_in(db, store, actor, task_id, incoming)


@post("/studio/job/{task_id:uuid}/match", status_code=303)
async def match(
    request: AnyRequest, session: GivenSession, actor: GivenActor, task_id: FromPath[uuid.UUID]
) -> Redirect:
    """Say which photo a file is, or put the file aside."""
    form = await request.form()
    hand_in_id = forms.key(form, "hand_in_id")
    if forms.text(form, "aside"):
        await production.put_aside(session, actor, task_id, hand_in_id)
        return see(_here(request), flash(request, "file_put_aside"))
    await production.match_by_hand(session, actor, task_id, hand_in_id, forms.key(form, "photo_id"))
    return see(_here(request), flash(request, "file_matched"))


@post("/studio/job/{task_id:uuid}/hand-in", status_code=303)
async def hand_in(
    request: AnyRequest, session: GivenSession, actor: GivenActor, task_id: FromPath[uuid.UUID]
) -> Response[Any]:
    """Hand the job in, or say what is missing."""
    try:
        await production.hand_in(session, actor, task_id)
    except SafelightError as wrong:
        if wrong.status != 409:
            raise
        await session.rollback()
        return await _job(request, session, actor, wrong=sentence(wrong.code, wrong.params))
    return see("/studio/job", flash(request, "task_handed_in"))

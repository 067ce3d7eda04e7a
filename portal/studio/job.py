"""The retoucher's page: one job, its photos, its remarks, the way back."""

import uuid
from datetime import timedelta
from typing import Any

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect

from app.core import uploads
from app.core.access import Actor
from app.core.db import Database, Session
from app.core.errors import BadInput, SafelightError
from app.core.locales.sentences import sentence
from app.core.names import clean_file_name
from app.core.uploads import Field, FilePart, parts
from app.core.web import csrf
from app.core.web.given import GivenActor, GivenDb, GivenSession, GivenStore
from app.photos.schemas import Hashes
from app.production import service as production
from app.production.schemas import GIVE_BACK_REASONS, PRODUCTS, SEND_BACK_REASONS, HandedIn, Item, Side
from portal.studio import bench, forms
from portal.studio.frame import staff_page
from portal.web import AnyRequest, flash, see
from portal.zips import send_zip

REFUSALS = {409, 422, 503, 507}  # of one file; the others of the form may be fine
SIDES = ("original", "base", "checked", "after")
Refusal = tuple[str, str]  # a file's name, and the sentence that says why it was not taken


class Sent(msgspec.Struct, frozen=True):
    """What became of one file, for the page's script: matched, loose, known or refused."""

    name: str
    state: str
    said: str


class Looked(msgspec.Struct, frozen=True):
    """Which photo of the job is looked at, and in which of its states."""

    photo: uuid.UUID | None = None
    side: str = ""


@get("/studio/job")
async def job_page(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    photo: FromQuery[uuid.UUID | None] = None,
    side: FromQuery[str] = "",
) -> Response[str]:
    """Show the job the person has taken, or the way to the next one."""
    return await _job(request, session, actor, Looked(photo, side))


async def _job(
    request: AnyRequest,
    session: Session,
    actor: Actor,
    looked: Looked,
    wrong: str | None = None,
    refused: list[Refusal] | None = None,
    status: int = 422,
) -> Response[str]:
    task = await production.own_task(session, actor)
    status = status if wrong or refused else 200
    lease_h = request.app.state.settings.task_lease_h
    if task is None:
        queue = await production.queue_of(session, actor)
        return await staff_page(
            request, session, actor, "studio/no_job.html", status=status, here="job", queue=queue, wrong=wrong,
            lease_h=round(lease_h),
        )  # fmt: skip
    shown = await production.task_page(session, actor, task.id)
    item = next((item for item in shown.items if item.before.photo_id == looked.photo), shown.items[0])
    return await staff_page(
        request, session, actor, "studio/job.html", status=status, here="job", task=shown, item=item,
        side=_side(item, looked.side), give_back_reasons=GIVE_BACK_REASONS, reasons=SEND_BACK_REASONS,
        products=PRODUCTS, wrong=wrong, refused=refused or [], pins_of=production.pins_of,
        held_until=shown.touched_at + timedelta(hours=lease_h) if shown.touched_at else None,
        **bench.page_context(request, shown.items, item),
    )  # fmt: skip


def _side(item: Item, wanted: str) -> Side:
    """Choose the state to show: the one asked for, else what there is to be worked on."""
    found = next((one for one in item.sides if one.key == wanted), None)
    if found is not None:
        return found
    if item.state == "redo":
        return item.sides[-1]
    return next((one for one in item.sides if one.shown.version_id == item.base.version_id), item.sides[0])


def _here(request: AnyRequest) -> str:
    """Stay at that photo."""
    photo = bench.asked_photo(request)
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
    done, side = forms.text(form, "done") == "1", forms.text(form, "side", 10)
    photo_id = await production.tick_remark(session, actor, task_id, remark_id, done=done)
    side = f"&side={side}" if side in SIDES else ""
    return see(f"/studio/job?photo={photo_id}{side}#remarks")


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
    if "application/json" in request.headers.get("accept", ""):
        return Response([*map(_told, taken), *(Sent(name, "refused", why) for name, why in refused)], status_code=200)
    if refused or not taken:
        async with db.read() as session:
            nothing = None if refused or taken else sentence("no_file_chosen", {})
            looked = Looked(bench.asked_photo(request))
            return await _job(request, session, actor, looked, wrong=nothing, refused=refused, status=status)
    return see(_here(request), _said(request, taken))


def _told(one: HandedIn) -> Sent:
    """Tell the page's script what became of a file."""
    if one.known:
        return Sent(one.name, "known", sentence("final_known", {}))
    if one.photo_name is None:
        return Sent(one.name, "loose", sentence("final_loose", {}))
    return Sent(one.name, "matched", sentence("final_matched", {"photo": one.photo_name}))


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
    if not forms.text(form, "photo_id"):
        raise BadInput("photo_not_chosen")
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
        return await _job(request, session, actor, Looked(), wrong=sentence(wrong.code, wrong.params))
    return see("/studio/job", flash(request, "task_handed_in"))

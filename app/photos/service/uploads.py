"""What is expected: files are announced before they come, and an order's shoot is complete when none is open."""

import asyncio
import contextlib
import uuid
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from datetime import timedelta

from app.core import audit, clock, jobs, live
from app.core.access import SYSTEM, Actor, require
from app.core.db import Database, Session
from app.core.errors import NotFound, TooLarge
from app.core.ids import new_id
from app.orders import service as orders
from app.orders.models import Order
from app.photos import queries, rules
from app.photos.errors import NoPhotoName, UploadDone, UploadGone
from app.photos.jobs import AdvanceOrder
from app.photos.models import File, Upload
from app.photos.schemas import Announced, Expected, UploadView, Wanted
from storage.errors import StorageError
from storage.keys import original_key
from storage.store import Store

LIFETIME = timedelta(days=7)  # a photographer's laptop may sleep over a long weekend
REMEMBERED = timedelta(days=30)  # after their time was over
HOLD = timedelta(minutes=15)
MOST_AT_ONCE = 1000
MOST_OPEN = 10_000
SHOWN = 100
BATCH = 500
SWEEP_EVERY = timedelta(hours=1)
_Same = tuple[str, int, str | None]  # path, size and mark of a file


def _checked(wanted: Wanted) -> str:
    """Give a wanted file's clean name. Raises NoPhotoName, TooLarge."""
    name = rules.clean_name(wanted.name)
    if not rules.is_photo_name(name):
        raise NoPhotoName(name=name)
    if wanted.size < 1:
        raise NoPhotoName("empty_file")
    if wanted.size > rules.MOST_BYTES:
        raise TooLarge("file_too_large", name=name)
    return name


def _row(order: Order, actor: Actor, wanted: Wanted, name: str) -> Upload:
    return Upload(
        id=new_id(), studio_id=order.studio_id, branch_id=order.branch_id, order_id=order.id, actor_id=actor.id,
        name=name, path=wanted.path[: rules.LONGEST_PATH], section=rules.section_of(wanted.path), size=wanted.size,
        mark=wanted.mark, offset=0, sha256=wanted.sha256, told=wanted.told, state="open",
        expires_at=clock.now() + LIFETIME, photo_id=new_id(), version_id=new_id(), file_id=new_id(),
        duplicate=False,
    )  # fmt: skip


async def announce(session: Session, actor: Actor, order_id: uuid.UUID, files: Sequence[Wanted]) -> list[Announced]:
    """Say which files will come, in the order given; what was begun before is taken up again.

    From now on the order's shoot waits for them. Raises NoPhotoName, OrderClosed, TooLarge.
    """
    order = await orders.get_open_order(session, actor, order_id, "photo.add")
    await orders.lock_order(session, order_id)
    waiting: dict[_Same, list[Upload]] = defaultdict(list)
    begun = await queries.open_uploads(session, order_id)
    for row in begun:
        waiting[row.path, row.size, row.mark].append(row)
    if len(files) > MOST_AT_ONCE or len(begun) + len(files) > MOST_OPEN:
        raise TooLarge("too_many_parts")
    names = [_checked(wanted) for wanted in files]
    here = {(file.camera_name, file.size): file for file in await queries.files_like(session, order_id, set(names))}
    told = [
        _announce_one(session, _row(order, actor, wanted, name), wanted, waiting, here.get((name, wanted.size)))
        for wanted, name in zip(files, names, strict=True)
    ]
    if any(one.state == "new" for one in told):
        live.touch(session, live.order(order_id))
    return told


def _announce_one(
    session: Session, row: Upload, wanted: Wanted, waiting: dict[_Same, list[Upload]], like: File | None
) -> Announced:
    begun = waiting[row.path, row.size, row.mark]
    known = next((one for one in begun if None in {one.sha256, row.sha256} or one.sha256 == row.sha256), None)
    if known is not None:
        begun.remove(known)
        return Announced(state="open", id=known.id, offset=known.offset)
    if like is not None and wanted.sha256 == like.sha256:
        return Announced(state="known")
    if like is not None and wanted.sha256 is None and not wanted.sure:
        return Announced(state="like", sha256=like.sha256)
    session.add(row)
    return Announced(state="new", id=row.id)


async def create_upload(session: Session, actor: Actor, order_id: uuid.UUID, wanted: Wanted) -> Upload:
    """Make an upload of its own for one file. Raises NoPhotoName, OrderClosed, TooLarge."""
    order = await orders.get_open_order(session, actor, order_id, "photo.add")
    row = _row(order, actor, wanted, _checked(wanted))
    session.add(row)
    live.touch(session, live.order(order_id))
    await session.flush()
    return row


async def get_upload(session: Session, actor: Actor, order_id: uuid.UUID, upload_id: uuid.UUID) -> Upload:
    """Fetch an upload that lives or is complete. Raises NotFound, UploadGone."""
    row = await session.get(Upload, upload_id)
    require(actor, "photo.add", row)
    if row is None or row.order_id != order_id or not row.size:
        raise NotFound
    if row.state in {"cancelled", "expired"} or (row.state == "open" and row.expires_at <= clock.now()):
        raise UploadGone
    return row


async def expected(session: Session, order_id: uuid.UUID) -> Expected:
    """Tell what an order's shoot still waits for (the caller has passed the door)."""
    rows = [row for row in await queries.open_uploads(session, order_id) if row.size]
    return Expected(
        count=len(rows),
        files=[
            UploadView(id=row.id, name=row.name, section=row.section, size=row.size, offset=row.offset)
            for row in rows[:SHOWN]
        ],
    )


async def shoot_is_open(session: Session, order_id: uuid.UUID) -> bool:
    """Tell whether files of an order are still expected."""
    return bool(await queries.count_open_uploads(session, [order_id]))


async def look_again(session: Session, studio_id: uuid.UUID, order_id: uuid.UUID) -> None:
    """Let the production look: less is expected than before."""
    live.touch(session, live.order(order_id))
    await jobs.enqueue(session, AdvanceOrder(order_id), studio_id=studio_id, order_id=order_id)


async def cancel_upload(db: Database, store: Store, actor: Actor, order_id: uuid.UUID, upload_id: uuid.UUID) -> None:
    """Give a file up: it is not expected any more, and its bytes go. Raises NotFound, UploadGone, UploadDone."""
    async with db.write() as session:
        await get_upload(session, actor, order_id, upload_id)
        row = await queries.locked_upload(session, upload_id)
        if row is None or row.state != "open":
            raise UploadDone
        row.state = "cancelled"
        audit.record(session, actor, "upload.cancel", row)
        await look_again(session, row.studio_id, order_id)
    await asyncio.to_thread(forget_bytes, store, upload_id)
    await forget_object(db, store, upload_id)


async def complete_shoot(session: Session, actor: Actor, order_id: uuid.UUID) -> int:
    """Say that nothing more will come: whatever was announced and is not here is given up. Returns how many."""
    order = await orders.get_open_order(session, actor, order_id, "photo.add")
    rows = await queries.open_uploads(session, order_id, lock=True)
    for row in rows:
        row.state = "cancelled"
    if rows:
        audit.record(session, actor, "shoot.complete", order, after={"given_up": len(rows)})
    await look_again(session, order.studio_id, order_id)
    return len(rows)


async def expire_uploads(session: Session) -> list[uuid.UUID]:
    """End uploads whose time is over; returns their ids, at most a batch."""
    rows = await queries.expired_uploads(session, clock.now(), BATCH)
    for row in rows:
        row.state = "expired"
    for studio_id, order_id in {(row.studio_id, row.order_id) for row in rows}:
        await look_again(session, studio_id, order_id)
    return [row.id for row in rows]


async def forget_uploads(db: Database, store: Store) -> int:
    """Remove the rows of uploads that ended long ago, and what was left of their bytes; how many rows."""
    before = clock.now() - REMEMBERED
    async with db.read() as session:
        given_up = await queries.given_up_uploads(session, before)
    for upload_id in given_up:
        await forget_object(db, store, upload_id)
    async with db.write() as session:
        return await queries.forget_uploads(session, before)


def staged_name(upload_id: uuid.UUID) -> str:
    """Name the place where an upload's bytes are staged."""
    return f"tus-{upload_id.hex}"


def forget_bytes(store: Store, upload_id: uuid.UUID) -> None:
    """Remove what is staged. Who writes it this moment will find it given up; the sweep takes what stays."""
    with contextlib.suppress(StorageError):
        store.incoming(staged_name(upload_id)).discard()


async def sweep_staged(store: Store) -> None:
    """Remove, for ever and ever, what was staged on this machine and given up: only it can see that."""
    while True:
        with contextlib.suppress(StorageError, OSError):
            await asyncio.to_thread(store.sweep, LIFETIME.total_seconds())
        await asyncio.sleep(SWEEP_EVERY.total_seconds())


def object_key(row: Upload) -> str:
    """Name the object an upload becomes: the same one for whoever finishes it."""
    return original_key(row.studio_id, row.order_id, row.photo_id, row.version_id, row.file_id)


async def forget_object(db: Database, store: Store, upload_id: uuid.UUID) -> None:
    """Remove what somebody who did not come to the end left in the store, once nobody can write it down any more."""
    async with db.read() as session:
        row = await session.get(Upload, upload_id)
        if row is None or row.state == "open" or await queries.key_is_named(session, object_key(row)):
            return
    await asyncio.to_thread(store.delete, object_key(row))


@contextlib.asynccontextmanager
async def shoot_held(db: Database, order_id: uuid.UUID) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Hold an order's shoot open while files of unknown number come in; call what is given after each of them.

    Whoever dies in the middle holds it for some minutes only. The caller has passed the door.
    """
    async with db.write() as session:
        order = await orders.order_of_system(session, order_id)
        row = _row(order, SYSTEM, Wanted(name="", size=0), "")
        row.expires_at = clock.now() + HOLD
        session.add(row)
    until = row.expires_at

    async def still() -> None:
        nonlocal until
        if until - clock.now() < HOLD / 2:
            until = clock.now() + HOLD
            async with db.write() as session:
                await queries.move_offset(session, row.id, 0, until)

    try:
        yield still
    finally:
        async with db.write() as session:
            held = await queries.locked_upload(session, row.id)
            if held is not None and held.state == "open":
                held.state = "done"
            await look_again(session, order.studio_id, order_id)

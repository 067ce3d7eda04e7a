"""Files come in: verified, recognised, kept for ever."""

import asyncio
import hashlib
import uuid
import zlib
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from sqlalchemy.exc import IntegrityError as RowExists

from app.core import audit, jobs, live
from app.core.access import Actor, require
from app.core.db import Database, Session
from app.core.errors import BadInput, SafelightError
from app.core.ids import new_id
from app.core.uploads import FilePart, keep
from app.orders import service as orders
from app.orders.models import Order
from app.photos import queries, rules
from app.photos.jobs import PrepareVersion
from app.photos.models import File, Photo, Version
from app.photos.schemas import Accepted, Hashes, Incoming
from storage.keys import original_key, upload_key
from storage.store import Store

T = TypeVar("T")


async def accept_upload(session: Session, actor: Actor, order: Order, incoming: Incoming) -> Accepted:
    """Write down a stored original: file, photo, version and the job that prepares it, in one transaction.

    The bytes must lie verified under `incoming.key`. The same bytes in the same order are recognised, not doubled.
    """
    require(actor, "photo.add", order)
    known = await queries.file_by_hash(session, order.id, incoming.sha256)
    if known is not None:
        return Accepted(photo_id=known.photo_id, version_id=None, duplicate=True)
    name = rules.clean_name(incoming.name)
    scope = {"studio_id": order.studio_id, "branch_id": order.branch_id, "order_id": order.id}
    photo = Photo(
        id=incoming.photo_id, name=rules.base_name(name), section=incoming.section,
        sort_key=rules.sort_key(name, None), **scope,
    )  # fmt: skip
    session.add(photo)
    await session.flush()
    await _add_version(session, photo, incoming, name, rules.ORIGINAL, "original", n=1)
    audit.record(session, actor, "photo.add", photo, after={"file": str(incoming.file_id)})
    return Accepted(photo_id=photo.id, version_id=incoming.version_id, duplicate=False)


async def _add_version(
    session: Session, photo: Photo, incoming: Incoming, name: str, kind: str, role: str, *, n: int
) -> Version:
    scope = {"studio_id": photo.studio_id, "branch_id": photo.branch_id, "order_id": photo.order_id}
    session.add(_file(incoming, name, role, photo.id, scope))
    await session.flush()
    version = Version(
        id=incoming.version_id, photo_id=photo.id, n=n, file_id=incoming.file_id, kind=kind, state="waiting", **scope
    )
    session.add(version)
    await session.flush()
    live.touch(session, live.order(photo.order_id))
    await jobs.enqueue(
        session, PrepareVersion(version.id), studio_id=photo.studio_id, order_id=photo.order_id,
        lane=jobs.Lane.INTERACTIVE if kind == rules.RETOUCHED else jobs.Lane.PROOFS,
    )  # fmt: skip
    return version


def _file(incoming: Incoming, name: str, role: str, photo_id: uuid.UUID | None, scope: dict[str, uuid.UUID]) -> File:
    return File(
        id=incoming.file_id, photo_id=photo_id, sha256=incoming.sha256, crc32=incoming.crc32, size=incoming.size,
        key=incoming.key, camera_name=name, role=role, source=incoming.source, **scope,
    )  # fmt: skip


async def add_finished(session: Session, actor: Actor, photo: Photo, incoming: Incoming) -> Version:
    """Add a finished file as a photo's next version; nothing is overwritten."""
    require(actor, "photo.finish", photo)
    n = await queries.next_version_number(session, photo.id)
    name = rules.clean_name(incoming.name)
    version = await _add_version(session, photo, incoming, name, rules.RETOUCHED, "final", n=n)
    audit.record(session, actor, "photo.finish", photo, after={"version": n})
    return version


async def keep_unmatched(session: Session, actor: Actor, order: Order, incoming: Incoming) -> File:
    """Keep a finished file nobody could match: shown, never lost."""
    require(actor, "photo.finish", order)
    scope = {"studio_id": order.studio_id, "branch_id": order.branch_id, "order_id": order.id}
    row = _file(incoming, rules.clean_name(incoming.name), "final", None, scope)
    session.add(row)
    await session.flush()
    return row


async def match_file(session: Session, actor: Actor, file: File, photo: Photo) -> Version:
    """Make a kept file the next version of the photo a person says it is."""
    require(actor, "photo.finish", photo)
    file.photo_id = photo.id
    version = Version(
        id=new_id(), photo_id=photo.id, n=await queries.next_version_number(session, photo.id), file_id=file.id,
        kind=rules.RETOUCHED, state="waiting",
        studio_id=photo.studio_id, branch_id=photo.branch_id, order_id=photo.order_id,
    )  # fmt: skip
    session.add(version)
    await session.flush()
    await jobs.enqueue(
        session, PrepareVersion(version.id), studio_id=photo.studio_id, order_id=photo.order_id,
        lane=jobs.Lane.INTERACTIVE,
    )  # fmt: skip
    return version


async def newest_finished(session: Session, photo_id: uuid.UUID) -> Version | None:
    """Find a photo's newest finished version."""
    finished = [row for row in await queries.versions_of(session, photo_id) if row.kind == rules.RETOUCHED]
    return finished[-1] if finished else None


async def find_duplicate(session: Session, order_id: uuid.UUID, sha256: str) -> File | None:
    """Find the same bytes in an order."""
    return await queries.file_by_hash(session, order_id, sha256)


def make_incoming(order: Order, *, name: str, source: str, section: str = "", finished: bool = False) -> Incoming:
    """Give a file that is about to come in its ids and its key; length and hashes follow with the bytes."""
    photo_id, version_id, file_id = new_id(), new_id(), new_id()
    if finished:  # which photo it is turns out later
        key = upload_key(order.studio_id, order.id, file_id)
    else:
        key = original_key(order.studio_id, order.id, photo_id, version_id, file_id)
    return Incoming(
        photo_id=photo_id, version_id=version_id, file_id=file_id, key=key, name=name, source=source, section=section
    )


async def take_in(db: Database, store: Store, actor: Actor, order_id: uuid.UUID, path: Path, section: str) -> Accepted:
    """Bring one local file into an order: copy it, prove the stored copy, then write it down.

    Raises storage errors (nothing is written down then) and what `accept_upload` raises.
    """
    hashes = await asyncio.to_thread(hash_file, path)
    async with db.read() as session:
        order = await orders.get_open_order(session, actor, order_id, "photo.add")
        known = await queries.file_by_hash(session, order.id, hashes.sha256)
    if known is not None:
        return Accepted(photo_id=known.photo_id, version_id=None, duplicate=True)
    incoming = make_incoming(order, name=path.name, source="ingest", section=section).with_bytes(hashes)
    await asyncio.to_thread(store.put, incoming.key, path, size=hashes.size, sha256=hashes.sha256)

    async def accept(session: Session) -> Accepted:
        order = await orders.get_open_order(session, actor, order_id, "photo.add")
        return await accept_upload(session, actor, order, incoming)

    return await write_down(db, store, incoming, accept)


async def take_part(db: Database, store: Store, actor: Actor, order_id: uuid.UUID, part: FilePart) -> Accepted:
    """Bring one file of a form into an order, as it arrives. Raises BadInput, BadUpload, Full, OrderClosed."""
    incoming = await prepare_upload(db, actor, order_id, part.filename, rules.section_of(part.filename))
    came = await keep(part, store, incoming.key)
    measured = Hashes(size=came.size, sha256=came.sha256, crc32=came.crc32)
    return await write_down_upload(db, store, actor, order_id, incoming.with_bytes(measured))


async def prepare_upload(db: Database, actor: Actor, order_id: uuid.UUID, name: str, section: str) -> Incoming:
    """Give an original that is about to come in its ids and its key. Raises OrderClosed, BadInput."""
    async with db.read() as session:
        order = await orders.get_open_order(session, actor, order_id, "photo.add")
    if not rules.is_photo_name(rules.clean_name(name)):
        raise BadInput("not_a_photo_name", name=rules.clean_name(name))
    return make_incoming(order, name=name, source="upload", section=section[:80])


async def write_down_upload(
    db: Database, store: Store, actor: Actor, order_id: uuid.UUID, incoming: Incoming
) -> Accepted:
    """Write down an original whose bytes lie in the store. Raises BadInput for an empty one."""

    async def accept(session: Session) -> Accepted:
        if not incoming.size:
            raise BadInput("empty_file")
        order = await orders.get_open_order(session, actor, order_id, "photo.add")
        return await accept_upload(session, actor, order, incoming)

    return await write_down(db, store, incoming, accept)


async def write_down(
    db: Database, store: Store, incoming: Incoming, write: Callable[[Session], Awaitable[T]], *, alone: bool = True
) -> T:
    """Write down a file whose bytes lie in the store, once more if the same bytes came in beside us.

    Its copy is removed only when it is certain that no row names it: the deed was refused before its commit, or it is
    committed and kept other bytes. After any other fault the commit may have happened: the bytes stay. Unless we are
    `alone` with the key, a refused deed removes nothing: somebody else may be about to name it.
    """
    try:
        try:
            async with db.write() as session:
                done = await write(session)
        except RowExists:
            async with db.write() as session:
                done = await write(session)
    except SafelightError:
        if alone:
            await asyncio.to_thread(store.delete, incoming.key)
        raise
    async with db.read() as session:
        named = await queries.key_is_named(session, incoming.key)
    if not named:
        await asyncio.to_thread(store.delete, incoming.key)
    return done


def hash_file(path: Path) -> Hashes:
    """Read a file once: length, SHA-256 and CRC-32."""
    sha256, crc32, size = hashlib.sha256(), 0, 0
    with path.open("rb") as file:
        while chunk := file.read(1 << 20):
            sha256.update(chunk)
            crc32 = zlib.crc32(chunk, crc32)
            size += len(chunk)
    return Hashes(size=size, sha256=sha256.hexdigest(), crc32=crc32)

"""An upload's bytes: appended where ours end, counted when they are safe, written down when they are whole.

What is acknowledged lies on the disk (`Upload.offset`), and the last byte is acknowledged only with the photo itself:
a process that dies at any moment costs what was not acknowledged, never a file. The staged bytes lie beside the store
(the store's own folder, or the staging folder before S3): every web process of a machine shares them, locked.
"""

import asyncio
import base64
import contextlib
import hashlib
import hmac
import uuid
import zlib
from collections.abc import AsyncGenerator, AsyncIterator, Callable

import anyio
import msgspec
from sqlalchemy.exc import SQLAlchemyError

from app.core import clock
from app.core.access import Actor
from app.core.db import Database, Session
from app.core.errors import TooLarge
from app.orders import service as orders
from app.photos import queries
from app.photos.errors import ChecksumMismatch, OffsetMismatch, UploadDone, UploadGone, UploadLocked
from app.photos.models import Upload
from app.photos.schemas import Accepted, Hashes, Incoming, Progress
from app.photos.service.intake import accept_upload, write_down
from app.photos.service.uploads import LIFETIME, forget_object, get_upload, look_again, object_key, staged_name
from storage.errors import KeyTaken, StorageError, UploadBusy
from storage.incoming import Incoming as Staged
from storage.store import Store

CHECKPOINT = 16 << 20  # bytes at most that a killed process may cost
TOGETHER = 1 << 20  # bytes written in one go
ALGORITHMS = ("sha1", "sha256", "crc32")


class Sum:
    """A checksum of what is sent in one go."""

    def __init__(self, algorithm: str, told: bytes) -> None:
        self._hash = None if algorithm == "crc32" else hashlib.new(algorithm, usedforsecurity=False)
        self._crc, self._told = 0, told

    def add(self, data: bytes) -> None:
        """Count these bytes in."""
        if self._hash is None:
            self._crc = zlib.crc32(data, self._crc)
        else:
            self._hash.update(data)

    @property
    def holds(self) -> bool:
        """Whether they are what was told."""
        found = self._hash.digest() if self._hash else self._crc.to_bytes(4, "big")
        return hmac.compare_digest(found, self._told)


class Sent(msgspec.Struct, frozen=True, kw_only=True):
    """What one request sends: from `offset`, `length` bytes if that is known."""

    offset: int
    body: AsyncIterator[bytes]
    length: int | None = None
    sum: Sum | None = None


async def upload_progress(
    db: Database, actor: Actor, order_id: uuid.UUID, upload_id: uuid.UUID, *, writing: bool = False
) -> Progress:
    """Tell how far an upload is. Raises NotFound, UploadGone; while `writing`, OrderClosed too."""
    async with db.read() as session:
        if writing:
            await orders.get_open_order(session, actor, order_id, "photo.add")
        return _progress(await get_upload(session, actor, order_id, upload_id))


def _progress(row: Upload) -> Progress:
    return Progress(
        id=row.id, offset=row.offset, size=row.size, expires_at=row.expires_at, told=row.told, done=row.state == "done"
    )


async def append(
    db: Database, store: Store, actor: Actor, order_id: uuid.UUID, upload_id: uuid.UUID, sent: Sent
) -> Progress:
    """Append what a request sends; when it is the end, the photo is written down before this returns.

    Raises UploadLocked, OffsetMismatch, ChecksumMismatch, UploadGone, UploadDone, TooLarge, OrderClosed, and what the
    store raises. Without a checksum what came before a fault is kept.
    """
    begun = await upload_progress(db, actor, order_id, upload_id, writing=True)
    if begun.done:
        if sent.offset == begun.size and sent.length == 0:
            return begun
        raise UploadDone if sent.offset != begun.size else TooLarge("upload_too_long")
    try:
        staged = await asyncio.to_thread(store.incoming, staged_name(upload_id))
    except UploadBusy:
        raise UploadLocked from None
    try:
        row = await _agree(db, staged, upload_id, sent)
        await _receive(db, staged, row, sent)
        if staged.size < row.size:
            return await _checkpoint(db, staged, row)
        await _finish(db, store, actor, row, staged)
        return msgspec.structs.replace(begun, offset=row.size, done=True)
    finally:
        await _surely(staged.close)


async def _surely(act: Callable[[], object]) -> None:
    """Do something short in a thread, to its end, also while this request is being cancelled."""
    with anyio.CancelScope(shield=True):
        await asyncio.to_thread(act)


async def _agree(db: Database, staged: Staged, upload_id: uuid.UUID, sent: Sent) -> Upload:
    """Agree on where the bytes begin; from here on nobody else writes. Raises OffsetMismatch, TooLarge."""
    async with db.read() as session:
        row = await session.get_one(Upload, upload_id)
    if row.state != "open":
        raise UploadGone if row.state != "done" else OffsetMismatch
    if staged.size < row.offset:  # the staged bytes are lost: begin where they end
        row.offset = staged.size
        async with db.write() as session:
            await queries.move_offset(session, row.id, row.offset, clock.now() + LIFETIME)
    if sent.offset != row.offset:
        raise OffsetMismatch(offset=row.offset)
    if sent.length is not None and sent.offset + sent.length > row.size:
        raise TooLarge("upload_too_long")
    await asyncio.to_thread(staged.cut, row.offset)  # what nobody acknowledged
    return row


async def _receive(db: Database, staged: Staged, row: Upload, sent: Sent) -> None:
    """Stage the body; what is beyond the announced size, or not what its checksum says, leaves nothing behind."""
    safe = row.offset
    try:
        async with contextlib.aclosing(_gathered(sent.body)) as pieces:
            async for data in pieces:
                await asyncio.to_thread(_write, staged, data, sent, row.size)
                if sent.sum is None and safe + CHECKPOINT <= staged.size < row.size:
                    await _checkpoint(db, staged, row)
                    safe = staged.size
    except BaseException:
        if sent.sum is None:
            await _rescue(db, staged, row)
        raise
    if sent.sum is not None and not sent.sum.holds:
        await _surely(lambda: staged.cut(sent.offset))
        raise ChecksumMismatch


async def _gathered(body: AsyncIterator[bytes]) -> AsyncGenerator[bytes, None]:
    """Give the body in larger pieces; when it breaks off, what came is given first."""
    together = bytearray()
    fault: Exception | None = None
    try:
        async for chunk in body:
            together += chunk
            if len(together) >= TOGETHER:
                yield bytes(together)
                together.clear()
    except Exception as broken:  # noqa: BLE001 - raised again below
        fault = broken
    if together:
        yield bytes(together)
    if fault is not None:
        raise fault


def _write(staged: Staged, data: bytes, sent: Sent, size: int) -> None:
    if staged.size + len(data) > size:
        staged.cut(sent.offset)
        raise TooLarge("upload_too_long")
    staged.write(data)
    if sent.sum is not None:
        sent.sum.add(data)


async def _checkpoint(db: Database, staged: Staged, row: Upload) -> Progress:
    """Make what came durable, then count it; the last byte counts only with the photo."""
    await asyncio.to_thread(staged.flush)
    row.offset, row.expires_at = min(staged.size, row.size - 1), clock.now() + LIFETIME
    async with db.write() as session:
        await queries.move_offset(session, row.id, row.offset, row.expires_at)
    return _progress(row)


async def _rescue(db: Database, staged: Staged, row: Upload) -> None:
    """Count what came before a fault, if that can be done at all; the fault itself is told by the caller."""
    with anyio.CancelScope(shield=True), contextlib.suppress(SQLAlchemyError, StorageError, OSError):
        await _checkpoint(db, staged, row)


async def _finish(db: Database, store: Store, actor: Actor, row: Upload, staged: Staged) -> None:
    """Prove the bytes in the store, then write down file, photo, version and job, and that the upload is complete."""
    came = await asyncio.to_thread(staged.measure)
    if row.sha256 not in {None, came.sha256}:
        await _surely(lambda: staged.cut(0))
        await _checkpoint(db, staged, row)
        raise ChecksumMismatch
    incoming = Incoming(
        photo_id=row.photo_id, version_id=row.version_id, file_id=row.file_id, name=row.name, source="upload",
        section=row.section, key=object_key(row),
    ).with_bytes(Hashes(size=came.size, sha256=came.sha256, crc32=came.crc32))  # fmt: skip
    async with db.read() as session:
        known = await queries.file_by_hash(session, row.order_id, came.sha256)

    async def accept(session: Session) -> Accepted:
        order = await orders.get_open_order(session, actor, row.order_id, "photo.add")
        locked = await queries.locked_upload(session, row.id)
        if locked is None or locked.state != "open":
            raise UploadGone
        accepted = await accept_upload(session, actor, order, incoming)
        locked.state, locked.offset, locked.sha256 = "done", locked.size, came.sha256
        locked.photo_id, locked.duplicate = accepted.photo_id or locked.photo_id, accepted.duplicate
        if accepted.duplicate:
            await look_again(session, order.studio_id, order.id)
        return accepted

    try:
        if known is None:
            await _keep(db, store, staged, incoming)
        await write_down(db, store, incoming, accept, alone=False)
    except UploadGone:
        await _surely(staged.discard)
        await forget_object(db, store, row.id)
        raise
    except BaseException:
        await _rescue(db, staged, row)  # of what the store took nothing is staged any more: it is sent again
        raise
    await _surely(staged.discard)  # not before: until then nobody else may finish this upload


async def _keep(db: Database, store: Store, staged: Staged, incoming: Incoming) -> None:
    """Move the bytes into the store; other ones that an earlier try left there belong to nobody."""
    try:
        await asyncio.to_thread(staged.keep, incoming.key, hold=True)
    except KeyTaken:
        async with db.read() as session:
            if await queries.key_is_named(session, incoming.key):
                raise
        await asyncio.to_thread(store.delete, incoming.key)
        await asyncio.to_thread(staged.keep, incoming.key, hold=True)


def read_sum(told: str) -> Sum | None:
    """Read "sha256 base64…"; None when it is not to be understood."""
    algorithm, _, value = told.strip().partition(" ")
    if algorithm not in ALGORITHMS:
        return None
    try:
        return Sum(algorithm, base64.b64decode(value.strip(), validate=True))
    except ValueError:
        return None

"""Remarks: words about a version, by customers and staff."""

import uuid
from collections.abc import Sequence

from app.core import audit, clock, live
from app.core.access import Actor, require
from app.core.db import Session
from app.core.errors import Forbidden, NotFound
from app.core.words import clean_words
from app.photos import queries, rules
from app.photos.errors import EmptyRemark
from app.photos.models import Remark, Version
from app.photos.schemas import RemarkView


def view(row: Remark) -> RemarkView:
    """Show a remark."""
    return RemarkView(
        id=row.id, photo_id=row.photo_id, version_id=row.version_id, n=row.n, x=row.x, y=row.y, chips=list(row.chips),
        body=row.body, author_kind=row.author_kind, author_id=row.author_id, done=row.done_at is not None,
    )  # fmt: skip


async def add_remark(
    session: Session,
    actor: Actor,
    version_id: uuid.UUID,
    *,
    body: str,
    chips: list[str],
    x: float | None,
    y: float | None,
) -> Remark:
    """Pin a remark to a version; the same words at the same place are one remark, however often they arrive.

    Raises EmptyRemark.
    """
    version = await session.get(Version, version_id, with_for_update=True)
    require(actor, "remark.write", version)
    assert version is not None  # noqa: S101 - `require` let it pass
    words, kept = clean_words(body, rules.LONGEST_REMARK), rules.clean_chips(chips)
    if not words and not kept:
        raise EmptyRemark
    assert actor.id is not None  # noqa: S101 - only persons hold "remark.write"
    px, py = rules.clean_point(x, y)
    for known in await queries.remarks(session, version.order_id, version.photo_id):
        if (known.version_id, known.author_id, known.body, tuple(known.chips), known.x, known.y) == (
            version.id, actor.id, words, tuple(kept), px, py,
        ):  # fmt: skip
            return known
    row = Remark(
        studio_id=version.studio_id, branch_id=version.branch_id, order_id=version.order_id,
        photo_id=version.photo_id, version_id=version.id,
        n=await queries.last_remark_number(session, version.id) + 1,
        author_kind=actor.kind, author_id=actor.id, x=px, y=py, chips=kept, body=words,
    )  # fmt: skip
    session.add(row)
    await session.flush()
    audit.record(session, actor, "remark.add", row)
    live.touch(session, live.order(row.order_id))
    return row


async def remove_remark(session: Session, actor: Actor, remark_id: uuid.UUID) -> Remark:
    """Take back one's own remark; the row stays."""
    row = await session.get(Remark, remark_id)
    require(actor, "remark.write", row)
    assert row is not None  # noqa: S101 - `require` let it pass
    if row.author_id != actor.id:
        raise Forbidden
    row.removed_at = row.removed_at or clock.now()
    audit.record(session, actor, "remark.remove", row)
    live.touch(session, live.order(row.order_id))
    return row


async def change_remark(session: Session, actor: Actor, remark_id: uuid.UUID, *, body: str, chips: list[str]) -> Remark:
    """Say one's own remark in other words. Raises EmptyRemark."""
    row = await session.get(Remark, remark_id)
    require(actor, "remark.write", row)
    if row is None or row.removed_at is not None:
        raise NotFound
    if row.author_id != actor.id:
        raise Forbidden
    words, kept = clean_words(body, rules.LONGEST_REMARK), rules.clean_chips(chips)
    if not words and not kept:
        raise EmptyRemark
    before = {"body": row.body, "chips": list(row.chips)}
    row.body, row.chips = words, kept
    audit.record(session, actor, "remark.change", row, before=before, after={"body": words, "chips": kept})
    return row


async def tick_remark(session: Session, actor: Actor, remark_id: uuid.UUID, *, done: bool) -> Remark:
    """Tick a remark off, or untick it."""
    row = await session.get(Remark, remark_id)
    require(actor, "remark.write", row)
    if row is None or row.removed_at is not None or actor.kind == "customer":
        raise NotFound
    row.done_at, row.done_by = (clock.now(), actor.id) if done else (None, None)
    live.touch(session, live.order(row.order_id))
    return row


async def remarks_of_order(session: Session, order_id: uuid.UUID) -> Sequence[RemarkView]:
    """List every remark of an order (the caller has passed the door)."""
    return [view(row) for row in await queries.remarks(session, order_id)]


async def remarks_of_photo(
    session: Session, actor: Actor, order_id: uuid.UUID, photo_id: uuid.UUID
) -> list[RemarkView]:
    """List a photo's remarks; what staff say to each other is not for the customer."""
    rows = await queries.remarks(session, order_id, photo_id)
    if actor.kind == "customer":
        rows = [row for row in rows if row.author_kind == "customer"]
    for row in rows:
        require(actor, "remark.read", row)
    return [view(row) for row in rows]


async def remark_counts(session: Session, order_id: uuid.UUID) -> dict[uuid.UUID, int]:
    """Map photos to how many remarks they have."""
    return await queries.remark_counts(session, order_id)

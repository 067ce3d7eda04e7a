"""Every SELECT of the galleries."""

import uuid
from collections.abc import Sequence

from sqlalchemy import Row, func, select

from app.core.access import Actor, visible
from app.core.db import Session
from app.galleries.models import FileGrant, Gallery, Link, Participant, Pick, Submission, Verdict


async def gallery_of_order(session: Session, order_id: uuid.UUID, *, lock: bool = False) -> Gallery | None:
    """Find an order's gallery."""
    statement = select(Gallery).where(Gallery.order_id == order_id).order_by(Gallery.id).limit(1)
    if lock:  # what this session read before the lock may be old by now
        statement = statement.with_for_update().execution_options(populate_existing=True)
    return (await session.execute(statement)).scalar_one_or_none()


async def galleries(
    session: Session, actor: Actor, *, after: uuid.UUID | None, limit: int, state: str | None
) -> Sequence[Gallery]:
    """List visible galleries, newest first."""
    statement = visible(select(Gallery), actor, "gallery.read").order_by(Gallery.id.desc()).limit(limit)
    if after is not None:
        statement = statement.where(Gallery.id < after)
    if state is not None:
        statement = statement.where(Gallery.state == state)
    return (await session.execute(statement)).scalars().all()


async def locked(session: Session, gallery_id: uuid.UUID) -> Gallery | None:
    """Fetch a gallery and hold its lock until the transaction ends."""
    statement = select(Gallery).where(Gallery.id == gallery_id).with_for_update()
    fresh = statement.execution_options(populate_existing=True)  # what was read before the lock may be old by now
    return (await session.execute(fresh)).scalar_one_or_none()


async def link_by_hash(session: Session, key_hash: str) -> Link | None:
    """Find a link by its key's hash."""
    return (await session.execute(select(Link).where(Link.key_hash == key_hash))).scalar_one_or_none()


async def link_with_gallery(session: Session, link_id: uuid.UUID) -> Row[Link, Gallery, Participant] | None:
    """Fetch a link, its gallery and whom it names."""
    statement = (
        select(Link, Gallery, Participant)
        .join(Gallery, Gallery.id == Link.gallery_id)
        .join(Participant, Participant.id == Link.participant_id)
        .where(Link.id == link_id)
    )
    return (await session.execute(statement)).one_or_none()


async def links(session: Session, gallery_id: uuid.UUID) -> Sequence[Link]:
    """List a gallery's links."""
    return (await session.execute(select(Link).where(Link.gallery_id == gallery_id).order_by(Link.id))).scalars().all()


async def participants(session: Session, gallery_id: uuid.UUID) -> dict[uuid.UUID, uuid.UUID]:
    """Map participants to persons."""
    statement = select(Participant.id, Participant.person_id).where(Participant.gallery_id == gallery_id)
    return {row.id: row.person_id for row in (await session.execute(statement)).all()}


async def live_picks(session: Session, gallery_id: uuid.UUID) -> Sequence[Pick]:
    """List what is chosen now."""
    statement = select(Pick).where(Pick.gallery_id == gallery_id, Pick.removed_at.is_(None)).order_by(Pick.id)
    return (await session.execute(statement)).scalars().all()


async def live_pick(session: Session, gallery_id: uuid.UUID, photo_id: uuid.UUID, product: str) -> Pick | None:
    """Find one live pick."""
    statement = select(Pick).where(
        Pick.gallery_id == gallery_id, Pick.photo_id == photo_id, Pick.product == product, Pick.removed_at.is_(None)
    )
    return (await session.execute(statement)).scalar_one_or_none()


async def count_live(session: Session, gallery_id: uuid.UUID, product: str) -> int:
    """Count the live picks of a product."""
    statement = select(func.count()).where(
        Pick.gallery_id == gallery_id, Pick.product == product, Pick.removed_at.is_(None)
    )
    return (await session.execute(statement)).scalar_one()


async def submissions(session: Session, gallery_id: uuid.UUID) -> int:
    """Count a gallery's submissions."""
    return (await session.execute(select(func.count()).where(Submission.gallery_id == gallery_id))).scalar_one()


async def last_submission(session: Session, gallery_id: uuid.UUID) -> Submission | None:
    """Find what was handed over last."""
    statement = select(Submission).where(Submission.gallery_id == gallery_id).order_by(Submission.n.desc()).limit(1)
    return (await session.execute(statement)).scalar_one_or_none()


async def verdicts(session: Session, gallery_id: uuid.UUID) -> dict[uuid.UUID, Verdict]:
    """Map finished versions to what the customer says of them, as it is now."""
    statement = select(Verdict).where(Verdict.gallery_id == gallery_id)
    rows = (await session.execute(statement.execution_options(populate_existing=True))).scalars()
    return {row.version_id: row for row in rows}


async def file_grant(session: Session, key_hash: str) -> FileGrant | None:
    """Find a key for one thing by its hash."""
    return (await session.execute(select(FileGrant).where(FileGrant.key_hash == key_hash))).scalar_one_or_none()

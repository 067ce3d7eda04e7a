"""Every SELECT of the galleries."""

import uuid
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import (
    ColumnElement,
    CursorResult,
    Row,
    Select,
    Uuid,
    and_,
    case,
    delete,
    func,
    literal,
    select,
    tuple_,
    union_all,
)  # fmt: skip
from sqlalchemy.orm import aliased

from app.core.access import Actor, visible
from app.core.db import Session
from app.crm.models import Customer, Person
from app.galleries.models import FileGrant, Gallery, Link, Participant, Pick, Submission, Verdict
from app.galleries.schemas import Lens
from app.identity.models import Studio
from app.orders.models import Order
from app.photos.models import Photo, Remark, Version
from app.production.models import Round


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


async def link_with_gallery(session: Session, link_id: uuid.UUID) -> Row[Link, Gallery, Participant, Studio] | None:
    """Fetch a link, its gallery, whom it names and the studio."""
    statement = (
        select(Link, Gallery, Participant, Studio)
        .join(Studio, Studio.id == Link.studio_id)
        .join(Gallery, Gallery.id == Link.gallery_id)
        .join(Participant, Participant.id == Link.participant_id)
        .where(Link.id == link_id)
    )
    return (await session.execute(statement)).one_or_none()


async def links(session: Session, gallery_id: uuid.UUID) -> Sequence[Link]:
    """List a gallery's links."""
    return (await session.execute(select(Link).where(Link.gallery_id == gallery_id).order_by(Link.id))).scalars().all()


async def standing(
    session: Session, order_id: uuid.UUID, product: str
) -> Sequence[Row[Gallery, int, Link | None, str | None]]:
    """Fetch an order's gallery, how many are chosen for a product, and a row for each link with whom it names."""
    chosen = select(func.count(Pick.id)).where(
        Pick.gallery_id == Gallery.id, Pick.product == product, Pick.removed_at.is_(None)
    )
    statement = (
        select(Gallery, chosen.correlate(Gallery).scalar_subquery(), Link, Person.name)
        .join(Link, Link.gallery_id == Gallery.id, isouter=True)
        .join(Participant, Participant.id == Link.participant_id, isouter=True)
        .join(Person, Person.id == Participant.person_id, isouter=True)
        .where(Gallery.order_id == order_id)
        .order_by(Link.id)
    )
    return (await session.execute(statement)).all()


async def review_counts(session: Session, order_id: uuid.UUID) -> tuple[list[str | None], int]:
    """Give what is said of each finished photo that was offered (None: nothing yet), and the rounds of changes."""
    newer = aliased(Version)
    has_newer = select(newer.id).where(
        newer.photo_id == Version.photo_id, newer.offered_at.is_not(None), newer.n > Version.n
    )
    rounds = select(func.count(Round.id)).where(Round.order_id == order_id, Round.kind == "revision").scalar_subquery()
    statement = (
        select(Verdict.decision, rounds)
        .select_from(Version)
        .join(Verdict, Verdict.version_id == Version.id, isouter=True)
        .where(Version.order_id == order_id, Version.offered_at.is_not(None), ~has_newer.exists())
    )
    rows = (await session.execute(statement)).all()
    return [row[0] for row in rows], rows[0][1] if rows else 0


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


async def gallery_names(session: Session, order_id: uuid.UUID) -> tuple[str, str]:
    """Name the studio and the household of a gallery's order."""
    statement = (
        select(Studio.name, Customer.name)
        .join(Order, Order.studio_id == Studio.id)
        .join(Customer, Customer.id == Order.customer_id)
        .where(Order.id == order_id)
    )
    row = (await session.execute(statement)).one()
    return row[0], row[1]


async def people(session: Session, gallery_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """Map those who choose to their names."""
    statement = (
        select(Participant.id, Person.name)
        .outerjoin(Person, Person.id == Participant.person_id)
        .where(Participant.gallery_id == gallery_id)
    )
    return {row[0]: row[1] or "" for row in (await session.execute(statement)).all()}


async def count_products(session: Session, gallery_id: uuid.UUID) -> dict[str, int]:
    """Count the live picks of each product."""
    statement = (
        select(Pick.product, func.count())
        .where(Pick.gallery_id == gallery_id, Pick.removed_at.is_(None))
        .group_by(Pick.product)
    )
    return {row[0]: row[1] for row in (await session.execute(statement)).all()}


def _live(gallery_id: uuid.UUID) -> ColumnElement[bool]:
    return and_(Pick.gallery_id == gallery_id, Pick.removed_at.is_(None))


def _shown(order_id: uuid.UUID, actor: Actor) -> Select[uuid.UUID]:
    """Begin at the photos a customer is shown: ready, and not withdrawn."""
    statement = (
        select(Photo.id)
        .join(Version, and_(Version.photo_id == Photo.id, Version.n == 1))
        .where(Photo.order_id == order_id, Photo.withdrawn_at.is_(None), Version.state == "ready")
    )
    return visible(statement, actor, "photo.read")


def _through(lens: Lens, gallery_id: uuid.UUID, actor: Actor) -> list[ColumnElement[bool]]:
    """Say which photos a lens lets through."""
    picked = select(Pick.photo_id).where(_live(gallery_id))
    ways: list[ColumnElement[bool]] = []
    if lens.filter == "chosen":
        ways.append(Photo.id.in_(picked))
    elif lens.filter == "mine":
        ways.append(Photo.id.in_(picked.where(Pick.participant_id == actor.id)))
    elif lens.filter == "undecided":
        ways.append(~picked.where(Pick.photo_id == Photo.id).exists())
    if lens.section:
        ways.append(Photo.section == lens.section)
    return ways


_REMARKS = (
    select(func.count())
    .where(Remark.version_id == Version.id, Remark.removed_at.is_(None))
    .correlate(Version)
    .scalar_subquery()
)
_CARD = (
    Photo.name, Photo.section, Photo.sort_key, Version.id.label("version_id"), Version.width, Version.height,
    Version.thumbhash, _REMARKS.label("remarks"),
)  # fmt: skip
_place = tuple_(Photo.sort_key, Photo.id)


def _place_of(photo_id: uuid.UUID, order_id: uuid.UUID) -> ColumnElement[tuple[str, uuid.UUID]]:
    key = select(Photo.sort_key).where(Photo.id == photo_id, Photo.order_id == order_id)
    return tuple_(key.correlate(None).scalar_subquery(), literal(photo_id, Uuid()))


class Part:
    """Where a part of a gallery is cut out: its order, its lens, who looks."""

    def __init__(self, gallery: Gallery, lens: Lens, actor: Actor) -> None:
        self.order_id, self.gallery_id, self.lens, self.actor = gallery.order_id, gallery.id, lens, actor

    def select(self) -> Select[uuid.UUID]:
        """Begin at the photos of the lens."""
        return _shown(self.order_id, self.actor).where(*_through(self.lens, self.gallery_id, self.actor))


async def cards_from(
    session: Session, part: Part, limit: int | None, *, after: uuid.UUID | None = None, at: uuid.UUID | None = None
) -> Sequence[Row[uuid.UUID]]:
    """List cards in the order of the shoot: from the first, behind a photo, or from a photo on."""
    statement = part.select().add_columns(*_CARD).order_by(Photo.sort_key, Photo.id).limit(limit)
    if after is not None:
        statement = statement.where(_place > _place_of(after, part.order_id))
    if at is not None:
        statement = statement.where(_place >= _place_of(at, part.order_id))
    return (await session.execute(statement)).all()


async def cards_before(session: Session, part: Part, limit: int, before: uuid.UUID) -> Sequence[Row[uuid.UUID]]:
    """List the cards just before a photo, in the order of the shoot."""
    statement = part.select().add_columns(*_CARD).where(_place < _place_of(before, part.order_id))
    statement = statement.order_by(Photo.sort_key.desc(), Photo.id.desc()).limit(limit)
    return (await session.execute(statement)).all()[::-1]


async def cards_of(session: Session, part: Part, photo_ids: Collection[uuid.UUID]) -> Sequence[Row[uuid.UUID]]:
    """Fetch the cards of some photos, whatever the lens."""
    statement = _shown(part.order_id, part.actor).add_columns(*_CARD).where(Photo.id.in_(photo_ids))
    return (await session.execute(statement.order_by(Photo.sort_key, Photo.id))).all()


async def neighbours(
    session: Session, part: Part, photo_ids: Collection[uuid.UUID]
) -> dict[tuple[uuid.UUID, str], uuid.UUID]:
    """Find the photos before and after some photos in the lens: (photo, "before" or "after") → its neighbour."""
    one_each = []
    for photo_id in photo_ids:
        place = _place_of(photo_id, part.order_id)
        for side, beyond, order in (
            ("before", _place < place, (Photo.sort_key.desc(), Photo.id.desc())),
            ("after", _place > place, (Photo.sort_key, Photo.id)),
        ):
            found = part.select().add_columns(literal(photo_id, Uuid()).label("of"), literal(side).label("side"))
            one_each.append(select(found.where(beyond).order_by(*order).limit(1).subquery()))
    rows = (await session.execute(union_all(*one_each))).all()
    return {(row.of, row.side): row.id for row in rows}


async def position(session: Session, part: Part, photo_id: uuid.UUID) -> tuple[int, int]:
    """Tell how many photos of the lens come before a photo, and how many there are."""
    before = func.sum(case((_place < _place_of(photo_id, part.order_id), 1), else_=0))
    statement = part.select().with_only_columns(func.coalesce(before, 0), func.count())
    row = (await session.execute(statement)).one()
    return int(row[0]), int(row[1])


async def picks_of(
    session: Session, gallery_id: uuid.UUID, photo_ids: Collection[uuid.UUID]
) -> Sequence[Row[uuid.UUID, str, uuid.UUID]]:
    """List what is chosen among some photos: photo, product, who."""
    statement = select(Pick.photo_id, Pick.product, Pick.participant_id).where(
        _live(gallery_id), Pick.photo_id.in_(photo_ids)
    )
    return (await session.execute(statement.order_by(Pick.id))).all()


async def changed_since(session: Session, gallery_id: uuid.UUID, version: int) -> Sequence[uuid.UUID]:
    """List the photos whose picks changed after a version of the choice."""
    statement = select(Pick.photo_id).where(Pick.gallery_id == gallery_id, Pick.changed_n > version).distinct()
    return (await session.execute(statement)).scalars().all()


async def picks_of_photo(session: Session, gallery_id: uuid.UUID, photo_id: uuid.UUID) -> Sequence[Pick]:
    """List the live picks of a photo, for every product."""
    statement = select(Pick).where(_live(gallery_id), Pick.photo_id == photo_id)
    return (await session.execute(statement)).scalars().all()


async def tally(session: Session, gallery: Gallery, actor: Actor) -> Sequence[Row[str, str, int, int, int]]:
    """Count an order's photos by section and state, in the order of the shoot: all, chosen, chosen by the actor."""
    mine = func.max(case((Pick.participant_id == actor.id, 1), else_=0)).label("mine")
    picked = select(Pick.photo_id, mine).where(_live(gallery.id)).group_by(Pick.photo_id).subquery()
    statement = (
        select(
            Photo.section, Version.state, func.count(), func.count(picked.c.photo_id),
            func.coalesce(func.sum(picked.c.mine), 0),
        )
        .join(Version, and_(Version.photo_id == Photo.id, Version.n == 1))
        .outerjoin(picked, picked.c.photo_id == Photo.id)
        .where(Photo.order_id == gallery.order_id, Photo.withdrawn_at.is_(None))
        .group_by(Photo.section, Version.state)
        .order_by(func.min(Photo.sort_key))
    )  # fmt: skip
    return (await session.execute(visible(statement, actor, "photo.read"))).all()


async def remove_grants(session: Session, before: datetime) -> int:
    """Remove keys that ended before a moment."""
    result = await session.execute(delete(FileGrant).where(FileGrant.expires_at < before))
    return result.rowcount if isinstance(result, CursorResult) else 0

"""Galleries as pages show them: a part at a time, however long the shoot was."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Row

from app.core.access import Actor
from app.core.db import Session
from app.core.errors import Gone, NotFound
from app.galleries import queries, rules
from app.galleries.models import Gallery
from app.galleries.schemas import (
    Changes,
    Choice,
    CompareView,
    Counts,
    GalleryView,
    Lens,
    PartView,
    PhotoCard,
    PhotoView,
    RemarkView,
    Section,
    Side,
)
from app.galleries.service.cards import Maker
from app.galleries.service.choosing import get_gallery
from app.galleries.service.meters import choice_of
from app.orders import service as orders
from app.orders.models import Order
from app.photos import service as photos
from app.production import service as production

FILTERS = ("all", "chosen", "mine", "undecided")
PART, TAIL = 48, 12  # photos of a part; a last part that would be shorter than the tail joins the one before
ABOVE = 12  # photos above the one at which a page begins
COVERS = 24  # photos among which the cover is looked for


class _Scene:
    """What every page of a gallery needs, read once."""

    def __init__(self, session: Session, actor: Actor, gallery: Gallery, order: Order) -> None:
        self.session, self.actor, self.gallery, self.order = session, actor, gallery, order
        self.names: dict[uuid.UUID, str] = {}

    def part(self, lens: Lens) -> queries.Part:
        """Cut a lens out of the gallery."""
        return queries.Part(self.gallery, lens, self.actor)

    @property
    def maker(self) -> Maker:
        """Makes this gallery's cards."""
        return Maker(self.session, self.actor, self.gallery, self.names)


async def _scene(session: Session, actor: Actor, gallery_id: uuid.UUID, *, grid: bool = False) -> _Scene:
    """Read what every page needs; the grid says who chose what only while one chooses."""
    gallery = await get_gallery(session, actor, gallery_id, "gallery.read")
    scene = _Scene(session, actor, gallery, await orders.get_order(session, actor, gallery.order_id))
    if not grid or gallery.state == "open":
        scene.names = await queries.people(session, gallery.id)
    return scene


def make_lens(filter_: str, section: str = "") -> Lens:
    """Read a lens as an address names it; a filter nobody knows shows everything."""
    return Lens(filter_ if filter_ in FILTERS else "all", section)


Rows = Sequence[Row[Any]]


def _cut(rows: Rows) -> tuple[Rows, uuid.UUID | None]:
    """Cut a part of what was found; what is left begins behind its last photo."""
    if len(rows) <= PART + TAIL:
        return rows, None
    return rows[:PART], rows[PART - 1].id


async def _rows(
    scene: _Scene, lens: Lens, *, at: uuid.UUID | None, after: uuid.UUID | None, before: uuid.UUID | None
) -> tuple[Rows, uuid.UUID | None, uuid.UUID | None]:
    """Find a part's photos, and where the parts before and behind it begin."""
    part, session, limit = scene.part(lens), scene.session, PART + TAIL + 1
    if before is not None:
        above = await queries.cards_before(session, part, PART + 1, before)
        return above[-PART:], above[-PART].id if len(above) > PART else None, None
    if at is None:
        rows, later = _cut(await queries.cards_from(session, part, limit, after=after))
        return rows, None, later
    rows, later = _cut(await queries.cards_from(session, part, limit, at=at))
    if not rows:  # the photo is not there any more: begin at the first
        return await _rows(scene, lens, at=None, after=None, before=None)
    above = await queries.cards_before(session, part, ABOVE + 1, rows[0].id)
    earlier = above[-ABOVE].id if len(above) > ABOVE else None
    return [*above[-ABOVE:], *rows], earlier, later


def _cover(cards: Sequence[PhotoCard]) -> PhotoCard | None:
    """Choose the cover among the first photos: wide before tall."""
    return min(cards[:COVERS], key=lambda card: card.width <= card.height, default=None)


def _counts(rows: Sequence[Row[str, str, int, int, int]]) -> Counts:
    ready = [row for row in rows if row[1] == "ready"]
    sections: dict[str, int] = {}
    for row in ready:
        sections[row[0]] = sections.get(row[0], 0) + row[2]
    return Counts(
        total=sum(row[2] for row in ready), chosen=sum(row[3] for row in ready), mine=sum(int(row[4]) for row in ready),
        waiting=sum(row[2] for row in rows if row[1] == "waiting"),
        sections=[Section(name, count) for name, count in sections.items()] if len(sections) > 1 else [],
    )  # fmt: skip


async def gallery_page(
    session: Session,
    actor: Actor,
    gallery_id: uuid.UUID,
    *,
    filter: str = "all",  # noqa: A002 - the address names it so
    section: str = "",
    at: uuid.UUID | None = None,
    after: uuid.UUID | None = None,
) -> GalleryView:
    """Show a gallery's first part, or the part at a photo, or behind one."""
    scene, lens = await _scene(session, actor, gallery_id, grid=True), make_lens(filter, section)
    rows, earlier, later = await _rows(scene, lens, at=at, after=after, before=None)
    first = lens == Lens() and at is None and after is None
    covers = [] if first else await queries.cards_from(session, scene.part(Lens()), COVERS)
    cards = await scene.maker.cards([*rows, *covers])
    shown, cover = cards[: len(rows)], _cover(cards[0 if first else len(rows) :])
    return await _view(scene, lens, shown, (earlier or (rows[0].id if after and rows else None), later), cover)


async def _view(
    scene: _Scene,
    lens: Lens,
    cards: list[PhotoCard],
    beside: tuple[uuid.UUID | None, uuid.UUID | None],
    cover: PhotoCard | None,
) -> GalleryView:
    session, gallery, order = scene.session, scene.gallery, scene.order
    studio, customer = await queries.gallery_names(session, order.id)
    stage = await production.stage_of(session, order.id) if gallery.state == "submitted" else ""
    return GalleryView(
        gallery_id=gallery.id, studio_name=studio, customer=customer, title=order.title, shoot_on=order.shoot_on,
        stage=rules.step_of(gallery.state, stage), state=gallery.state, choose_by=gallery.choose_by,
        keep_until=order.keep_until, promised_on=order.promised_on,
        counts=_counts(await queries.tally(session, gallery, scene.actor)), cover=cover, photos=cards,
        earlier=beside[0], later=beside[1], choice=await choice_of(session, gallery, order), lens=lens,
        people=len(scene.names),
    )  # fmt: skip


async def gallery_part(
    session: Session,
    actor: Actor,
    gallery_id: uuid.UUID,
    lens: Lens,
    *,
    after: uuid.UUID | None = None,
    before: uuid.UUID | None = None,
) -> PartView:
    """Show the part behind a photo, or the one before it."""
    scene = await _scene(session, actor, gallery_id)
    rows, earlier, later = await _rows(scene, lens, at=None, after=after, before=before)
    return PartView(
        gallery_id=gallery_id, choice=await choice_of(session, scene.gallery, scene.order), lens=lens,
        photos=await scene.maker.cards(rows), earlier=earlier, later=later,
    )  # fmt: skip


async def _remarks(scene: _Scene, card: PhotoCard) -> list[RemarkView]:
    return [
        RemarkView(
            id=remark.id, n=remark.n, x=remark.x, y=remark.y, chips=remark.chips, body=remark.body,
            author=scene.names.get(remark.author_id, ""), mine=remark.author_id == scene.actor.id, done=remark.done,
        )
        for remark in await photos.remarks_of_photo(scene.session, scene.actor, scene.order.id, card.photo_id)
        if remark.version_id == card.version_id
    ]  # fmt: skip


async def photo_page(
    session: Session,
    actor: Actor,
    gallery_id: uuid.UUID,
    photo_id: uuid.UUID,
    *,
    filter: str = "all",  # noqa: A002
    section: str = "",
) -> PhotoView:
    """Show one photo between its neighbours. Raises NotFound, and Gone for one that was withdrawn."""
    scene, lens = await _scene(session, actor, gallery_id), make_lens(filter, section)
    part = scene.part(lens)
    beside = await queries.neighbours(session, part, [photo_id])
    before, after = beside.get((photo_id, "before")), beside.get((photo_id, "after"))
    wanted = [one for one in (photo_id, before, after) if one]
    cards = {card.photo_id: card for card in await scene.maker.cards(await queries.cards_of(session, part, wanted))}
    card = cards.get(photo_id)
    if card is None:
        await _refuse(session, actor, scene.gallery, photo_id)
        raise NotFound
    earlier, total = await queries.position(session, part, photo_id)
    return PhotoView(
        gallery_id=gallery_id, choice=await choice_of(session, scene.gallery, scene.order), lens=lens, card=card,
        position=earlier + 1, total=max(total, earlier + 1), before=cards.get(before) if before else None,
        after=cards.get(after) if after else None, remarks=await _remarks(scene, card),
    )  # fmt: skip


async def choice(session: Session, actor: Actor, gallery_id: uuid.UUID) -> Choice:
    """Tell where the choice stands."""
    gallery = await get_gallery(session, actor, gallery_id, "gallery.read")
    return await choice_of(session, gallery, await orders.get_order(session, actor, gallery.order_id))


async def _refuse(session: Session, actor: Actor, gallery: Gallery, photo_id: uuid.UUID) -> None:
    """Say that a photo was withdrawn, to those whose photo it was."""
    photo = await photos.get_photo(session, actor, photo_id)
    if photo.order_id == gallery.order_id and photo.withdrawn_at is not None:
        raise Gone("photo_withdrawn")


async def changes(
    session: Session, actor: Actor, gallery_id: uuid.UUID, since: int, *, photo_id: uuid.UUID | None = None
) -> Changes:
    """Show what changed in the choice since a version of it, and one photo that is looked at."""
    scene = await _scene(session, actor, gallery_id)
    ids = set(await queries.changed_since(session, gallery_id, since))
    wanted = ids | {photo_id} if photo_id else ids
    part = scene.part(Lens())
    cards = await scene.maker.cards(await queries.cards_of(session, part, wanted)) if wanted else []
    photo = next((card for card in cards if card.photo_id == photo_id), None)
    return Changes(
        choice=await choice_of(session, scene.gallery, scene.order),
        cards=[card for card in cards if card.photo_id in ids], photo=photo,
        remarks=await _remarks(scene, photo) if photo else [],
    )  # fmt: skip


async def compare_page(
    session: Session, actor: Actor, gallery_id: uuid.UUID, pair: tuple[uuid.UUID, uuid.UUID], lens: Lens
) -> CompareView:
    """Show two photos beside each other, with what each can be swapped for. Raises NotFound, Gone."""
    scene = await _scene(session, actor, gallery_id)
    part = scene.part(lens)
    cards = {card.photo_id: card for card in await scene.maker.cards(await queries.cards_of(session, part, pair))}
    for photo_id in pair:
        if photo_id not in cards:
            await _refuse(session, actor, scene.gallery, photo_id)
            raise NotFound
    beside = await queries.neighbours(session, part, pair)
    chosen = await queries.cards_from(session, scene.part(Lens("chosen")), PART)
    return CompareView(
        gallery_id=gallery_id, choice=await choice_of(session, scene.gallery, scene.order), lens=lens,
        sides=[
            Side(card=cards[one], before=beside.get((one, "before")), after=beside.get((one, "after"))) for one in pair
        ],
        others=await scene.maker.cards(chosen),
    )  # fmt: skip

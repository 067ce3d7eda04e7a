"""Galleries as pages show them."""

import uuid
from collections.abc import Sequence

from app.core.access import Actor
from app.core.db import Session
from app.core.errors import NotFound
from app.crm import service as crm
from app.galleries import queries, rules
from app.galleries.models import Gallery, Pick
from app.galleries.schemas import GalleryView, PhotoCard, PhotoView, RemarkView
from app.galleries.service.choosing import RETOUCH, author_names, get_gallery, meter, priced
from app.identity import service as identity
from app.orders import service as orders
from app.orders.models import Order
from app.photos import service as photos
from app.photos.schemas import Shown
from app.production import service as production

FILTERS = ("all", "chosen", "undecided")


class _Scene:
    """What every page of a gallery needs, read once."""

    def __init__(self, gallery: Gallery, order: Order, shown: list[Shown], picks: Sequence[Pick]) -> None:
        self.gallery, self.order, self.shown, self.picks = gallery, order, shown, picks
        self.names: dict[uuid.UUID, str] = {}
        self.remarks: dict[uuid.UUID, int] = {}
        self.finals: dict[uuid.UUID, Shown] = {}  # what was released takes the place of its proof

    def card(self, shown: Shown) -> PhotoCard:
        """Put together a photo's card."""
        mine = [row for row in self.picks if row.photo_id == shown.photo_id]
        final = self.finals.get(shown.photo_id)
        seen = final or shown
        return PhotoCard(
            photo_id=shown.photo_id, version_id=seen.version_id, name=shown.name, section=shown.section,
            width=seen.width, height=seen.height, thumbhash=seen.thumbhash,
            recipe=seen.recipe if final else self.gallery.shows,
            picked=frozenset(row.product for row in mine),
            picked_by=" · ".join(dict.fromkeys(self.names.get(row.participant_id, "") for row in mine)),
            remarks=0 if final else self.remarks.get(shown.photo_id, 0),  # they hang on the proof
        )  # fmt: skip

    @property
    def ready(self) -> list[Shown]:
        """The photos that can be shown."""
        return [shown for shown in self.shown if shown.state == "ready"]


async def _scene(session: Session, actor: Actor, gallery_id: uuid.UUID) -> _Scene:
    gallery = await get_gallery(session, actor, gallery_id, "gallery.read")
    order = await orders.get_order(session, actor, gallery.order_id)
    shown = await photos.photos_of_order(session, actor, order.id)
    scene = _Scene(gallery, order, shown, await queries.live_picks(session, gallery.id))
    scene.names = await author_names(session, gallery.id)
    scene.remarks = await photos.remark_counts(session, order.id)
    if gallery.state == "released":
        scene.finals = {final.photo_id: final for final, _ in await photos.released_of_order(session, actor, order.id)}
    return scene


def _cover(scene: _Scene, cards: list[PhotoCard]) -> PhotoCard | None:
    """Choose the cover: wide before tall, finished before a proof."""

    def rank(card: PhotoCard) -> tuple[bool, bool]:
        return card.photo_id not in scene.finals, card.width <= card.height

    return min(cards, key=rank, default=None)


def _filtered(cards: list[PhotoCard], wanted: str) -> list[PhotoCard]:
    if wanted == "chosen":
        return [card for card in cards if card.picked]
    if wanted == "undecided":
        return [card for card in cards if not card.picked]
    return cards


async def gallery_page(session: Session, actor: Actor, gallery_id: uuid.UUID, *, filter: str = "all") -> GalleryView:  # noqa: A002 - the address names it so
    """Show a gallery."""
    scene = await _scene(session, actor, gallery_id)
    gallery, order = scene.gallery, scene.order
    studio = await identity.get_studio(session, gallery.studio_id)
    customers = await crm.names_of(session, [order.customer_id])
    wanted = filter if filter in FILTERS else "all"
    cards = [scene.card(shown) for shown in scene.ready]
    return GalleryView(
        gallery_id=gallery.id, studio_name=studio.name, customer=customers.get(order.customer_id, ""),
        title=order.title, shoot_on=order.shoot_on,
        stage=rules.step_of(gallery.state, await production.stage_of(session, order.id)), state=gallery.state,
        choose_by=gallery.choose_by, keep_until=order.keep_until, promised_on=order.promised_on,
        participant=scene.names.get(actor.id, "") if actor.id else "", total=len(cards),
        waiting=sum(1 for shown in scene.shown if shown.state == "waiting"),
        cover=_cover(scene, cards), photos=_filtered(cards, wanted),
        meter=meter(priced(order, RETOUCH, sum(RETOUCH in card.picked for card in cards)), RETOUCH, gallery),
        filter=wanted,
    )  # fmt: skip


async def summary(session: Session, actor: Actor, gallery_id: uuid.UUID) -> GalleryView:
    """Show what is chosen, before it is handed over."""
    return await gallery_page(session, actor, gallery_id, filter="chosen")


async def photo_page(
    session: Session,
    actor: Actor,
    gallery_id: uuid.UUID,
    photo_id: uuid.UUID,
    *,
    filter: str = "all",  # noqa: A002
) -> PhotoView:
    """Show one photo between its neighbours."""
    view = await gallery_page(session, actor, gallery_id, filter=filter)
    cards = view.photos
    at = next((place for place, card in enumerate(cards) if card.photo_id == photo_id), None)
    if at is None:  # it left the filter, or never was in it
        view = await gallery_page(session, actor, gallery_id)
        cards = view.photos
        at = next((place for place, card in enumerate(cards) if card.photo_id == photo_id), None)
    if at is None:
        raise NotFound
    names = await author_names(session, gallery_id)
    order_id = (await get_gallery(session, actor, gallery_id, "gallery.read")).order_id
    return PhotoView(
        gallery_id=view.gallery_id, studio_name=view.studio_name, customer=view.customer, state=view.state,
        stage=view.stage, meter=view.meter, filter=view.filter, card=cards[at], position=at + 1, total=len(cards),
        previous_id=cards[at - 1].photo_id if at else None,
        next_id=cards[at + 1].photo_id if at + 1 < len(cards) else None,
        remarks=[
            RemarkView(
                id=remark.id, n=remark.n, x=remark.x, y=remark.y, chips=remark.chips, body=remark.body,
                author=names.get(remark.author_id, ""), mine=remark.author_id == actor.id, done=remark.done,
            )
            for remark in await photos.remarks_of_photo(session, actor, order_id, photo_id)
            if remark.version_id == cards[at].version_id
        ],
    )  # fmt: skip

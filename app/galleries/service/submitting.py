"""The hand-over: what is chosen and what it costs, sent once, and what was sent."""

import uuid
from collections.abc import Sequence

from app.core import audit, clock, live
from app.core.access import Actor
from app.core.db import Session
from app.core.ids import new_id
from app.core.money import Money
from app.galleries import queries, rules
from app.galleries.errors import AlreadySubmitted, ChoiceChanged, NothingChosen
from app.galleries.models import Gallery, Pick, Submission
from app.galleries.schemas import ChoicePage, Meter, PhotoCard, SentPage, SumLine
from app.galleries.service.choosing import get_gallery
from app.galleries.service.meters import meter, priced
from app.identity import service as identity
from app.orders import service as orders
from app.orders.models import Order
from app.photos import service as photos
from app.photos.schemas import RemarkView as PhotoRemark
from app.photos.schemas import Shown
from app.production import service as production
from app.production.rules import packet_names
from app.production.schemas import Brief, BriefPhoto, BriefRemark


async def choice_page(session: Session, actor: Actor, gallery_id: uuid.UUID) -> ChoicePage:
    """Show what is chosen for each product and what it costs, before it is handed over."""
    gallery = await get_gallery(session, actor, gallery_id, "gallery.read")
    order = await orders.get_order(session, actor, gallery.order_id)
    picks = await queries.live_picks(session, gallery.id)
    shown = [one for one in await photos.photos_of_order(session, actor, order.id) if one.state == "ready"
             and not one.withdrawn]  # fmt: skip
    chosen = {row.photo_id for row in picks}
    remarks = [one for one in await photos.remarks_of_order(session, order.id) if one.photo_id in chosen]
    lines = [
        SumLine(
            meter=meter(priced(order, line.product, len(mine)), line.product, gallery),
            photos=[_card(one, gallery, remarks) for one in shown if one.photo_id in mine],
        )
        for line in order.lines
        if (mine := {row.photo_id for row in picks if row.product == line.product}) or line.included
    ]
    studio = await identity.get_studio(session, gallery.studio_id)
    return ChoicePage(
        gallery_id=gallery.id, studio_name=studio.name, state=gallery.state,
        stage=rules.step_of(gallery.state, await production.stage_of(session, order.id)), version=gallery.pick_version,
        lines=lines, total=_total(order, [line.meter for line in lines]), photos=len(chosen), remarks=len(remarks),
        promised_on=order.promised_on, keep_until=order.keep_until, rest=len(shown) - len(chosen),
        own_cap=gallery.own_cap, rounds=order.revision_rounds,
    )  # fmt: skip


def _total(order: Order, meters: Sequence[Meter]) -> Money:
    return Money(sum(one.owed.minor for one in meters), order.currency)


def _card(shown: Shown, gallery: Gallery, remarks: Sequence[PhotoRemark]) -> PhotoCard:
    return PhotoCard(
        photo_id=shown.photo_id, version_id=shown.version_id, name=shown.name, section=shown.section,
        width=shown.width, height=shown.height, thumbhash=shown.thumbhash, recipe=gallery.shows, picked=frozenset(),
        picked_by="", remarks=sum(remark.photo_id == shown.photo_id for remark in remarks),
    )  # fmt: skip


async def submit(session: Session, actor: Actor, gallery_id: uuid.UUID, *, seen: int | None = None) -> None:
    """Hand the choice over: snapshot, extras charged, a round opened with its brief. All of it or nothing.

    `seen` is the version of the choice the customer agreed to: a partner may have picked since.
    Raises NothingChosen, AlreadySubmitted, ChoiceChanged.
    """
    await get_gallery(session, actor, gallery_id, "gallery.choose")
    gallery = await queries.locked(session, gallery_id)
    if gallery is None or gallery.state != "open":
        raise AlreadySubmitted
    if seen not in {None, gallery.pick_version}:
        raise ChoiceChanged
    order = await orders.get_order(session, actor, gallery.order_id)
    picks = await queries.live_picks(session, gallery.id)
    if not picks:
        raise NothingChosen
    brief = await _brief(session, actor, order, picks)
    await production.must_happen(session, actor, order.id, "submitted")
    round_ = await production.open_round(session, actor, order, "selection", brief)
    n = await queries.submissions(session, gallery.id) + 1
    counted = [
        meter(priced(order, product, sum(row.product == product for row in picks)), product, gallery)
        for product in dict.fromkeys(row.product for row in picks)
    ]
    await _charge(session, actor, order, f"gallery:{gallery.id}:{n}", counted)
    session.add(
        Submission(
            id=new_id(), studio_id=gallery.studio_id, branch_id=gallery.branch_id, order_id=order.id,
            gallery_id=gallery.id, n=n, participant_id=actor.id, snapshot=_snapshot(picks, counted, brief),
            round_id=round_.id,
        )
    )  # fmt: skip
    gallery.state, gallery.submitted_at = "submitted", clock.now()
    audit.record(session, actor, "gallery.submit", gallery, after={"n": n, "picks": len(picks)})
    live.touch(session, live.gallery(gallery.id), live.order(order.id), live.board(order.studio_id))
    await session.flush()


async def _charge(session: Session, actor: Actor, order: Order, source: str, counted: Sequence[Meter]) -> None:
    """Charge the extras of each product, as the order's own lines price them."""
    for one in counted:
        if one.owed.minor:
            await orders.charge(
                session, actor, order, one.owed.minor, "extra_picks", source_key=f"{source}:{one.product}",
                count=one.extra,
            )  # fmt: skip


def _snapshot(picks: Sequence[Pick], counted: Sequence[Meter], brief: Brief) -> dict[str, object]:
    return {
        "picks": [{"photo": str(row.photo_id), "product": row.product} for row in picks],
        "charges": [
            {"product": one.product, "extra": str(one.extra), "minor": str(one.owed.minor)}
            for one in counted
            if one.owed.minor
        ],
        "products": [
            {"product": one.product, "chosen": one.chosen, "included": one.included, "each": one.each.minor}
            for one in counted
        ],
        "remarks": sum(len(photo.remarks) for photo in brief.photos),
    }


async def _brief(session: Session, actor: Actor, order: Order, picks: Sequence[Pick]) -> Brief:
    """Write down what is wanted, in the order of the shoot."""
    products: dict[uuid.UUID, list[str]] = {}
    for row in picks:
        products.setdefault(row.photo_id, []).append(row.product)
    chosen = [shown for shown in await photos.photos_of_order(session, actor, order.id) if shown.photo_id in products]
    remarks: dict[uuid.UUID, list[PhotoRemark]] = {}
    for remark in await photos.remarks_of_order(session, order.id):
        remarks.setdefault(remark.photo_id, []).append(remark)
    names = packet_names([shown.camera_name for shown in chosen])
    return Brief(
        order_number=order.number, wishes=order.wishes, look=order.look,
        photos=[
            BriefPhoto(
                photo_id=shown.photo_id, version_id=shown.version_id, packet_name=name,
                products=products[shown.photo_id], remarks=brief_remarks(remarks.get(shown.photo_id, [])),
            )
            for shown, name in zip(chosen, names, strict=True)
        ],
    )  # fmt: skip


def brief_remarks(remarks: Sequence[PhotoRemark]) -> list[BriefRemark]:
    """Write remarks into a brief."""
    return [BriefRemark(n=one.n, x=one.x, y=one.y, chips=one.chips, body=one.body) for one in remarks]


async def sent_page(session: Session, actor: Actor, gallery_id: uuid.UUID) -> SentPage | None:
    """Show what was handed over, by whom and when; None when nothing was."""
    gallery = await get_gallery(session, actor, gallery_id, "gallery.read")
    last = await queries.last_submission(session, gallery.id)
    if last is None:
        return None
    order = await orders.get_order(session, actor, gallery.order_id)
    names = await queries.people(session, gallery.id)
    counted = [
        meter(priced(order, one["product"], one["chosen"]), one["product"], gallery)
        for one in last.snapshot.get("products", [])
    ]
    studio = await identity.get_studio(session, gallery.studio_id)
    return SentPage(
        gallery_id=gallery.id, studio_name=studio.name,
        stage=rules.step_of(gallery.state, await production.stage_of(session, order.id)),
        by=names.get(last.participant_id, ""), mine=last.participant_id == actor.id, at=last.created_at, lines=counted,
        total=_total(order, counted), photos=len({pick["photo"] for pick in last.snapshot["picks"]}),
        remarks=int(last.snapshot.get("remarks", 0)), promised_on=order.promised_on, keep_until=order.keep_until,
        rounds=order.revision_rounds,
    )  # fmt: skip

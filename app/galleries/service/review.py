"""The customer's review: finished photos approved, or sent back with wishes, under the gallery's lock."""

import uuid
from collections.abc import Collection, Sequence

from app.core import audit, clock, live
from app.core.access import Actor
from app.core.db import Session
from app.core.errors import NotFound
from app.core.ids import new_id
from app.core.words import clean_words
from app.galleries import queries, rules
from app.galleries.errors import (
    ChangeAsked,
    ChangesWait,
    NewerVersion,
    NoChangeAsked,
    NotInReview,
    RoundsUsed,
    SkipReasonNeeded,
)
from app.galleries.models import Gallery, Verdict
from app.galleries.service.choosing import get_gallery
from app.galleries.service.release import release_if_due
from app.galleries.service.submitting import brief_remarks
from app.orders import service as orders
from app.orders.models import Order
from app.photos import service as photos
from app.photos.schemas import RemarkView, Shown
from app.production import service as production
from app.production.schemas import Brief, BriefPhoto

STAGE = "review"
LONGEST_REASON = 300


async def _in_review(session: Session, actor: Actor, gallery_id: uuid.UUID) -> Gallery:
    """Fetch a gallery under its lock, while its finished photos wait for a word. Raises NotInReview."""
    await get_gallery(session, actor, gallery_id, "gallery.review")
    gallery = await queries.locked(session, gallery_id)
    if gallery is None:
        raise NotFound
    if await production.stage_of(session, gallery.order_id) != STAGE:
        raise NotInReview
    return gallery


async def current_versions(session: Session, actor: Actor, order_id: uuid.UUID) -> dict[uuid.UUID, Shown]:
    """Map photos to the finished version that is judged now."""
    offered = await photos.offered_of_order(session, actor, order_id)
    return {photo_id: versions[-1] for photo_id, versions in offered.items()}


async def _judged(
    session: Session, actor: Actor, gallery: Gallery, photo_id: uuid.UUID, version_id: uuid.UUID
) -> Shown:
    """Find the version a page spoke of. Raises NotFound, NewerVersion when it is no longer the one to judge."""
    current = (await current_versions(session, actor, gallery.order_id)).get(photo_id)
    if current is None:
        raise NotFound
    if current.version_id != version_id:
        raise NewerVersion
    return current


async def _wishes(session: Session, gallery: Gallery, version_id: uuid.UUID) -> int:
    return sum(one.version_id == version_id for one in await customers_remarks(session, gallery.order_id))


async def customers_remarks(session: Session, order_id: uuid.UUID) -> list[RemarkView]:
    """List what the household has remarked; what the quality check pins is the studio's own."""
    return [one for one in await photos.remarks_of_order(session, order_id) if one.author_kind == "customer"]


async def _say(session: Session, actor: Actor, gallery: Gallery, shown: Shown, decision: str) -> None:
    """Write a verdict down; the same one again changes nothing."""
    known = (await queries.verdicts(session, gallery.id)).get(shown.version_id)
    if known is not None and known.decision == decision:
        return
    before = known.decision if known is not None else rules.OPEN
    if known is None:
        known = Verdict(
            id=new_id(), studio_id=gallery.studio_id, branch_id=gallery.branch_id, order_id=gallery.order_id,
            gallery_id=gallery.id, photo_id=shown.photo_id, version_id=shown.version_id, participant_id=actor.id,
            decision=decision,
        )  # fmt: skip
        session.add(known)
    known.decision, known.participant_id, known.decided_at = decision, actor.id or known.participant_id, clock.now()
    await session.flush()
    audit.record(session, actor, "review.verdict", known, before={"said": before}, after={"said": decision})
    live.touch(session, live.gallery(gallery.id), live.order(gallery.order_id))


async def approve(
    session: Session, actor: Actor, gallery_id: uuid.UUID, photo_id: uuid.UUID, *, version_id: uuid.UUID
) -> None:
    """Say that a finished photo is fine. Raises ChangeAsked while somebody's wish hangs on it, NewerVersion."""
    gallery = await _in_review(session, actor, gallery_id)
    shown = await _judged(session, actor, gallery, photo_id, version_id)
    if await _wishes(session, gallery, shown.version_id):
        raise ChangeAsked
    await _say(session, actor, gallery, shown, rules.APPROVED)


async def reconsider(
    session: Session, actor: Actor, gallery_id: uuid.UUID, photo_id: uuid.UUID, *, version_id: uuid.UUID
) -> None:
    """Take an approval back while the review is open."""
    gallery = await _in_review(session, actor, gallery_id)
    shown = await _judged(session, actor, gallery, photo_id, version_id)
    known = (await queries.verdicts(session, gallery.id)).get(shown.version_id)
    if known is not None and known.decision == rules.APPROVED:
        await _say(session, actor, gallery, shown, rules.OPEN)


async def add_wish(  # noqa: PLR0913 - a remark has these parts
    session: Session,
    actor: Actor,
    gallery_id: uuid.UUID,
    photo_id: uuid.UUID,
    *,
    version_id: uuid.UUID,
    body: str,
    chips: list[str],
    x: float | None,
    y: float | None,
) -> uuid.UUID:
    """Ask for a change: a remark on the finished version. Returns it. Raises RoundsUsed, NewerVersion, EmptyRemark."""
    gallery = await _in_review(session, actor, gallery_id)
    shown = await _judged(session, actor, gallery, photo_id, version_id)
    order = await orders.get_order(session, actor, gallery.order_id)
    await _require_round(session, gallery, order)
    row = await photos.add_remark(session, actor, shown.version_id, body=body, chips=chips, x=x, y=y)
    await _say(session, actor, gallery, shown, rules.CHANGE)
    live.touch(session, live.gallery(gallery.id))
    return row.id


async def remove_wish(
    session: Session, actor: Actor, gallery_id: uuid.UUID, photo_id: uuid.UUID, remark_id: uuid.UUID
) -> None:
    """Take one's own wish back; with the last one the photo is undecided again."""
    gallery = await _in_review(session, actor, gallery_id)
    row = await photos.remove_remark(session, actor, remark_id)
    if row.photo_id != photo_id:
        raise NotFound
    await session.flush()
    shown = await _judged(session, actor, gallery, photo_id, row.version_id)
    wishes = await _wishes(session, gallery, shown.version_id)
    known = (await queries.verdicts(session, gallery.id)).get(shown.version_id)
    await _say(session, actor, gallery, shown, rules.decide(known.decision if known else rules.OPEN, wishes))
    live.touch(session, live.gallery(gallery.id))


async def rounds_used(session: Session, order_id: uuid.UUID) -> int:
    """Count the rounds of changes that were begun."""
    return sum(kind == "revision" for kind, _ in await production.rounds_of(session, order_id))


async def _require_round(session: Session, gallery: Gallery, order: Order) -> None:
    used = await rounds_used(session, order.id)
    if not rules.rounds_left(order.revision_rounds, gallery.granted_rounds, used):
        raise RoundsUsed


async def approve_all(session: Session, actor: Actor, gallery_id: uuid.UUID, *, seen: Collection[uuid.UUID]) -> bool:
    """Say that everything is fine, which ends the review; returns whether the photos are released by that.

    `seen` are the versions the page showed. Raises NewerVersion when there is one it did not, and ChangesWait while
    changes were asked for: they are neither dropped nor sent by somebody else's tap.
    """
    gallery = await _in_review(session, actor, gallery_id)
    current = await current_versions(session, actor, gallery.order_id)
    if not {shown.version_id for shown in current.values()} <= set(seen):
        raise NewerVersion
    verdicts = await queries.verdicts(session, gallery.id)
    said = {shown.version_id: verdicts[shown.version_id].decision for shown in current.values()
            if shown.version_id in verdicts}  # fmt: skip
    changes = sum(one == rules.CHANGE for one in said.values())
    if changes:
        raise ChangesWait(count=changes)
    for shown in current.values():
        await _say(session, actor, gallery, shown, rules.APPROVED)
    await production.must_happen(session, actor, gallery.order_id, "approved")
    audit.record(session, actor, "review.approve", gallery, after={"photos": len(current)})
    live.touch(session, live.gallery(gallery.id))
    return await release_if_due(session, gallery.order_id)


async def send_changes(session: Session, actor: Actor, gallery_id: uuid.UUID) -> None:
    """Send the wishes to the retoucher: a round with the photos that are to be changed, and no other.

    Raises NoChangeAsked, RoundsUsed, NotInReview (a second press, or the partner was faster).
    """
    gallery = await _in_review(session, actor, gallery_id)
    order = await orders.get_order(session, actor, gallery.order_id)
    current = await current_versions(session, actor, order.id)
    verdicts = await queries.verdicts(session, gallery.id)
    asked = {
        photo_id: shown
        for photo_id, shown in current.items()
        if shown.version_id in verdicts and verdicts[shown.version_id].decision == rules.CHANGE
    }
    if not asked:
        raise NoChangeAsked
    await _require_round(session, gallery, order)
    brief = _revision(order, asked, await production.rounds_of(session, order.id),
                      await customers_remarks(session, order.id))  # fmt: skip
    await production.must_happen(session, actor, order.id, "change_asked")
    await production.open_round(session, actor, order, "revision", brief)
    audit.record(session, actor, "review.change", gallery, after={"photos": len(asked)})
    live.touch(session, live.gallery(gallery.id))


def _revision(
    order: Order, asked: dict[uuid.UUID, Shown], rounds: list[tuple[str, Brief]], remarks: Sequence[RemarkView]
) -> Brief:
    """Write down what is to be changed: the same names and products as when the photos were first asked for."""
    first = {photo.photo_id: photo for _, brief in reversed(rounds) for photo in brief.photos}
    return Brief(
        order_number=order.number, wishes=order.wishes, look=order.look,
        photos=[
            BriefPhoto(
                photo_id=photo_id, version_id=first[photo_id].version_id, finished_id=shown.version_id,
                packet_name=first[photo_id].packet_name, products=first[photo_id].products,
                remarks=brief_remarks([one for one in remarks if one.version_id == shown.version_id]),
            )
            for photo_id, shown in asked.items()
        ],
    )  # fmt: skip


async def _of_staff(session: Session, actor: Actor, order_id: uuid.UUID) -> tuple[Order, Gallery]:
    order = await orders.get_order(session, actor, order_id, "order.write")
    gallery = await queries.gallery_of_order(session, order_id, lock=True)
    if gallery is None:
        raise NotFound
    return order, gallery


async def skip_review(session: Session, actor: Actor, order_id: uuid.UUID, reason: str) -> bool:
    """Go on without the customer's word, for a reason; returns whether the photos are released by that.

    Raises SkipReasonNeeded, NotInReview.
    """
    words = clean_words(reason, LONGEST_REASON)
    if not words:
        raise SkipReasonNeeded
    _, gallery = await _of_staff(session, actor, order_id)
    if await production.stage_of(session, order_id) != STAGE:
        raise NotInReview
    await production.must_happen(session, actor, order_id, "review_skipped")
    audit.record(session, actor, "review.skip", gallery, after={"reason": words})
    live.touch(session, live.gallery(gallery.id))
    return await release_if_due(session, order_id)


async def grant_round(session: Session, actor: Actor, order_id: uuid.UUID, *, seen: int) -> None:
    """Give the customer one more round of changes. `seen` is how many the page knew: a second press grants no second.

    Raises NotInReview when nothing waits for the customer.
    """
    _, gallery = await _of_staff(session, actor, order_id)
    if await production.stage_of(session, order_id) != STAGE:
        raise NotInReview
    if gallery.granted_rounds != seen or seen >= rules.GRANTED_MOST:
        return
    gallery.granted_rounds += 1
    audit.record(session, actor, "review.grant_round", gallery, before={"granted": seen}, after={"granted": seen + 1})
    live.touch(session, live.gallery(gallery.id), live.order(order_id))

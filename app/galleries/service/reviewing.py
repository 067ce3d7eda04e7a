"""The review as pages show it: to the customer, and to staff."""

import uuid
from collections.abc import Iterable, Sequence

from app.core.access import Actor
from app.core.db import Session
from app.galleries import queries, rules
from app.galleries.models import Gallery, Verdict
from app.galleries.schemas import PhotoCard, RemarkView, ReviewItem, ReviewPage, ReviewStatus
from app.galleries.service.choosing import get_gallery
from app.galleries.service.review import STAGE, customers_remarks
from app.orders import service as orders
from app.orders.models import Order
from app.photos import service as photos
from app.photos.schemas import RemarkView as PhotoRemark
from app.photos.schemas import Shown
from app.production import service as production


async def review_page(session: Session, actor: Actor, gallery_id: uuid.UUID) -> ReviewPage:
    """Show the finished photos to their customer, before and after."""
    gallery = await get_gallery(session, actor, gallery_id, "gallery.read")
    order = await orders.get_order(session, actor, gallery.order_id)
    offered = await photos.offered_of_order(session, actor, order.id)
    originals = {one.photo_id: one for one in await photos.photos_of_order(session, actor, order.id)}
    remarks = await customers_remarks(session, order.id)
    verdicts = await queries.verdicts(session, gallery.id)
    names = await queries.people(session, gallery.id)
    used = sum(kind == "revision" for kind, _ in await production.rounds_of(session, order.id))
    at = await production.stage_of(session, order.id)
    theirs = await photos.released_of_photos(session, list(offered)) if gallery.state == "released" else {}
    released = frozenset(shown.version_id for shown in theirs.values())
    told = _Told(gallery, verdicts, remarks, names, actor.id, released)
    return ReviewPage(
        gallery_id=gallery.id, studio_name=actor.card.studio if actor.card else "",
        stage=rules.step_of(gallery.state, at), at=at,
        state=gallery.state,
        items=[told.item(originals[photo_id], versions) for photo_id, versions in offered.items()],
        rounds=order.revision_rounds + gallery.granted_rounds,
        rounds_left=rules.rounds_left(order.revision_rounds, gallery.granted_rounds, used), nth=used + 1,
        promised_on=order.promised_on,
        owed=await orders.owed(session, order) if at == "release" else None,
    )  # fmt: skip


class _Told:
    """What was said of the finished photos, and by whom."""

    def __init__(
        self,
        gallery: Gallery,
        verdicts: dict[uuid.UUID, Verdict],
        remarks: Sequence[PhotoRemark],
        names: dict[uuid.UUID, str],
        me: uuid.UUID | None,
        released: frozenset[uuid.UUID],
    ) -> None:
        self.gallery, self.verdicts, self.remarks, self.names, self.me = gallery, verdicts, remarks, names, me
        self.released = released

    def _finished(self, shown: Shown) -> PhotoCard:
        """Show a finished photo: marked until it is the customer's own."""
        return self._card(shown, "screen" if shown.version_id in self.released else "proof")

    def item(self, original: Shown, versions: Sequence[Shown]) -> ReviewItem:
        """Put a finished photo beside what it was."""
        after, again = versions[-1], len(versions) > 1
        known = self.verdicts.get(after.version_id)
        first = self._card(original, self.gallery.shows)
        before = self._finished(versions[-2]) if again else first
        return ReviewItem(
            photo_id=original.photo_id, name=original.name, before=before, original=first,
            after=self._finished(after), again=again, decision=known.decision if known else rules.OPEN,
            by=self.names.get(known.participant_id, "") if known else "", wishes=list(self._said(after.version_id)),
            answered=list(self._said(before.version_id)),
        )  # fmt: skip

    @staticmethod
    def _card(shown: Shown, recipe: str) -> PhotoCard:
        return PhotoCard(
            photo_id=shown.photo_id, version_id=shown.version_id, name=shown.name, section=shown.section,
            width=shown.width, height=shown.height, thumbhash=shown.thumbhash, recipe=recipe, picked=frozenset(),
            picked_by="", remarks=0,
        )  # fmt: skip

    def _said(self, version_id: uuid.UUID) -> Iterable[RemarkView]:
        for one in self.remarks:
            if one.version_id == version_id:
                yield RemarkView(
                    id=one.id, n=one.n, x=one.x, y=one.y, chips=one.chips, body=one.body,
                    author=self.names.get(one.author_id, ""), mine=one.author_id == self.me, done=one.done,
                )  # fmt: skip


async def review_status(session: Session, gallery: Gallery, order: Order) -> ReviewStatus | None:
    """Tell staff where the review stands (the caller has passed the door); None before there was one."""
    said, rounds = await queries.review_counts(session, order.id)
    if not said:
        return None
    stage, since = await production.standing(session, order.id)
    return ReviewStatus(
        since=since if stage == STAGE else None,
        photos=len(said),
        approved=said.count(rules.APPROVED),
        changes=said.count(rules.CHANGE),
        rounds=order.revision_rounds + gallery.granted_rounds,
        granted=gallery.granted_rounds,
        rounds_used=rounds,
    )

"""What the customer does: comes in by a link, looks, picks, remarks, hands the choice over."""

import uuid
from datetime import datetime, timedelta

from app.cli.seed.booking import charge, included
from app.cli.seed.course import Turn
from app.cli.seed.names import REMARKS
from app.cli.seed.tale import Frame, Tale
from app.core.tokens import new_token, token_hash
from app.galleries import rules
from app.galleries.models import Gallery, Link, Participant, Pick, Submission, Verdict
from app.orders.rules import CHOSEN, count_picks
from app.photos.models import Remark
from app.production.schemas import BriefRemark

REGRETS, REMARKED = 0.08, 0.22  # of picks: taken back again; with a remark


def write_gallery(tale: Tale, pin_hash: str, state: str) -> None:
    """Open the gallery, send the links, and let the household choose as far as it has come."""
    course = tale.course
    tale.gallery_id = tale.chance.id_at(course.ready_at)
    if tale.past(course.linked_at):
        _write_links(tale, pin_hash)
        _choose(tale)
    submitted = tale.past(course.submitted_at)
    tale.rows.add(
        Gallery, course.ready_at, id=tale.gallery_id, **tale.scope, state=state, shows="look",
        choose_by=course.linked_at.astimezone(tale.hours.zone).date() + rules.CHOOSING_TIME,
        own_cap=_own_cap(tale), pick_version=sum(len(names) for _, names in tale.chosen),
        submitted_at=course.submitted_at if submitted else None,
        released_at=course.released_at if tale.past(course.released_at) else None, withdrawn_at=None,
    )  # fmt: skip


def _write_links(tale: Tale, pin_hash: str) -> None:
    assert tale.gallery_id is not None  # noqa: S101 - made just before
    at, who = tale.course.linked_at, tale.staff("consultant")
    for person_id in tale.people:
        participant_id = tale.add(Participant, at, gallery_id=tale.gallery_id, person_id=person_id)
        tale.participants.append(participant_id)
        link_id = tale.add(
            Link, at, gallery_id=tale.gallery_id, participant_id=participant_id, key_hash=token_hash(new_token()),
            pin_hash=pin_hash, expires_at=at + rules.LINK_LIFETIME, withdrawn_at=None,
        )  # fmt: skip
        tale.deed(at, who, "link.make", ("link", link_id))


def _own_cap(tale: Tale) -> int | None:
    """Choose the household's own limit of extras; some set one, and nobody is over it."""
    cap = tale.chance.one((None, None, None, 5, 10))
    line = next(line for line in tale.package.lines if line.product == CHOSEN)
    return cap and max(cap, len(tale.chosen) - line.included)


def _wanted(tale: Tale) -> int:
    """Tell how many photos the household takes in the end; half-way through fewer."""
    line = next(line for line in tale.package.lines if line.product == CHOSEN)
    share = tale.chance.weighed((0.85, 1.0, 1.2, 1.5), (1, 4, 3, 2))
    wanted = min(round(line.included * share), line.most or 9999)
    if not tale.past(tale.course.submitted_at):
        wanted = round(wanted * tale.chance.between(0.2, 0.9))
    return max(1, wanted)


def _choose(tale: Tale) -> None:
    course, chance = tale.course, tale.chance
    ready = [frame for frame in tale.frames if frame.shown]
    taken = chance.some(ready, _wanted(tale))
    begin, end = course.linked_at, min(course.submitted_at, course.until)
    album, frames = included(tale, "album"), included(tale, "frame")
    for place, frame in enumerate(taken):
        at = begin + (end - begin) * ((place + 0.5) / (len(taken) + 1))
        products = [CHOSEN]
        products += ["album"] if place % 2 == 0 and place // 2 < album else []
        products += ["frame"] if place in {3, 7} and place // 4 < frames else []
        for product in products:
            _pick(tale, frame, product, at)
        if chance.happens(REMARKED):
            _remark(tale, frame, at + timedelta(seconds=40))
        tale.chosen.append((frame, products))
    regretted = [frame for frame in ready if frame not in taken]
    for frame in chance.some(regretted, round(len(taken) * REGRETS)):
        at = begin + (end - begin) * chance.between(0.1, 0.6)
        _pick(tale, frame, CHOSEN, at, removed_at=at + (end - at) * 0.3)


def _pick(tale: Tale, frame: Frame, product: str, at: datetime, removed_at: datetime | None = None) -> None:
    tale.add(
        Pick, at, gallery_id=tale.gallery_id, photo_id=frame.photo_id, product=product,
        participant_id=tale.chance.one(tale.participants), picked_at=at, removed_at=removed_at,
    )  # fmt: skip


def _remark(tale: Tale, frame: Frame, at: datetime, final_id: uuid.UUID | None = None) -> None:
    """Say something of a proof, or of a finished version."""
    chips, words = tale.chance.one(REMARKS)
    x, y = round(tale.chance.between(0.2, 0.8), 5), round(tale.chance.between(0.2, 0.8), 5)
    said = BriefRemark(n=1, x=x, y=y, chips=list(chips), body=words)
    (frame.wishes if final_id else frame.remarks).append(said)
    tale.add(
        Remark, at, photo_id=frame.photo_id, version_id=final_id or frame.version_id, n=said.n, author_kind="customer",
        author_id=tale.chance.one(tale.participants), x=x, y=y, chips=said.chips, body=words,
        done_at=None, done_by=None, removed_at=None,
    )  # fmt: skip


def answer(tale: Tale, turn: Turn) -> None:
    """Let the customer look at the finished photos: approve them, or ask for some to be changed."""
    frames = [frame for frame, _ in tale.chosen if frame.final_id]
    asks = min(4, len(frames) // 5 + 1) if not turn.approved else 0
    tale.disliked = tale.chance.some(frames, asks)
    begin = turn.attempts[-1].judged_at
    for place, frame in enumerate(frames):
        at = begin + (turn.answered_at - begin) * (0.6 + 0.4 * place / len(frames))
        if not tale.past(at) or frame.final_id is None or tale.judged.get(frame.photo_id) == frame.final_id:
            continue
        changed = frame in tale.disliked
        tale.judged[frame.photo_id] = frame.final_id
        tale.add(
            Verdict, at, gallery_id=tale.gallery_id, photo_id=frame.photo_id, version_id=frame.final_id,
            participant_id=tale.participants[0], decision=rules.CHANGE if changed else rules.APPROVED, decided_at=at,
        )  # fmt: skip
        if changed:
            _remark(tale, frame, at, frame.final_id)


def write_submission(tale: Tale, round_id: uuid.UUID) -> None:
    """Hand the choice over: a snapshot, and what is beyond the package becomes a charge."""
    assert tale.gallery_id is not None  # noqa: S101 - there is no choice without one
    at, who = tale.course.submitted_at, tale.participants[0]
    picks = [(frame, product) for frame, products in tale.chosen for product in products]
    charges, products = [], []
    for line in tale.package.lines:
        chosen = sum(product == line.product for _, product in picks)
        count = count_picks(chosen, line.included, line.extra_minor, tale.package.currency, line.most)
        products.append(
            {"product": line.product, "chosen": chosen, "included": line.included, "each": line.extra_minor}
        )
        if count.owed.minor:
            key = f"gallery:{tale.gallery_id}:1:{line.product}"
            charge(tale, at, count.owed.minor, "extra_picks", key, count.extra)
            charges.append({"product": line.product, "extra": str(count.extra), "minor": str(count.owed.minor)})
    snapshot = {
        "picks": [{"photo": str(frame.photo_id), "product": product} for frame, product in picks],
        "charges": charges, "products": products, "remarks": sum(len(frame.remarks) for frame, _ in tale.chosen),
    }  # fmt: skip
    tale.add(Submission, at, gallery_id=tale.gallery_id, n=1, participant_id=who, snapshot=snapshot, round_id=round_id)
    tale.deed(at, ("customer", who), "gallery.submit", ("gallery", tale.gallery_id), n=1, picks=len(picks))

"""The customer's word on finished photos, on each engine: approve, ask for changes, rounds, release by itself."""

import asyncio

import pytest
from sqlalchemy import select

from app.core import live
from app.core.audit import AuditRow
from app.core.db import Database
from app.core.errors import Forbidden, NotFound
from app.galleries import service as galleries
from app.galleries.errors import (
    BalanceOpen,
    ChangeAsked,
    ChangesWait,
    NewerVersion,
    NoChangeAsked,
    NotInReview,
    ReviewWaits,
    RoundsUsed,
    SkipReasonNeeded,
)
from app.photos import service as photos
from app.photos.errors import EmptyRemark
from app.production import service as production
from app.production.errors import FinalsMissing
from storage.memory import MemoryStore
from tests import story
from tests.galleries.cases import Case

HEAD_START = 0.3


async def test_accepted_work_waits_for_the_customer_who_may_look_at_it_marked(case: Case) -> None:
    assert await case.stage() == "review"
    page = await case.page()
    assert [(item.decision, item.again) for item in page.items] == [("open", False)] * 2
    assert (page.open, page.stage, page.rounds_left, page.nth) == (True, "check", 1, 1)
    version = page.items[0].after.version_id
    async with case.db.read() as session:
        for recipe in ("grid", "proof"):
            await photos.find_served(session, [case.customer], version, recipe)
        for recipe in ("screen", "original", "look"):
            with pytest.raises(NotFound):
                await photos.find_served(session, [case.customer], version, recipe)
        assert await galleries.downloads(session, case.customer, case.gallery_id) == []
    with pytest.raises(ReviewWaits):
        async with case.db.write() as session:
            await galleries.release(session, case.begun.actor("consultant"), case.begun.order_id)


async def test_everything_approved_is_released_when_the_payment_settles_the_balance(case: Case) -> None:
    await case.approve(0)
    await case.approve(0)  # twice is once
    assert await case.approve_all() is False
    assert await case.stage() == "release"
    with pytest.raises(NotInReview):
        await case.approve_all()
    with pytest.raises(BalanceOpen):
        async with case.db.write() as session:
            await galleries.release(session, case.begun.actor("consultant"), case.begun.order_id)
    assert {item.after.recipe for item in (await case.page()).items} == {"proof"}
    await case.pay(100)
    await case.work()
    assert await case.stage() == "release"
    await case.pay(399800)
    await case.work()
    await case.work()
    assert await case.stage() == "delivery"
    assert {item.after.recipe for item in (await case.page()).items} == {"screen"}  # theirs, and without a mark
    async with case.db.write() as session:  # who releases what is released has their wish
        await galleries.release(session, case.begun.actor("consultant"), case.begun.order_id)
        assert len(await galleries.downloads(session, case.customer, case.gallery_id)) == 2
        done = (await session.execute(select(AuditRow.deed, AuditRow.actor_kind))).all()
        assert [kind for deed, kind in done if deed == "gallery.release"] == ["system"]
        assert len([deed for deed, _ in done if deed == "review.verdict"]) == 2


@pytest.mark.parametrize("rule", ["always", "paid"])
async def test_approval_releases_by_itself_where_nothing_is_in_the_way(db: Database, rule: str) -> None:
    store, begun = MemoryStore(), await story.begin(db, rule=rule)
    case = Case(db, store, begun, *(await story.in_review(db, store, begun)))
    if rule == "paid":
        await case.pay()
        await case.work()
        assert await case.stage() == "review"  # money alone releases nothing
    assert await case.approve_all() is True
    assert await case.stage() == "delivery"


async def test_a_change_opens_a_round_with_the_photos_it_is_about(case: Case) -> None:
    await case.approve(1)
    with pytest.raises(NoChangeAsked):
        await case.send()
    with pytest.raises(EmptyRemark):
        await case.wish(0, " ")
    await case.wish(0)
    with pytest.raises(ChangeAsked):
        await case.approve(0)
    with pytest.raises(ChangesWait):
        await case.approve_all()
    seen = await case.item(0)
    await case.send()
    assert await case.stage() == "retouch"
    with pytest.raises(NotInReview):
        await case.send()
    async with case.db.read() as session:
        (_, first), (kind, brief) = await production.rounds_of(session, case.begun.order_id)
    (photo,) = brief.photos
    assert (kind, photo.photo_id, photo.finished_id) == ("revision", case.shown[0], seen.after.version_id)
    assert (photo.packet_name, photo.version_id) == (first.photos[0].packet_name, first.photos[0].version_id)
    assert [remark.body for remark in photo.remarks] == ["softer"]


async def test_a_revision_needs_a_new_file_and_the_customer_compares_it_with_the_old_one(case: Case) -> None:
    await case.wish(0)
    old = await case.item(0)
    await case.send()
    async with case.db.write() as session:
        task = await production.take_next_job(session, case.begun.actor("retoucher"))
    hand = case.begun.actor("retoucher", case.begun.order_id)
    async with case.db.write() as session:
        page = await production.task_page(session, hand, task.id)
        assert [item.base.version_id for item in page.items] == [old.after.version_id]
        assert [remark.body for remark in page.items[0].remarks] == ["softer"]
        await production.tick_remark(session, hand, task.id, page.items[0].remarks[0].id, done=True)
    with pytest.raises(FinalsMissing):
        async with case.db.write() as session:
            await production.hand_in(session, hand, task.id)
    await case.again()
    new = await case.item(0)
    assert (new.again, new.before.version_id, new.decision) == (True, old.after.version_id, "open")
    assert [(remark.body, remark.done) for remark in new.answered] == [("softer", True)]
    with pytest.raises(NewerVersion):  # a page that was left open since the first round
        async with case.db.write() as session:
            await galleries.approve(
                session, case.customer, case.gallery_id, new.photo_id, version_id=old.after.version_id
            )
    await case.pay()
    assert await case.approve_all() is True
    async with case.db.read() as session:
        got = {item.version_id for item in await galleries.downloads(session, case.customer, case.gallery_id)}
    page = await case.page()
    assert got == {item.after.version_id for item in page.items}
    assert len(got) == 2


async def test_rounds_end_and_staff_may_grant_another(case: Case) -> None:
    await case.wish(0)
    await case.send()
    await case.again()
    assert (await case.page()).rounds_left == 0
    with pytest.raises(RoundsUsed):
        await case.wish(0)
    for _ in range(2):  # pressed twice, granted once
        async with case.db.write() as session:
            await galleries.grant_round(session, case.begun.actor("consultant"), case.begun.order_id, seen=0)
    assert ((await case.page()).rounds, (await case.page()).rounds_left) == (2, 1)
    await case.wish(0, "a little more")
    await case.send()
    assert await case.stage() == "retouch"
    with pytest.raises(NotInReview):
        async with case.db.write() as session:
            await galleries.grant_round(session, case.begun.actor("consultant"), case.begun.order_id, seen=1)


async def test_a_wish_taken_back_leaves_the_photo_undecided(case: Case) -> None:
    first, second = await case.wish(0), await case.wish(0, "brighter")
    for remark, decision in ((first, "change"), (second, "open")):
        async with case.db.write() as session:
            await galleries.remove_wish(session, case.customer, case.gallery_id, case.shown[0], remark)
        assert (await case.item(0)).decision == decision
    await case.approve(0)
    item = await case.item(0)
    async with case.db.write() as session:
        await galleries.reconsider(
            session, case.customer, case.gallery_id, item.photo_id, version_id=item.after.version_id
        )
    assert (await case.item(0)).decision == "open"


async def test_staff_may_go_on_without_the_customers_word_for_a_reason(case: Case) -> None:
    consultant = case.begun.actor("consultant")
    for actor, reason, error in ((consultant, " ", SkipReasonNeeded), (case.begun.actor("finance"), "x", Forbidden)):
        with pytest.raises(error):
            async with case.db.write() as session:
                await galleries.skip_review(session, actor, case.begun.order_id, reason)
    async with case.db.write() as session:
        assert not await galleries.skip_review(session, consultant, case.begun.order_id, "approved by telephone")
    assert await case.stage() == "release"
    async with case.db.read() as session:
        row = (await session.execute(select(AuditRow).where(AuditRow.deed == "review.skip"))).scalar_one()
        assert row.after == {"reason": "approved by telephone"}
    with pytest.raises(NotInReview):
        await case.approve(0)


async def test_two_phones_one_approves_all_and_the_other_asks_for_a_change(case: Case) -> None:
    partner = await story.customer(case.db, case.begun, 1)
    item, seen = await case.item(0), await case.seen()

    async def wish() -> None:
        async with case.db.write() as session:
            await galleries.add_wish(
                session, partner, case.gallery_id, item.photo_id, version_id=item.after.version_id, body="no",
                chips=[], x=None, y=None,
            )  # fmt: skip

    async with case.db.write() as session:
        await galleries.approve_all(session, case.customer, case.gallery_id, seen=seen)
        late = asyncio.ensure_future(wish())
        await asyncio.sleep(HEAD_START)
    with pytest.raises(NotInReview):
        await late
    assert await case.stage() == "release"


async def test_two_phones_the_change_comes_first(case: Case) -> None:
    partner = await story.customer(case.db, case.begun, 1)
    item = await case.item(0)

    seen = await case.seen()
    async with case.db.write() as session:
        await galleries.add_wish(
            session, partner, case.gallery_id, item.photo_id, version_id=item.after.version_id, body="no", chips=[],
            x=None, y=None,
        )  # fmt: skip
        late = asyncio.ensure_future(case.approve_all(seen))
        await asyncio.sleep(HEAD_START)
    with pytest.raises(ChangesWait):
        await late
    assert await case.stage() == "review"


async def test_changes_sent_from_two_phones_at_once_open_one_round(case: Case) -> None:
    await case.wish(0)
    outcomes = await asyncio.gather(case.send(), case.send(), return_exceptions=True)
    assert sorted(type(one) for one in outcomes if one) == [NotInReview]
    async with case.db.read() as session:
        assert len(await production.rounds_of(session, case.begun.order_id)) == 2


async def test_another_customers_review_does_not_exist(case: Case) -> None:
    other = await story.another_order(case.db, case.begun, "other", "Other")
    stranger, _ = await story.in_review(case.db, case.store, other)
    item = await case.item(0)
    for gallery_id in (case.gallery_id, stranger.gallery_id):
        with pytest.raises(NotFound):
            async with case.db.write() as session:
                await galleries.approve(
                    session, stranger, gallery_id, item.photo_id, version_id=item.after.version_id
                )  # fmt: skip
    with pytest.raises(Forbidden):
        await case.approve(0, actor=case.begun.actor("manager"))


async def test_a_deed_of_the_review_is_heard_on_every_page_it_changes(case: Case) -> None:
    topics = [live.gallery(case.gallery_id), live.order(case.begun.order_id), live.board(case.begun.studio_id)]

    async def versions():
        async with case.db.read() as session:
            return await live.versions(session, topics)

    before = await versions()
    await case.wish(0)
    after = await versions()
    assert [after[one] > before[one] for one in topics[:2]] == [True, True]
    await case.send()
    last = await versions()
    assert all(last[one] > after[one] for one in topics)


async def test_orders_of_an_older_workflow_go_their_old_way(db: Database) -> None:
    from app.production import queries, rules
    from app.production.models import Progress

    store, begun = MemoryStore(), await story.begin(db)
    async with db.write() as session:  # as a studio was before: its orders keep what they began with
        version = await queries.default_workflow(session, begun.studio_id)
        version.definition = rules.WORKFLOWS[0]
    customer, _ = await story.in_review(db, store, begun)
    case = Case(db, store, begun, customer, [])
    assert await case.stage() == "release"
    await case.pay()
    await case.work()
    assert await case.stage() == "release"  # staff release it, as they always did
    later = await story.another_order(db, begun, "later", "Later")
    async with db.write() as session:
        await galleries.release(session, begun.actor("consultant"), begun.order_id)
        editions = {
            row.order_id: row.workflow_version_id for row in (await session.execute(select(Progress))).scalars()
        }
        assert editions[later.order_id] != editions[begun.order_id]
        newest = await queries.default_workflow(session, begun.studio_id)
    assert (newest.id, newest.definition) == (editions[later.order_id], rules.DEFAULT_WORKFLOW)


async def test_an_acceptance_taken_back_hides_what_was_offered(db: Database) -> None:
    store, begun = MemoryStore(), await story.begin(db)
    customer, shown = await story.chosen(db, store, begun)
    await story.retouch(db, store, begun)
    lead = begun.actor("quality_lead")
    async with db.write() as session:
        (waiting,) = await production.quality_queue(session, lead)
        await production.accept(session, lead, waiting.id)
    case = Case(db, store, begun, customer, shown)
    version = (await case.item()).after.version_id
    async with db.write() as session:
        await production.undo(session, lead, waiting.id)
    assert await case.stage() == "quality"
    assert (await case.page()).items == []
    with pytest.raises(NotFound):
        async with db.read() as session:
            await photos.find_served(session, [customer], version, "proof")


async def test_what_the_studio_writes_on_a_photo_is_not_the_customers_wish(case: Case) -> None:
    item = await case.item()
    async with case.db.write() as session:
        lead = case.begun.actor("quality_lead")
        await photos.add_remark(session, lead, item.after.version_id, body="pores", chips=[], x=None, y=None)
    assert (await case.item()).wishes == []
    await case.approve()

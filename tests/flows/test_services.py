"""The whole thread through the services, on each engine: from the shoot to the customer's download."""

import asyncio
import io

import pytest

from app.core.access import SYSTEM
from app.core.db import Database
from app.core.errors import Conflict, Forbidden, NotFound, TooMany
from app.galleries import service as galleries
from app.galleries.errors import (
    AlreadySubmitted,
    BalanceOpen,
    CapReached,
    LinkWithdrawn,
    NotAcceptedYet,
    PickLimitReached,
    ReviewWaits,
    WrongPin,
)
from app.orders import service as orders
from app.photos import service as photos
from app.production import service as production
from app.production.errors import FinalsMissing, FinalsUnmatched, NoTask, NothingNew, SameAsOriginal
from storage.memory import MemoryStore
from tests import story


async def hand_in(db: Database, store: MemoryStore, actor, task_id, name: str, data: bytes):
    incoming = (await production.prepare_hand_in(db, actor, task_id, name)).with_bytes(story.hashes(data))
    store.put(incoming.key, io.BytesIO(data), size=incoming.size, sha256=incoming.sha256)
    async with db.write() as session:
        return await production.hand_in_file(session, actor, task_id, incoming)


async def test_a_shoot_goes_from_files_to_the_customers_download(db: Database) -> None:  # noqa: PLR0915 - one story
    store, begun = MemoryStore(), await story.begin(db)
    shown = await story.ready_order(db, store, begun)
    customer = await story.customer(db, begun)
    gallery_id = customer.gallery_id

    async with db.write() as session:
        await galleries.pick(session, customer, gallery_id, shown[0])
        await galleries.pick(session, customer, gallery_id, shown[1])
        meter = await galleries.pick(session, customer, gallery_id, shown[2])
    assert (meter.chosen, meter.extra, meter.owed.minor) == (3, 1, 8000)
    async with db.write() as session:
        view = await galleries.photo_page(session, customer, gallery_id, shown[1])
        await galleries.add_remark(
            session, customer, gallery_id, shown[1], version_id=view.card.version_id, body="碎发", chips=["hair"],
            x=0.25, y=0.5,
        )  # fmt: skip
        await galleries.submit(session, customer, gallery_id)
    with pytest.raises(AlreadySubmitted):
        async with db.write() as session:
            await galleries.unpick(session, customer, gallery_id, shown[0])

    retoucher = begun.actor("retoucher")
    async with db.write() as session:
        task = await production.take_next_job(session, retoucher)
    with pytest.raises(NoTask):
        async with db.write() as session:
            await production.take_next_job(session, begun.actor("owner"))
    retoucher = begun.actor("retoucher", begun.order_id)
    plan, name = await production.packet(db, store, retoucher, task.id)
    assert name.startswith(begun.number)
    assert len(b"".join(plan.read())) == plan.size
    assert "originals/SLT_0001.JPG" in plan.names

    with pytest.raises(SameAsOriginal):
        await hand_in(db, store, retoucher, task.id, "SLT_0001.JPG", f"original SLT_0001.JPG {begun.number}".encode())
    for stem in ("SLT_0001-Edit.jpg", "slt_0002_精修.JPG"):
        assert (await hand_in(db, store, retoucher, task.id, stem, stem.encode())).photo_name
    loose = await hand_in(db, store, retoucher, task.id, "IMG_9.jpg", b"whose am I")
    assert loose.photo_name is None
    with pytest.raises(FinalsMissing):
        async with db.write() as session:
            await production.hand_in(session, retoucher, task.id)
    async with db.write() as session:
        page = await production.task_page(session, retoucher, task.id)
        await production.match_by_hand(session, retoucher, task.id, page.loose[0].hand_in_id, shown[2])
    await hand_in(db, store, retoucher, task.id, "who.jpg", b"and me")
    async with db.read() as session:
        finals = await photos.finished_of_order(session, SYSTEM, begun.order_id)
    for final in finals.values():
        await story.prepare(db, store, final.version_id)
    with pytest.raises(FinalsUnmatched):
        async with db.write() as session:
            await production.hand_in(session, retoucher, task.id)
    async with db.write() as session:
        page = await production.task_page(session, retoucher, task.id)
        await production.put_aside(session, retoucher, task.id, page.loose[0].hand_in_id)
        await production.hand_in(session, retoucher, task.id)

    consultant = begun.actor("consultant")
    with pytest.raises(NotAcceptedYet):
        async with db.write() as session:
            await galleries.release(session, consultant, begun.order_id)
    lead = begun.actor("quality_lead")
    async with db.write() as session:
        (waiting,) = await production.quality_queue(session, lead)
        await production.accept(session, lead, waiting.id)
    with pytest.raises(ReviewWaits):
        async with db.write() as session:
            await galleries.release(session, consultant, begun.order_id)
    async with db.write() as session:
        seen = [item.after.version_id for item in (await galleries.review_page(session, customer, gallery_id)).items]
        assert await galleries.approve_all(session, customer, gallery_id, seen=seen) is False
    with pytest.raises(BalanceOpen):
        async with db.write() as session:
            await galleries.release(session, consultant, begun.order_id)
    async with db.write() as session:
        for _ in range(2):  # the same form twice pays once
            await orders.record_payment(session, consultant, begun.order_id, 407900, "cash", source_key="form:1")
        account = await orders.account(session, consultant, begun.order_id)
        assert account.owed.minor == 0
        assert await galleries.downloads(session, customer, gallery_id) == []
        await galleries.release(session, consultant, begun.order_id)
        items = await galleries.downloads(session, customer, gallery_id)
        view = await galleries.gallery_page(session, customer, gallery_id)
    assert len(items) == 3
    assert {card.version_id for card in view.photos if card.recipe == "screen"} == {item.version_id for item in items}
    plan, _ = await galleries.download_plan(db, store, customer, gallery_id)
    assert sorted(plan.names) == sorted(item.name for item in items)
    async with db.read() as session:
        served = await photos.find_served(session, [customer], items[0].version_id, "original")
        assert b"".join(store.open(served.key)) == b"SLT_0001-Edit.jpg"
        with pytest.raises(NotFound):  # the camera's file never goes to a customer
            original = (await photos.photos_of_order(session, SYSTEM, begun.order_id))[0]
            await photos.find_served(session, [customer], original.version_id, "original")
        stage = await production.stage_of(session, begun.order_id)
    assert stage == "delivery"


async def test_sent_back_work_returns_to_the_same_hands_with_reasons(db: Database) -> None:
    store, begun = MemoryStore(), await story.begin(db)
    shown = await story.ready_order(db, store, begun, 2)
    customer = await story.customer(db, begun)
    async with db.write() as session:
        await galleries.pick(session, customer, customer.gallery_id, shown[0])
        await galleries.submit(session, customer, customer.gallery_id)
        task = await production.take_next_job(session, begun.actor("retoucher"))
    retoucher, lead = begun.actor("retoucher", begun.order_id), begun.actor("quality_lead")
    await hand_in(db, store, retoucher, task.id, "SLT_0001.jpg", b"first try")
    async with db.read() as session:
        finals = await photos.finished_of_order(session, SYSTEM, begun.order_id)
    await story.prepare(db, store, finals[shown[0]].version_id)
    async with db.write() as session:
        await production.hand_in(session, retoucher, task.id)
        (waiting,) = await production.quality_queue(session, lead)
        await production.send_back(session, lead, waiting.id, ["skin"], "pores, please")
    with pytest.raises(NotFound):  # the order is no longer theirs to see
        async with db.read() as session:
            await production.task_page(session, begun.actor("retoucher"), task.id)
    async with db.write() as session:
        again = await production.take_next_job(session, begun.actor("retoucher"))
    assert (again.attempt, again.reasons, again.note) == (2, ["skin"], "pores, please")
    with pytest.raises(NothingNew):
        async with db.write() as session:
            await production.hand_in(session, retoucher, again.id)


async def test_two_people_choosing_at_once_never_pass_the_cap(db: Database) -> None:
    store, begun = MemoryStore(), await story.begin(db, included=2, most=4)
    shown = await story.ready_order(db, store, begun, 12)
    both = [await story.customer(db, begun, person) for person in (0, 1)]

    async def try_pick(n: int) -> str:
        try:
            async with db.write() as session:
                await galleries.pick(session, both[n % 2], both[n % 2].gallery_id, shown[n])
        except PickLimitReached:
            return "limit"
        return "picked"

    outcomes = await asyncio.gather(*(try_pick(n) for n in range(12)))
    assert outcomes.count("picked") == 4
    async with db.write() as session:
        view = await galleries.gallery_page(session, both[0], both[0].gallery_id, filter="chosen")
        assert len(view.photos) == 4
        await galleries.set_cap(session, both[0], both[0].gallery_id, 0)
        await galleries.unpick(session, both[0], both[0].gallery_id, view.photos[0].photo_id)
    with pytest.raises(CapReached):
        async with db.write() as session:
            await galleries.pick(session, both[0], both[0].gallery_id, view.photos[0].photo_id)


async def test_a_gallery_opens_for_its_own_link_alone(db: Database) -> None:
    store = MemoryStore()
    ours, theirs = await story.begin(db), await story.begin(db, "Other")
    shown = await story.ready_order(db, store, ours, 2)
    await story.ready_order(db, store, theirs, 2)
    stranger, mine = await story.customer(db, theirs), await story.customer(db, ours)
    for gallery_id in (mine.gallery_id,):
        with pytest.raises(NotFound):
            async with db.read() as session:
                await galleries.gallery_page(session, stranger, gallery_id)
        with pytest.raises(NotFound):
            async with db.write() as session:
                await galleries.pick(session, stranger, gallery_id, shown[0])
    with pytest.raises(NotFound):  # our gallery, their photo
        async with db.write() as session:
            theirs_photo = (await photos.photos_of_order(session, SYSTEM, theirs.order_id))[0].photo_id
            await galleries.pick(session, mine, mine.gallery_id, theirs_photo)
    with pytest.raises(Forbidden):  # staff look, customers choose
        async with db.write() as session:
            await galleries.pick(session, ours.actor("manager"), mine.gallery_id, shown[0])


async def test_a_pin_is_counted_before_it_is_looked_at(db: Database) -> None:
    store, begun = MemoryStore(), await story.begin(db)
    await story.ready_order(db, store, begun, 1)
    made = await story.link(db, begun)
    token, _ = await galleries.open_link(db, made.key)
    wrong = f"{(int(made.pin) + 1) % 10**6:06}"
    for left in (4, 3, 2, 1, 0):
        with pytest.raises(WrongPin) as caught:
            await galleries.unlock(db, token, wrong)
        assert caught.value.params["left"] == left
    with pytest.raises(TooMany):  # even the right one waits now
        await galleries.unlock(db, token, made.pin)


async def test_a_withdrawn_link_ends_at_once(db: Database) -> None:
    store, begun = MemoryStore(), await story.begin(db)
    await story.ready_order(db, store, begun, 1)
    customer = await story.customer(db, begun)
    async with db.write() as session:
        await galleries.withdraw_link(session, begun.actor("consultant"), customer.link_id)
    made = await story.link(db, begun)
    async with db.read() as session:
        status = await galleries.status_of_order(session, begun.actor("manager"), begun.order_id)
    assert [link.withdrawn for link in status.links] == [True, False]
    async with db.write() as session:
        await galleries.withdraw_link(session, begun.actor("consultant"), status.links[1].id)
    with pytest.raises(LinkWithdrawn):
        await galleries.open_link(db, made.key)


async def test_the_same_file_twice_is_one_photo(db: Database) -> None:
    store, begun = MemoryStore(), await story.begin(db)
    await story.bring_in(db, store, begun, ["a.jpg"])
    async with db.write() as session:
        order = await orders.order_of_system(session, begun.order_id)
        again = photos.make_incoming(order, name="b.jpg", source="ingest").with_bytes(
            story.hashes(f"original a.jpg {begun.number}".encode())
        )
        accepted = await photos.accept_upload(session, SYSTEM, order, again)
    assert accepted.duplicate
    async with db.read() as session:
        assert len(await photos.photos_of_order(session, SYSTEM, begun.order_id)) == 1


async def test_a_submitted_choice_cannot_be_submitted_twice_at_once(db: Database) -> None:
    store, begun = MemoryStore(), await story.begin(db)
    shown = await story.ready_order(db, store, begun, 4)
    both = [await story.customer(db, begun, person) for person in (0, 1)]
    async with db.write() as session:
        for photo_id in shown[:3]:
            await galleries.pick(session, both[0], both[0].gallery_id, photo_id)

    async def submit(n: int) -> bool:
        try:
            async with db.write() as session:
                await galleries.submit(session, both[n], both[n].gallery_id)
        except Conflict:
            return False
        return True

    assert sorted(await asyncio.gather(submit(0), submit(1))) == [False, True]
    async with db.read() as session:
        account = await orders.account(session, begun.actor("finance"), begun.order_id)
    assert [entry.amount.minor for entry in account.entries] == [399900, 8000]

"""Lines of money by hand, on each engine: written once, undone once, never more taken away than there is."""

import asyncio
import uuid
from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest
from sqlalchemy import func, select, update

from app.billing import service as billing
from app.billing.errors import AlreadyReversed, BelowZero, NotReversible, RefundTooLarge
from app.billing.models import Receipt
from app.billing.schemas import AccountPage
from app.core import clock, live
from app.core.db import Database, Session
from app.core.errors import BadInput, Conflict, Forbidden, NotFound
from app.core.jobs import Job
from app.orders import service as orders
from app.orders.errors import SourceUsed
from app.orders.jobs import ReleaseIfDue
from app.orders.models import Order
from tests import story

PRICE = 399_900


async def account(db: Database, begun: story.Story) -> AccountPage:
    async with db.read() as session:
        return await billing.account_page(session, begun.actor("finance"), begun.order_id)


async def do(db: Database, deed: Callable[..., Awaitable[None]], begun: story.Story, *args: object, **more: object):
    async with db.write() as session:
        return await deed(session, begun.actor("finance"), begun.order_id, *args, **more)


async def pay(db: Database, begun: story.Story, minor: int, key: str = "pay") -> None:
    more = {"source_key": f"{key}:{begun.order_id}", "paid_on": None, "reference": " BANK\n 7 "}
    await do(db, billing.record_payment, begun, minor, "transfer", **more)


async def test_each_line_says_what_it_is_and_the_balance_is_their_sum(db: Database) -> None:
    begun = await story.begin(db)
    await pay(db, begun, 100_000)
    await do(db, billing.add_charge, begun, 50_000, "rush", source_key="a")
    await do(db, billing.give_discount, begun, 9_900, "came again", source_key="b")
    await do(db, billing.refund, begun, 20_000, "cash", "rain", source_key="c")
    page = await account(db, begun)
    assert [(line.kind, line.amount.minor) for line in page.charges] == [
        ("charge", PRICE), ("charge", 50_000), ("discount", -9_900),
    ]  # fmt: skip
    assert [(line.kind, line.amount.minor, line.reference) for line in page.payments] == [
        ("payment", 100_000, "BANK 7"), ("refund", -20_000, ""),
    ]  # fmt: skip
    assert page.owed.minor == PRICE + 50_000 - 9_900 - 80_000
    async with db.read() as session:
        name = live.order(begun.order_id)
        assert (await live.versions(session, [name]))[name] > 0


async def test_the_same_form_writes_one_line_and_another_sum_is_refused(db: Database) -> None:
    begun = await story.begin(db)
    await pay(db, begun, 30_000)
    for _ in range(2):
        await do(db, billing.refund, begun, 20_000, "cash", "rain", source_key="r")
        await do(db, billing.give_discount, begun, 300_000, "friend", source_key="d")
    with pytest.raises(SourceUsed):
        await do(db, billing.refund, begun, 5_000, "cash", "rain", source_key="r")
    page = await account(db, begun)
    assert (page.paid.minor, page.charged.minor) == (10_000, PRICE - 300_000)


async def test_what_cannot_be_is_refused(db: Database) -> None:
    begun = await story.begin(db)
    for wrong in (0, -5, 10**13):
        with pytest.raises(BadInput):
            await do(db, billing.add_charge, begun, wrong, "why", source_key="x")
    with pytest.raises(BadInput, match="why_needed"):
        await do(db, billing.add_charge, begun, 5, " \n ", source_key="x")
    with pytest.raises(BadInput, match="unknown_payment_method"):
        await do(db, billing.refund, begun, 5, "barter", "why", source_key="x")
    with pytest.raises(RefundTooLarge):
        await do(db, billing.refund, begun, 5, "cash", "why", source_key="x")
    with pytest.raises(BelowZero):
        await do(db, billing.give_discount, begun, PRICE + 1, "why", source_key="x")
    tomorrow = clock.today("Asia/Shanghai") + timedelta(days=1)
    more = {"source_key": "x", "paid_on": tomorrow, "reference": ""}
    with pytest.raises(BadInput, match="day_ahead"):
        await do(db, billing.record_payment, begun, 5, "cash", **more)
    async with db.write() as session:
        with pytest.raises(Forbidden):
            await billing.add_charge(
                session, begun.actor("photographer"), begun.order_id, 5, "why", source_key="x"
            )  # fmt: skip
    assert (await account(db, begun)).owed.minor == PRICE


async def test_a_line_is_undone_once_and_what_undoes_it_never(db: Database) -> None:
    begun, other = await story.begin(db), await story.begin(db, "Other")
    await pay(db, begun, 70_000)
    line = (await account(db, begun)).payments[0]
    with pytest.raises(NotFound):
        await do(db, billing.reverse, other, line.id, "not mine")
    with pytest.raises(NotFound):
        await do(db, billing.reverse, begun, uuid.uuid4(), "nothing")
    await do(db, billing.reverse, begun, line.id, "typed twice")
    with pytest.raises(AlreadyReversed):
        await do(db, billing.reverse, begun, line.id, "again")
    page = await account(db, begun)
    assert page.payments[0].reversed
    assert not page.payments[0].may_reverse
    assert (page.payments[1].kind, page.payments[1].note, page.paid.minor) == ("reversal", "typed twice", 0)
    with pytest.raises(NotReversible):
        await do(db, billing.reverse, begun, page.payments[1].id, "back")


async def test_a_payment_that_was_given_back_in_part_is_not_undone(db: Database) -> None:
    begun = await story.begin(db)
    await pay(db, begun, 70_000)
    await do(db, billing.refund, begun, 10, "cash", "rain", source_key="r")
    first, second = (await account(db, begun)).payments
    assert not first.may_reverse
    with pytest.raises(BelowZero):
        await do(db, billing.reverse, begun, first.id, "why")
    await do(db, billing.reverse, begun, second.id, "why")
    await do(db, billing.reverse, begun, first.id, "why")
    assert (await account(db, begun)).paid.minor == 0


async def _at_once(*deeds: Awaitable[object]) -> list[object]:
    return list(await asyncio.gather(*deeds, return_exceptions=True))


async def test_two_refunds_at_once_never_give_back_more_than_was_paid(db: Database) -> None:
    begun = await story.begin(db)
    await pay(db, begun, 10_000)
    done = await _at_once(*(do(db, billing.refund, begun, 6_000, "cash", "rain", source_key=f"r{n}") for n in range(4)))
    assert sum(result is None for result in done) == 1
    assert all(isinstance(result, RefundTooLarge) for result in done if result is not None)
    assert (await account(db, begun)).paid.minor == 4_000


async def test_two_who_undo_a_line_at_once_undo_it_once(db: Database) -> None:
    begun = await story.begin(db)
    await pay(db, begun, 10_000)
    line = (await account(db, begun)).payments[0]
    done = await _at_once(*(do(db, billing.reverse, begun, line.id, "why") for _ in range(3)))
    assert sum(result is None for result in done) == 1
    assert (await account(db, begun)).paid.minor == 0


async def _receipts(session: Session) -> list[Receipt]:
    return list((await session.execute(select(Receipt).order_by(Receipt.number))).scalars())


async def test_receipts_have_a_number_each_without_a_gap(db: Database) -> None:
    begun = await story.begin(db)
    for n in range(4):
        await pay(db, begun, 1_000 + n, f"p{n}")
    lines = (await account(db, begun)).payments
    await _at_once(*(do(db, billing.ask_for_receipt, begun, line.id) for line in (*lines, *lines)))
    with pytest.raises(RuntimeError):
        async with db.write() as session:
            await orders.next_number(session, begun.studio_id, f"receipt:{clock.today('Asia/Shanghai').year}")
            raise RuntimeError
    await pay(db, begun, 5, "last")
    await do(db, billing.ask_for_receipt, begun, (await account(db, begun)).payments[-1].id)
    async with db.read() as session:
        year = clock.today("Asia/Shanghai").year
        assert [row.number for row in await _receipts(session)] == [f"R{year}-{n:05d}" for n in range(1, 6)]


async def test_undoing_a_payment_voids_its_receipt_by_a_new_one(db: Database) -> None:
    begun = await story.begin(db)
    await pay(db, begun, 10_000)
    line = (await account(db, begun)).payments[0]
    await do(db, billing.ask_for_receipt, begun, line.id)
    async with db.read() as session:
        before = (
            await billing.get_receipt(session, begun.actor("owner"), begun.order_id, (await _receipts(session))[0].id)
        )[1].content
    await do(db, billing.reverse, begun, line.id, "why")
    async with db.read() as session:
        old, new = await _receipts(session)
        assert (old.kind, new.kind, new.voids_id) == ("payment", "void", old.id)
        _, paper = await billing.get_receipt(session, begun.actor("owner"), begun.order_id, old.id)
        assert paper.content == before
        _, paper = await billing.get_receipt(session, begun.actor("owner"), begun.order_id, new.id)
        assert paper.content["voids"] == old.number


async def test_a_payment_that_was_undone_has_no_receipt(db: Database) -> None:
    begun = await story.begin(db)
    await pay(db, begun, 10_000)
    line = (await account(db, begun)).payments[0]
    await do(db, billing.reverse, begun, line.id, "why")
    for one in (await account(db, begun)).payments:
        assert not one.may_have_receipt
        with pytest.raises(Conflict, match="no_receipt_of_undone"):
            await do(db, billing.ask_for_receipt, begun, one.id)


async def test_whatever_lessens_what_is_owed_lets_the_release_be_looked_at(db: Database) -> None:
    begun = await story.begin(db)
    await do(db, billing.add_charge, begun, 5_000, "rush", source_key="a")
    async with db.read() as session:
        asked = select(func.count()).select_from(Job).where(Job.kind == ReleaseIfDue.KIND)
        assert (await session.execute(asked)).scalar_one() == 0
    await do(db, billing.give_discount, begun, 5_000, "friend", source_key="d")
    async with db.read() as session:
        assert (await session.execute(asked)).scalar_one() == 1


async def test_the_overview_adds_up_what_came_in_and_what_is_owed(db: Database) -> None:
    begun, abroad = await story.begin(db), await story.begin(db, "Abroad")
    old = await story.another_order(db, begun, "old", "Old House")
    await pay(db, begun, 100_000)
    await do(db, billing.refund, begun, 30_000, "cash", "rain", source_key="r")
    await pay(db, abroad, 1)
    async with db.write() as session:
        past = clock.now() - timedelta(days=200)
        await session.execute(update(Order).where(Order.id == old.order_id).values(created_at=past))
    today = clock.today("Asia/Shanghai")
    async with db.read() as session:
        owner = begun.actor("owner")
        page = await billing.money_page(session, owner, today, today)
        assert {one.method: (one.count, one.amount.minor) for one in page.methods} == {
            "transfer": (1, 100_000), "cash": (1, -30_000),
        }  # fmt: skip
        assert [(age.older, age.count, age.amount.minor) for age in page.ages] == [
            (0, 1, PRICE - 70_000), (30, 0, 0), (90, 1, PRICE),
        ]  # fmt: skip
        assert page.owed.minor == 2 * PRICE - 70_000
        listed = await billing.list_unpaid(session, owner, older=90)
        assert [(row.order_id, row.days) for row in listed.items] == [(old.order_id, 200)]
        rows = await billing.list_payments(session, owner, today, today, method="cash")
        assert [(row.kind, row.amount.minor) for row in rows.items] == [("refund", -30_000)]
        assert len((await billing.list_unpaid(session, owner)).items) == 2
        with pytest.raises(BadInput, match="bad_period"):
            await billing.money_page(session, owner, today, today - timedelta(days=1))
        for role in ("consultant", "photographer", "retoucher", "quality_lead"):
            with pytest.raises(Forbidden):
                await billing.money_page(session, begun.actor(role), today, today)

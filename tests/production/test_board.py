"""What lists and the board show: the exceptions of the morning page are the very orders its links open."""

import uuid
from datetime import date, timedelta

import msgspec
import pytest
from sqlalchemy import select, update

from app.analytics import service as analytics
from app.core import clock
from app.core.access import SYSTEM, Actor
from app.core.db import Database
from app.core.errors import Forbidden
from app.orders import service as orders
from app.orders.models import Order
from app.photos.models import Version
from app.production import service as production
from app.production.models import Progress
from app.production.schemas import Wanted
from storage.memory import MemoryStore
from tests import story

TODAY = date(2026, 6, 20)


def wanted(**more: object) -> Wanted:
    return Wanted(today=TODAY, now=clock.now(), **more)


async def listed(db: Database, actor: Actor, **more: object) -> list[uuid.UUID]:
    async with db.read() as session:
        return [row.id for row in (await production.order_list(session, actor, wanted=wanted(**more))).orders]


async def stand(db: Database, order_id: uuid.UUID, stage: str, days: int = 0, promised: date | None = None) -> None:
    """Put an order somewhere, as if it had gone there by its deeds."""
    async with db.write() as session:
        entered = clock.now() - timedelta(days=days)
        await session.execute(
            update(Progress).where(Progress.order_id == order_id).values(stage=stage, entered_at=entered)
        )
        await session.execute(update(Order).where(Order.id == order_id).values(promised_on=promised))


@pytest.fixture
async def house(db: Database) -> tuple[story.Story, dict[str, uuid.UUID]]:
    """One order of each kind of exception, and one that is well."""
    begun, store = await story.begin(db), MemoryStore()
    found = {"well": begun.order_id}
    for name in ("due", "late", "waiting", "unpaid", "trouble", "paid", "done"):
        found[name] = (await story.another_order(db, begun, name, f"House {name}")).order_id
    await stand(db, found["well"], "selection", 1, TODAY + timedelta(days=5))
    await stand(db, found["due"], "quality", 1, TODAY)
    await stand(db, found["late"], "retouch", 9, TODAY - timedelta(days=4))
    await stand(db, found["waiting"], "selection", 4)
    await stand(db, found["unpaid"], "release")
    await stand(db, found["paid"], "release")
    await stand(db, found["trouble"], "intake")
    await stand(db, found["done"], "delivery", 1, TODAY - timedelta(days=9))
    (version,) = await story.bring_in(db, store, msgspec.structs.replace(begun, order_id=found["trouble"]), ["A.JPG"])
    async with db.write() as session:
        await session.execute(update(Version).where(Version.id == version).values(state="refused", reason="truncated"))
        await orders.record_payment(session, SYSTEM, found["paid"], 399900, "cash", source_key="paid")
    return begun, found


@pytest.mark.parametrize("show", ["due", "late", "waiting", "unpaid", "trouble"])
async def test_a_list_shows_its_exceptions_alone(db: Database, house, show: str) -> None:
    begun, found = house

    assert await listed(db, begun.actor("owner"), show=show) == [found[show]]


async def test_the_morning_counts_what_the_lists_show(db: Database, house) -> None:
    begun, _ = house
    async with db.read() as session:
        counts = await production.counts(session, begun.actor("manager"), wanted())

    morning = analytics.morning(counts, TODAY)

    assert (morning.due, morning.due_in_quality, morning.late, morning.late_days) == (1, 1, 1, 4)
    assert (morning.waiting, morning.unpaid, morning.trouble, morning.running, morning.calm) == (1, 1, 1, 7, False)
    assert analytics.morning([], TODAY).calm


async def test_lists_are_narrowed_by_stage_branch_and_words(db: Database, house) -> None:
    begun, found = house
    owner = begun.actor("owner")

    assert set(await listed(db, owner, stage="release")) == {found["unpaid"], found["paid"]}
    assert await listed(db, owner, branch_id=uuid.uuid4()) == []
    assert len(await listed(db, owner, branch_id=begun.branch_id)) == len(found)
    assert await listed(db, owner, text="house LATE") == [found["late"]]
    assert await listed(db, owner, text="林夏") == [found["well"]]
    assert await listed(db, owner, text=begun.number.lower()) == [found["well"]]
    assert await listed(db, owner, text="%") == []


async def test_mine_are_those_i_wrote_down_or_work_on(db: Database, house) -> None:
    begun, _ = house
    consultant = begun.actor("consultant")
    async with db.write() as session:
        package = (await orders.list_packages(session, consultant))[0]
        order = (await session.execute(select(Order).limit(1))).scalar_one()
        mine = await orders.add_order(
            session, consultant,
            story.NewOrder(
                branch_id=begun.branch_id, customer_id=order.customer_id, package_id=package.id, title="Mine",
                shoot_on=TODAY,
            ),
        )  # fmt: skip

    assert await listed(db, consultant, show="mine") == [mine.id]
    assert await listed(db, begun.actor("manager"), show="mine") == []


async def test_the_board_has_a_column_for_each_stage_and_those_promised_first_on_top(db: Database, house) -> None:
    begun, found = house
    async with db.read() as session:
        columns = await production.board(session, begun.actor("manager"), wanted())

    cards = {column.stage: [card.id for card in column.cards] for column in columns}
    assert cards["selection"] == [found["well"], found["waiting"]]
    assert cards["quality"] == [found["due"]]
    assert cards["delivery"] == [found["done"]]
    late = next(card for column in columns for card in column.cards if card.id == found["late"])
    assert (late.days_left, late.customer, late.since_days) == (-4, "House late", 9)
    done = next(card for column in columns for card in column.cards if card.id == found["done"])
    assert done.days_left is None, "what is delivered is not late"


async def test_a_column_is_bounded_and_says_how_many_it_holds(db: Database, house, monkeypatch) -> None:
    begun, found = house
    monkeypatch.setattr("app.production.service.overview.PER_COLUMN", 1)
    async with db.read() as session:
        columns = await production.board(session, begun.actor("manager"), wanted())
        late = await production.board(session, begun.actor("manager"), wanted(show="late"))

    column = next(column for column in columns if column.stage == "selection")
    assert (column.total, [card.id for card in column.cards]) == (2, [found["well"]])
    assert sum(column.total for column in late) == 1


async def test_a_retoucher_has_no_board(db: Database, house) -> None:
    begun, _ = house
    async with db.read() as session:
        with pytest.raises(Forbidden):
            await production.board(session, begun.actor("retoucher"), wanted())


async def test_what_an_address_says_wrongly_narrows_nothing() -> None:
    read = production.read_wanted(TODAY, show="x'--", stage="moon", branch="no id", text="a\x00b")

    assert (read.show, read.stage, read.branch_id, read.text) == ("", "", None, "ab")

"""Figures of a studio's events, on both databases."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from app.analytics import service as analytics
from app.analytics.schemas import Figures
from app.core import clock
from app.core.access import SYSTEM
from app.core.db import Database
from app.core.errors import BadInput, Forbidden
from app.core.money import Money
from app.identity.models import Studio
from app.orders import service as orders
from app.production import service as production
from storage.memory import MemoryStore
from tests import story
from tests.production.test_events import chosen, finish, take

HOURS = 3600


async def figures(db: Database, begun: story.Story, role: str = "manager", days: int = 30) -> Figures:
    async with db.read() as session:
        studio = await session.get_one(Studio, begun.studio_id)
        return await analytics.figures(session, begun.actor(role), studio, days, {"retouch": 3})


async def worked(db: Database) -> story.Story:
    """Let an order wait two hours for its retoucher, be worked on for three, sent back and accepted."""
    store = MemoryStore()
    begun, retoucher = await chosen(db, store)
    lead = begun.actor("quality_lead")
    with clock.shifted(timedelta(hours=2)):
        task_id = await take(db, retoucher)
    with clock.shifted(timedelta(hours=5)):
        await finish(db, store, retoucher, task_id, b"one")
    with clock.shifted(timedelta(hours=6)):
        async with db.write() as session:
            await production.send_back(session, lead, await production.first_waiting(session, lead), ["skin"], "")
    return begun


async def test_waiting_and_working_come_from_the_events(db: Database) -> None:
    begun = await worked(db)
    with clock.shifted(timedelta(hours=7)):
        found = await figures(db, begun)

    retouch = next(row for row in found.stages if row.stage == "retouch")
    assert retouch.stay.median == pytest.approx(5 * HOURS, abs=60)
    assert retouch.waiting.median == pytest.approx(2 * HOURS, abs=60)
    assert retouch.working.median == pytest.approx(3 * HOURS, abs=60)
    assert (retouch.stay.count, retouch.now) == (1, 3)
    assert (found.passed.judged, found.passed.passed) == (1, 0)
    (person,) = found.people
    assert (person.name, person.finished, person.judged, person.passed) == ("Retoucher", 1, 1, 0)
    assert person.working.median == pytest.approx(3 * HOURS, abs=60)
    assert found.weeks[-1].in_progress == 1


async def test_an_order_that_rests_is_in_progress_all_the_time(db: Database) -> None:
    begun = await worked(db)
    with clock.shifted(timedelta(days=200)):
        found = await figures(db, begun)

    assert {week.in_progress for week in found.weeks} == {1}
    assert all(row.stay.count == 0 for row in found.stages)


async def test_figures_are_for_those_who_lead(db: Database) -> None:
    begun = await worked(db)

    for role in ("consultant", "retoucher", "quality_lead", "finance"):
        with pytest.raises(Forbidden):
            await figures(db, begun, role)
    with pytest.raises(BadInput):
        await figures(db, begun, "owner", 31)


async def test_another_studio_has_figures_of_its_own(db: Database) -> None:
    await worked(db)
    other = await story.begin(db, "Other")
    found = await figures(db, other, "owner")

    assert all(row.stay.count == 0 for row in found.stages)
    assert found.people == []


async def test_money_is_added_up_by_week_beside_the_year_before(db: Database) -> None:
    begun = await story.begin(db)
    owner = begun.actor("owner")
    for days, minor, key in ((0, 10_000, "a"), (0, 2_500, "b"), (-364, 7_000, "c"), (-200, 99, "d")):
        with clock.shifted(timedelta(days=days)):
            async with db.write() as session:
                await orders.record_payment(session, SYSTEM, begun.order_id, minor, "cash", source_key=key)
    async with db.read() as session:
        studio = (await session.execute(select(Studio))).scalar_one()
        money = await analytics.money_in(session, owner, studio, 30)

    assert money.weeks[-1].came == Money(12_500, "CNY")
    assert money.weeks[-1].before == Money(7_000, "CNY")
    assert sum(week.came.minor for week in money.weeks) == 12_500


async def test_without_a_year_before_nothing_is_compared(db: Database) -> None:
    begun = await story.begin(db)
    async with db.read() as session:
        studio = (await session.execute(select(Studio))).scalar_one()
        money = await analytics.money_in(session, begun.actor("owner"), studio, 30)

    assert {week.before for week in money.weeks} == {None}

"""Two at the same work at the same moment, on each engine."""

import asyncio

from sqlalchemy import func, select

from app.core.access import SYSTEM
from app.core.db import Database
from app.galleries import service as galleries
from app.orders import service as orders
from app.orders.schemas import NewOrder
from app.production import service as production
from app.production.models import Progress, Task
from storage.memory import MemoryStore
from tests import story

HEAD_START = 0.3


async def _chosen(db: Database, store: MemoryStore, begun: story.Story) -> None:
    shown = await story.ready_order(db, store, begun, 1)
    customer = await story.customer(db, begun)
    async with db.write() as session:
        await galleries.pick(session, customer, customer.gallery_id, shown[0])
        await galleries.submit(session, customer, customer.gallery_id)


async def _second_order(db: Database, begun: story.Story) -> story.Story:
    async with db.write() as session:
        first = await orders.order_of_system(session, begun.order_id)
        package = (await orders.list_packages(session, begun.actor("owner")))[0]
        order = await orders.add_order(
            session, SYSTEM,
            NewOrder(
                branch_id=begun.branch_id, customer_id=first.customer_id, package_id=package.id, title="again",
                shoot_on=first.shoot_on,
            ),
        )  # fmt: skip
    return story.Story(begun.studio_id, begun.branch_id, begun.staff, order.id, order.number)


async def test_a_person_who_presses_twice_takes_one_job(db: Database) -> None:
    store, begun = MemoryStore(), await story.begin(db)
    await _chosen(db, store, begun)
    await _chosen(db, store, await _second_order(db, begun))
    retoucher = begun.actor("retoucher")  # as the second request knew them: before the first one's order was theirs

    async def take() -> None:
        async with db.write() as session:
            await production.take_next_job(session, retoucher)

    async with db.write() as session:
        await production.take_next_job(session, retoucher)
        second = asyncio.ensure_future(take())
        await asyncio.sleep(HEAD_START)
    await second
    async with db.read() as session:
        taken = select(func.count()).select_from(Task).where(Task.state == "taken")
        assert (await session.execute(taken)).scalar_one() == 1


async def test_an_order_that_is_begun_twice_at_once_begins_once(db: Database) -> None:
    begun = await _second_order(db, await story.begin(db))

    async def begin() -> None:
        async with db.write() as session:
            await production.begin_order(session, begun.order_id)

    async with db.write() as session:
        await production.begin_order(session, begun.order_id)
        second = asyncio.ensure_future(begin())
        await asyncio.sleep(HEAD_START)
    await second
    async with db.read() as session:
        rows = select(func.count()).select_from(Progress).where(Progress.order_id == begun.order_id)
        assert (await session.execute(rows)).scalar_one() == 1

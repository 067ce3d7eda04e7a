"""Taking jobs by skill, keeping them by working on them, and what goes back by itself. On each engine."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from app.core import clock
from app.core.access import SYSTEM, Actor
from app.core.audit import AuditRow
from app.core.db import Database
from app.core.errors import Forbidden
from app.galleries import service as galleries
from app.identity import service as identity
from app.identity.errors import UnknownSkill
from app.orders import service as orders
from app.production import service as production
from app.production.errors import NoTask, TaskMoved
from app.production.models import Task
from storage.memory import MemoryStore
from tests import story

HEAD_START = 0.3
LEASE = timedelta(hours=72)


async def submitted(db: Database, store: MemoryStore, begun: story.Story) -> None:
    shown = await story.ready_order(db, store, begun, 1)
    customer = await story.customer(db, begun)
    async with db.write() as session:
        await galleries.pick(session, customer, customer.gallery_id, shown[0])
        await galleries.submit(session, customer, customer.gallery_id)


async def plan(db: Database, begun: story.Story, skill: str | None, *, urgent: bool = False) -> None:
    async with db.write() as session:
        await production.plan(session, begun.actor("manager"), begun.order_id, skill=skill, urgent=urgent)


async def colleague(db: Database, begun: story.Story, name: str, *skills: str) -> Actor:
    async with db.write() as session:
        person = await identity.add_staff(
            session, SYSTEM, studio_id=begun.studio_id, name=name, email=f"{name}@more.example", roles=["retoucher"],
            branch_ids=[begun.branch_id],
        )  # fmt: skip
        await identity.set_skills(session, SYSTEM, person.id, skills)
    return Actor(
        kind="staff", id=person.id, studio_id=begun.studio_id, branch_ids=frozenset({begun.branch_id}),
        roles=frozenset({"retoucher"}),
    )  # fmt: skip


async def take(db: Database, actor: Actor) -> Task:
    async with db.write() as session:
        return await production.take_next_job(session, actor)


async def test_who_lacks_the_skill_is_not_offered_the_job(db: Database) -> None:
    store, begun = MemoryStore(), await story.begin(db)
    await plan(db, begun, "composite")
    await submitted(db, store, begun)
    plain, able = begun.actor("retoucher"), await colleague(db, begun, "able", "composite", "skin")
    async with db.read() as session:
        seen = await production.queue_of(session, plain)
        assert (seen.waiting, seen.for_others) == (0, 1)
        seen = await production.queue_of(session, able)
        assert (seen.waiting, seen.for_others) == (1, 0)
    with pytest.raises(NoTask):
        await take(db, plain)
    assert (await take(db, able)).order_id == begun.order_id


async def test_what_is_urgent_goes_first_and_a_plan_reaches_what_waits(db: Database) -> None:
    store, begun = MemoryStore(), await story.begin(db)
    second = await story.another_order(db, begun, "again", "Wang")
    await submitted(db, store, begun)
    await submitted(db, store, second)
    await plan(db, second, None, urgent=True)
    assert (await take(db, begun.actor("retoucher"))).order_id == second.order_id
    async with db.write() as session:
        with pytest.raises(Forbidden):
            await production.plan(
                session, begun.actor("retoucher", begun.order_id), begun.order_id, skill=None, urgent=True
            )
        with pytest.raises(UnknownSkill):
            await production.plan(session, begun.actor("manager"), begun.order_id, skill="juggling", urgent=False)


async def test_two_who_press_at_once_get_different_jobs_within_their_skills(db: Database) -> None:
    store, begun = MemoryStore(), await story.begin(db)
    second = await story.another_order(db, begun, "again", "Wang")
    await plan(db, second, "skin", urgent=True)
    await submitted(db, store, begun)
    await submitted(db, store, second)
    able, plain = await colleague(db, begun, "able", "skin"), await colleague(db, begun, "plain")

    async with db.write() as session:
        first = await production.take_next_job(session, able)
        other = asyncio.ensure_future(take(db, plain))
        await asyncio.sleep(HEAD_START)
    assert (first.order_id, (await other).order_id) == (second.order_id, begun.order_id)


async def test_a_package_says_which_skill_its_orders_need(db: Database) -> None:
    begun = await story.begin(db)
    async with db.write() as session:
        package = (await orders.list_packages(session, begun.actor("owner")))[0]
        package.skill = "children"
    second = await story.another_order(db, begun, "again", "Wang")
    await submitted(db, MemoryStore(), second)
    async with db.read() as session:
        assert (await session.execute(select(Task.skill))).scalar_one() == "children"


async def test_a_job_nobody_touches_goes_back_with_a_word_to_the_person(db: Database) -> None:
    store, begun = MemoryStore(), await story.begin(db)
    await submitted(db, store, begun)
    hand = begun.actor("retoucher")
    await take(db, hand)
    async with db.write() as session:
        with clock.shifted(LEASE - timedelta(minutes=1)):
            assert await production.lapse_tasks(session, LEASE) == 0
        with clock.shifted(LEASE + timedelta(minutes=1)):
            assert await production.lapse_tasks(session, LEASE) == 1
            assert await production.lapse_tasks(session, LEASE) == 0
    async with db.read() as session:
        assert await production.own_task(session, hand) is None
        seen = await production.queue_of(session, hand)
        assert [one.order_number for one in seen.lapsed] == [begun.number]
        deeds = (await session.execute(select(AuditRow.deed).where(AuditRow.deed == "task.lapse"))).scalars().all()
        assert len(deeds) == 1
    again = await take(db, hand)  # taking work up again is answer enough
    assert again.order_id == begun.order_id
    async with db.read() as session:
        assert (await production.queue_of(session, hand)).lapsed == []


async def test_any_deed_renews_the_lease(db: Database) -> None:
    store, begun = MemoryStore(), await story.begin(db)
    await submitted(db, store, begun)
    hand = begun.actor("retoucher", begun.order_id)
    task = await take(db, hand)
    with clock.shifted(LEASE - timedelta(hours=1)):
        await production.prepare_hand_in(db, hand, task.id, "SLT_0001.jpg")
    with clock.shifted(LEASE + timedelta(hours=1)):
        async with db.write() as session:
            assert await production.lapse_tasks(session, LEASE) == 0
    with clock.shifted(2 * LEASE):
        async with db.write() as session:
            assert await production.lapse_tasks(session, LEASE) == 1
        with pytest.raises(TaskMoved):
            await production.prepare_hand_in(db, hand, task.id, "SLT_0001.jpg")


async def test_ones_own_finished_work_says_what_became_of_it(db: Database) -> None:
    store, begun = MemoryStore(), await story.begin(db)
    await submitted(db, store, begun)
    hand, lead = begun.actor("retoucher"), begun.actor("quality_lead")
    task = await take(db, hand)
    async with db.write() as session:
        await session.execute(update(Task).where(Task.id == task.id).values(state="done", finished_at=clock.now()))
        session.add(
            Task(
                studio_id=task.studio_id, branch_id=task.branch_id, order_id=task.order_id, round_id=task.round_id,
                kind="quality", state="open",
            )
        )  # fmt: skip
        (await production.begin_order(session, begun.order_id)).stage = "quality"

    async def outcome() -> str:
        async with db.read() as session:
            (one,) = (await production.queue_of(session, hand)).finished
            assert (one.order_number, one.photos) == (begun.number, 1)
            return one.outcome

    assert await outcome() == "waiting"
    async with db.write() as session:
        await production.send_back(session, lead, (await production.first_waiting(session, lead)), ["skin"], "")
    assert await outcome() == "came_back"
    with clock.shifted(timedelta(days=8)):
        async with db.read() as session:
            assert (await production.queue_of(session, hand)).finished == []

"""The quality check: marks and pins on single photos, one decision for the work, and taking it back at once."""

import asyncio
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.access import SYSTEM
from app.core.db import Database
from app.core.errors import NotFound
from app.identity import service as identity
from app.photos import service as photos
from app.production import service as production
from app.production.errors import MarksOpen, ReasonNeeded, TaskMoved, UndoOver
from app.production.models import Task
from storage.memory import MemoryStore
from tests import story
from tests.production.test_packets import Desk

HEAD_START = 0.3


class Bench:
    """Work that waits to be judged."""

    def __init__(self, desk: Desk) -> None:
        self.desk, self.db, self.begun = desk, desk.db, desk.begun
        self.lead = desk.begun.actor("quality_lead")

    async def begin(self) -> None:
        desk = self.desk
        await desk.begin()
        await desk.take()
        await desk.bring("SLT_0001.jpg", b"first")
        await desk.bring("SLT_0002.jpg", b"second")
        async with desk.db.write() as session:
            await production.hand_in(session, desk.hand, desk.task.id)
            found = await production.first_waiting(session, self.lead)
            finished = await photos.finished_of_order(session, SYSTEM, desk.begun.order_id)
        assert found is not None
        self.task_id = found
        self.newest = [finished[photo].version_id for photo in desk.photos]

    async def stage(self) -> str:
        async with self.db.read() as session:
            return await production.stage_of(session, self.begun.order_id)

    async def tasks(self) -> list[tuple[str, str]]:
        async with self.db.read() as session:
            return [(row.kind, row.state) for row in (await session.execute(select(Task).order_by(Task.id))).scalars()]


@pytest.fixture
async def bench(db: Database) -> Bench:
    made = Bench(Desk(db, MemoryStore(), await story.begin(db)))
    await made.begin()
    return made


async def test_marked_work_is_not_accepted_by_a_slip_of_the_hand(bench: Bench) -> None:
    async with bench.db.write() as session:
        await production.mark(session, bench.lead, bench.task_id, bench.desk.photos[0], ["skin", "nonsense"])
    async with bench.db.write() as session:
        with pytest.raises(MarksOpen):
            await production.accept(session, bench.lead, bench.task_id)
    async with bench.db.write() as session:
        await production.mark(session, bench.lead, bench.task_id, bench.desk.photos[0], [])
        await production.accept(session, bench.lead, bench.task_id)


async def test_marks_and_pins_alone_are_reason_enough(bench: Bench) -> None:
    async with bench.db.write() as session:
        with pytest.raises(ReasonNeeded):
            await production.send_back(session, bench.lead, bench.task_id, [], " ")
        row = await production.pin(
            session, bench.lead, bench.task_id, version_id=bench.newest[1], body="halo", x=0.5, y=0.5
        )
        await production.mark(session, bench.lead, bench.task_id, bench.desk.photos[0], ["colour"])
        await production.send_back(session, bench.lead, bench.task_id, [], "")
    await bench.desk.take()
    async with bench.db.write() as session:
        page = await production.task_page(session, bench.desk.hand, bench.desk.task.id)
        assert [(item.state, item.reasons, len(item.checks)) for item in page.items] == [
            ("redo", ["colour"], 0), ("redo", [], 1),
        ]  # fmt: skip
        assert page.reasons == ["colour"]
        await production.tick_remark(session, bench.desk.hand, bench.desk.task.id, row.id, done=True)
    async with bench.db.read() as session:
        page = await production.task_page(session, bench.desk.hand, bench.desk.task.id)
        assert page.items[1].checks[0].done


async def test_what_staff_say_to_each_other_is_not_for_the_customer(bench: Bench) -> None:
    async with bench.db.write() as session:
        await production.pin(
            session, bench.lead, bench.task_id, version_id=bench.newest[0], body="sloppy", x=None, y=None
        )
    customer = await story.customer(bench.db, bench.begun)
    async with bench.db.read() as session:
        seen = await photos.remarks_of_photo(session, customer, bench.begun.order_id, bench.desk.photos[0])
        assert {one.author_kind for one in seen} == {"customer"}


async def test_a_pin_is_for_this_works_newest_version_only(bench: Bench) -> None:
    async with bench.db.write() as session:
        original = (await photos.photos_of_order(session, SYSTEM, bench.begun.order_id))[0].version_id
        with pytest.raises(NotFound):
            await production.pin(session, bench.lead, bench.task_id, version_id=original, body="x", x=None, y=None)
        row = await production.pin(
            session, bench.lead, bench.task_id, version_id=bench.newest[0], body="x", x=None, y=None
        )
        await production.unpin(session, bench.lead, bench.task_id, row.id)
        await production.accept(session, bench.lead, bench.task_id)


@pytest.mark.parametrize("deed", ["accept", "send_back"])
async def test_a_decision_can_be_taken_back_at_once(bench: Bench, deed: str) -> None:
    async with bench.db.write() as session:
        if deed == "accept":
            await production.accept(session, bench.lead, bench.task_id)
        else:
            await production.send_back(session, bench.lead, bench.task_id, ["skin"], "")
    async with bench.db.write() as session:
        assert await production.may_undo(session, bench.lead, bench.task_id)
        await production.undo(session, bench.lead, bench.task_id)
    assert await bench.stage() == "quality"
    assert (await bench.tasks())[:2] == [("retouch", "done"), ("quality", "open")]
    async with bench.db.write() as session:
        page = await production.judged_page(session, bench.lead, bench.task_id)
        assert (page.reasons, page.note) == ([], "")
        actor = await session.get_one(Task, bench.desk.task.id)
        assert actor.assignee_id is not None
        assert not await production.may_undo(session, bench.lead, bench.task_id)
        await production.accept(session, bench.lead, bench.task_id)
    assert (await bench.stage()) != "quality"


async def test_a_decision_somebody_acted_on_stays(bench: Bench) -> None:
    async with bench.db.write() as session:
        await production.send_back(session, bench.lead, bench.task_id, ["skin"], "")
    await bench.desk.take()
    async with bench.db.write() as session:
        with pytest.raises(UndoOver):
            await production.undo(session, bench.lead, bench.task_id)
    assert await bench.stage() == "retouch"


async def test_a_decision_of_yesterday_or_of_somebody_else_stays(bench: Bench) -> None:
    async with bench.db.write() as session:
        await production.accept(session, bench.lead, bench.task_id)
        with pytest.raises(UndoOver):
            await production.undo(session, bench.begun.actor("owner"), bench.task_id)
        with clock.shifted(timedelta(seconds=16)), pytest.raises(UndoOver):
            await production.undo(session, bench.lead, bench.task_id)
    with clock.shifted(timedelta(seconds=11)):
        async with bench.db.read() as session:
            assert not await production.may_undo(session, bench.lead, bench.task_id)


async def test_taking_a_job_and_taking_its_sending_back_never_both_succeed(bench: Bench) -> None:
    async with bench.db.write() as session:
        await production.send_back(session, bench.lead, bench.task_id, ["skin"], "")

    async def undo() -> bool:
        try:
            async with bench.db.write() as session:
                await production.undo(session, bench.lead, bench.task_id)
        except UndoOver:
            return False
        return True

    async with bench.db.write() as session:
        await production.take_next_job(session, bench.begun.actor("retoucher"))
        other = asyncio.ensure_future(undo())
        await asyncio.sleep(HEAD_START)
    assert not await other
    assert ("retouch", "taken") in await bench.tasks()


async def test_two_leads_at_once_decide_once(bench: Bench) -> None:
    async with bench.db.write() as session:
        second = await identity.add_staff(
            session, SYSTEM, studio_id=bench.begun.studio_id, name="Two", email="two@more.example",
            roles=["quality_lead"], branch_ids=[bench.begun.branch_id],
        )  # fmt: skip
    assert second.id != bench.lead.id

    async def decide() -> bool:
        try:
            async with bench.db.write() as session:
                await production.send_back(session, bench.lead, bench.task_id, ["skin"], "")
        except TaskMoved:
            return False
        return True

    async with bench.db.write() as session:
        await production.accept(session, bench.lead, bench.task_id)
        other = asyncio.ensure_future(decide())
        await asyncio.sleep(HEAD_START)
    assert not await other

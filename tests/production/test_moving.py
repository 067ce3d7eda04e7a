"""A manager's correction: only where it makes sense, its tasks follow, and it can be taken back for a moment."""

import uuid
from datetime import timedelta

import pytest
from sqlalchemy import select

from app.core import clock
from app.core.access import Actor
from app.core.db import Database
from app.core.errors import Forbidden, NotFound, SafelightError
from app.production import service as production
from app.production.models import StageEvent, Task
from storage.memory import MemoryStore
from tests import story
from tests.production.test_events import chosen, finish, take, written


async def moved(db: Database, actor: Actor, order_id: uuid.UUID, to_stage: str, reason: str = "mistake") -> StageEvent:
    async with db.write() as session:
        return await production.move(session, actor, order_id, to_stage, reason)


async def refused(db: Database, actor: Actor, order_id: uuid.UUID, to_stage: str, reason: str = "mistake") -> str:
    with pytest.raises(SafelightError) as wrong:
        await moved(db, actor, order_id, to_stage, reason)
    return wrong.value.code


async def stage(db: Database, order_id: uuid.UUID) -> str:
    async with db.read() as session:
        return await production.stage_of(session, order_id)


async def tasks(db: Database) -> list[tuple[str, str, int]]:
    async with db.read() as session:
        rows = (await session.execute(select(Task).order_by(Task.id))).scalars()
        return [(row.kind, row.state, row.attempt) for row in rows]


async def test_an_order_in_quality_goes_back_to_its_retoucher(db: Database) -> None:
    store = MemoryStore()
    begun, retoucher = await chosen(db, store)
    await finish(db, store, retoucher, await take(db, retoucher), b"one")
    manager = begun.actor("manager")

    event = await moved(db, manager, begun.order_id, "retouch", "customer")

    assert (event.event, event.from_stage, event.note) == ("moved", "quality", "customer")
    assert await stage(db, begun.order_id) == "retouch"
    assert await tasks(db) == [("retouch", "done", 1), ("quality", "cancelled", 1), ("retouch", "open", 2)]
    async with db.read() as session:
        again = (await session.execute(select(Task).where(Task.state == "open"))).scalar_one()
    assert again.last_assignee_id == begun.staff["retoucher"], "it is for the same hands first"
    assert await take(db, retoucher) == again.id


async def test_finished_work_may_go_on_without_its_retoucher(db: Database) -> None:
    store = MemoryStore()
    begun, retoucher = await chosen(db, store)
    manager = begun.actor("manager")
    task_id = await take(db, retoucher)

    assert await refused(db, manager, begun.order_id, "quality") == "finals_missing"
    assert await tasks(db) == [("retouch", "taken", 1)], "nothing has changed"

    await finish(db, store, retoucher, task_id, b"one")
    await moved(db, manager, begun.order_id, "retouch")
    await moved(db, manager, begun.order_id, "quality")

    assert await stage(db, begun.order_id) == "quality"
    assert (await tasks(db))[-1] == ("quality", "open", 2)
    async with db.write() as session:
        lead = begun.actor("quality_lead")
        await production.accept(session, lead, await production.first_waiting(session, lead))


async def test_nobody_skips_what_another_decides(db: Database) -> None:
    begun = await story.begin(db)
    manager = begun.actor("manager")
    assert await refused(db, manager, begun.order_id, "selection") == "move_photos_missing"
    await story.ready_order(db, MemoryStore(), begun, 1)
    assert await refused(db, manager, begun.order_id, "retouch") == "move_choice_missing"
    assert await refused(db, manager, begun.order_id, "delivery") == "move_choice_missing"
    assert await refused(db, manager, begun.order_id, "intake") == "move_backwards"
    assert await refused(db, manager, begun.order_id, "selection") == "move_nowhere"
    assert await refused(db, manager, begun.order_id, "moon") == "move_nowhere"


async def test_a_move_needs_a_reason(db: Database) -> None:
    store = MemoryStore()
    begun, retoucher = await chosen(db, store)
    await finish(db, store, retoucher, await take(db, retoucher), b"one")
    assert await refused(db, begun.actor("manager"), begun.order_id, "retouch", "") == "move_reason_needed"


async def test_only_owners_and_managers_of_the_branch_move_orders(db: Database) -> None:
    begun, _ = await chosen(db, MemoryStore())
    with pytest.raises(Forbidden):
        await moved(db, begun.actor("consultant"), begun.order_id, "quality")
    stranger = (await story.begin(db, "Other")).actor("owner")
    with pytest.raises(NotFound):
        await moved(db, stranger, begun.order_id, "quality")


async def test_photos_that_will_not_come_hold_nobody_back(db: Database) -> None:
    begun, store = await story.begin(db), MemoryStore()
    versions = await story.bring_in(db, store, begun, ["SLT_0001.JPG", "SLT_0002.JPG"])
    await story.prepare(db, store, versions[0])

    await moved(db, begun.actor("manager"), begun.order_id, "selection")

    assert await stage(db, begun.order_id) == "selection"


async def test_a_move_is_taken_back_with_its_tasks(db: Database) -> None:
    store = MemoryStore()
    begun, retoucher = await chosen(db, store)
    await finish(db, store, retoucher, await take(db, retoucher), b"one")
    manager = begun.actor("manager")
    event = await moved(db, manager, begun.order_id, "retouch")

    async with db.write() as session:
        back = await production.undo_move(session, manager, begun.order_id, event.id)

    assert back == "quality" == await stage(db, begun.order_id)
    assert await tasks(db) == [("retouch", "done", 1), ("quality", "open", 1), ("retouch", "cancelled", 2)]
    assert [one.event for one in await written(db)][-4:] == ["cancelled", "opened", "cancelled", "opened"]
    async with db.write() as session:
        lead = begun.actor("quality_lead")
        await production.accept(session, lead, await production.first_waiting(session, lead))


async def test_a_job_somebody_had_is_theirs_again(db: Database) -> None:
    store = MemoryStore()
    begun, retoucher = await chosen(db, store)
    await finish(db, store, retoucher, await take(db, retoucher), b"one")
    manager = begun.actor("manager")
    await moved(db, manager, begun.order_id, "retouch")
    again = await take(db, retoucher)

    event = await moved(db, manager, begun.order_id, "quality")
    async with db.write() as session:
        assert await production.own_task(session, retoucher) is None
        await production.undo_move(session, manager, begun.order_id, event.id)

    async with db.read() as session:
        own = await production.own_task(session, retoucher)
    assert own is not None
    assert own.id == again


async def test_a_move_stays_once_something_else_happened(db: Database) -> None:
    store = MemoryStore()
    begun, retoucher = await chosen(db, store)
    await finish(db, store, retoucher, await take(db, retoucher), b"one")
    manager = begun.actor("manager")
    event = await moved(db, manager, begun.order_id, "retouch")

    async def undone(actor: Actor) -> str:
        with pytest.raises(SafelightError) as wrong:
            async with db.write() as session:
                await production.undo_move(session, actor, begun.order_id, event.id)
        return wrong.value.code

    assert await undone(begun.actor("owner")) == "undo_too_late", "another's move is not taken back"
    with clock.shifted(timedelta(minutes=1)):
        assert await undone(manager) == "undo_too_late"
    await take(db, retoucher)
    assert await undone(manager) == "undo_too_late"
    assert await stage(db, begun.order_id) == "retouch"


async def test_the_order_tells_who_moved_it_and_why(db: Database) -> None:
    store = MemoryStore()
    begun, retoucher = await chosen(db, store)
    await finish(db, store, retoucher, await take(db, retoucher), b"one")
    manager = begun.actor("manager")
    async with db.write() as session:
        await production.move(session, manager, begun.order_id, "retouch", "other", " the sky\x00 ")
    async with db.read() as session:
        told = (await production.order_page(session, manager, begun.order_id)).happenings

    assert [one.what for one in told] == ["moved", "handed_in", "taken", "submitted", "photos_ready", "begun"]
    assert (told[0].who, told[0].why) == ("Manager", "other: the sky")

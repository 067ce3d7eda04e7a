"""What happens to a task is written down in the transaction of the deed."""

import io
import uuid

import pytest
from sqlalchemy import select

from app.core import live
from app.core.access import SYSTEM, Actor
from app.core.db import Database
from app.galleries import service as galleries
from app.photos import service as photos
from app.production import service as production
from app.production.models import TaskEvent
from storage.memory import MemoryStore
from tests import story


async def chosen(db: Database, store: MemoryStore) -> tuple[story.Story, Actor]:
    """Bring an order of one photo to its retoucher."""
    begun = await story.begin(db)
    shown = await story.ready_order(db, store, begun, 1)
    customer = await story.customer(db, begun)
    async with db.write() as session:
        await galleries.pick(session, customer, customer.gallery_id, shown[0])
        await galleries.submit(session, customer, customer.gallery_id)
    return begun, begun.actor("retoucher", begun.order_id)


async def take(db: Database, actor: Actor) -> uuid.UUID:
    async with db.write() as session:
        return (await production.take_next_job(session, actor)).id


async def finish(db: Database, store: MemoryStore, actor: Actor, task_id: uuid.UUID, data: bytes) -> None:
    """Bring the finished file, let it become ready, hand the job in."""
    incoming = await production.prepare_hand_in(db, actor, task_id, "SLT_0001.jpg")
    incoming = incoming.with_bytes(story.hashes(data))
    store.put(incoming.key, io.BytesIO(data), size=incoming.size, sha256=incoming.sha256)
    await production.write_down_hand_in(db, store, actor, task_id, incoming)
    (order_id,) = actor.order_ids
    async with db.read() as session:
        (shown,) = (await photos.finished_of_order(session, SYSTEM, order_id)).values()
    await story.prepare(db, store, shown.version_id)
    async with db.write() as session:
        await production.hand_in(session, actor, task_id)


async def written(db: Database) -> list[TaskEvent]:
    async with db.read() as session:
        return list((await session.execute(select(TaskEvent).order_by(TaskEvent.id))).scalars())


async def test_a_job_that_goes_back_and_forth_leaves_its_whole_trace(db: Database) -> None:
    store = MemoryStore()
    begun, retoucher = await chosen(db, store)
    lead = begun.actor("quality_lead")
    task_id = await take(db, retoucher)
    async with db.write() as session:
        await production.give_back(session, retoucher, task_id, "time", "")
    await finish(db, store, retoucher, await take(db, retoucher), b"one")
    async with db.write() as session:
        waiting = await production.first_waiting(session, lead)
        await production.send_back(session, lead, waiting, ["skin"], "softer")
    await finish(db, store, retoucher, await take(db, retoucher), b"two")
    async with db.write() as session:
        await production.accept(session, lead, await production.first_waiting(session, lead))

    events = await written(db)
    assert [(event.kind, event.event, event.attempt) for event in events] == [
        ("retouch", "opened", 1), ("retouch", "taken", 1), ("retouch", "given_back", 1), ("retouch", "taken", 1),
        ("retouch", "handed_in", 1), ("quality", "opened", 1), ("quality", "sent_back", 1),
        ("retouch", "opened", 2), ("retouch", "taken", 2), ("retouch", "handed_in", 2),
        ("quality", "opened", 2), ("quality", "accepted", 2),
    ]  # fmt: skip
    judged = events[6]
    assert (judged.person_id, judged.actor_id) == (begun.staff["retoucher"], begun.staff["quality_lead"])
    assert (judged.reasons, events[2].reasons) == (["skin"], ["time"])


async def test_a_deed_that_is_undone_leaves_no_trace(db: Database) -> None:
    _, retoucher = await chosen(db, MemoryStore())

    async def fail() -> None:
        async with db.write() as session:
            await production.take_next_job(session, retoucher)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await fail()
    assert [event.event for event in await written(db)] == ["opened"]


async def test_the_board_hears_of_every_deed(db: Database) -> None:
    begun, retoucher = await chosen(db, MemoryStore())
    topics = [live.board(begun.studio_id), live.order(begun.order_id)]
    async with db.read() as session:
        before = await live.versions(session, topics)
    await take(db, retoucher)
    async with db.read() as session:
        after = await live.versions(session, topics)
    assert all(after[topic] == before[topic] + 1 for topic in topics)

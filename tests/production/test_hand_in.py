"""Finished files come back: put aside and fetched again, or an earlier state after all."""

import io

import pytest
from sqlalchemy import func, select

from app.core.access import SYSTEM, Actor
from app.core.db import Database
from app.galleries import service as galleries
from app.photos import service as photos
from app.photos.models import File
from app.production import service as production
from app.production.errors import TaskMoved
from app.production.schemas import HandedIn
from storage.memory import MemoryStore
from tests import story


class Desk:
    """A retoucher with a job of one photo."""

    def __init__(self, db: Database, store: MemoryStore, actor: Actor, task_id: object, photo_id: object) -> None:
        self.db, self.store, self.actor, self.task_id, self.photo_id = db, store, actor, task_id, photo_id

    async def bring(self, name: str, data: bytes) -> HandedIn:
        incoming = await production.prepare_hand_in(self.db, self.actor, self.task_id, name)
        incoming = incoming.with_bytes(story.hashes(data))
        self.store.put(incoming.key, io.BytesIO(data), size=incoming.size, sha256=incoming.sha256)
        return await production.write_down_hand_in(self.db, self.store, self.actor, self.task_id, incoming)

    async def loose(self) -> list[str]:
        async with self.db.read() as session:
            return [one.name for one in (await production.task_page(session, self.actor, self.task_id)).loose]

    async def newest(self) -> bytes:
        async with self.db.read() as session:
            shown = (await photos.finished_of_order(session, SYSTEM, self.actor_order()))[self.photo_id]
            served = await photos.find_served(session, [SYSTEM], shown.version_id, "original")
        return b"".join(self.store.open(served.key))

    def actor_order(self):
        (order_id,) = self.actor.order_ids
        return order_id

    async def files(self) -> int:
        async with self.db.read() as session:
            return (await session.execute(select(func.count()).where(File.role == "final"))).scalar_one()


@pytest.fixture
async def desk(db: Database) -> Desk:
    store, begun = MemoryStore(), await story.begin(db)
    shown = await story.ready_order(db, store, begun, 1)
    customer = await story.customer(db, begun)
    async with db.write() as session:
        await galleries.pick(session, customer, customer.gallery_id, shown[0])
        await galleries.submit(session, customer, customer.gallery_id)
        task = await production.take_next_job(session, begun.actor("retoucher"))
    return Desk(db, store, begun.actor("retoucher", begun.order_id), task.id, shown[0])


async def test_a_file_put_aside_can_be_brought_again(desk: Desk) -> None:
    await desk.bring("who.jpg", b"finished")
    async with desk.db.write() as session:
        page = await production.task_page(session, desk.actor, desk.task_id)
        await production.put_aside(session, desk.actor, desk.task_id, page.loose[0].hand_in_id)
    assert await desk.loose() == []
    again = await desk.bring("who.jpg", b"finished")
    assert (again.known, again.photo_name) == (False, None)
    assert await desk.loose() == ["who.jpg"]
    named = await desk.bring("SLT_0001-Edit.jpg", b"finished")
    assert named.photo_name == "SLT_0001.JPG"
    assert await desk.loose() == []
    assert await desk.newest() == b"finished"
    assert await desk.files() == 1


async def test_an_earlier_state_can_be_the_newest_again(desk: Desk) -> None:
    for data, known in ((b"one", False), (b"two", False), (b"two", True), (b"one", False)):
        assert (await desk.bring("SLT_0001.jpg", data)).known is known
    assert await desk.newest() == b"one"
    assert await desk.files() == 2
    assert len([key for key in desk.store.keys("") if "/files/" in key]) == 2


async def test_a_file_for_a_job_that_is_gone_leaves_no_copy(desk: Desk) -> None:
    incoming = await production.prepare_hand_in(desk.db, desk.actor, desk.task_id, "SLT_0001.jpg")
    incoming = incoming.with_bytes(story.hashes(b"late"))
    desk.store.put(incoming.key, io.BytesIO(b"late"), size=incoming.size, sha256=incoming.sha256)
    async with desk.db.write() as session:
        await production.give_back(session, desk.actor, desk.task_id, "time", "")
    with pytest.raises(TaskMoved):
        await production.write_down_hand_in(desk.db, desk.store, desk.actor, desk.task_id, incoming)
    assert not desk.store.exists(incoming.key)

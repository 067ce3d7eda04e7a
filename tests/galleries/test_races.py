"""Two at the same gallery at the same moment, on each engine: one after the other, whatever they do."""

import asyncio
from collections.abc import Awaitable

import pytest
from sqlalchemy import func, select

from app.core.db import Database
from app.core.errors import NotFound
from app.galleries import queries
from app.galleries import service as galleries
from app.galleries.errors import AlreadySubmitted
from app.galleries.models import Gallery, Pick
from app.orders import service as orders
from app.photos import service as photos
from app.photos.errors import NotReadyYet
from storage.memory import MemoryStore
from tests import story

HEAD_START = 0.3  # lets the second one reach the lock; were it shorter, the test would only see less


async def _meanwhile(deed: Awaitable[object]) -> asyncio.Task[object]:
    task: asyncio.Task[object] = asyncio.ensure_future(deed)  # type: ignore[assignment]
    await asyncio.sleep(HEAD_START)
    return task


async def test_a_pick_that_waited_for_a_submission_comes_too_late(db: Database) -> None:
    store, begun = MemoryStore(), await story.begin(db)
    shown = await story.ready_order(db, store, begun, 3)
    one, other = [await story.customer(db, begun, person) for person in (0, 1)]

    async def pick() -> None:
        async with db.write() as session:
            await galleries.pick(session, other, other.gallery_id, shown[1])

    async with db.write() as session:
        await galleries.pick(session, one, one.gallery_id, shown[0])
        await galleries.submit(session, one, one.gallery_id)
        late = await _meanwhile(pick())
    with pytest.raises(AlreadySubmitted):
        await late
    async with db.read() as session:
        assert (await session.execute(select(func.count()).select_from(Pick))).scalar_one() == 1


async def test_two_that_open_an_orders_gallery_at_once_open_one(db: Database) -> None:
    begun = await story.begin(db)

    async def ensure() -> object:
        async with db.write() as session:
            return (await galleries.ensure_gallery(session, await orders.order_of_system(session, begun.order_id))).id

    async with db.write() as session:
        first = await galleries.ensure_gallery(session, await orders.order_of_system(session, begun.order_id))
        second = await _meanwhile(ensure())
    assert await second == first.id
    async with db.read() as session:
        assert (await session.execute(select(func.count()).select_from(Gallery))).scalar_one() == 1


async def test_a_photo_that_cannot_be_shown_cannot_be_chosen(db: Database) -> None:
    store, begun = MemoryStore(), await story.begin(db)
    await story.ready_order(db, store, begun, 1)
    customer = await story.customer(db, begun)
    await story.bring_in(db, store, begun, ["late.jpg"])
    async with db.read() as session:
        late = next(
            one for one in await photos.photos_of_order(session, customer, begun.order_id) if one.name == "late"
        )
    with pytest.raises((NotFound, NotReadyYet)):
        async with db.write() as session:
            await galleries.pick(session, customer, customer.gallery_id, late.photo_id)
    async with db.read() as session:
        assert await queries.count_live(session, customer.gallery_id, "retouch") == 0

"""A file that was accepted stays, whatever happens around its commit; a copy nobody needs does not."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from app.core import hints
from app.core.access import SYSTEM
from app.core.db import Database, Session
from app.orders.errors import OrderClosed
from app.orders.models import Order
from app.photos import service as photos
from storage.memory import MemoryStore
from tests import story


@pytest.fixture
def picture(tmp_path: Path) -> Path:
    path = tmp_path / "IMG_1.jpg"
    path.write_bytes(b"a picture")
    return path


class LostAnswer(Exception):
    """The connection broke after the commit was sent."""


class Unlucky(Database):
    """Commits, and then the caller hears of a fault."""

    @contextlib.asynccontextmanager
    async def write(self) -> AsyncIterator[Session]:
        async with super().write() as session:
            yield session
        raise LostAnswer


async def test_a_commit_whose_answer_was_lost_keeps_its_bytes(db: Database, picture: Path) -> None:
    store, begun = MemoryStore(), await story.begin(db)
    unlucky = Unlucky(db.settings)
    with pytest.raises(LostAnswer):
        await photos.take_in(unlucky, store, SYSTEM, begun.order_id, picture, "")
    await unlucky.close()
    again = await photos.take_in(db, store, SYSTEM, begun.order_id, picture, "")
    assert again.duplicate
    assert len(list(store.keys(""))) == 1


async def test_a_refused_file_leaves_no_copy(db: Database, picture: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store, begun = MemoryStore(), await story.begin(db)
    put = store.put

    def close_meanwhile(*args: object, **others: object) -> object:
        async def close() -> None:
            other = Database(db.settings)
            async with other.write() as session:
                order = await session.get_one(Order, begun.order_id)
                order.closed_at = order.created_at
            await other.close()

        asyncio.run(close())
        return put(*args, **others)  # type: ignore[arg-type]

    monkeypatch.setattr(store, "put", close_meanwhile)
    with pytest.raises(OrderClosed):
        await photos.take_in(db, store, SYSTEM, begun.order_id, picture, "")
    assert list(store.keys("")) == []


async def test_the_same_bytes_at_the_same_moment_are_one_photo(db: Database, picture: Path, tmp_path: Path) -> None:
    store, begun = MemoryStore(), await story.begin(db)
    other = tmp_path / "IMG_2.jpg"
    other.write_bytes(picture.read_bytes())
    taken = await asyncio.gather(
        *(photos.take_in(db, store, SYSTEM, begun.order_id, path, "") for path in (picture, other, picture, other))
    )
    assert sorted(one.duplicate for one in taken) == [False, True, True, True]
    assert len(list(store.keys(""))) == 1
    async with db.read() as session:
        (kept,) = await photos.photos_of_order(session, SYSTEM, begun.order_id)
        served = await photos.find_served(session, [SYSTEM], kept.version_id, "original")
    assert b"".join(store.open(served.key)) == b"a picture"


async def test_a_hint_that_fails_does_not_make_a_commit_fail(
    db: Database, picture: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(_settings: object) -> None:
        raise OSError("too many open files")

    store, begun = MemoryStore(), await story.begin(db)
    monkeypatch.setattr(hints, "send_hint", broken)
    assert not (await photos.take_in(db, store, SYSTEM, begun.order_id, picture, "")).duplicate

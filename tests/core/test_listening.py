"""One look for everybody who listens; none when nobody does."""

import asyncio
import contextlib

import pytest

from app.core import listening, live
from app.core.listening import Watcher

GUARD_S = 20


@pytest.fixture
async def watcher(db):
    watcher = Watcher(db, db.settings)
    watcher.start()
    yield watcher
    await watcher.close()


async def touch(db, *topics):
    async with db.write() as session:
        live.touch(session, *topics)


async def test_who_listens_hears_the_topics_they_asked_for_and_no_other(watcher, db):
    with watcher.listener({"a": 0}) as mine, watcher.listener({"b": 0, "c": 0}) as other:
        await touch(db, "b")
        assert await other.news(GUARD_S) == {"b": 1}
        assert mine.known == {"a": 0}
        await touch(db, "a", "c")
        assert await mine.news(GUARD_S) == {"a": 1}
        assert await other.news(GUARD_S) == {"c": 1}


async def test_what_changed_between_drawing_and_listening_is_heard(watcher, db):
    await touch(db, "a")
    with watcher.listener({"a": 0}) as late:
        assert await late.news(GUARD_S) == {"a": 1}


async def test_nobody_listens_and_nothing_is_asked(watcher, db):
    await asyncio.sleep(0.05)
    assert watcher.looks == 0
    with watcher.listener({"a": 0}) as one:
        await touch(db, "a")
        await one.news(GUARD_S)
    await asyncio.sleep(2 * listening.LOOK_S)
    before = watcher.looks
    await asyncio.sleep(2 * listening.LOOK_S)
    assert watcher.looks == before > 0


@pytest.fixture
def slow_parting(monkeypatch):
    """Hold the parting from the database's word open until told."""
    parting, go_on, real = asyncio.Event(), asyncio.Event(), listening.listening

    @contextlib.asynccontextmanager
    async def slow(*parts):
        async with real(*parts):
            yield
            parting.set()
            await asyncio.wait_for(go_on.wait(), GUARD_S)

    monkeypatch.setattr(listening, "listening", slow)
    return parting, go_on


async def test_who_comes_while_the_last_one_is_let_go_is_heard_too(slow_parting, watcher, db):
    parting, go_on = slow_parting
    with watcher.listener({"a": 0}) as first:
        await touch(db, "a")
        await first.news(GUARD_S)
    await asyncio.wait_for(parting.wait(), GUARD_S)
    with watcher.listener({"a": 1}) as second:
        go_on.set()
        await touch(db, "a")
        assert await second.news(GUARD_S) == {"a": 2}


async def test_an_end_while_the_last_one_is_let_go_is_not_waited_for(slow_parting, watcher, db):
    parting, go_on = slow_parting
    with watcher.listener({"a": 0}) as first:
        await touch(db, "a")
        await first.news(GUARD_S)
    await asyncio.wait_for(parting.wait(), GUARD_S)
    closing = asyncio.create_task(watcher.close())
    await asyncio.sleep(0)
    go_on.set()
    await closing
    assert watcher._task is not None
    assert not watcher._task.cancelled()  # it ended by itself, nobody lost patience


async def test_a_database_that_fails_for_a_moment_ends_no_listener(watcher, db, monkeypatch):
    real, failures = live.versions, []

    async def failing(session, topics):
        if len(failures) < 2:
            failures.append(1)
            raise OSError("away")
        return await real(session, topics)

    monkeypatch.setattr(live, "versions", failing)
    with watcher.listener({"a": 0}) as one:
        await touch(db, "a")
        assert await one.news(GUARD_S) == {"a": 1}


async def test_the_end_wakes_everybody(watcher):
    with watcher.listener({"a": 0}) as one:
        waiting = asyncio.create_task(one.news(GUARD_S))
        await asyncio.sleep(0)
        watcher.end()
        assert await waiting == {}
        assert one.ended
    with watcher.listener({"a": 0}) as late:
        assert late.ended


async def test_news_come_by_the_databases_own_word(watcher, db, monkeypatch):
    monkeypatch.setattr(listening, "LOOK_S", GUARD_S)
    with watcher.listener({"a": 0}) as one:
        with contextlib.suppress(AssertionError):
            assert await one.news(1) == {}  # it listens by now, and the first look is over
        await touch(db, "a")
        assert await one.news(GUARD_S / 2) == {"a": 1}

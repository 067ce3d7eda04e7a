"""A deed raises the versions of the topics it touches, in its own transaction."""

import pytest

from app.core import live


async def test_a_topic_that_never_changed_is_at_zero(db):
    async with db.read() as session:
        assert await live.versions(session, ["a"]) == {"a": 0}


async def test_each_transaction_raises_a_topic_once(db):
    for _ in range(2):
        async with db.write() as session:
            live.touch(session, "a", "b")
            live.touch(session, "a")

    async with db.read() as session:
        assert await live.versions(session, ["a", "b", "c"]) == {"a": 2, "b": 2, "c": 0}


async def test_what_is_undone_raises_nothing(db):
    with pytest.raises(ValueError, match="no"):
        async with db.write() as session:
            live.touch(session, "a")
            raise ValueError("no")

    async with db.read() as session:
        assert await live.versions(session, ["a"]) == {"a": 0}

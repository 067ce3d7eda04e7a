"""Remarks keep what a person wrote, on each engine, and are numbered one after the other."""

import asyncio

import pytest

from app.core.db import Database
from app.photos import service as photos
from app.photos.errors import EmptyRemark
from storage.memory import MemoryStore
from tests import story


async def _say(db: Database, begun: story.Story, version_id: object, body: str) -> tuple[int, str]:
    async with db.write() as session:
        row = await photos.add_remark(
            session, begun.actor("manager"), version_id, body=body, chips=[], x=None, y=None
        )  # fmt: skip
        return row.n, row.body


async def test_control_characters_are_left_out(db: Database) -> None:
    begun = await story.begin(db)
    (version_id,) = await story.bring_in(db, MemoryStore(), begun, ["a.jpg"])
    assert await _say(db, begun, version_id, "碎\0发\x07\n😀 ") == (1, "碎发\n😀")
    with pytest.raises(EmptyRemark):
        await _say(db, begun, version_id, "\0")


async def test_the_same_words_again_are_one_remark(db: Database) -> None:
    begun = await story.begin(db)
    (version_id,) = await story.bring_in(db, MemoryStore(), begun, ["a.jpg"])
    for words, n in (("brighter", 1), ("softer", 2), ("brighter", 1), ("softer ", 2)):
        assert await _say(db, begun, version_id, words) == (n, words.strip())


async def test_remarks_at_the_same_moment_get_numbers_of_their_own(db: Database) -> None:
    begun = await story.begin(db)
    (version_id,) = await story.bring_in(db, MemoryStore(), begun, ["a.jpg"])
    said = await asyncio.gather(*(_say(db, begun, version_id, f"n {n}") for n in range(6)))
    assert sorted(n for n, _ in said) == [1, 2, 3, 4, 5, 6]

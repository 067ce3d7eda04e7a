"""A read-only session asks the same question once; one that writes asks each time."""

from contextlib import contextmanager

import pytest
from sqlalchemy import event, select, text

from app.identity.models import Branch, Studio
from tests import story


@contextmanager
def counted(db):
    found: list[str] = []

    def note(_connection, _cursor, statement, *_rest):
        if statement.lstrip().startswith("SELECT"):
            found.append(statement)

    event.listen(db.engine.sync_engine, "before_cursor_execute", note)
    yield found
    event.remove(db.engine.sync_engine, "before_cursor_execute", note)


@pytest.fixture
async def begun(db):
    return await story.begin(db)


def branches(studio_id):
    return select(Branch).where(Branch.studio_id == studio_id)


async def test_the_same_question_is_asked_once_and_answered_with_the_same_rows(db, begun):
    async with db.read() as session:
        with counted(db) as asked:
            first = (await session.execute(branches(begun.studio_id))).scalars().all()
            second = (await session.execute(branches(begun.studio_id))).scalars().all()
            names = (await session.execute(select(Branch.name).where(Branch.id.in_([begun.branch_id])))).all()
            again = (await session.execute(select(Branch.name).where(Branch.id.in_([begun.branch_id])))).all()

    assert len(asked) == 2
    assert first is not second
    assert [id(row) for row in first] == [id(row) for row in second]
    assert names == again != []


async def test_other_values_are_another_question(db, begun):
    other = await story.begin(db, "Other")
    async with db.read() as session:
        mine = (await session.execute(branches(begun.studio_id))).scalars().all()
        theirs = (await session.execute(branches(other.studio_id))).scalars().all()
        both = select(Branch).where(Branch.studio_id.in_([begun.studio_id, other.studio_id])).order_by(Branch.id)
        one = select(Branch).where(Branch.studio_id.in_([begun.studio_id])).order_by(Branch.id)
        assert len((await session.execute(both)).all()) == 2
        assert len((await session.execute(one)).all()) == 1

    assert {row.id for row in mine} & {row.id for row in theirs} == set()


async def test_a_row_that_was_read_is_not_fetched_again_by_its_id(db, begun):
    async with db.read() as session:
        with counted(db) as asked:
            await session.get(Studio, begun.studio_id)
            await session.get(Studio, begun.studio_id)

    assert len(asked) == 1


async def test_what_writes_asks_each_time(db, begun):
    async with db.write() as session:
        before = (await session.execute(branches(begun.studio_id))).scalars().all()
        await session.execute(text("DELETE FROM membership"))
        session.add(Branch(studio_id=begun.studio_id, name="New", code="N", timezone="UTC"))
        await session.flush()
        after = (await session.execute(branches(begun.studio_id))).scalars().all()

    assert len(after) == len(before) + 1

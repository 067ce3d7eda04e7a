"""What the tests of galleries share."""

import pytest

from app.core.db import Database
from storage.memory import MemoryStore
from tests import story
from tests.galleries.cases import Case


@pytest.fixture
async def case(db: Database) -> Case:
    store, begun = MemoryStore(), await story.begin(db)
    return Case(db, store, begun, *(await story.in_review(db, store, begun)))

"""How often a page asks the database: a dozen times at most, however many orders there are."""

import asyncio
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import event

from app.cli.seed.fill import fill
from app.cli.seed.plan import Plan
from app.core.db import Database
from app.core.settings import Settings
from app.main import create_app
from storage.memory import MemoryStore
from tests.conftest import settings_in
from tests.web.asgi import ask
from tests.web.conftest import ORIGIN
from tools.pages import Visit, page_routes, plan_visits

MOST = 12
PHOTOS = 60
FEW, MANY = 10, 30
AROUND = ("BEGIN", "PRAGMA", "SET TRANSACTION", "COMMIT", "ROLLBACK")
HTML = {"accept": "text/html", "accept-language": "en"}


class Counter:
    """Counts what an engine is asked."""

    def __init__(self, db: Database) -> None:
        self.statements: list[str] = []
        event.listen(db.engine.sync_engine, "before_cursor_execute", self._note)

    def _note(self, _connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(AROUND):
            self.statements.append(statement)

    @contextmanager
    def counted(self) -> Iterator[list[str]]:
        """Give the statements of a block."""
        self.statements = mine = []
        yield mine


async def count_each(settings: Settings, visits: list[Visit] | None) -> tuple[list[Visit], dict[str, list[str]]]:
    """Open every page once; gives the pages and what each asked."""
    app = create_app(settings)
    app.state.store = MemoryStore()
    found: dict[str, list[str]] = {}
    async with app.lifespan():
        db: Database = app.state.db
        visits = visits or await plan_visits(db, page_routes(app))
        counter = Counter(db)
        for visit in visits:
            with counter.counted() as statements:
                answer = await ask(app, "GET", visit.path, headers=HTML, cookies=visit.cookies)
            assert answer.status < 500, visit.path
            if answer.headers.get("content-type", "").startswith("text/html") and answer.status == 200:
                found[visit.name] = list(statements)
    return visits, found


async def measure(settings: Settings, folder: Path) -> list[dict[str, list[str]]]:
    """Count with few orders and with many."""
    counts, visits = [], None
    for orders in (FEW, MANY - FEW):
        plan = Plan(orders=orders, photos=PHOTOS, now=datetime.now(UTC), scale=0.04, pictures=2, months=3)
        db = Database(settings)
        await fill(db, MemoryStore(), plan, folder=folder, on_step=lambda _what, _more: None)
        await db.close()
        visits, found = await count_each(settings, visits)
        counts.append(found)
    return counts


@pytest.fixture(scope="module")
def counts(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, list[str]]]:
    """What each page asked in a small studio and in a larger one."""
    folder = tmp_path_factory.mktemp("queries")
    shutil.copy(sqlite_template, folder / "safelight.db")
    settings = msgspec.structs.replace(settings_in(folder), base_url=ORIGIN, reserve_bytes=0)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, measure(settings, folder / "shoot")).result()


def test_a_page_asks_a_dozen_times_at_most(counts):
    assert {name: len(asked) for name, asked in counts[1].items() if len(asked) > MOST} == {}


def test_more_orders_are_no_more_questions(counts):
    few, many = counts
    grown = {name: (len(few[name]), len(asked)) for name, asked in many.items() if len(asked) != len(few[name])}

    assert grown == {}


def test_every_kind_of_page_was_opened(counts):
    opened = set(counts[1])

    assert {"landing", "sign-in", "studio-orders", "studio-job", "studio-quality", "studio-packages"} <= opened
    assert {"gallery-selection", "gallery-delivery", "gallery-photos-selection", "gallery-submit"} <= opened
    assert {"gallery-review", "gallery-review-photos", "gallery-sent"} - opened <= {"gallery-review-photos"}
    assert {"gallery-downloads", "studio-orders-release", "studio-orders-photos", "studio-orders-new"} <= opened
    print({name: len(asked) for name, asked in sorted(counts[1].items())})

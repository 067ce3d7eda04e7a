"""What tests share: settings, a database on each engine, real servers, a browser; and nothing stays behind."""

import asyncio
import os
import shutil
import uuid
from collections.abc import AsyncIterator, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest

from app.core import i18n
from app.core.db import Database
from app.core.schema import migrate
from app.core.settings import Settings, read_settings
from tests import leftovers
from tests.servers import S3, Postgres, Redis, postgres, redis, running_postgres, running_redis, running_s3, s3
from tools.find_chromium import find_chromium

pytest_plugins = ("tests.browser",)

ROOT = Path(__file__).parents[1]
SECRET = "a-secret-for-tests-that-is-long-enough"


def _browser_missing() -> str | None:
    if find_chromium():
        return None
    return "Chromium is missing: install chromium (on macOS and Ubuntu: .venv/bin/playwright install chromium)"


NEEDS: dict[str, Callable[[], str | None]] = {
    "postgres": postgres.missing,
    "redis": redis.missing,
    "s3": s3.missing,
    "browser": _browser_missing,
}
_missing: dict[str, str | None] = {}


def missing(what: str) -> str | None:
    """Say what is missing and how to get it, or None."""
    if what not in _missing:
        _missing[what] = NEEDS[what]()
    return _missing[what]


def pytest_configure(config: pytest.Config) -> None:
    if not hasattr(config, "workerinput"):
        leftovers.mark(config)


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """Skip by name what this machine cannot run; in CI that is a failure."""
    for marker in item.iter_markers():
        if marker.name in NEEDS and (reason := missing(marker.name)):
            if os.environ.get("CI") == "true":
                pytest.fail(reason, pytrace=False)
            pytest.skip(reason)


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    if not hasattr(session.config, "workerinput"):
        leftovers.look(session)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    leftovers.tell(terminalreporter, config)


def settings_in(folder: Path, **others: str) -> Settings:
    """Make the settings of a studio that lives in `folder`, untouched by this shell's environment."""
    return read_settings({"SAFELIGHT_DATA": str(folder), "SAFELIGHT_SECRET": SECRET, "PORT": "8000", **others})


def _migrated(wanted: Settings) -> None:
    """Migrate from a test's outside, whatever loop this thread has."""
    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, migrate(wanted)).result()


@pytest.fixture(autouse=True)
def language() -> None:
    """Begin in the studio's language, whatever a test before has spoken."""
    i18n.language.set(i18n.DEFAULT)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of an embedded studio in a folder of its own; its database is not made yet."""
    return settings_in(tmp_path / "var")


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[Postgres]:
    """A PostgreSQL for the whole run."""
    with running_postgres() as server:
        yield server


@pytest.fixture(scope="session")
def redis_server() -> Iterator[Redis]:
    """A Redis for the whole run: use a key prefix, or flush it."""
    with running_redis() as server:
        yield server


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3]:
    """An S3 server for the whole run: use a bucket of your own."""
    with running_s3() as server:
        yield server


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file to copy."""
    folder = tmp_path_factory.mktemp("template")
    _migrated(settings_in(folder))
    return folder / "safelight.db"


@pytest.fixture(scope="session")
def postgres_template(postgres_server: Postgres, tmp_path_factory: pytest.TempPathFactory) -> str:
    """The name of a migrated PostgreSQL database to copy."""
    url = postgres_server.new_database()
    _migrated(settings_in(tmp_path_factory.mktemp("template"), SAFELIGHT_DATABASE_URL=url))
    return url.rpartition("/")[2]


@pytest.fixture
def sqlite_url(tmp_path: Path, sqlite_template: Path) -> str:
    """The address of a fresh, migrated SQLite database."""
    (tmp_path / "var").mkdir(exist_ok=True)
    shutil.copy(sqlite_template, tmp_path / "var" / "safelight.db")
    return f"sqlite+aiosqlite:///{tmp_path / 'var' / 'safelight.db'}"


@pytest.fixture
def postgres_url(postgres_server: Postgres, postgres_template: str) -> Iterator[str]:
    """The address of a fresh, migrated PostgreSQL database. Mark the test `postgres`."""
    url = postgres_server.new_database(template=postgres_template)
    yield url
    postgres_server.drop_database(url)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh, migrated database: the test runs once on each engine."""
    return str(request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url"))


@pytest.fixture
def db_settings(settings: Settings, database_url: str) -> Settings:
    """The settings that go with `db`."""
    return msgspec.structs.replace(settings, database_url=database_url)


@pytest.fixture
async def db(db_settings: Settings) -> AsyncIterator[Database]:
    """A fresh, migrated database, on each engine. `db.settings` is its studio's."""
    database = Database(db_settings)
    yield database
    await database.close()


@pytest.fixture
def studio_id() -> uuid.UUID:
    """A studio nobody else knows."""
    return uuid.uuid4()


@pytest.fixture(scope="session")
def samples() -> Path:
    """The folder of sample photos (SAFELIGHT_SAMPLES), or a skip."""
    wish = os.environ.get("SAFELIGHT_SAMPLES")
    folder = Path(wish) if wish else ROOT.parent / "shared" / "samples"
    if not folder.is_dir():
        pytest.skip("no sample photos: set SAFELIGHT_SAMPLES to their folder")
    return folder

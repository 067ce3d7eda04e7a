"""The schema's version: upgrade it, compare it, refuse to run on an old one."""

import asyncio
import shutil
import sqlite3
from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, make_url, text
from sqlalchemy.ext.asyncio import AsyncEngine

from app.core import clock
from app.core.db import make_engine
from app.core.errors import SafelightError
from app.core.locales.sentences import sentence
from app.core.settings import Settings

MIGRATION_LOCK = 0x5AFE116887


class OldSchema(SafelightError):
    """The database is older (or newer) than the program."""

    default_code = "old_schema"

    def __str__(self) -> str:
        return sentence(self.code, self.params, "en")


class BrokenReferences(Exception):
    """A migration would leave rows that point to nothing."""


def _config(connection: Connection) -> Config:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parents[1] / "migrations"))
    config.set_main_option("path_separator", "os")
    config.attributes["connection"] = connection
    return config


def _versions(connection: Connection) -> tuple[str | None, str | None]:
    script = ScriptDirectory.from_config(_config(connection))
    return MigrationContext.configure(connection).get_current_revision(), script.get_current_head()


def _upgrade(connection: Connection) -> None:
    """Upgrade in one transaction; whoever migrates at the same time waits and finds nothing left to do."""
    if connection.dialect.name == "postgresql":
        connection.execute(text(f"SELECT pg_advisory_xact_lock({MIGRATION_LOCK})"))
    command.upgrade(_config(connection), "head")
    if connection.dialect.name == "sqlite" and (broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all()):
        raise BrokenReferences(f"{len(broken)} rows would point nowhere; the database stays as it was")


async def versions(engine: AsyncEngine) -> tuple[str | None, str | None]:
    """Tell the database's version and the program's."""
    async with engine.connect() as connection:
        return await connection.run_sync(_versions)


async def require_current(engine: AsyncEngine) -> None:
    """Raise OldSchema unless the database fits the program."""
    have, want = await versions(engine)
    if have != want:
        raise OldSchema(have=have or "0", want=want or "0")


def _keep_copy(path: Path) -> Path | None:
    """Copy the embedded database before it is changed."""
    if not path.exists() or path.stat().st_size == 0:
        return None
    copy = path.with_name(f"{path.stem}.before-{clock.now():%Y%m%d-%H%M%S}.db")
    with sqlite3.connect(path) as old, sqlite3.connect(copy) as new:
        old.backup(new)
    old.close()
    new.close()
    return copy


async def migrate(settings: Settings) -> tuple[str | None, str | None]:
    """Bring the schema to the program's version; returns (before, after). An embedded database is copied first."""
    url = make_url(settings.database_url)
    if settings.embedded and url.database:
        Path(url.database).parent.mkdir(parents=True, exist_ok=True)
    engine = make_engine(settings.database_url, migrating=True)
    try:
        before, want = await versions(engine)
        if before != want:
            if settings.embedded and before and url.database:
                await asyncio.to_thread(_keep_copy, Path(url.database))
            async with engine.begin() as connection:
                await connection.run_sync(_upgrade)
        return before, want
    finally:
        await engine.dispose()


def free_bytes(folder: Path) -> int:
    """Tell how much room a folder's disk has."""
    return shutil.disk_usage(folder).free

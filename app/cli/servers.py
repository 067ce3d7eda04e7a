"""Whether the servers a process needs answer before it starts: each that does not is a sentence.

Exit codes of every command: 1 something else stopped it, 69 a server does not answer (starting again later helps),
78 the settings or the schema do not fit (starting again does not help).
"""

import asyncio
from typing import Any

from sqlalchemy import make_url
from sqlalchemy.exc import DBAPIError

import storage
from app.core import schema
from app.core.db import Database
from app.core.errors import SafelightError, Unavailable
from app.core.settings import Settings, SettingsError
from storage.url import masked

FAILED, AWAY, UNUSABLE = 1, 69, 78
PATIENCE_S = 20.0


class Away(Unavailable):
    """A server does not answer."""


def exit_code(wrong: SafelightError) -> int:
    """Tell with which status a fact ends a command."""
    if isinstance(wrong, Away):
        return AWAY
    return UNUSABLE if isinstance(wrong, SettingsError | schema.OldSchema) else FAILED


def place_of(url: str) -> str:
    """Name a database without its password."""
    parts = make_url(url)
    return f"{parts.host or ''}{f':{parts.port}' if parts.port else ''}/{parts.database or ''}"


async def require_database(settings: Settings) -> None:
    """Raise Away or OldSchema unless the database answers and fits the program."""
    db = Database(settings)
    try:
        await asyncio.wait_for(schema.require_current(db.engine), PATIENCE_S)
    except (DBAPIError, OSError, TimeoutError) as wrong:
        raise Away("database_away", place=place_of(settings.database_url)) from wrong
    finally:
        await db.close()


async def require_store(settings: Settings) -> None:
    """Raise Away unless objects can be kept; SettingsError when its address cannot be read."""
    try:
        await asyncio.wait_for(asyncio.to_thread(lambda: open_store(settings).check()), PATIENCE_S)
    except (storage.StorageError, TimeoutError) as wrong:
        reason = getattr(wrong, "params", {}).get("reason", "timeout")
        raise Away("store_away", place=masked(settings.storage_url), reason=reason) from wrong


def open_store(settings: Settings) -> storage.Store:
    """Open the store. Raises SettingsError when its address cannot be read."""
    try:
        return storage.from_url(settings.storage_url)
    except storage.BadUrl as wrong:
        raise SettingsError("bad_store_url", reason=wrong.params.get("reason", "")) from wrong


async def broker_facts(settings: Settings) -> dict[str, Any]:
    """Ask Redis about itself. Raises Away; SettingsError when its address cannot be read."""
    import redis.asyncio  # noqa: PLC0415 - the embedded studio does without

    try:
        client = redis.asyncio.Redis.from_url(settings.broker_url, socket_connect_timeout=5, socket_timeout=5)
    except ValueError as wrong:
        raise SettingsError("setting_no_broker", scheme=settings.broker_url.partition("://")[0]) from wrong
    try:
        async with client:
            facts: dict[str, Any] = await client.info()
            return facts
    except (redis.RedisError, OSError) as wrong:
        raise Away("broker_away", place=masked(settings.broker_url)) from wrong


async def require_servers(settings: Settings, *, broker: bool) -> None:
    """Raise what stops a process from being of use now."""
    await require_database(settings)
    await require_store(settings)
    if broker and not settings.broker_url.startswith("inprocess:"):
        await broker_facts(settings)

"""How a sleeping loop hears of news: a local socket beside SQLite, LISTEN on PostgreSQL.

Either may fail: a lost word costs a second, never a job.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Callable

import structlog
from sqlalchemy import make_url

from app.core.hints import open_hints
from app.core.settings import Settings

log = structlog.get_logger()

AGAIN_S = 1.0
DATAGRAM = 16

Wake = Callable[[], None]


@contextlib.asynccontextmanager
async def listening(settings: Settings, channel: str, wake: Wake) -> AsyncIterator[None]:
    """Call `wake` on this loop whenever someone says that there is news; the local socket is one for all channels."""
    async with _by_socket(settings, wake) if settings.embedded else _by_notify(settings, channel, wake):
        yield


@contextlib.asynccontextmanager
async def _by_socket(settings: Settings, wake: Wake) -> AsyncIterator[None]:
    hints, path = open_hints(settings)
    loop = asyncio.get_running_loop()

    def hear() -> None:
        with contextlib.suppress(BlockingIOError):
            while True:  # many words, one look
                hints.recv(DATAGRAM)
        wake()

    loop.add_reader(hints, hear)
    try:
        yield
    finally:
        loop.remove_reader(hints)
        hints.close()
        path.unlink(missing_ok=True)


@contextlib.asynccontextmanager
async def _by_notify(settings: Settings, channel: str, wake: Wake) -> AsyncIterator[None]:
    hearing = asyncio.create_task(_hear_notifies(settings, channel, wake))
    try:
        yield
    finally:
        hearing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await hearing


async def _hear_notifies(settings: Settings, channel: str, wake: Wake) -> None:
    import psycopg  # noqa: PLC0415 - the embedded studio does without

    address = make_url(settings.database_url).set(drivername="postgresql").render_as_string(hide_password=False)
    while True:
        try:
            async with await psycopg.AsyncConnection.connect(address, autocommit=True) as connection:
                await connection.execute(f"LISTEN {channel}".encode())
                wake()
                async for _ in connection.notifies():
                    wake()
        except psycopg.Error as fault:
            log.warning("notify_lost", fault=type(fault).__name__)
        await asyncio.sleep(AGAIN_S)

"""The listening half of live pages: one look at the database for everybody who listens in this process.

Nobody listens: no query, no connection. Somebody does: one query every half second at most, or as soon as the
database (or a process of this machine) says that there is news.
"""

import asyncio
import contextlib
from collections.abc import Iterator, Mapping

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.core import live
from app.core.db import Database
from app.core.settings import Settings
from app.core.wakeup import listening

LOOK_S = 0.5
PAUSE_S = 0.1  # a burst of news is one look
PATIENCE_S = 5.0  # a database that does not answer
log = structlog.get_logger("live")


class Listener:
    """Somebody who waits for topics to change."""

    def __init__(self, known: Mapping[str, int]) -> None:
        self.known = dict(known)
        self.ended = False
        self._news: dict[str, int] = {}
        self._wake = asyncio.Event()

    def hear(self, versions: Mapping[str, int]) -> None:
        """Take notice of what is new among all versions."""
        for topic, before in self.known.items():
            version = versions.get(topic, before)
            if version != before:
                self.known[topic] = self._news[topic] = version
                self._wake.set()

    def end(self) -> None:
        """Wait no longer."""
        self.ended = True
        self._wake.set()

    async def news(self, patience_s: float) -> dict[str, int]:
        """Wait for news: topics with their new versions; empty when there are none for so long, or at the end."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._wake.wait(), patience_s)
        self._wake.clear()
        told, self._news = self._news, {}
        return told


class Watcher:
    """Looks at the versions of the topics somebody listens to."""

    def __init__(self, db: Database, settings: Settings) -> None:
        self._db, self._settings = db, settings
        self._listeners: set[Listener] = set()
        self._someone, self._wake = asyncio.Event(), asyncio.Event()
        self._task: asyncio.Task[None] | None = None
        self.looks = 0
        self.ending = False

    def start(self) -> None:
        """Begin, in the running loop."""
        self._task = asyncio.create_task(self._run())

    def end(self) -> None:
        """Tell everybody that this process ends; callable more than once."""
        self.ending = True
        for listener in self._listeners:
            listener.end()

    async def close(self) -> None:
        """End, and wait until nothing runs any more: a look that has begun is ended, never torn from its thread."""
        self.end()
        self._someone.set()
        self._wake.set()
        if self._task is not None:
            with contextlib.suppress(asyncio.CancelledError, TimeoutError):
                await asyncio.wait_for(self._task, 2 * PATIENCE_S)

    @contextlib.contextmanager
    def listener(self, known: Mapping[str, int]) -> Iterator[Listener]:
        """Listen to topics, from the versions that are known, until the block is left."""
        listener = Listener(known)
        self._listeners.add(listener)
        self._someone.set()
        if self.ending:
            listener.end()
        try:
            yield listener
        finally:
            self._listeners.discard(listener)

    async def _run(self) -> None:
        while True:
            await self._someone.wait()
            self._someone.clear()  # here: who comes while the last one is let go is not forgotten
            if self._over():
                return
            if not self._listeners:
                continue
            async with listening(self._settings, live.NOTIFY_CHANNEL, self._wake.set):
                while self._listeners:
                    await self._look()
                    if self._over():
                        return
                    await asyncio.sleep(PAUSE_S)
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._wake.wait(), LOOK_S - PAUSE_S)
                    self._wake.clear()

    def _over(self) -> bool:
        return self.ending

    async def _look(self) -> None:
        topics = {topic for listener in self._listeners for topic in listener.known}
        self.looks += 1
        try:
            async with asyncio.timeout(PATIENCE_S), self._db.read() as session:
                versions = await live.versions(session, topics)
        except (SQLAlchemyError, OSError) as fault:  # TimeoutError is an OSError
            log.warning("live_fault", fault=type(fault).__name__)
            return
        for listener in self._listeners:
            listener.hear(versions)

"""What a handler gets, and what it says of itself."""

import contextlib
import threading
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from app.core import jobs
from app.core.db import Database, Session
from app.core.jobs import Claim, Task
from storage import Store
from workers.pixels import Pixels

PROGRESS_EVERY_S = 0.5


class Cancelled(Exception):
    """The job is no longer ours (or the process is told to stop): whatever was made is void."""


@dataclass
class JobContext:
    """The means of one run of one job. Never hold a transaction open while working."""

    db: Database
    store: Store
    pixels: Pixels
    scratch: Path
    claim: Claim
    cancelled: threading.Event
    settled: bool = False
    _told_at: float = field(default=0.0, repr=False)

    def stop_if_cancelled(self) -> None:
        """Raise Cancelled when nobody wants the result any more."""
        if self.cancelled.is_set():
            raise Cancelled(self.claim.job_id)

    @contextlib.asynccontextmanager
    async def settle(self, result: Any = None) -> AsyncIterator[Session]:
        """Write the effect and finish the job in one transaction. Raises StaleFence, which undoes both."""
        self.stop_if_cancelled()
        async with self.db.write() as session:
            await jobs.check(session, self.claim)
            yield session
            await jobs.finish(session, self.claim, result)
        self.settled = True

    async def progress(self, percent: int) -> None:
        """Tell waiting pages how far the job is; not more often than they look."""
        now = time.monotonic()
        if now - self._told_at < PROGRESS_EVERY_S:
            return
        self._told_at = now
        async with self.db.write() as session:
            await jobs.show_progress(session, self.claim, percent)


Handler = Callable[[JobContext, Any], Awaitable[None]]
Settlement = Callable[[Session, Any, str, dict[str, Any]], Awaitable[None]]


async def _tell_nobody(session: Session, task: Any, code: str, params: dict[str, Any]) -> None:
    """Leave it to the list of dead jobs."""


@dataclass(frozen=True)
class Kind:
    """A kind of job: its task, who does it, and who is told when it cannot be done.

    `refused` and `dead` run in the transaction that settles the job; `dead` is told once and for all (three strikes,
    or a fault of the installation).
    """

    task: type[Task]
    run: Handler
    refused: Settlement = _tell_nobody
    dead: Settlement = _tell_nobody


Kinds = Mapping[str, Kind]


def kinds(*given: Kind) -> Kinds:
    """Index kinds by their tasks' names."""
    return {kind.task.KIND: kind for kind in given}

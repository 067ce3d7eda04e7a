"""One worker process: `python -m workers.run`."""

import asyncio
import contextlib
import os
import secrets
import signal
import sys
import threading
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from pathlib import Path

import structlog
from sqlalchemy.exc import SQLAlchemyError

from app.core import jobs
from app.core.db import Database
from app.core.jobs import Lane, StaleFence
from app.core.logs import configure_logs
from app.core.schema import OldSchema, require_current
from app.core.settings import Settings, SettingsError, settings
from storage import Store, from_url
from workers import leash, scratch
from workers.broker import THREADS, Lanes
from workers.context import Kinds
from workers.dispatcher import Dispatcher, Slots
from workers.executor import Executor
from workers.leases import LeaseKeeper, Running
from workers.owners import PREDECESSOR, TOKEN, UNUSABLE, owner_name
from workers.pixels import Pixels, SandboxPixels

log = structlog.get_logger()

DRAIN_S = 3.0


class WorkerProcess:
    """All threads of one worker process: three lanes, the dispatcher, the lease keeper."""

    def __init__(  # noqa: PLR0913 - a process is wired here, by name
        self, given: Settings, kinds: Kinds, store: Store, pixels: Pixels, *,
        owner: str, scratch_folder: Path, predecessors: Sequence[str] = (), failed: Callable[[], None] = lambda: None,
    ) -> None:  # fmt: skip
        self._settings = given
        self._running = Running()
        self._slots = Slots(THREADS)
        self._executor = Executor(given, kinds, owner, store, pixels, scratch_folder, self._running, self._job_done)
        self.lanes = Lanes(given.broker_url, self._executor.run)
        self._keeper = LeaseKeeper(given, self._running, owner)
        self._dispatcher = Dispatcher(
            given, kinds, self._running, self._slots,
            send=self.lanes.send, shared=self.lanes.shared, predecessors=predecessors, failed=failed,
        )  # fmt: skip

    def _job_done(self, lane: Lane) -> None:
        self._slots.leave(lane)
        self._dispatcher.nudge()

    def start(self) -> None:
        """Begin to work."""
        self.lanes.start()
        self._keeper.start()
        self._dispatcher.start()

    def stop(self, drain_s: float = DRAIN_S) -> None:
        """Let what runs end for a moment, put the rest back without blame, end all threads."""
        self._executor.draining.set()
        self._dispatcher.end()
        self._running.idle.wait(drain_s)
        left = self._running.claims()
        self._running.stop(claim.job_id for claim in left)
        if left:
            asyncio.run(self._give_back(left))
            self._running.idle.wait(drain_s)
        self._keeper.end()
        loop = self.lanes.loop.loop()
        asyncio.run_coroutine_threadsafe(self._executor.close(), loop).result(timeout=10)
        self.lanes.stop(timeout_s=1)

    async def _give_back(self, claims: list[jobs.Claim]) -> None:
        db = Database(self._settings)
        try:
            for claim in claims:
                with contextlib.suppress(StaleFence, SQLAlchemyError):  # settled meanwhile; or its lease will run out
                    async with db.write() as session:
                        await jobs.give_back(session, claim)
        finally:
            await db.close()


async def _check_schema(given: Settings) -> None:
    db = Database(given)
    try:
        await require_current(db.engine)
    finally:
        await db.close()


def serve(kinds: Kinds, make_pixels: Callable[[Settings], AbstractContextManager[Pixels]]) -> int:
    """Work until told to stop; returns the exit code. `make_pixels` is called before there is any thread."""
    leash.outlive_listener()
    configure_logs()
    stopped = threading.Event()
    code = 0

    def fail() -> None:
        nonlocal code
        code = 1
        stopped.set()

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stopped.set())
    try:
        given = settings()
        store = from_url(given.storage_url)
        asyncio.run(_check_schema(given))
    except (SettingsError, OldSchema) as wrong:
        log.error("unusable", reason=str(wrong))  # noqa: TRY400 - the sentence says it all
        return UNUSABLE
    with (
        scratch.own_folder(given) as folder,
        make_pixels(given) as pixels,
    ):  # the zygote forks before there is any thread
        leash.hold(stopped.set)
        owner = owner_name(os.getpid(), os.environ.get(TOKEN) or secrets.token_hex(4))
        predecessors = [name for name in os.environ.get(PREDECESSOR, "").split(",") if name]
        process = WorkerProcess(
            given, kinds, store, pixels,
            owner=owner, scratch_folder=folder, predecessors=predecessors, failed=fail,
        )  # fmt: skip
        process.start()
        log.info("worker_started", owner=owner)
        stopped.wait()
        process.stop()
    log.info("worker_stopped", owner=owner)
    return code


def main() -> int:
    """Serve all kinds of jobs."""
    from workers.registry import ALL  # noqa: PLC0415 - tests serve other kinds without loading these

    return serve(ALL, SandboxPixels)


if __name__ == "__main__":
    sys.exit(main())

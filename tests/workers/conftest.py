"""Worker processes, in this process and real ones."""

import asyncio
import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import msgspec
import pytest
import sqlalchemy as sa

from app.core import clock, jobs
from app.core.db import Database
from app.core.jobs import Job, State
from app.core.settings import Settings
from storage import from_url
from tests.conftest import SECRET
from tests.workers.fakes import FAKES, STUDIO, Fake, effect, run, tables, told
from workers.run import WorkerProcess

PATIENCE_S = 60.0
LEASE_S = 2.0


class Bench:
    """A database with small kinds, and questions about it."""

    def __init__(self, db: Database) -> None:
        self.db = db

    async def add(self, task=None, count: int = 1, **how):
        """Enqueue tasks; returns their ids."""
        async with self.db.write() as session:
            return [await jobs.enqueue(session, task or Fake(), studio_id=STUDIO, **how) for _ in range(count)]

    async def job(self, job_id) -> Job:
        async with self.db.read() as session:
            return await session.get_one(Job, job_id)

    async def states(self) -> dict[str, int]:
        async with self.db.read() as session:
            rows = await session.execute(sa.select(Job.state, sa.func.count()).group_by(Job.state))
            return {row[0]: row[1] for row in rows}

    async def rows(self, table) -> list:
        async with self.db.read() as session:
            return list((await session.execute(sa.select(table))).all())

    async def runs(self, name: str) -> int:
        return sum(row.name == name for row in await self.rows(run))

    async def until(self, true: Callable, what: str = "") -> None:
        """Wait for a condition (a coroutine function); a guard against hanging only."""
        end = time.monotonic() + PATIENCE_S
        while not await true():
            assert time.monotonic() < end, f"{what} {await self.states()}"
            await asyncio.sleep(0.03)

    async def all_settled(self) -> bool:
        return not {State.QUEUED, State.RUNNING} & (await self.states()).keys()

    async def hasten(self) -> None:
        """Let nobody wait for a back-off."""
        await self.hasten_all_but("")

    async def hasten_all_but(self, kind: str) -> None:
        """Let nobody wait for a back-off, one kind apart."""
        async with self.db.write() as session:
            late = sa.update(Job).where(Job.state == State.QUEUED, Job.run_after > clock.now(), Job.kind != kind)
            await session.execute(late.values(run_after=clock.now()))
            await jobs.wake(session)

    async def claimed(self, job_id) -> bool:
        return (await self.job(job_id)).state == State.RUNNING

    effect, told = effect, told


@pytest.fixture
def db_settings(db_settings: Settings) -> Settings:
    return msgspec.structs.replace(db_settings, lease_s=LEASE_S, workers=1)


@pytest.fixture
async def bench(db: Database):
    async with db.engine.begin() as connection:
        await connection.run_sync(tables.create_all)
    return Bench(db)


def stop_worker(process: WorkerProcess, drain_s: float) -> None:
    """Stop a worker's threads, once."""
    if not getattr(process, "stopped", False):
        process.stopped = True
        process.stop(drain_s)


@pytest.fixture
async def start_worker(db: Database, tmp_path: Path):
    """Start worker processes' threads in this process."""
    started: list[WorkerProcess] = []

    def start(kinds=FAKES, **changes) -> WorkerProcess:
        given = msgspec.structs.replace(db.settings, **changes)
        store = from_url("memory://")
        process = WorkerProcess(given, kinds, store, None, owner=f"here:{len(started)}", scratch_folder=tmp_path)
        process.start()
        started.append(process)
        assert len(started) == 1, "the actors' loop is the process's: start a real one beside it"
        return process

    yield start
    for process in started:
        await asyncio.to_thread(stop_worker, process, 0.5)


def environment(given: Settings, **more: str) -> dict[str, str]:
    """Give a real process the settings of a test."""
    return {
        **os.environ,
        "SAFELIGHT_DATA": str(given.data),
        "SAFELIGHT_SECRET": SECRET,
        "SAFELIGHT_DATABASE_URL": given.database_url,
        "SAFELIGHT_BROKER_URL": given.broker_url,
        "SAFELIGHT_LEASE_S": str(given.lease_s),
        "PORT": str(given.port),
        **more,
    }


@pytest.fixture
def start_process(db: Database, tmp_path: Path):
    """Start real worker processes; all are ended afterwards."""
    started: list[subprocess.Popen] = []

    def start(module: str = "tests.workers.process", *arguments: str, **more: str) -> subprocess.Popen:
        log = (tmp_path / f"process-{len(started)}.log").open("wb")
        with log:
            process = subprocess.Popen(
                [sys.executable, "-m", module, *arguments], env=environment(db.settings, **more), stdout=log, stderr=log
            )
        started.append(process)
        return process

    yield start
    for process in started:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        process.wait()

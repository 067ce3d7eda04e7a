"""Dramatiq executes: a broker and a worker for each lane, in threads of this process.

Everything that Dramatiq could decide (retries, delays, dead letters, time limits) is decided by rows, so its
middleware is only the event loop that all actors share.
"""

import asyncio
import threading
import uuid
from collections.abc import Awaitable, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import dramatiq
from dramatiq.asyncio import get_event_loop_thread
from dramatiq.brokers.stub import StubBroker
from dramatiq.middleware import AsyncIO

from app.core.jobs import Lane
from app.core.settings import SettingsError

THREADS: Mapping[Lane, int] = {Lane.INTERACTIVE: 2, Lane.PROOFS: 1, Lane.BULK: 1}
HEARTBEAT_MS = 15_000
ALWAYS = 1_000_000  # maintenance with every command: by default a killed worker's messages come back after minutes
LOOK_MS: Mapping[Lane, int] = {Lane.INTERACTIVE: 50, Lane.PROOFS: 100, Lane.BULK: 250}  # Redis is polled
POOL = 16  # threads for store and sandbox calls

AnyActor = dramatiq.Actor[..., Any]
RunJob = Callable[[Lane, uuid.UUID], Awaitable[None]]


class BrokerAway(Exception):
    """The broker does not take messages: the rows are handed again later."""


class OneLoop(AsyncIO):
    """One event loop for the workers of all lanes, from the first start to the last stop."""

    def __init__(self) -> None:
        super().__init__()
        self._lock = threading.Lock()
        self._users = 0

    def before_worker_boot(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        """Start the loop with the first lane."""
        with self._lock:
            self._users += 1
            if self._users > 1:
                return
            super().before_worker_boot(broker, worker)  # type: ignore[no-untyped-call]
            self.loop().set_default_executor(ThreadPoolExecutor(POOL, thread_name_prefix="work"))

    def after_worker_shutdown(self, broker: dramatiq.Broker, worker: dramatiq.Worker) -> None:
        """End the loop with the last lane."""
        with self._lock:
            self._users -= 1
            if self._users:
                return
            asyncio.run_coroutine_threadsafe(self.loop().shutdown_default_executor(), self.loop()).result(timeout=30)
            super().after_worker_shutdown(broker, worker)  # type: ignore[no-untyped-call]

    @staticmethod
    def loop() -> asyncio.AbstractEventLoop:
        """Give the actors' loop."""
        thread = get_event_loop_thread()
        if thread is None:
            raise RuntimeError("the lanes are not started")
        return thread.loop


def make_broker(url: str, loop: OneLoop) -> dramatiq.Broker:
    """Make the broker a setting names: `inprocess://` or `redis://host:port/db`. Raises SettingsError."""
    if url.startswith("inprocess:"):
        return StubBroker(middleware=[loop])
    if url.startswith(("redis://", "rediss://", "unix://")):
        from dramatiq.brokers.redis import RedisBroker  # noqa: PLC0415 - the embedded studio does without

        return RedisBroker(  # type: ignore[no-untyped-call]
            url=url, middleware=[loop], namespace="safelight", heartbeat_timeout=HEARTBEAT_MS, maintenance_chance=ALWAYS
        )
    raise SettingsError("setting_no_broker", scheme=url.partition("://")[0])


class Lanes:
    """The three lanes of one process. Each has its own threads, so that bulk work never holds back a person."""

    def __init__(self, url: str, run_job: RunJob, threads: Mapping[Lane, int] = THREADS) -> None:
        self.shared = not url.startswith("inprocess:")  # other processes take from the same queues
        self.loop = OneLoop()
        self._actors: dict[Lane, AnyActor] = {}
        self._workers: dict[Lane, dramatiq.Worker] = {}
        for lane in Lane:
            broker = make_broker(url, self.loop)
            self._actors[lane] = self._actor(lane, broker, run_job)
            look = LOOK_MS[lane] if self.shared else 250
            worker = dramatiq.Worker(broker, worker_threads=threads[lane], worker_timeout=look)
            worker.queue_prefetch = threads[lane]  # what a process cannot begin stays where others can take it
            worker.delay_prefetch = 1
            self._workers[lane] = worker

    @staticmethod
    def _actor(lane: Lane, broker: dramatiq.Broker, run_job: RunJob) -> AnyActor:
        async def run(job_id: str) -> None:
            await run_job(lane, uuid.UUID(job_id))

        return dramatiq.Actor(
            run, actor_name="run_job", queue_name=f"safelight.{lane}", priority=0, broker=broker, options={}
        )

    def start(self) -> None:
        """Begin to take messages."""
        for worker in self._workers.values():
            worker.start()

    def send(self, lane: Lane, job_id: uuid.UUID) -> None:
        """Hand a job to the executor. With Redis this waits for the network. Raises BrokerAway."""
        try:
            self._actors[lane].send(str(job_id))
        except Exception as fault:
            raise BrokerAway(type(fault).__name__) from fault

    def stop(self, timeout_s: float) -> None:
        """End all lanes at once; what runs may end within `timeout_s`."""
        stopping = [
            threading.Thread(target=worker.stop, args=(int(timeout_s * 1000),), daemon=True)
            for worker in self._workers.values()
        ]
        for thread in stopping:
            thread.start()
        for thread in stopping:
            thread.join()
        for actor in self._actors.values():
            actor.broker.close()

"""Redis is a hint: emptied, killed or repeating itself, it costs time and no job."""

import asyncio
import random

import msgspec
import pytest
import redis

from app.core.jobs import Lane, State
from tests.workers.fakes import BULK, INTERACTIVE, Fake

pytestmark = pytest.mark.redis


@pytest.fixture
def db_settings(db_settings, redis_server):
    with redis.Redis(port=redis_server.port) as client:
        client.flushall()
    return msgspec.structs.replace(db_settings, broker_url=redis_server.url)


@pytest.fixture
def client(redis_server):
    with redis.Redis(port=redis_server.port) as connected:
        yield connected


async def test_jobs_go_through_redis(bench, start_process, client):
    start_process()
    ids = await bench.add(count=30) + await bench.add(lane=INTERACTIVE, count=5) + await bench.add(lane=BULK)
    await bench.until(bench.all_settled)

    assert sorted(row.job_id for row in await bench.rows(bench.effect)) == sorted(ids)
    assert [key for key in client.scan_iter() if key.endswith(b"safelight.proofs")] == [], (
        "nothing waits there any more"
    )


async def test_redis_emptied_again_and_again_loses_no_job(bench, start_process, client):
    start_process()
    start_process()
    ids = await bench.add(Fake(seconds=0.05), count=60)
    for _ in range(5):
        await asyncio.sleep(random.uniform(0.1, 0.6))
        client.flushall()
    await bench.until(bench.all_settled)

    assert sorted(row.job_id for row in await bench.rows(bench.effect)) == sorted(ids)


async def test_a_message_that_comes_five_times_has_one_effect(bench, start_worker):
    ids = await bench.add(Fake(seconds=0.05), count=10)
    worker = start_worker()
    for _ in range(5):
        for job_id in ids:
            await asyncio.to_thread(worker.lanes.send, Lane.PROOFS, job_id)
    await bench.until(bench.all_settled)

    assert sorted(row.job_id for row in await bench.rows(bench.effect)) == sorted(ids)
    assert all(row.fence == 1 for row in await bench.rows(bench.effect))


async def test_a_worker_killed_under_redis_is_followed(bench, start_process):
    first = start_process()
    ids = await bench.add(Fake(seconds=0.05), count=40)

    async def some_done():
        return (await bench.states()).get(State.DONE, 0) >= 3

    await bench.until(some_done)
    first.kill()
    start_process()
    await bench.until(bench.all_settled)

    assert sorted(row.job_id for row in await bench.rows(bench.effect)) == sorted(ids)

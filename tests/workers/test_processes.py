"""Real worker processes: paused, killed, told to stop."""

import asyncio
import os
import signal

from sqlalchemy import update
from sqlalchemy.exc import SQLAlchemyError

from app.core.jobs import Job, State
from tests.workers.fakes import Fake


async def alive(bench, process):
    """Wait until a process works."""
    (job_id,) = await bench.add(Fake(name="hello"))

    async def done():
        assert process.poll() is None
        return (await bench.job(job_id)).state == State.DONE

    await bench.until(done, "the process does not work")


async def pause(bench, process, job_id):
    """Stop a process between two of its transactions: in the midst of one it would keep its locks asleep."""
    for _ in range(50):
        os.kill(process.pid, signal.SIGSTOP)
        try:
            async with asyncio.timeout(1), bench.db.write() as session:
                await session.execute(update(Job).where(Job.id == job_id).values(lost=Job.lost))
        except (TimeoutError, SQLAlchemyError):
            os.kill(process.pid, signal.SIGCONT)
            await asyncio.sleep(0.05)
        else:
            return
    raise AssertionError("the process always holds a lock")


async def test_a_worker_that_slept_over_its_lease_writes_nothing(bench, start_process, tmp_path):
    go = tmp_path / "go"
    first = start_process()
    await alive(bench, first)
    (job_id,) = await bench.add(Fake(until=str(go), deed="stubborn"))
    await bench.until(lambda: bench.claimed(job_id))
    await pause(bench, first, job_id)
    go.touch()
    second = start_process()

    async def done():
        return (await bench.job(job_id)).state == State.DONE

    await bench.until(done)
    os.kill(first.pid, signal.SIGCONT)
    await alive(bench, first)
    await alive(bench, second)

    (row,) = [row for row in await bench.rows(bench.effect) if row.job_id == job_id]
    job = await bench.job(job_id)
    assert (row.pid, row.fence) == (second.pid, 2)
    assert (job.attempt, job.lost, job.strikes, job.result) == (2, 1, 0, {"pid": second.pid})


async def test_a_killed_worker_loses_no_job(bench, start_process):
    ids = await bench.add(Fake(seconds=0.05), count=30)
    first = start_process()

    async def some_done():
        return (await bench.states()).get(State.DONE, 0) >= 5

    await bench.until(some_done)
    first.kill()
    start_process()
    await bench.until(bench.all_settled)

    assert sorted(row.job_id for row in await bench.rows(bench.effect)) == sorted(ids)


async def test_a_job_that_kills_its_process_is_set_aside_in_the_end(bench, start_process):
    """Pixels never do that (they have a child of their own), but a defect might."""
    (bad,) = await bench.add(Fake(name="bad", deed="kill"))
    ids = await bench.add(Fake(name="good"), count=3)
    async with bench.db.write() as session:
        (await session.get_one(Job, bad)).lost = 8
    starts = 0
    while True:
        process = start_process(SAFELIGHT_LEASE_S="0.5")
        starts += 1

        async def dead_or_settled(process=process):
            return process.poll() is not None or await bench.all_settled()

        await bench.until(dead_or_settled)
        if await bench.all_settled():
            break
    assert (await bench.job(bad)).dead_reason == "infrastructure"
    assert await bench.runs("bad") == 2
    assert sorted(row.job_id for row in await bench.rows(bench.effect)) == sorted(ids)
    assert starts <= 3


async def test_a_worker_told_to_stop_puts_its_work_back(bench, start_process, tmp_path):
    process = start_process(SAFELIGHT_LEASE_S="3600")
    await alive(bench, process)
    (job_id,) = await bench.add(Fake(until=str(tmp_path / "never")))
    await bench.until(lambda: bench.claimed(job_id))
    process.terminate()
    assert process.wait(30) == 0

    job = await bench.job(job_id)
    assert (job.state, job.lost, job.strikes, job.errors) == (State.QUEUED, 0, 0, 0)
    assert list((bench.db.settings.data / "run" / "scratch").iterdir()) == []


async def test_the_follower_of_a_dead_worker_frees_its_rows_at_once(bench, start_process, tmp_path):
    first = start_process(SAFELIGHT_LEASE_S="3600", SAFELIGHT_OWNER_TOKEN="abc")
    await alive(bench, first)
    (job_id,) = await bench.add(Fake(until=str(tmp_path / "go")))
    await bench.until(lambda: bench.claimed(job_id))
    first.kill()
    first.wait()
    owner = (await bench.job(job_id)).lease_owner
    assert owner.endswith(f":{first.pid}:abc")
    (tmp_path / "go").touch()

    start_process(SAFELIGHT_LEASE_S="3600", SAFELIGHT_PREDECESSOR=owner)

    await bench.until(bench.all_settled)
    assert (await bench.job(job_id)).lost == 1


async def test_what_a_killed_worker_left_in_scratch_is_swept(bench, start_process):
    first = start_process()
    await alive(bench, first)
    home = bench.db.settings.data / "run" / "scratch"
    (old,) = home.iterdir()
    (old / "half-a-photo").write_bytes(b"x")
    first.kill()
    first.wait()
    second = start_process()
    await alive(bench, second)

    (new,) = home.iterdir()
    assert new != old


async def test_an_old_schema_is_refused(bench, start_process, settings):
    import sqlalchemy as sa

    async with bench.db.write() as session:
        await session.execute(sa.text("UPDATE alembic_version SET version_num = 'older'"))
    process = start_process()

    assert process.wait(30) == 78

"""One worker process: rows become effects, faults become states."""

import asyncio
import time
from datetime import timedelta

from app.core import clock, dispatch, jobs
from app.core.jobs import Job, Lane, State
from tests.workers.conftest import stop_worker
from tests.workers.fakes import BULK, INTERACTIVE, STUDIO, Fake, Other


async def test_every_job_is_done_once(bench, start_worker):
    ids = await bench.add(count=20)
    start_worker()

    await bench.until(bench.all_settled)

    assert sorted(row.job_id for row in await bench.rows(bench.effect)) == sorted(ids)
    assert (await bench.job(ids[0])).result["pid"] > 0


async def test_a_sleeping_worker_hears_of_new_work(bench, start_worker):
    start_worker(lease_s=3600)  # it would look by itself only every second
    await bench.add()
    await bench.until(bench.all_settled)
    waits = []
    for _ in range(5):
        begun = time.monotonic()
        await bench.add(lane=INTERACTIVE)
        await bench.until(bench.all_settled)
        waits.append(time.monotonic() - begun)

    assert min(waits) < 0.8, "the wake-up is not heard"


async def test_a_long_bulk_job_holds_nobody_back(bench, start_worker, tmp_path):
    go = tmp_path / "go"
    (long,) = await bench.add(Fake(until=str(go)), lane=BULK)
    start_worker()
    await bench.until(lambda: bench.claimed(long))

    short = await bench.add(lane=INTERACTIVE, count=4)

    async def short_done():
        return all([(await bench.job(one)).state == State.DONE for one in short])

    await bench.until(short_done)
    assert (await bench.job(long)).state == State.RUNNING
    go.touch()
    await bench.until(bench.all_settled)


async def test_a_busy_process_holds_no_row_it_cannot_begin(bench, start_worker, tmp_path):
    go = tmp_path / "go"
    await bench.add(Fake(until=str(go)), lane=Lane.PROOFS, count=3)
    start_worker(lease_s=3600)

    async def one_runs():
        return (await bench.states()).get(State.RUNNING) == 1

    await bench.until(one_runs)
    await asyncio.sleep(0.2)
    async with bench.db.read() as session:
        assert await dispatch.handed(session, Lane.PROOFS, timedelta(hours=1)) == 0
    go.touch()
    await bench.until(bench.all_settled)


async def test_the_third_strike_sets_one_file_aside_and_its_siblings_go_on(bench, start_worker):
    (bad,) = await bench.add(Fake(name="bad", deed="strike"))
    await bench.add(Fake(name="good"), count=5)
    start_worker()

    async def settled():
        await bench.hasten()
        return await bench.all_settled()

    await bench.until(settled)

    assert await bench.states() == {State.DEAD: 1, State.DONE: 5}
    assert await bench.runs("bad") == 3
    assert [tuple(row) for row in await bench.rows(bench.told)] == [("bad", "dead", "decoder_crashed")]
    job = await bench.job(bad)
    assert (job.strikes, job.dead_reason, job.dead_params) == (3, "decoder_crashed", {"signal": 11})


async def test_a_refused_file_is_told_and_done(bench, start_worker):
    (job_id,) = await bench.add(Fake(name="bad", deed="refuse"))
    start_worker()
    await bench.until(bench.all_settled)

    assert (await bench.job(job_id)).state == State.DONE
    assert [tuple(row) for row in await bench.rows(bench.told)] == [("bad", "refused", "not_an_image")]
    assert await bench.runs("bad") == 1


async def test_a_fault_that_is_not_the_files_waits_and_is_no_strike(bench, start_worker):
    (job_id,) = await bench.add(Fake(name="x", deed="fault"))
    start_worker()

    async def put_back():
        return (await bench.job(job_id)).errors == 1

    await bench.until(put_back)
    job = await bench.job(job_id)
    assert (job.state, job.strikes, job.handed_at) == (State.QUEUED, 0, None)
    assert job.run_after > clock.now()


async def test_the_last_fault_is_told_as_a_fault_of_the_installation(bench, start_worker):
    (job_id,) = await bench.add(Fake(name="x", deed="fault"))
    async with bench.db.write() as session:
        (await session.get_one(Job, job_id)).errors = jobs.ERRORS - 1
    start_worker()
    await bench.until(bench.all_settled)

    assert (await bench.job(job_id)).dead_reason == "infrastructure"
    assert [tuple(row) for row in await bench.rows(bench.told)] == [("x", "dead", "infrastructure")]


async def test_a_cancelled_jobs_result_is_void(bench, start_worker, tmp_path):
    (job_id,) = await bench.add(Fake(until=str(tmp_path / "never")))
    start_worker()
    await bench.until(lambda: bench.claimed(job_id))

    async with bench.db.write() as session:
        await jobs.cancel(session, Job.id == job_id)
    (later,) = await bench.add()
    await bench.until(bench.all_settled)  # its thread is free again: the flag was noticed

    assert [row.job_id for row in await bench.rows(bench.effect)] == [later]
    assert (await bench.job(job_id)).state == State.CANCELLED


async def test_the_latest_wish_wins(bench, start_worker, tmp_path):
    """A look editor: each new wish cancels the one before, running or queued."""
    start_worker()
    for number in range(6):
        async with bench.db.write() as session:
            await jobs.cancel(session, Job.kind == Fake.KIND)
            wish = Fake(name=f"{number}", until=None if number == 5 else str(tmp_path / "never"))
            last = await jobs.enqueue(session, wish, studio_id=STUDIO, lane=INTERACTIVE)
        await asyncio.sleep(0.03 * (number % 3))
    await bench.until(bench.all_settled)

    assert [row.job_id for row in await bench.rows(bench.effect)] == [last]


async def test_a_message_delivered_five_times_has_one_effect(bench, start_worker):
    ids = await bench.add(count=5)
    worker = start_worker()
    for _ in range(5):
        for job_id in ids:
            worker.lanes.send(Lane.PROOFS, job_id)
    await bench.until(bench.all_settled)
    await asyncio.sleep(0.2)

    assert sorted(row.job_id for row in await bench.rows(bench.effect)) == sorted(ids)


async def test_a_kind_of_a_newer_program_is_left_to_it(bench, start_worker):
    (job_id,) = await bench.add(Other())
    worker = start_worker()
    worker.lanes.send(Lane.PROOFS, job_id)

    async def given_back():
        job = await bench.job(job_id)
        return job.attempt == 1 and job.state == State.QUEUED

    await bench.until(given_back)
    job = await bench.job(job_id)
    assert (job.strikes, job.errors, job.lost) == (0, 0, 0)


async def test_stopping_puts_running_work_back_without_blame(bench, start_worker, tmp_path):
    (job_id,) = await bench.add(Fake(until=str(tmp_path / "never")))
    worker = start_worker(lease_s=3600)
    await bench.until(lambda: bench.claimed(job_id))
    await asyncio.to_thread(stop_worker, worker, 0.1)

    job = await bench.job(job_id)
    assert (job.state, job.handed_at, job.strikes, job.errors, job.lost) == (State.QUEUED, None, 0, 0, 0)
    assert await bench.rows(bench.effect) == []


async def test_a_long_job_keeps_its_lease(bench, start_worker, start_process):
    (job_id,) = await bench.add(Fake(seconds=3))
    start_worker(lease_s=0.9)
    start_process(SAFELIGHT_LEASE_S="0.9")
    await bench.until(bench.all_settled)

    job = await bench.job(job_id)
    assert (job.attempt, job.lost) == (1, 0)
    assert len(await bench.rows(bench.effect)) == 1


async def test_two_processes_share_the_work(bench, start_worker, start_process):
    start_process()
    start_worker()
    ids = await bench.add(Fake(seconds=0.02), count=30)
    await bench.until(bench.all_settled)
    (last,) = await bench.add(Fake(seconds=0.02))
    await bench.until(bench.all_settled)

    assert sorted(row.job_id for row in await bench.rows(bench.effect)) == sorted([*ids, last])


async def test_a_payload_nobody_understands_stops_no_process(bench, start_worker):
    (job_id,) = await bench.add(Fake(name="x"))
    async with bench.db.write() as session:
        job = await session.get_one(Job, job_id)
        job.payload, job.errors = {"name": 7}, jobs.ERRORS - 1
    start_worker()
    await bench.until(bench.all_settled)
    (later,) = await bench.add()
    await bench.until(bench.all_settled)

    assert ((await bench.job(job_id)).state, (await bench.job(later)).state) == (State.DEAD, State.DONE)

"""What is done every so often."""

import io
import uuid
from datetime import timedelta

import pytest
from structlog.testing import capture_logs

from app.core import clock, dispatch, jobs
from app.core.jobs import Job, State
from storage import from_url
from storage.errors import StoreUnavailable
from storage.keys import scratch_key
from tests.workers.fakes import FAKES, STUDIO, Fake
from workers import schedule
from workers.context import JobContext, kinds
from workers.leases import Running

KINDS = {**FAKES, **kinds(schedule.SWEEP)}


@pytest.fixture
def store():
    return from_url("memory://")


async def run_sweep(bench, store, tmp_path):
    async with bench.db.write() as session:
        await schedule.plan(session, timedelta(0))
        (job_id,) = await dispatch.hand_over(
            session, schedule.Sweep.LANE, 1, kinds=list(KINDS), rehand_after=timedelta(seconds=1)
        )
        claim = await jobs.claim(session, job_id, "me", timedelta(seconds=30))
    context = JobContext(bench.db, store, None, tmp_path, claim, Running().add(claim))
    await schedule.sweep(context, schedule.Sweep())


async def test_the_plan_is_one_row_that_plans_the_next(bench, store, tmp_path):
    async with bench.db.read() as session:
        assert not await schedule.is_planned(session, KINDS)
        assert await schedule.is_planned(session, FAKES), "not this process's business"
    for _ in range(3):
        async with bench.db.write() as session:
            await schedule.plan(session)
    assert await bench.states() == {State.QUEUED: 1}
    with clock.shifted(timedelta(minutes=6)):
        await run_sweep(bench, store, tmp_path)

    assert await bench.states() == {State.DONE: 1, State.QUEUED: 1}
    async with bench.db.read() as session:
        assert await schedule.is_planned(session, KINDS)


async def test_a_duty_that_fails_keeps_no_other_from_being_done(bench, store, tmp_path, monkeypatch):
    done = []

    async def broken(_context):
        raise StoreUnavailable(reason="network")

    async def worse(_context):
        raise ValueError

    async def fine(_context):
        done.append("fine")

    monkeypatch.setattr(schedule, "DUTIES", [broken, worse, fine])
    with capture_logs() as told, pytest.raises(StoreUnavailable):
        await run_sweep(bench, store, tmp_path)
    assert done == ["fine"]
    assert [entry["duty"] for entry in told if entry["event"] == "duty_failed"] == ["broken", "worse"]


async def test_a_process_plans_by_itself(bench, start_worker):
    start_worker(kinds=KINDS)

    async def planned():
        return await bench.states() == {State.QUEUED: 1}

    await bench.until(planned)


async def test_old_work_goes_and_what_waits_for_a_person_stays(bench, store, tmp_path):
    (done,), (dead,) = await bench.add(), await bench.add()
    async with bench.db.write() as session:
        await jobs.finish(session, await jobs.claim(session, done, "me", timedelta(seconds=30)))
        await jobs.bury(session, await jobs.claim(session, dead, "me", timedelta(seconds=30)), "decoder_crashed", {})
    with clock.shifted(timedelta(days=29)):
        await run_sweep(bench, store, tmp_path)
        await bench.job(done)
    with clock.shifted(timedelta(days=400)):
        await run_sweep(bench, store, tmp_path)

    async with bench.db.read() as session:
        assert await session.get(Job, done) is None
        assert (await session.get(Job, dead)).state == State.DEAD


async def test_passing_results_go_when_their_time_is_over(bench, store, tmp_path):
    (kept,) = await bench.add(Fake(), lifetime=timedelta(hours=3))
    (over,) = await bench.add(Fake(), lifetime=timedelta(minutes=30))
    keys = {name: scratch_key(STUDIO, owner, "look") for name, owner in
            {"kept": kept, "over": over, "orphan": uuid.uuid4()}.items()}  # fmt: skip
    for key in keys.values():
        store.put(
            key, io.BytesIO(b"x"), size=1, sha256="2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881"
        )
    with clock.shifted(timedelta(hours=1)):
        await run_sweep(bench, store, tmp_path)

    assert list(store.keys("")) == [keys["kept"]]

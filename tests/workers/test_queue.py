"""The queue of record: claims, fences, leases, counts."""

import asyncio
from datetime import timedelta

import pytest

from app.core import clock, dispatch, jobs
from app.core.jobs import Job, Lane, StaleFence, State
from tests.workers.fakes import BULK, FAKES, STUDIO, Fake
from workers.executor import tell_dead

LEASE = timedelta(seconds=30)


async def claim(bench, job_id, owner="me"):
    async with bench.db.write() as session:
        return await jobs.claim(session, job_id, owner, LEASE)


async def finish(bench, mine):
    async with bench.db.write() as session:
        await jobs.finish(session, mine)


async def reap(bench):
    async with bench.db.write() as session:
        dead = await dispatch.reap(session)
        await tell_dead(session, FAKES, dead)
        return dead


async def test_of_eight_who_claim_one_has_it(bench):
    (job_id,) = await bench.add()

    claims = await asyncio.gather(*(claim(bench, job_id, f"{number}") for number in range(8)))

    assert len([one for one in claims if one]) == 1


async def test_a_lease_that_ran_out_lets_another_in_and_fences_the_first_out(bench):
    (job_id,) = await bench.add()
    first = await claim(bench, job_id, "first")
    await reap(bench)
    assert await claim(bench, job_id, "second") is None, "the lease still holds"

    with clock.shifted(LEASE + timedelta(seconds=1)):
        await reap(bench)
        second = await claim(bench, job_id, "second")
    assert second.fence == first.fence + 1
    for void in (finish(bench, first), _strike(bench, first), _put_back(bench, first), _give_back(bench, first)):
        with pytest.raises(StaleFence):
            await void
    await finish(bench, second)

    job = await bench.job(job_id)
    assert (job.state, job.attempt, job.lost, job.strikes) == (State.DONE, 2, 1, 0)


async def _strike(bench, mine):
    async with bench.db.write() as session:
        return await jobs.strike(session, mine, "decoder_crashed", {})


async def _put_back(bench, mine):
    async with bench.db.write() as session:
        return await jobs.put_back(session, mine, "x")


async def _give_back(bench, mine):
    async with bench.db.write() as session:
        await jobs.give_back(session, mine)


async def test_a_renewed_lease_holds(bench):
    (job_id,) = await bench.add()
    mine = await claim(bench, job_id)
    with clock.shifted(timedelta(seconds=20)):
        async with bench.db.write() as session:
            assert await jobs.renew(session, [mine], LEASE) == set()
    with clock.shifted(timedelta(seconds=45)):
        await reap(bench)
    await finish(bench, mine)


async def test_a_cancelled_claim_is_noticed(bench):
    (job_id,), (other,) = await bench.add(), await bench.add()
    mine, kept = await claim(bench, job_id), await claim(bench, other)
    async with bench.db.write() as session:
        await jobs.cancel(session, Job.id == job_id)

    async with bench.db.read() as session:
        assert await jobs.lost_fences(session, [mine, kept]) == {job_id}
    async with bench.db.write() as session:
        assert await jobs.renew(session, [mine, kept], LEASE) == {job_id}
    with pytest.raises(StaleFence):
        await finish(bench, mine)


async def test_ten_lost_leases_are_a_fault_of_the_installation(bench):
    (job_id,) = await bench.add(Fake(name="unlucky"))
    for lost in range(10):
        with clock.shifted(timedelta(minutes=lost)):
            assert await claim(bench, job_id)
        with clock.shifted(timedelta(minutes=lost, seconds=31)):
            dead = await reap(bench)
        assert dead == ([job_id] if lost == 9 else [])

    job = await bench.job(job_id)
    assert (job.state, job.dead_reason, job.strikes) == (State.DEAD, "infrastructure", 0)
    assert [tuple(row) for row in await bench.rows(bench.told)] == [("unlucky", "dead", "infrastructure")]


async def test_the_rows_of_a_dead_process_are_free_at_once(bench):
    (mine,), (others,) = await bench.add(), await bench.add()
    await claim(bench, mine, "dead")
    await claim(bench, others, "alive")
    async with bench.db.write() as session:
        assert await dispatch.free_owner(session, "dead") == []

    assert (await bench.job(mine)).state == State.QUEUED
    assert (await bench.job(others)).state == State.RUNNING


async def test_a_unique_key_is_unique_while_queued_and_not_while_running(bench):
    (first,), (again,) = await bench.add(Fake(key="k")), await bench.add(Fake(key="k"))
    assert first is not None
    assert again is None
    mine = await claim(bench, first)

    (second,) = await bench.add(Fake(key="k"))

    assert second is not None, "what comes while one runs is not forgotten"
    await finish(bench, mine)
    assert await bench.states() == {State.DONE: 1, State.QUEUED: 1}


async def test_many_wishes_are_one_look(bench):
    made = [one for _ in range(50) for one in await bench.add(Fake(key="order"))]
    assert len([one for one in made if one]) == 1


async def test_a_wish_that_waits_cannot_begin_before_the_last_who_joined_it_is_safe(bench):
    """Else the look would miss what the last one wrote, and nobody would look again."""
    (job_id,) = await bench.add(Fake(key="order"))
    if bench.db.dialect == "sqlite":
        pytest.skip("one writer at a time: the claim cannot come between")
    async with bench.db.write() as session:
        assert await jobs.enqueue(session, Fake(key="order"), studio_id=STUDIO) is None
        early = asyncio.create_task(claim(bench, job_id))
        done, _ = await asyncio.wait({early}, timeout=0.5)
        assert not done, "claimed before the wish was committed"
    assert await early is not None


async def test_a_job_freed_while_its_twin_waits_gives_way_and_hands_on_its_counts(bench):
    (first,) = await bench.add(Fake(key="k"))
    mine = await claim(bench, first)
    (twin,) = await bench.add(Fake(key="k"))
    assert not await _strike(bench, mine)

    assert (await bench.job(first)).state == State.CANCELLED
    assert ((await bench.job(twin)).state, (await bench.job(twin)).strikes) == (State.QUEUED, 1)


async def test_back_off_grows_up_to_ten_minutes(bench):
    (job_id,) = await bench.add()
    waits, ahead = [], timedelta(0)
    while True:
        with clock.shifted(ahead):
            mine = await claim(bench, job_id)
            if await _put_back(bench, mine):
                break
            wait = (await bench.job(job_id)).run_after - clock.now()
        waits.append(round(wait.total_seconds()))
        ahead += wait + timedelta(seconds=1)

    assert waits == [2, 4, 8, 16, 32, 64, 128, 256, 512, 600, 600]
    assert (await bench.job(job_id)).dead_reason == "infrastructure"


async def test_a_job_that_waits_is_not_claimed(bench):
    (job_id,) = await bench.add(delay=timedelta(hours=1))
    assert await claim(bench, job_id) is None
    with clock.shifted(timedelta(hours=1, seconds=1)):
        assert await claim(bench, job_id)


async def test_what_nobody_waits_for_any_more_is_not_begun(bench):
    (job_id,) = await bench.add(lifetime=timedelta(minutes=1))
    with clock.shifted(timedelta(minutes=2)):
        assert await claim(bench, job_id) is None
    assert (await bench.job(job_id)).state == State.CANCELLED


async def test_what_was_handed_and_not_begun_is_handed_again(bench):
    ids = await bench.add(count=3) + await bench.add(lane=BULK)

    async def hand(room):
        async with bench.db.write() as session:
            return await dispatch.hand_over(session, Lane.PROOFS, room, kinds=list(FAKES), rehand_after=LEASE)

    assert await hand(2) == ids[:2]
    assert await hand(2) == ids[2:3], "the others are on their way, and bulk is another lane"
    assert await hand(9) == []
    async with bench.db.read() as session:
        assert await dispatch.handed(session, Lane.PROOFS, LEASE) == 3
        assert await dispatch.lanes_due(session, kinds=list(FAKES), rehand_after=LEASE) == {Lane.BULK}
    with clock.shifted(timedelta(seconds=31)):
        assert await hand(9) == ids[:3]


async def test_the_urgent_goes_first(bench):
    (low,), (high,) = await bench.add(priority=5), await bench.add(priority=-5)
    async with bench.db.write() as session:
        handed = await dispatch.hand_over(session, Lane.PROOFS, 2, kinds=list(FAKES), rehand_after=LEASE)
    assert handed == [high, low]


async def test_a_dead_job_waits_for_a_person_and_gets_three_new_strikes(bench):
    (job_id,) = await bench.add()
    for _ in range(3):
        with clock.shifted(timedelta(hours=1)):
            await _strike(bench, await claim(bench, job_id))
            await bench.hasten()
    with clock.shifted(timedelta(days=400)):
        async with bench.db.read() as session:
            assert [job.id for job in await jobs.dead(session, STUDIO)] == [job_id]
    async with bench.db.write() as session:
        await jobs.retry(session, job_id)

    job = await bench.job(job_id)
    assert (job.state, job.strikes, job.lane, job.dead_reason) == (State.QUEUED, 0, Lane.INTERACTIVE, None)


async def test_progress_is_shown_only_by_whom_the_job_belongs_to(bench):
    (job_id,) = await bench.add()
    mine = await claim(bench, job_id)
    async with bench.db.write() as session:
        await jobs.show_progress(session, mine, 140)
    assert (await bench.job(job_id)).progress == 100
    with clock.shifted(timedelta(minutes=1)):
        await reap(bench)
        await claim(bench, job_id)
    async with bench.db.write() as session:
        await jobs.show_progress(session, mine, 50)
    assert (await bench.job(job_id)).progress == 100

"""The tree lives as long as its root, and a dead branch grows again."""

import contextlib
import os
import signal
import sys
import time
from pathlib import Path

import msgspec
import pytest

from app.core.jobs import State
from tests.servers.process import answers, free_port
from tests.workers.conftest import PATIENCE_S
from tests.workers.fakes import Fake
from workers import runfile


@pytest.fixture
def database_url(sqlite_url):
    """The supervisor knows no database: one engine is enough."""
    return sqlite_url


@pytest.fixture
def db_settings(db_settings):
    return msgspec.structs.replace(db_settings, lease_s=3600, port=free_port())


@pytest.fixture
def start_tree(start_process, bench):
    """Start a supervisor and wait until its children are there; whoever is left is ended."""
    seen: set[int] = set()
    trees = []

    def children():
        found = {child["name"]: child["pid"] for child in runfile.read(bench.db.settings.data).get("children", ())}
        seen.update(found.values())
        return found

    async def start(count=1):
        tree = start_process("tests.workers.tree", str(count))
        trees.append(tree)

        async def complete():
            assert tree.poll() is None
            return len(children()) == count + 1 and runfile.read(bench.db.settings.data)["pid"] == tree.pid

        await bench.until(complete)
        return tree

    start.children = children
    yield start
    for tree in trees:
        if tree.poll() is None:
            children()
            tree.terminate()
            tree.wait()
    left = [pid for pid in seen if alive(pid)]
    for pid in left:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    assert left == []


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with contextlib.suppress(FileNotFoundError):  # Linux tells the dead who are not yet buried
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    return sys.platform != "linux"


def all_gone(pids):
    until = time.monotonic() + PATIENCE_S
    while any(alive(pid) for pid in pids):
        assert time.monotonic() < until, "processes stay"
        time.sleep(0.05)


async def test_a_killed_worker_comes_again_and_its_rows_are_free_at_once(bench, start_tree, tmp_path):
    await start_tree()
    (job_id,) = await bench.add(Fake(until=str(tmp_path / "go")))
    await bench.until(lambda: bench.claimed(job_id))
    before = start_tree.children()
    os.kill(before["worker-0"], signal.SIGKILL)
    (tmp_path / "go").touch()
    await bench.until(bench.all_settled)  # with a lease of an hour

    after = start_tree.children()
    assert after["web"] == before["web"]
    assert after["worker-0"] != before["worker-0"]
    job = await bench.job(job_id)
    assert (job.attempt, job.lost, job.result) == (2, 1, {"pid": after["worker-0"]})


async def test_a_killed_web_process_comes_again_and_the_workers_stay(bench, start_tree):
    await start_tree()
    before = start_tree.children()
    os.kill(before["web"], signal.SIGKILL)

    async def again():
        now = start_tree.children()
        return now.get("web", before["web"]) != before["web"] and answers(bench.db.settings.port)

    await bench.until(again)
    assert start_tree.children()["worker-0"] == before["worker-0"]


async def test_nothing_outlives_a_killed_supervisor_and_the_next_one_frees_its_rows(bench, start_tree, tmp_path):
    tree = await start_tree(2)
    (job_id,) = await bench.add(Fake(until=str(tmp_path / "go"), deed="stubborn"))
    await bench.until(lambda: bench.claimed(job_id))
    former = start_tree.children()
    tree.kill()
    tree.wait()
    all_gone(former.values())

    (tmp_path / "go").touch()
    await start_tree(1)
    await bench.until(bench.all_settled)
    assert len(await bench.rows(bench.effect)) == 1


async def test_a_word_ends_the_tree_in_order(bench, start_tree, tmp_path):
    tree = await start_tree(2)
    (job_id,) = await bench.add(Fake(until=str(tmp_path / "never")))
    await bench.until(lambda: bench.claimed(job_id))
    children = start_tree.children()
    tree.send_signal(signal.SIGINT)
    assert tree.wait(PATIENCE_S) == 0

    assert not any(alive(pid) for pid in children.values())
    assert runfile.read(bench.db.settings.data) == {}
    job = await bench.job(job_id)
    assert (job.state, job.lost) == (State.QUEUED, 0)


async def test_a_second_supervisor_of_the_same_studio_is_refused(bench, start_tree, start_process, tmp_path):
    tree = await start_tree()
    second = start_process("tests.workers.tree", "1")

    assert second.wait(PATIENCE_S) == 3
    assert f"already running as process {tree.pid}" in (tmp_path / "process-1.log").read_text()


async def test_a_worker_that_cannot_be_used_ends_the_tree_with_its_code(bench, start_process, tmp_path):
    import sqlalchemy as sa

    async with bench.db.write() as session:
        await session.execute(sa.text("UPDATE alembic_version SET version_num = 'older'"))
    tree = start_process("tests.workers.tree", "1")

    assert tree.wait(PATIENCE_S) == 78
    assert "safelight migrate" in (tmp_path / "process-0.log").read_text()


async def test_a_worker_that_dies_at_once_is_not_started_in_a_tight_loop(bench, start_process, tmp_path):
    tree = start_process("tests.workers.tree", "1", "tests.workers.nothing_of_that_name")
    deaths = 0

    async def some():
        nonlocal deaths
        deaths = (tmp_path / "process-0.log").read_text().count("child_died")
        return deaths >= 3

    begun = time.monotonic()
    await bench.until(some)
    assert time.monotonic() - begun >= 1.0, "0 s, then 1 s, then 2 s"
    tree.terminate()
    tree.wait(PATIENCE_S)

"""Photos through real workers, the real pipeline and the sandbox, undisturbed and not."""

import asyncio
import contextlib
import hashlib
import os
import random
import signal
import threading
import time
from pathlib import Path

import msgspec
import numpy as np
import pytest
import sqlalchemy as sa
from PIL import Image

from app.core.access import SYSTEM
from app.core.jobs import Job, State
from app.identity.models import Studio
from app.orders import service as orders
from app.photos import rules
from app.photos import service as photos
from app.photos.jobs import AdvanceOrder, PrepareVersion
from app.photos.models import File, Rendition, Version
from pipelines.errors import Refused
from pipelines.run import render
from pipelines.sandbox import Sandbox, SandboxLost, Terms
from storage import from_url
from tests.servers.process import free_port
from tests.story import begin
from tests.workers.poisoned import POISON
from workers import runfile
from workers.schedule import Sweep

COUNT, KILLS = 100, 10


@pytest.fixture
def database_url(sqlite_url):
    return sqlite_url


@pytest.fixture
def db_settings(db_settings):
    return msgspec.structs.replace(db_settings, port=free_port())


@pytest.fixture
def store(db_settings):
    return from_url(db_settings.storage_url)


def draw(folder: Path, count: int) -> list[Path]:
    """Draw small photos, each another."""
    folder.mkdir(exist_ok=True)
    dice = np.random.default_rng(7)
    across, down = np.meshgrid(np.linspace(0, 1, 640), np.linspace(0, 1, 427))
    paths = []
    for number in range(count):
        slopes = dice.uniform(40, 200, size=3)
        light = np.stack([(across * one + down * (240 - one)) for one in slopes], axis=2)
        noise = dice.normal(0, 6, size=light.shape)
        path = folder / f"DSC_{number:04}.JPG"
        Image.fromarray((light + noise).clip(0, 255).astype(np.uint8)).save(path, quality=88)
        paths.append(path)
    return paths


async def take_in(bench, store, story, paths):
    return [await photos.take_in(bench.db, store, SYSTEM, story.order_id, path, "") for path in paths]


async def version_states(bench):
    async with bench.db.read() as session:
        rows = await session.execute(sa.select(Version.state, sa.func.count()).group_by(Version.state))
        return {row[0]: row[1] for row in rows}


async def settled(bench):
    """All but the planned sweep is settled."""
    async with bench.db.read() as session:
        open_ = sa.select(sa.func.count()).where(Job.state.in_([State.QUEUED, State.RUNNING]), Job.kind != Sweep.KIND)
        return (await session.execute(open_)).scalar_one() == 0


def undisturbed(paths, recipes, folder):
    """Render each file in this process: its hashes by recipe."""
    made = {}
    for path in paths:
        result = render(path, recipes, folder / path.stem)
        made[path.name] = {one.recipe: one.sha256 for one in result.renditions}
    return made


@pytest.mark.slow
@pytest.mark.timeout(420)
async def test_ten_kills_cost_no_photo_and_no_byte(bench, store, start_process, tmp_path):
    seed = int(os.environ.get("SAFELIGHT_SEED") or random.randrange(1 << 32))
    print(f"SAFELIGHT_SEED={seed}")
    dice = random.Random(seed)
    story = await begin(bench.db)
    paths = draw(tmp_path / "shoot", COUNT)
    tree = start_process("tests.workers.tree", "2", "workers.run")
    taking = asyncio.create_task(take_in(bench, store, story, paths))

    kills = 0
    while kills < KILLS:
        await asyncio.sleep(dice.uniform(0.2, 1.5))
        children = runfile.read(bench.db.settings.data).get("children", ())
        workers = [child["pid"] for child in children if child["name"] != "web"]
        if workers and tree.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(dice.choice(workers), signal.SIGKILL)
                kills += 1
    await taking
    await bench.until(lambda: settled(bench))

    assert await version_states(bench) == {"ready": COUNT}
    async with bench.db.read() as session:
        found = (
            await session.execute(
                sa.select(File.camera_name, Rendition.recipe, Rendition.sha256, Rendition.key)
                .join(Version, Version.file_id == File.id)
                .join(Rendition, Rendition.version_id == Version.id)
            )
        ).all()
        struck = (await session.execute(sa.select(Job).where(Job.strikes > 0))).all()
        studio = await session.get_one(Studio, story.studio_id)
        order = await orders.order_of_system(session, story.order_id)
    recipes = rules.recipes_for("original", studio.watermark_text, order.look)
    expected = await asyncio.to_thread(undisturbed, paths, recipes, tmp_path / "calm")
    assert len(found) == COUNT * len(recipes), "each rendition once"
    assert {(row.camera_name, row.recipe): row.sha256 for row in found} == {
        (name, recipe): sha256 for name, made in expected.items() for recipe, sha256 in made.items()
    }
    for row in found:
        with contextlib.closing(store.open(row.key)) as chunks:
            assert hashlib.sha256(b"".join(chunks)).hexdigest() == row.sha256
    assert struck == [], "a killed worker is no strike"


async def test_a_file_whose_decoder_dies_is_tried_three_times_and_set_aside_alone(
    bench, store, start_process, tmp_path
):
    story = await begin(bench.db)
    paths = draw(tmp_path / "shoot", 4)
    paths[1].write_bytes(paths[1].read_bytes() + POISON)
    accepted = await take_in(bench, store, story, paths)
    process = start_process("tests.workers.poisoned")

    async def over():
        assert process.poll() is None, "the worker lives on"
        await bench.hasten_all_but(Sweep.KIND)
        return await settled(bench)

    await bench.until(over)
    assert await version_states(bench) == {"quarantined": 1, "ready": 3}
    async with bench.db.read() as session:
        job = (await session.execute(sa.select(Job).where(Job.subject_id == accepted[1].version_id))).scalar_one()
        version = await session.get_one(Version, accepted[1].version_id)
        looks = (await session.execute(sa.select(Job.state).where(Job.kind == AdvanceOrder.KIND))).scalars().all()
    assert (job.state, job.attempt, job.strikes, job.lost) == (State.DEAD, 3, 3, 0)
    assert (version.reason, version.reason_params) == ("decoder_crashed", {"signal": "SIGSEGV"})
    assert set(looks) == {State.DONE}


async def test_what_is_no_photo_is_refused_with_a_reason_at_once(bench, store, start_process, tmp_path):
    story = await begin(bench.db)
    path = tmp_path / "DSC_0001.JPG"
    path.write_bytes(b"not a photo at all" * 50)
    (accepted,) = await take_in(bench, store, story, [path])
    start_process("workers.run")
    await bench.until(lambda: settled(bench))

    async with bench.db.read() as session:
        version = await session.get_one(Version, accepted.version_id)
        job = (await session.execute(sa.select(Job).where(Job.kind == PrepareVersion.KIND))).scalar_one()
    with pytest.raises(Refused) as refused:
        render(path, [], tmp_path)
    assert (version.state, version.reason) == ("refused", refused.value.code)
    assert (job.state, job.attempt) == (State.DONE, 1)


def _read_soon(path: Path) -> int:
    while not path.exists() or not path.read_text():
        time.sleep(0.02)
    return int(path.read_text())


def _gone_soon(pid: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        while True:
            os.kill(pid, 0)
            time.sleep(0.02)


async def test_a_cancelled_call_ends_its_child(tmp_path):
    """The child is ended at once, not at the end of its time."""
    with Sandbox(task="tests.pipelines.sandbox_tasks:echo") as sandbox:
        cancelled = threading.Event()
        payload = {"mark": str(tmp_path / "mark"), "s": 60}
        call = asyncio.create_task(
            asyncio.to_thread(
                sandbox.run, "tests.pipelines.sandbox_tasks:sleep", payload,
                read=[], write=tmp_path, terms=Terms(nice=5, cancelled=cancelled),
            )
        )  # fmt: skip
        child = await asyncio.to_thread(_read_soon, tmp_path / "mark")
        assert os.getpriority(os.PRIO_PROCESS, child) == os.getpriority(os.PRIO_PROCESS, 0) + 5
        cancelled.set()
        with pytest.raises(SandboxLost):
            await call
        await asyncio.to_thread(_gone_soon, child)

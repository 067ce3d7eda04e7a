"""A shoot through the door: 40 JPEGs of 18 megapixels by HTTP until all is ready, against the bare pipeline."""

import asyncio
import base64
import contextlib
import os
import resource
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path

import httpx
from PIL import Image, ImageOps

from app.cli.seed.shoot import varied
from app.core.db import Database
from app.core.schema import migrate
from app.core.settings import read_settings
from app.core.web.cookies import staff_cookie
from app.core.web.csrf import HEADER, token_of
from app.identity import service as identity
from app.photos import service as photos
from benchmarks.rows import Row, at_most
from benchmarks.studio import safelight, samples
from pipelines.sample_shoot import draw_shoot
from tests import story
from tests.flows.studio_process import answers, clean_env, wait_until
from tests.servers.process import free_port

COUNT, WIDE, HIGH = 40, 5184, 3456  # 17.9 megapixels
AT_ONCE = 3
TUS = {"tus-resumable": "1.0.0", "content-type": "application/offset+octet-stream"}
GUARD_S = 900
LARGE = ("event_person_bar_24mp.jpg", "unsplash_clownfish_24mp.jpg", "canon_5dm3_laptop_22mp.jpg")
CORES = 2


def shoot(folder: Path) -> list[Path]:
    """Make the files: real photos where there are some, else drawn ones; each with bytes of its own."""
    folder.mkdir()
    found = samples()
    sources = [found / "jpeg" / name for name in LARGE if (found / "jpeg" / name).exists()] if found else []
    sources = sources or draw_shoot(folder.with_name("drawn"), photos=3, raws=0, scale=1.22)
    bases = []
    for number, source in enumerate(sources):
        base = folder.with_name(f"base-{number}.jpg")
        with Image.open(source) as image:
            ImageOps.fit(image.convert("RGB"), (WIDE, HIGH)).save(base, quality=92)
        bases.append(base.read_bytes())
    paths = []
    for number in range(COUNT):
        paths.append(folder / f"SLT_{number:04d}.JPG")
        paths[-1].write_bytes(varied(bases[number % len(bases)], str(number)))
    return paths


def render_cpu(paths: list[Path], out: Path) -> float:
    """Render the files by the command line; gives the processor seconds of all its processes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "app.cli", "render", *map(str, paths), "--out", str(out), "--jobs", str(CORES)]
    subprocess.run(command, check=True, capture_output=True, timeout=GUARD_S)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


class Tree:
    """A process and all below it."""

    def __init__(self, pid: int) -> None:
        self.pid, self.peak = pid, 0.0

    def pids(self) -> list[int]:
        """Name the processes there are now."""
        found = [self.pid]
        for pid in found:
            with contextlib.suppress(OSError):
                for task in Path(f"/proc/{pid}/task").iterdir():
                    found += [int(child) for child in (task / "children").read_text().split()]
        return found

    def cpu(self) -> float:
        """Add up the processor seconds of the processes and of their children that have ended."""
        ticks = 0
        for pid in self.pids():
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
                ticks += sum(int(field) for field in fields[11:15])
        return ticks / os.sysconf("SC_CLK_TCK")

    def look(self) -> None:
        """Note how much memory they have now: what is shared is counted once (megabytes)."""
        total = 0
        for pid in self.pids():
            with contextlib.suppress(OSError):
                lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
                total += next(int(line.split()[1]) for line in lines if line.startswith("Pss:"))
        self.peak = max(self.peak, total / 1024)

    async def watch(self) -> None:
        """Look again and again until cancelled."""
        while True:
            await asyncio.to_thread(self.look)
            await asyncio.sleep(0.1)


@contextlib.asynccontextmanager
async def watched(tree: Tree) -> AsyncIterator[None]:
    """Watch the memory of a tree during the block."""
    watching = asyncio.create_task(tree.watch())
    try:
        yield
    finally:
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)


async def send(client: httpx.AsyncClient, begun: story.Story, paths: list[Path]) -> None:
    """Send the files as a browser does: resumable, a few at a time."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(path: Path) -> None:
        async with gate:
            data = await asyncio.to_thread(path.read_bytes)
            name = base64.b64encode(path.name.encode()).decode()
            headers = {**TUS, "upload-length": str(len(data)), "upload-metadata": f"filename {name}"}
            answer = await client.post(f"/studio/orders/{begun.order_id}/uploads", headers=headers, content=data)
            answer.raise_for_status()

    await asyncio.gather(*(one(path) for path in paths))


async def _signed_in(db: Database, begun: story.Story) -> tuple[dict[str, str], dict[str, str]]:
    async with db.write() as session:
        token = await identity.open_session(
            session, kind="staff", studio_id=begun.studio_id, staff_id=begun.staff["owner"], lifetime=timedelta(days=1)
        )
    async with db.read() as session:
        actor = await identity.staff_actor(session, token)
    assert actor is not None
    settings = db.settings
    return {staff_cookie(settings): token}, {HEADER: token_of(settings.secret, actor), "origin": settings.base_url}


@contextlib.asynccontextmanager
async def running(folder: Path) -> AsyncIterator[tuple[Tree, Database]]:
    """Run a whole studio of its own: web and as many workers as cores."""
    env = clean_env(folder / "var", free_port())
    settings = read_settings(env)
    await migrate(settings)
    with safelight("up", env=env, log=folder / "up.log") as process:
        wait_until(lambda: answers(f"{settings.base_url}/readyz") or process.poll() is not None, "it does not start")
        yield Tree(process.pid), Database(settings)


async def through_the_door(folder: Path, paths: list[Path]) -> tuple[float, float, float]:
    """Send everything and wait; gives processor seconds, peak megabytes, seconds on the clock."""
    async with running(folder) as (tree, db):
        begun = await story.begin(db)
        cookies, headers = await _signed_in(db, begun)
        limits = httpx.Limits(max_connections=AT_ONCE)
        async with (
            httpx.AsyncClient(
                base_url=db.settings.base_url, cookies=cookies, headers=headers, timeout=GUARD_S, limits=limits
            ) as client,
            watched(tree),
        ):
            before, began = tree.cpu(), time.perf_counter()
            await send(client, begun, paths)
            while True:
                async with db.read() as session:
                    health = (await photos.health(session, [begun.order_id]))[begun.order_id]
                if health.ready + health.failed == COUNT:
                    break
                if time.perf_counter() - began > GUARD_S:
                    raise TimeoutError(f"not ready: {health}")
                await asyncio.sleep(0.2)
            took = time.perf_counter() - began
            await asyncio.sleep(1)  # what a worker does after its last photo is part of it
            cpu = tree.cpu() - before
        await db.close()
    if health.failed:
        raise RuntimeError(f"{health.failed} photos failed")
    return cpu, tree.peak, took


async def measure(folder: Path) -> list[Row]:
    """Measure the intake against the bare pipeline on the same files, in the same run."""
    paths = await asyncio.to_thread(shoot, folder / "shoot")
    await asyncio.to_thread(render_cpu, paths[:2], folder / "warm")  # files in the system's cache, fonts found
    bare = await asyncio.to_thread(render_cpu, paths, folder / "rendered")
    cpu, peak, took = await through_the_door(folder / "intake", paths)
    name = f"{COUNT} JPEGs of 18 MP from upload to all renditions ready"
    note = f"{cpu:.1f} s against {bare:.1f} s of render; {COUNT / took:.1f} photos/s"
    return [
        at_most(f"{name}: CPU against render", cpu / bare, 1.5, " ×", note=note),
        at_most(f"{name}: peak memory of all processes", peak, 700, " MB", digits=0),
    ]

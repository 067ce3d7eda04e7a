"""A shoot of a hundred photos sent from the browser, while everything beneath it is killed, emptied and restarted.

Kept as it was sent: every photo ready, none twice, every stored byte as in the ledger of what was chosen.
"""

import asyncio
import contextlib
import hashlib
import os
import random
import re
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from PIL import Image
from playwright.async_api import Page, expect
from sqlalchemy import func, select

import storage
from app.core.access import SYSTEM
from app.core.schema import migrate
from app.core.settings import read_settings
from app.photos import service as photos
from app.photos.models import File, Photo, Upload, Version
from app.production import service as production
from tests import story as stories
from tests.browser import DESKTOP
from tests.conftest import SECRET
from tests.flows.studio_process import House, clean_env, running_house
from tests.servers import Redis, running_redis, running_s3
from tests.servers.restart import Restartable, restartable_postgres
from workers import runfile

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.timeout(600)]
COUNT = 100
GUARD_S = 400.0
SLOW_LINE = 700_000  # bytes a second: a kill hits bodies on their way
Deed = Callable[[], object]


def draw(folder: Path) -> dict[str, str]:
    """Draw distinct small photos in two folders; the ledger maps names to SHA-256."""
    chance, ledger = random.Random(7), {}
    for number in range(COUNT):
        size = (720, 480) if number % 3 else (480, 720)
        small = Image.frombytes("RGB", (48, 32), chance.randbytes(48 * 32 * 3))
        path = folder / ("garden" if number % 2 else "hall") / f"SLT_{number:04}.jpg"
        path.parent.mkdir(parents=True, exist_ok=True)
        small.resize(size, Image.Resampling.BICUBIC).save(path, quality=95)
        ledger[path.name] = hashlib.sha256(path.read_bytes()).hexdigest()
    assert len(set(ledger.values())) == COUNT
    return ledger


def kill(house: House, *kinds: str) -> None:
    """End processes of the tree by force; the supervisor starts others."""
    for child in runfile.read(house.settings.data).get("children", ()):
        if child["name"].startswith(kinds):
            with contextlib.suppress(ProcessLookupError):
                os.kill(child["pid"], signal.SIGKILL)


async def sent(page: Page) -> int:
    """Tell how many photos the page calls safe."""
    found = re.match(r"\d+", await page.locator("[data-count]").inner_text())
    return int(found.group()) if found else 0


async def send_shoot(house: House, page: Page, shoot: Path, faults: list[tuple[int, Deed]]) -> stories.Story:
    """Send a folder as the photographer does; a fault strikes whenever so many photos are safe."""
    async with house.database() as db:
        begun = await stories.begin(db, "Faults")
    await page.goto(house.address + await house.sign_in_link(begun, "photographer"))
    await page.locator("main button").click()
    await page.wait_for_url("**/studio**")
    await page.goto(f"{house.address}/studio/orders/{begun.order_id}")
    network = await page.context.new_cdp_session(page)
    await network.send(
        "Network.emulateNetworkConditions",
        {"offline": False, "latency": 2, "downloadThroughput": -1, "uploadThroughput": SLOW_LINE},
    )
    await page.evaluate("window.stayed = true")
    await page.locator("[webkitdirectory]").set_input_files(shoot)
    until = time.monotonic() + GUARD_S
    for count, strike in faults:
        while (now := await sent(page)) < count:
            assert time.monotonic() < until, f"{now} of {count} are safe"
            await asyncio.sleep(0.02)
        await asyncio.to_thread(strike)
    while (now := await sent(page)) < COUNT:
        assert time.monotonic() < until, f"{now} are safe: {await page.locator('#bring').inner_text()}"
        await asyncio.sleep(0.1)
    await expect(page.locator("#bring .failures")).to_be_hidden()
    await expect(page.locator("#bring [data-note]")).to_contain_text(f"All {COUNT} photos are safe.")
    return begun


async def all_is_well(house: House, page: Page, begun: stories.Story, ledger: dict[str, str]) -> None:
    """Every photo ready, nothing twice, every byte as it was sent, and the page has seen it all."""
    async with house.database() as db:
        health = await house.settled(db, begun)
        assert (health.total, health.ready, health.failed) == (COUNT, COUNT, 0)
        async with db.read() as session:
            for table in (File, Photo, Version):
                count = select(func.count()).select_from(table).where(table.order_id == begun.order_id)
                assert (await session.execute(count)).scalar_one() == COUNT, table
            files = (await session.execute(select(File).where(File.order_id == begun.order_id))).scalars().all()
            uploads = (await session.execute(select(Upload).where(Upload.order_id == begun.order_id))).scalars().all()
            assert await production.stage_of(session, begun.order_id) == "selection"
            assert not await photos.shoot_is_open(session, begun.order_id)
            sections = {shown.section for shown in await photos.photos_of_order(session, SYSTEM, begun.order_id)}
    assert sections == {"garden", "hall"}
    assert {file.camera_name: file.sha256 for file in files} == ledger
    assert sorted((row.name, row.state, row.duplicate) for row in uploads) == [
        (n, "done", False) for n in sorted(ledger)
    ]
    store = storage.from_url(house.settings.storage_url)
    assert {file.camera_name: stored_hash(store, file.key) for file in files} == ledger
    originals = [key for key in store.keys(f"{begun.studio_id}/{begun.order_id}/") if "original-" in key]
    assert len(originals) == COUNT
    await expect(page.locator("#photos .contact .tile a")).to_have_count(COUNT, timeout=60_000)
    await expect(page.locator("#where [aria-current=step]")).to_have_text("Choosing", timeout=60_000)
    assert await page.evaluate("window.stayed"), "the page was loaded anew"


def stored_hash(store: storage.Store, key: str) -> str:
    """Read an object back."""
    with store.open(key) as chunks:
        return hashlib.sha256(b"".join(chunks)).hexdigest()


@pytest.fixture(scope="module")
def shoot(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, str]]:
    """A hundred small photos and the ledger of their hashes."""
    folder = tmp_path_factory.mktemp("shoot")
    return folder, draw(folder)


@contextlib.contextmanager
def served_house(data: Path, database: str, broker: str, store: str) -> Iterator[House]:
    """A studio on PostgreSQL, Redis and S3."""
    more = {
        "SAFELIGHT_DATABASE_URL": database, "SAFELIGHT_BROKER_URL": broker, "SAFELIGHT_STORAGE_URL": store,
        "SAFELIGHT_SECRET": SECRET, "SAFELIGHT_LEASE_S": "6", "SAFELIGHT_RESERVE_BYTES": "0",
    }  # fmt: skip
    data.mkdir(parents=True, exist_ok=True)
    with ThreadPoolExecutor(1) as pool:  # outside of the run's own loop
        pool.submit(asyncio.run, migrate(read_settings(clean_env(data, 8000, **more)))).result()
    with running_house(data, **more) as house:
        yield house


def empty_redis(redis: Redis) -> None:
    """Forget everything the broker knows."""
    subprocess.run(["redis-cli", "-p", str(redis.port), "FLUSHALL"], check=True, capture_output=True)


def restart(server: Restartable) -> None:
    """Take the database away for a moment."""
    server.stop()
    time.sleep(1)
    server.start()


@pytest.fixture
def big_house(tmp_path: Path) -> Iterator[tuple[House, Restartable, Redis]]:
    """The studio on servers, and the servers."""
    with restartable_postgres() as (server, pg), running_redis() as redis, running_s3() as s3:
        staging = tmp_path / "staging"
        url = pg.new_database()
        with served_house(tmp_path / "var", url, redis.url, s3.url("photos", staging=str(staging))) as house:
            yield house, server, redis


@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.s3
async def test_a_hundred_photos_survive_kills_an_emptied_broker_and_a_restarted_database(big_house, shoot, open_page):
    house, server, redis = big_house
    folder, ledger = shoot
    page = await open_page(DESKTOP, locale="en-GB")
    faults: list[tuple[int, Deed]] = [
        (8, lambda: kill(house, "web")),
        (22, lambda: (kill(house, "worker"), empty_redis(redis))),
        (40, lambda: restart(server)),
        (60, lambda: (kill(house, "web", "worker"), empty_redis(redis))),
        (80, lambda: (restart(server), kill(house, "web"))),
    ]
    begun = await send_shoot(house, page, folder, faults)
    await all_is_well(house, page, begun, ledger)


async def test_a_hundred_photos_survive_kills_on_a_laptop(tmp_path, shoot, open_page):
    folder, ledger = shoot
    page = await open_page(DESKTOP, locale="en-GB")
    started = await asyncio.to_thread(_start, tmp_path / "var")
    house, stop = started
    try:
        faults: list[tuple[int, Deed]] = [
            (10, lambda: kill(house, "web")),
            (30, lambda: kill(house, "worker")),
            (60, lambda: kill(house, "web", "worker")),
        ]
        begun = await send_shoot(house, page, folder, faults)
        await all_is_well(house, page, begun, ledger)
    finally:
        await asyncio.to_thread(stop)


def _start(data: Path) -> tuple[House, Callable[[], None]]:
    stack = contextlib.ExitStack()
    house = stack.enter_context(running_house(data, SAFELIGHT_LEASE_S="6", SAFELIGHT_RESERVE_BYTES="0"))
    return house, stack.close

"""A world for a module, an application over it."""

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
import structlog
from argon2 import PasswordHasher

from app.core import passwords
from tests.conftest import settings_in
from tests.web.conftest import ORIGIN
from tests.web.matrix.house import House
from tests.web.matrix.world import World, build


@pytest.fixture(scope="session")
def quick_hashes() -> Iterator[None]:
    """Hashing is somebody else's test."""
    before, passwords._HASHER = passwords._HASHER, PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords._nobodys_hash.cache_clear()
    yield
    passwords._HASHER = before
    passwords._nobodys_hash.cache_clear()


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """Thousands of requests: log what went wrong alone."""
    before = structlog.get_config()
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.ERROR))
    yield
    structlog.configure(**before)


@pytest.fixture(scope="session")
def world(sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory, quick_hashes: None) -> World:
    """Two studios with an order at every stage."""
    folder = tmp_path_factory.mktemp("world")
    shutil.copy(sqlite_template, folder / "safelight.db")
    settings = msgspec.structs.replace(settings_in(folder), base_url=ORIGIN, reserve_bytes=0)
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, build(settings)).result()


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def standing(world: World) -> AsyncIterator[House]:
    """The application of a module's tests."""
    house = House(world)
    up, done = asyncio.Event(), asyncio.Event()

    async def live() -> None:  # a fixture's two halves run in two tasks; a lifespan belongs to one
        async with house.app.lifespan():
            up.set()
            await done.wait()

    life = asyncio.create_task(live())
    await asyncio.wait({life, asyncio.create_task(up.wait())}, return_when=asyncio.FIRST_COMPLETED)
    yield house
    done.set()
    await life
    house.close()


@pytest.fixture
def house(standing: House) -> House:
    """The application, with the world as it was built."""
    standing.put_back()
    return standing

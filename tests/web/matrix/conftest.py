"""A world for a module, an application over it."""

import asyncio
import shutil
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from argon2 import PasswordHasher

from app.core import passwords
from tests.conftest import settings_in
from tests.web.conftest import ORIGIN
from tests.web.matrix.house import House
from tests.web.matrix.world import World, build


@pytest.fixture(scope="session")
def quick_hashes() -> None:
    """Hashing is somebody else's test."""
    passwords._HASHER = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    passwords._nobodys_hash.cache_clear()


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
    async with house.app.lifespan():
        yield house
    house.close()


@pytest.fixture
def house(standing: House) -> House:
    """The application, with the world as it was built."""
    standing.put_back()
    return standing

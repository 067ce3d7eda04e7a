"""Servers that fail in the middle of a shoot: a sentence for the person, nothing lost, and no restart of ours."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis

from app.core.db import Database
from app.photos.schemas import Health
from tests import story as stories
from tests.flows.studio_process import House, running_servers_house, wait_until
from tests.servers import Redis, running_redis, running_s3
from tests.servers.faulty_store import FaultyStore, faulty_store
from tests.servers.restart import Restartable, restartable_postgres
from tools.plain_browser import Answer, Browser

pytestmark = [
    pytest.mark.slow, pytest.mark.postgres, pytest.mark.redis, pytest.mark.s3, pytest.mark.xdist_group("faults"),
    pytest.mark.timeout(600),
]  # fmt: skip


class Outside:
    """A studio on servers that can be taken away."""

    def __init__(self, house: House, postgres: Restartable, broker: Redis, store: FaultyStore) -> None:
        self.house, self.postgres, self.broker, self.store = house, postgres, broker, store


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    """One web process and two workers for this file."""
    folder = tmp_path_factory.mktemp("faults")
    with (
        restartable_postgres() as (server, pg),
        running_redis() as broker,
        running_s3() as s3,
        faulty_store(s3) as store,
        running_servers_house(
            folder, database=pg.new_database(), broker=broker.url,
            store=store.url("faults", staging=str(folder / "in")),
        ) as house,
    ):  # fmt: skip
        yield Outside(house, server, broker, store)


async def until(house: House, db: Database, begun: stories.Story) -> Health:
    """Wait until all is prepared; nothing failed and nothing was lost."""
    health = await house.settled(db, begun)
    assert (health.failed, health.ready) == (0, health.total)
    return health


def visit(address: str, path: str) -> Answer:
    """Open a page as a stranger."""
    return Browser(address, "zh-CN").go(path)


async def test_a_store_that_is_busy_in_the_middle_of_a_shoot_costs_time_alone(outside: Outside, shoot: Path) -> None:
    house = outside.house
    async with house.database() as db:
        begun = await stories.begin(db, "busy")
        await house.bring(db, begun, shoot)  # the originals lie in the store, nothing is prepared yet
        outside.store.shut()
        try:
            before = outside.store.refused
            await asyncio.to_thread(wait_until, lambda: outside.store.refused > before + 3, "nobody asked the store")
            ready = await asyncio.to_thread(visit, house.address, "/readyz")
            assert ready.status == 503
            assert (await asyncio.to_thread(visit, house.address, "/healthz")).status == 200
        finally:
            outside.store.open()
        health = await until(house, db, begun)
        assert health.total == 7
        made = await stories.link(db, begun)
    customer = Browser(house.address, "zh-CN")

    def look() -> None:
        gallery = customer.send(customer.go(f"/g/{made.key}"), "/pin", pin=made.pin)
        picture = next(line for line in gallery.text.split('"') if line.startswith("/files/"))
        outside.store.shut()
        try:
            refused = customer.go(picture)
            assert refused.status == 503
            assert int(refused.headers["retry-after"]) > 0
            assert "照片" in refused.text or "存储" in refused.text
            assert customer.go(gallery.url).status == 200  # what needs no store goes on
        finally:
            outside.store.open()
        assert customer.go(picture).status == 200

    await asyncio.to_thread(look)


async def test_a_database_that_restarts_is_told_to_who_asks_and_found_again(outside: Outside, shoot: Path) -> None:
    house = outside.house
    async with house.database() as db:
        begun = await stories.begin(db, "restart")
        await house.bring(db, begun, shoot)
    await asyncio.to_thread(outside.postgres.stop)
    try:
        page = await asyncio.to_thread(visit, house.address, "/sign-in/link/nobody")
        assert page.status == 503
        assert int(page.headers["retry-after"]) > 0
        assert "数据库暂时没有响应" in page.text
        assert (await asyncio.to_thread(visit, house.address, "/readyz")).status == 503
    finally:
        await asyncio.to_thread(outside.postgres.start)
    await asyncio.to_thread(wait_until, lambda: visit(house.address, "/readyz").status == 200, "it is not found again")
    async with house.database() as db:
        assert (await until(house, db, begun)).total == 7


async def test_a_broker_emptied_in_the_middle_of_a_shoot_loses_nothing(outside: Outside, shoot: Path) -> None:
    house = outside.house
    async with house.database() as db:
        begun = await stories.begin(db, "emptied")
        await house.bring(db, begun, shoot)
        with redis.Redis(port=outside.broker.port) as client:
            for _ in range(8):
                client.flushall()
                await asyncio.sleep(0.2)
        assert (await until(house, db, begun)).total == 7

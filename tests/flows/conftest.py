"""The running studio and the small shoot that flows share."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.sample_shoot import draw_shoot
from tests.flows.studio_process import House, running_house, running_servers_house
from tests.servers import S3, Postgres, running_redis

SMALL = 0.12  # of a camera's side
EMBEDDED = "embedded"
SERVERS = pytest.param(
    "servers",
    marks=[pytest.mark.postgres, pytest.mark.redis, pytest.mark.s3, pytest.mark.xdist_group("servers")],
)


@pytest.fixture(scope="session")
def embedded_house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """A studio's process tree for the whole run: SQLite, a folder, a queue inside."""
    with running_house(tmp_path_factory.mktemp("house")) as running:
        yield running


@pytest.fixture(scope="session")
def servers_house(
    tmp_path_factory: pytest.TempPathFactory, postgres_server: Postgres, s3_server: S3
) -> Iterator[House]:
    """The same studio on PostgreSQL, a Redis of its own and an S3 store, for the whole run."""
    folder = tmp_path_factory.mktemp("servers")
    store = s3_server.url("house", staging=str(folder / "incoming"))
    url = postgres_server.new_database()
    with (
        running_redis() as broker,
        running_servers_house(folder, database=url, broker=broker.url, store=store) as running,
    ):
        yield running


@pytest.fixture(params=[EMBEDDED, SERVERS])
def house(request: pytest.FixtureRequest) -> House:
    """A running studio: every flow is told on each deployment (or on the ones a test names: `indirect`)."""
    found: House = request.getfixturevalue(f"{request.param}_house")
    return found


@pytest.fixture(scope="session")
def shoot(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six small photos and a RAW file."""
    folder = tmp_path_factory.mktemp("shoot")
    draw_shoot(folder, photos=6, raws=1, workers=1, scale=SMALL)
    return folder

import os
from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from storage import Store, from_url
from tests.servers import S3, running_s3, s3

BUCKETS = count(1)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[S3]:
    reason = s3.missing()
    if reason:
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    with running_s3() as server:
        yield server


@pytest.fixture(params=["local", "memory", pytest.param("s3", marks=pytest.mark.s3)])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Store:
    if request.param == "local":
        return from_url(f"file://{tmp_path}/store?reserve=0")
    if request.param == "memory":
        return from_url("memory://")
    server: S3 = request.getfixturevalue("s3_server")
    return from_url(server.url(f"bucket-{next(BUCKETS)}", staging=str(tmp_path / "staging")))


@pytest.fixture
def local(tmp_path: Path) -> Store:
    return from_url(f"file://{tmp_path}/store?reserve=0")

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.servers import postgres, redis, running_postgres, running_redis

ROOT = Path(__file__).parents[2]
RUN = """
import sys, time
from tests.servers import running_redis
with running_redis() as server:
    print(server.pid, flush=True)
    time.sleep(60)
"""


def skip_without(reason: str | None) -> None:
    if reason and os.environ.get("CI") == "true":
        pytest.fail(reason)
    if reason:
        pytest.skip(reason)


def alive(pid: int) -> bool:
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, 0)
        return True
    return False


@pytest.mark.postgres
def test_postgres_gives_databases_of_their_own() -> None:
    skip_without(postgres.missing())
    import psycopg

    with running_postgres() as server:
        first = server.new_database()
        with psycopg.connect(first.replace("+psycopg", "")) as connection:
            connection.execute("CREATE TABLE t (x text)")
            connection.execute("INSERT INTO t VALUES ('照片')")
        second = server.new_database(first.rpartition("/")[2])
        with psycopg.connect(second.replace("+psycopg", "")) as connection:
            assert connection.execute("SELECT x FROM t").fetchone() == ("照片",)
            server.drop_database(first)
    assert not alive(server.pid)


@pytest.mark.redis
def test_redis_answers_and_ends() -> None:
    skip_without(redis.missing())
    import redis as client

    with running_redis() as server, client.Redis.from_url(server.url) as connection:
        assert connection.ping()
    assert not alive(server.pid)


@pytest.mark.redis
def test_a_killed_test_run_leaves_no_server_behind() -> None:
    skip_without(redis.missing())
    with subprocess.Popen([sys.executable, "-c", RUN], stdout=subprocess.PIPE, cwd=ROOT) as run:
        assert run.stdout is not None
        pid = int(run.stdout.readline())
        assert alive(pid)
        run.send_signal(signal.SIGKILL)
    until = time.monotonic() + 30
    while alive(pid):
        assert time.monotonic() < until
        time.sleep(0.05)

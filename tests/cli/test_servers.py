"""`safelight web` and `safelight worker` with servers: what is missing stops the start with a sentence."""

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest
import redis

from app.cli.servers import AWAY, UNUSABLE
from tests.conftest import SECRET
from tests.flows.studio_process import answers, clean_env, safelight, safelight_here, wait_until
from tests.servers import S3, Redis
from tests.servers.process import free_port
from workers import alive

Env = dict[str, str]
NOBODY = "127.0.0.1:1"


@pytest.fixture
def env(tmp_path: Path, postgres_url: str, redis_server: Redis, s3_server: S3) -> Env:
    """A studio on PostgreSQL, Redis and an S3 store, with a fresh database and bucket."""
    return clean_env(
        tmp_path / "var", free_port(), SAFELIGHT_SECRET=SECRET, SAFELIGHT_DATABASE_URL=postgres_url,
        SAFELIGHT_BROKER_URL=redis_server.url,
        SAFELIGHT_STORAGE_URL=s3_server.url(f"doctor-{os.getpid()}", staging=str(tmp_path / "in")), LANG="en_GB.UTF-8",
    )  # fmt: skip


def findings(env: Env, code: int) -> dict[str, dict[str, str]]:
    done = safelight_here("doctor", "--json", env=env)
    assert done.exit_code == code, done.output
    return {one["what"]: one for one in json.loads(done.stdout)["findings"]}


@pytest.mark.parametrize("command", ["web", "worker", "migrate"])
@pytest.mark.parametrize(("language", "said"), [("en_GB.UTF-8", "is missing"), ("zh_CN.UTF-8", "没有设置")])
def test_a_missing_secret_stops_the_start_and_says_what_to_type(
    tmp_path: Path, command: str, language: str, said: str
) -> None:
    env = clean_env(tmp_path, 8000, SAFELIGHT_DATABASE_URL=f"postgresql://u@{NOBODY}/x", LANG=language)
    done = safelight_here(command, env=env)

    assert done.exit_code == UNUSABLE
    assert said in done.stderr
    assert "export SAFELIGHT_SECRET=$(python3 -c" in done.stderr


@pytest.mark.parametrize("command", ["web", "worker", "migrate"])
def test_a_database_that_is_away_is_named_without_its_password(tmp_path: Path, command: str) -> None:
    url = f"postgresql://someone:hidden@{NOBODY}/studio"
    env = clean_env(tmp_path, 8000, SAFELIGHT_SECRET=SECRET, SAFELIGHT_DATABASE_URL=url, LANG="zh_CN.UTF-8")
    done = safelight_here(command, env=env)

    assert done.exit_code == AWAY
    assert f"数据库 {NOBODY}/studio 没有响应" in done.stderr
    assert "hidden" not in done.output


@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.s3
@pytest.mark.parametrize(
    ("command", "setting", "address", "said"),
    [
        ("web", "SAFELIGHT_STORAGE_URL", f"s3://K:S@{NOBODY}/bucket?secure=0", f"The store at s3://{NOBODY}/bucket"),
        ("worker", "SAFELIGHT_BROKER_URL", f"redis://{NOBODY}/0", f"The broker at redis://{NOBODY}/0"),
    ],
)
def test_a_server_that_is_away_is_named(env: Env, command: str, setting: str, address: str, said: str) -> None:
    done = safelight_here(command, env={**env, setting: address})

    assert done.exit_code == AWAY
    assert said in done.stderr


@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.s3
def test_the_doctor_is_content_with_three_servers_and_mends_each(env: Env, redis_server: Redis, s3_server: S3) -> None:
    found = findings(env, 0)
    assert {found[what]["state"] for what in ("Database", "Broker", "Store", "Documents", "Languages")} == {"good"}
    assert "need not" in found["Broker"]["detail"]
    assert "safelight worker" in found["Running"]["mend"]

    with redis.Redis(port=redis_server.port) as client:
        client.config_set("maxmemory-policy", "allkeys-lru")
        try:
            assert "noeviction" in findings(env, 0)["Broker"]["mend"]
        finally:
            client.config_set("maxmemory-policy", "noeviction")

    stranger = env["SAFELIGHT_STORAGE_URL"].replace("s3://testaccess", "s3://somebody")
    broken = findings({**env, "SAFELIGHT_STORAGE_URL": stranger, "SAFELIGHT_BROKER_URL": f"redis://{NOBODY}/0"}, 1)
    assert (broken["Store"]["state"], broken["Broker"]["state"]) == ("bad", "bad")
    assert "rights" in broken["Store"]["mend"]
    assert "SAFELIGHT_BROKER_URL" in broken["Broker"]["mend"]


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.redis
@pytest.mark.s3
def test_web_and_worker_run_are_seen_and_end_in_good_order(env: Env, tmp_path: Path) -> None:
    here = Path(env["SAFELIGHT_DATA"])
    address = f"http://127.0.0.1:{env['PORT']}"
    log = (tmp_path / "log").open("wb")
    web, worker = (
        subprocess.Popen([sys.executable, "-m", "app.cli", word], env=env, stdout=log, stderr=log)
        for word in ("web", "worker")
    )
    try:
        wait_until(lambda: answers(f"{address}/readyz"), "the web process does not answer")
        wait_until(lambda: alive.seen_lately(here), "the worker does not live")
        assert "1 workers" in findings(env, 0)["Running"]["detail"]
        with urllib.request.urlopen(f"{address}/healthz", timeout=30) as page:
            assert page.status == 200
    finally:
        for process in (web, worker):
            process.send_signal(signal.SIGTERM)
        codes = [process.wait(60) for process in (web, worker)]
        log.close()
    assert codes in ([0, 0], [-signal.SIGTERM, 0]), (tmp_path / "log").read_text()
    assert "0 workers" in findings(env, 0)["Running"]["detail"]


def test_who_asks_for_a_worker_where_none_is_hears_no(tmp_path: Path) -> None:
    asked = [sys.executable, "-m", "workers.alive"]
    assert subprocess.run(asked, env={**os.environ, "SAFELIGHT_DATA": str(tmp_path)}, check=False).returncode == 1
    alive.show(tmp_path)
    assert subprocess.run(asked, env={**os.environ, "SAFELIGHT_DATA": str(tmp_path)}, check=False).returncode == 0


def test_help_names_the_exit_codes() -> None:
    words = " ".join(safelight("web", "--help", env=clean_env(Path("nowhere"), 8000)).stdout.split())
    assert "78" in words
    assert "69" in words

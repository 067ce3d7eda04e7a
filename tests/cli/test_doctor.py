"""`safelight doctor`, `user` and `migrate`: the commands of whoever keeps the studio."""

import asyncio
import json
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from app.cli.servers import UNUSABLE
from app.core.db import Database
from app.core.settings import read_settings
from tests import story
from tests.flows.studio_process import clean_env, safelight, safelight_here

Env = dict[str, str]


@pytest.fixture
def env(tmp_path: Path) -> Env:
    """An empty place."""
    return clean_env(tmp_path / "var", 8000)


def begin_studio(env: Env) -> None:
    """Make a studio with people."""

    async def begin() -> None:
        db = Database(read_settings(env))
        await story.begin(db)
        await db.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, begin()).result()


@pytest.fixture
def studio(tmp_path: Path, sqlite_url: str) -> Env:
    """A studio with people."""
    env = clean_env(tmp_path / "var", 8000, SAFELIGHT_DATABASE_URL=sqlite_url)
    begin_studio(env)
    return env


def told(*words: str, env: Env, code: int = 0) -> Any:
    done = safelight_here(*words, "--json", env=env)
    assert done.exit_code == code, done.output
    return json.loads(done.stdout)


def states(found: Any) -> dict[str, str]:
    return {one["what"]: one["state"] for one in found["findings"]}


def test_migrate_makes_the_database_and_doctor_is_content_then(env: Env, tmp_path: Path) -> None:
    found = states(told("doctor", env=env, code=1))
    assert found["Database"] == "bad"
    (mend,) = [one["mend"] for one in told("doctor", env=env, code=1)["findings"] if one["what"] == "Database"]
    assert "safelight migrate" in mend
    made = told("migrate", env=env)
    assert made["before"] is None
    assert told("migrate", env=env) == {"before": made["after"], "after": made["after"]}
    found = states(told("doctor", env=env))
    assert "bad" not in found.values()
    assert (found["Database"], found["Store"], found["Running"]) == ("good", "good", "warn")
    words = safelight("doctor", env=env)
    assert "✓ Database" in words.stdout
    with sqlite3.connect(tmp_path / "var" / "safelight.db") as db:
        db.execute("update alembic_version set version_num = '0001'")
    db.close()
    assert states(told("doctor", env=env, code=1))["Database"] == "bad"
    assert told("user", "list", env=env, code=UNUSABLE)["error"] == "old_schema"


def test_doctor_names_what_is_broken(env: Env, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    broken = {**env, "SAFELIGHT_STORAGE_URL": f"file://{tmp_path}/file/store"}
    found = told("doctor", env=broken, code=1)["findings"]
    (store,) = [one for one in found if one["what"] == "Store"]
    assert store["state"] == "bad"
    assert "SAFELIGHT_STORAGE_URL" in store["mend"]


def test_an_unusable_setting_is_one_sentence(env: Env) -> None:
    assert "SAFELIGHT_LEASE_S" in told("doctor", env={**env, "SAFELIGHT_LEASE_S": "soon"}, code=UNUSABLE)["detail"]


def test_people_are_added_listed_and_let_in(studio: Env) -> None:
    words = ("user", "add", "lin@shiguang.example", "--name", "林一", "--role", "retoucher", "--role", "quality_lead")
    added = told(*words, env=studio)
    assert added["link"].startswith("http://127.0.0.1:8000/sign-in/link/")
    again = told(*words, env=studio, code=1)
    assert again["error"] == "email_taken"
    people = {one["email"]: one for one in told("user", "list", env=studio)["people"]}
    assert people["lin@shiguang.example"]["name"] == "林一"
    assert set(people["lin@shiguang.example"]["roles"]) == {"retoucher", "quality_lead"}
    assert len(people) == len(story.ROLES) + 1
    link = told("user", "link", "lin@shiguang.example", env=studio)["link"]
    assert link != added["link"]
    assert told("user", "link", "nobody@shiguang.example", env=studio, code=1)["error"] == "no_such_staff"
    assert told("user", "disable", "lin@shiguang.example", env=studio)["disabled"]
    people = {one["email"]: one for one in told("user", "list", env=studio)["people"]}
    assert people["lin@shiguang.example"]["disabled"]


def test_a_strange_role_is_told(studio: Env) -> None:
    words = ("user", "add", "x@shiguang.example", "--name", "X", "--role", "wizard")
    assert told(*words, env=studio, code=1)["error"] == "unknown_role"


def test_without_a_studio_the_first_step_is_named(env: Env) -> None:
    told("migrate", env=env)
    answer = told("user", "add", "a@b.example", "--name", "A", "--role", "owner", env=env, code=1)
    assert answer["error"] == "no_studio"

"""Tries are counted before a secret is looked at, whoever tries at the same time."""

import asyncio
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from app.core.clock import shifted
from app.core.errors import TooMany
from app.identity import rules
from app.identity import service as identity
from app.identity.errors import WrongSignIn
from app.identity.models import Attempts
from tests.story import begin

QUARTER = timedelta(minutes=15)
ROOT = Path(__file__).parents[2]


async def test_of_eight_at_once_exactly_the_limit_gets_through(db):
    results = await asyncio.gather(
        *(identity.count_attempt(db, "link:x", limit=5, window=QUARTER) for _ in range(8)), return_exceptions=True
    )

    assert sorted(result for result in results if isinstance(result, int)) == [0, 1, 2, 3, 4]
    assert sum(isinstance(result, TooMany) for result in results) == 3


async def test_of_two_processes_together_exactly_the_limit_gets_through(db, tmp_path):
    url = db.engine.url.render_as_string(hide_password=False)
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.identity.attempt_process", str(tmp_path / "var"), url, "10",
            cwd=ROOT, stdout=asyncio.subprocess.PIPE,
        )
        for _ in range(2)
    ]  # fmt: skip
    said = [await process.communicate() for process in processes]

    assert [process.returncode for process in processes] == [0, 0]
    assert sum(int(out) for out, _ in said) == 5


async def test_a_window_ends_and_a_new_one_begins(db):
    for left in (1, 0):
        assert await identity.count_attempt(db, "k", limit=2, window=QUARTER) == left
    with pytest.raises(TooMany) as told:
        await identity.count_attempt(db, "k", limit=2, window=QUARTER)
    assert told.value.params == {"minutes": 15}

    with shifted(timedelta(minutes=14)), pytest.raises(TooMany) as told:
        await identity.count_attempt(db, "k", limit=2, window=QUARTER)
    assert told.value.params == {"minutes": 1}

    with shifted(timedelta(minutes=15, seconds=1)):
        assert await identity.count_attempt(db, "k", limit=2, window=QUARTER) == 1


async def test_windows_of_one_key_are_counted_apart(db):
    await identity.count_attempt(db, "k", limit=1, window=QUARTER)

    assert await identity.count_attempt(db, "k", limit=9, window=timedelta(hours=1)) == 8


async def test_a_wrong_password_is_counted_though_it_raises(db):
    story = await begin(db)
    for _ in range(rules.TRIES_BY_EMAIL):
        with pytest.raises(WrongSignIn):
            await identity.sign_in(db, "owner@shiguang.example", "wrong", "10.0.0.1")

    with pytest.raises(TooMany):
        await identity.sign_in(db, "owner@shiguang.example", "wrong", "10.0.0.2")
    assert story


async def test_an_address_that_tries_many_names_is_stopped(db, monkeypatch):
    monkeypatch.setattr("app.core.passwords._check", lambda _known, _text: False)
    for number in range(rules.TRIES_BY_ADDRESS):
        with pytest.raises(WrongSignIn):
            await identity.sign_in(db, f"n{number}@x.example", "wrong", f"2001:db8::{number:x}")

    with pytest.raises(TooMany):
        await identity.sign_in(db, "other@x.example", "wrong", "2001:db8::ffff:1")
    with pytest.raises(WrongSignIn):
        await identity.sign_in(db, "other@x.example", "wrong", "2001:db8:0:1::1")


async def test_counters_hold_no_names_and_no_addresses(db):
    with pytest.raises(WrongSignIn):
        await identity.sign_in(db, "lin@shiguang.example", "wrong", "203.0.113.7")

    async with db.read() as session:
        keys = " ".join((await session.execute(select(Attempts.key))).scalars())
    assert "lin" not in keys
    assert "203.0" not in keys


async def test_a_password_that_fits_clears_the_counter_of_the_name(db):
    from app.core.access import SYSTEM

    story = await begin(db)
    await identity.set_password(db, SYSTEM, story.staff["owner"], "a lamp that is safe")
    for _ in range(3):
        for _ in range(4):
            with pytest.raises(WrongSignIn):
                await identity.sign_in(db, "owner@shiguang.example", "wrong", None)
        assert await identity.sign_in(db, "owner@shiguang.example", "a lamp that is safe", None)

"""`safelight user`."""

import json

import pytest
from typer.testing import CliRunner

from app.cli.user import app

OWNER = ["add", "mei@shiguang.example", "--name", "Mei", "--role", "owner", "--json"]


@pytest.fixture
def call(sqlite_url, tmp_path, monkeypatch):
    monkeypatch.setenv("SAFELIGHT_DATA", str(tmp_path / "var"))
    monkeypatch.setenv("SAFELIGHT_DATABASE_URL", sqlite_url)
    monkeypatch.setenv("SAFELIGHT_BASE_URL", "https://studio.example")
    monkeypatch.setenv("LC_ALL", "en_GB.UTF-8")
    return lambda *words: CliRunner().invoke(app, list(words))


@pytest.fixture
def studio(sqlite_url, settings):
    import asyncio
    from concurrent.futures import ThreadPoolExecutor

    import msgspec

    from app.core.db import Database
    from app.identity import service as identity

    async def make():
        db = Database(msgspec.structs.replace(settings, database_url=sqlite_url))
        async with db.write() as session:
            await identity.create_studio(session, name="Shiguang", code="S", timezone="UTC")
        await db.close()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(asyncio.run, make()).result()


def test_a_person_is_added_listed_let_in_and_disabled(call, studio):
    added = call(*OWNER)
    assert added.exit_code == 0, added.output
    assert json.loads(added.stdout)["link"].startswith("https://studio.example/sign-in/link/")
    call("add", "lin@shiguang.example", "--name", "Lin", "--role", "retoucher", "--role", "photographer")

    listed = json.loads(call("list", "--json").stdout)["people"]
    assert [(one["name"], one["roles"]) for one in listed] == [
        ("Lin", ["photographer", "retoucher"]),
        ("Mei", ["owner"]),
    ]
    assert call("link", "lin@shiguang.example").stdout.startswith("https://studio.example/sign-in/link/")
    assert call("password", "lin@shiguang.example", "--password", "a lamp that is safe").exit_code == 0
    assert call("disable", "lin@shiguang.example").exit_code == 0
    assert json.loads(call("list", "--json").stdout)["people"][0]["disabled"] is True


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        (["link", "nobody@x.example"], "no_such_staff", "Nobody here has the e-mail nobody@x.example"),
        (["add", "no-email", "--name", "x", "--role", "owner"], "bad_email", "This is not an e-mail address"),
        (["add", "a@b.example", "--name", "x", "--role", "root"], "unknown_role", "There is no role “root”"),
        (["password", "nobody@x.example", "--password", "x"], "no_such_staff", "Nobody here"),
    ],
)
def test_what_goes_wrong_is_said_and_ends_with_one(call, studio, words, code, said):
    plain = call(*words)
    assert (plain.exit_code, plain.stdout) == (1, "")
    assert said in plain.stderr
    told = call(*words, "--json")
    assert told.exit_code == 1
    assert json.loads(told.stdout)["error"] == code


def test_without_a_studio_it_says_what_to_do(call):
    assert "safelight studio" in call("add", "a@b.example", "--name", "x", "--role", "owner").stderr


def test_an_old_database_is_refused(call, monkeypatch, tmp_path):
    monkeypatch.setenv("SAFELIGHT_DATABASE_URL", f"sqlite+aiosqlite:///{tmp_path / 'empty.db'}")

    answer = call("list")

    assert answer.exit_code == 78  # set up wrongly, as sysexits.h calls it
    assert "safelight migrate" in answer.stderr

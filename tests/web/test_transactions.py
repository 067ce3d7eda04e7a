"""A request is one transaction, and its end comes before its answer."""

import re

import pytest
from litestar import Response, get, post
from litestar.response import Redirect
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from app.core.errors import Conflict
from app.core.web.given import GivenActor, GivenSession
from app.identity import service as identity
from tests.web.conftest import HTML

BREAK_COMMIT = "CREATE TRIGGER t AFTER INSERT ON studio BEGIN SELECT 1; END"


async def add_one(session, name):
    await identity.create_studio(session, name=name, code="X", timezone="UTC")


async def names(site):
    async with site.state.db.read() as session:
        return {row[0] for row in await session.execute(text("SELECT name FROM studio"))}


@pytest.fixture
def probe(site, browser):
    @post("/probe/kept", status_code=303)
    async def kept(session: GivenSession) -> Redirect:
        await add_one(session, "kept")
        return Redirect("/", status_code=303)

    @post("/probe/refused")
    async def refused(session: GivenSession, actor: GivenActor) -> str:
        await add_one(session, "refused")
        raise Conflict

    @post("/probe/broken")
    async def broken(session: GivenSession) -> str:
        await add_one(session, "broken")
        raise RuntimeError("secret details")

    @post("/probe/unrenderable")
    async def unrenderable(session: GivenSession) -> Response[object]:
        await add_one(session, "unrenderable")
        return Response(object())

    @post("/probe/lost")
    async def lost(session: GivenSession) -> str:
        await add_one(session, "lost")

        async def fail():
            raise OperationalError("COMMIT", {}, Exception("disk I/O error"))

        session.commit = fail
        return "saved"

    @get("/probe/write")
    async def write(session: GivenSession) -> str:
        await add_one(session, "by GET")
        return "written"

    for handler in (kept, refused, broken, unrenderable, lost, write):
        site.register(handler)
    return browser


async def test_a_redirect_after_a_deed_keeps_the_deed(site, probe):
    assert (await probe.form("/probe/kept")).status_code == 303
    assert "kept" in await names(site)


async def test_the_deed_is_there_before_the_answer_begins(site, probe):
    seen = []
    app = site.asgi_handler.app

    async def watch(scope, receive, send):
        async def look(message):
            if message["type"] == "http.response.start":
                seen.append(await names(site))
            await send(message)

        await app(scope, receive, look)

    site.asgi_handler.app = watch
    await probe.form("/probe/kept")

    assert seen == [{"kept"}]


@pytest.mark.parametrize(("what", "status"), [("refused", 409), ("broken", 500), ("unrenderable", 500)])
async def test_what_raises_leaves_nothing(site, probe, what, status):
    answer = await probe.form(f"/probe/{what}")

    assert answer.status_code == status
    assert "secret details" not in answer.text
    assert await names(site) == set()


async def test_a_commit_that_fails_is_no_success(site, probe):
    answer = await probe.form("/probe/lost")

    assert answer.status_code == 503
    assert "This step was not saved" in answer.text
    assert "disk I/O" not in answer.text
    assert await names(site) == set()


async def test_a_read_cannot_write(site, probe):
    assert (await probe.page("/probe/write")).status_code >= 500
    assert await names(site) == set()


async def test_an_unexpected_error_gives_a_number_and_no_details(probe):
    answer = await probe.form("/probe/broken")

    assert re.search(r"Number of this request: [0-9a-f]{16}", answer.text)
    assert answer.headers["x-request-id"] in answer.text
    told = (await probe.post("/probe/broken", headers={"origin": HTML and "http://127.0.0.1:8000"})).json()
    assert told["code"] == "internal"
    assert "RuntimeError" not in str(told)

"""Streams of events from a real server: who may hear what, and how a stream ends."""

import asyncio
import json
import time
from datetime import timedelta

import httpx
import msgspec
import pytest

from app.core import live
from app.core.access import SYSTEM
from app.core.db import Database
from app.core.errors import SignInNeeded
from app.core.listening import Watcher
from app.core.web import streams
from app.core.web.cookies import gallery_cookie
from app.galleries import service as galleries
from app.identity import service as identity
from tests import story as stories
from tests.conftest import settings_in
from tests.web.test_in_chromium import serving

GUARD_S = 30
HOUR = timedelta(hours=1)
STREAM = {"accept": "text/event-stream"}


class Heard:
    """Reads a stream's events, the beats apart."""

    def __init__(self, answer):
        self.lines = answer.aiter_lines()

    async def next(self):
        name = None
        async with asyncio.timeout(GUARD_S):
            async for line in self.lines:
                if line.startswith("event: "):
                    name = line.removeprefix("event: ")
                elif line.startswith("data:") and name != "beat":
                    return name, json.loads(line.removeprefix("data:"))
        return None, None


class World(msgspec.Struct):
    """A served studio: its story, its database, a browser of the owner's and one of the customer's."""

    port: int
    story: stories.Story
    db: Database
    gallery_id: object
    link_id: object
    owner: httpx.AsyncClient
    customer: httpx.AsyncClient

    def order(self):
        return {"on": live.order(self.story.order_id)}

    async def touch(self, *topics):
        async with self.db.write() as session:
            live.touch(session, *topics)


async def _staff(db, story):
    async with db.write() as session:
        return await identity.open_session(
            session, kind="staff", studio_id=story.studio_id, staff_id=story.staff["owner"], lifetime=HOUR
        )


async def _customer(db, story):
    async with db.write() as session:
        link = await galleries.status_of_order(session, SYSTEM, story.order_id)
        link_id = link.links[0].id
        customer = await identity.open_session(
            session, kind="customer", studio_id=story.studio_id, link_id=link_id, unlocked=True, lifetime=HOUR
        )
    return customer, link_id, link.gallery_id


@pytest.fixture
async def world(sqlite_url, tmp_path):
    settings = msgspec.structs.replace(settings_in(tmp_path / "var"), database_url=sqlite_url)
    db = Database(settings)
    story = await stories.begin(db)
    await stories.link(db, story)
    staff = await _staff(db, story)
    customer, link_id, gallery_id = await _customer(db, story)
    async with serving(tmp_path / "var", sqlite_url, "127.0.0.1") as port:
        home = f"http://127.0.0.1:{port}"
        async with (
            httpx.AsyncClient(base_url=home, cookies={"sl_staff": staff}, timeout=GUARD_S) as owner,
            httpx.AsyncClient(
                base_url=home, cookies={gallery_cookie(settings, gallery_id): customer}, timeout=GUARD_S
            ) as theirs,
        ):
            yield World(port, story, db, gallery_id, link_id, owner, theirs)
    await db.close()


async def test_a_stream_says_what_is_and_then_what_changed(world):
    async with world.owner.stream("GET", "/studio/live", params=world.order(), headers=STREAM) as answer:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith("text/event-stream")
        assert answer.headers["cache-control"] == "private, no-store"
        heard, topic = Heard(answer), live.order(world.story.order_id)
        name, told = await heard.next()
        assert name == "now"
        assert told["changed"] == []
        before = told["versions"][topic]
        await world.touch(topic, live.board(world.story.studio_id))
        assert await heard.next() == ("changed", {topic: before + 1})


async def test_what_changed_since_the_page_was_drawn_is_told_at_once(world):
    topic, drawn = live.order(world.story.order_id), int(time.time() * 1000)
    await world.touch(topic)
    for since, changed in ((drawn, [topic]), (drawn + 60_000, []), ("x", [])):
        told = (await world.owner.get("/studio/live", params={**world.order(), "since": since})).json()
        assert told["changed"] == changed
        assert told["versions"][topic] >= 1


async def test_a_customer_hears_their_own_gallery_and_nothing_else(world):
    address, topic = f"/gallery/{world.gallery_id}/live", live.gallery(world.gallery_id)
    async with world.customer.stream("GET", address, params={"on": topic}, headers=STREAM) as answer:
        heard = Heard(answer)
        assert (await heard.next())[0] == "now"
        await world.touch(topic)
        assert (await heard.next())[0] == "changed"
    for foreign in (live.order(world.story.order_id), live.board(world.story.studio_id), live.gallery(world.link_id)):
        assert (await world.customer.get(address, params={"on": foreign})).status_code == 404
        assert (await world.customer.get(address, params={"on": [topic, foreign]})).status_code == 404
    assert (await world.customer.get("/studio/live", params=world.order())).status_code == 401


async def test_topics_of_nobody_do_not_exist(world):
    for topic in ("", "order:", "order:x", "board:0b7d3c52-6f0e-4a4e-9a57-6d6a3b0f3f10", "job:1", "é"):
        assert (await world.owner.get("/studio/live", params={"on": topic})).status_code == 404


async def test_a_page_that_asks_for_nothing_or_far_too_much_is_refused(world):
    assert (await world.owner.get("/studio/live")).status_code == 422
    many = {"on": [f"order:{number}" for number in range(streams.MOST_TOPICS + 1)]}
    assert (await world.owner.get("/studio/live", params=many)).status_code == 422


async def refused(world):
    """Tell whether there is no place for one more stream."""
    async with world.owner.stream("GET", "/studio/live", params=world.order(), headers=STREAM) as answer:
        return answer.status_code == 429


async def test_one_person_has_a_bounded_number_of_streams_and_asks_beyond_it(world):
    opened = []
    try:
        for _ in range(streams.MOST_OF_ONE):
            request = world.owner.build_request("GET", "/studio/live", params=world.order(), headers=STREAM)
            opened.append(await world.owner.send(request, stream=True))
            assert opened[-1].status_code == 200
        more = await world.owner.get("/studio/live", params=world.order(), headers=STREAM)
        assert (more.status_code, more.json()["code"]) == (429, "too_many_streams")
        assert (await world.owner.get("/studio/live", params=world.order())).status_code == 200
    finally:
        for answer in opened:
            await answer.aclose()
    async with asyncio.timeout(GUARD_S):
        while await refused(world):  # noqa: ASYNC110 - the server notices by itself
            await asyncio.sleep(0.05)


async def test_a_server_that_is_told_to_end_ends_its_streams_first(sqlite_url, tmp_path):
    settings = msgspec.structs.replace(settings_in(tmp_path / "var"), database_url=sqlite_url)
    db = Database(settings)
    story = await stories.begin(db)
    token = await _staff(db, story)
    await db.close()
    words = []

    async def listen(port):
        async with (
            httpx.AsyncClient(cookies={"sl_staff": token}, timeout=GUARD_S) as client,
            client.stream(
                "GET", f"http://127.0.0.1:{port}/studio/live", params={"on": live.order(story.order_id)}, headers=STREAM
            ) as answer,
        ):
            heard = Heard(answer)
            while (said := (await heard.next())[0]) is not None:
                words.append(said)

    async with serving(tmp_path / "var", sqlite_url, "127.0.0.1") as port:
        listening = asyncio.create_task(listen(port))
        while not words:  # noqa: ASYNC110 - it listens in a task of its own
            await asyncio.sleep(0.02)
    async with asyncio.timeout(GUARD_S):
        await listening
    assert words == ["now", "bye"]


async def test_who_lost_their_access_is_told_to_go(db, monkeypatch):
    monkeypatch.setattr(streams, "CHECK_S", 0.0)
    monkeypatch.setattr(streams, "BEAT_S", 0.05)
    asked, sent = [], []

    async def still():
        asked.append(1)
        if len(asked) == 2:
            raise SignInNeeded

    async def receive():
        await asyncio.Event().wait()

    async def send(message):
        sent.append(message.get("body", b""))

    watcher = Watcher(db, db.settings)
    body = streams._Body(streams.Streams(watcher), streams.Told({"order:x": 1}, []), still, None)
    async with asyncio.timeout(GUARD_S):
        await body({"type": "http"}, receive, send)
    said = b"".join(sent)
    assert [line for line in said.decode().splitlines() if line.startswith("event")] == [
        "event: now", "event: beat", "event: gone",
    ]  # fmt: skip

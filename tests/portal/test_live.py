"""A page that lives: what changes is seen without a reload, by a stream or by asking, and not while it is hidden."""

import asyncio

import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import expect

import storage
from app.core.access import SYSTEM
from app.core.db import Database
from app.identity import service as identity
from app.photos import service as photos
from tests import story as stories
from tests.browser import DESKTOP
from tests.conftest import settings_in
from tests.web.test_in_chromium import serving

pytestmark = pytest.mark.browser
HIDE = """hidden => {
    Object.defineProperty(document, "hidden", {value: hidden, configurable: true});
    document.dispatchEvent(new Event("visibilitychange"));
}"""


@pytest_asyncio.fixture(loop_scope="session")
async def order(sqlite_url, tmp_path, open_page):
    """An order's page of the owner, two photos waiting; gives a function that makes them ready."""
    settings = msgspec.structs.replace(settings_in(tmp_path / "var"), database_url=sqlite_url)
    db, store = Database(settings), storage.from_url(settings.storage_url)
    story = await stories.begin(db)
    versions = await stories.bring_in(db, store, story, ["A_1.jpg", "A_2.jpg"])
    async with db.write() as session:
        link = await identity.make_sign_in_link(session, SYSTEM, story.staff["owner"])
    async with serving(tmp_path / "var", sqlite_url, "127.0.0.1") as port:
        page = await open_page(DESKTOP, locale="en-GB")
        home = f"http://127.0.0.1:{port}"
        await page.goto(f"{home}/sign-in/link/{link}")
        await page.locator("main button").click()
        await page.wait_for_url(f"{home}/studio**")

        async def ready(place):
            await stories.prepare(db, store, versions[place])

        async def refuse(place):
            async with db.write() as session:
                await photos.record_refusal(session, versions[place], "not_a_photo", {})

        yield page, f"{home}/studio/orders/{story.order_id}", ready, refuse
    await db.close()


async def test_photos_appear_by_the_stream_and_the_page_stays(order):
    page, address, ready, _refuse = order
    asked = []
    page.on("request", lambda request: asked.append(request.resource_type))
    async with page.expect_response("**/studio/live**") as stream:
        await page.goto(address)
    assert (await stream.value).headers["content-type"].startswith("text/event-stream")
    await page.evaluate("window.mine = document.querySelector('#photos')")
    await expect(page.locator("#photos .tile img[loading], #photos .tile img[fetchpriority]")).to_have_count(0)
    await ready(0)
    await expect(page.locator("#photos .contact .tile a")).to_have_count(1)
    await ready(1)
    await expect(page.locator("#photos .contact .tile a")).to_have_count(2)
    await expect(page.locator("#photos")).to_contain_text("all ready")
    assert await page.evaluate("window.mine.isConnected"), "the part was replaced instead of morphed"
    assert asked.count("document") == 1
    assert "eventsource" in asked


async def test_without_streams_the_page_asks_every_few_seconds(order):
    page, address, ready, _refuse = order

    async def no_streams(route):
        if "text/event-stream" in route.request.headers.get("accept", ""):
            await route.abort()
        else:
            await route.continue_()

    await page.route("**/studio/live**", no_streams)
    await page.goto(address)
    await ready(0)
    await expect(page.locator("#photos .contact .tile a")).to_have_count(1, timeout=30_000)


async def test_a_stream_that_never_says_a_word_is_given_up(order):
    page, address, ready, _refuse = order
    await page.clock.install()

    async def silent(route):
        if "text/event-stream" not in route.request.headers.get("accept", ""):
            await route.continue_()  # a proxy keeps the events back: the stream's answer never comes

    await page.route("**/studio/live**", silent)
    await page.goto(address)
    await ready(0)
    await page.clock.run_for(21_000)
    await expect(page.locator("#photos .contact .tile a")).to_have_count(1, timeout=30_000)


async def test_a_hidden_page_rests_and_catches_up_when_it_is_seen(order):
    page, address, ready, _refuse = order
    async with page.expect_response("**/studio/live**"):
        await page.goto(address)
    await page.evaluate(HIDE, True)
    asked = []
    page.on("request", lambda request: asked.append(request.url))
    await ready(0)
    await asyncio.sleep(1.5)
    assert asked == []
    await page.evaluate(HIDE, False)
    await expect(page.locator("#photos .contact .tile a")).to_have_count(1)


async def test_what_somebody_writes_is_left_alone_and_caught_up_later(order):
    page, address, _ready, refuse = order
    async with page.expect_response("**/studio/live**"):
        await page.goto(address)
    await page.evaluate(
        """() => {
            const field = Object.assign(document.createElement("input"), {id: "mine"});
            document.querySelector("#photos").append(field);
            field.focus();
        }"""
    )
    await page.locator("#mine").fill("half a sen")
    await refuse(0)
    await asyncio.sleep(1.5)
    await expect(page.locator("#mine")).to_have_value("half a sen")
    await page.evaluate("document.activeElement.blur()")
    await expect(page.locator("#photos .trouble")).to_be_visible(timeout=30_000)

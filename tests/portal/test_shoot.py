"""The upload card in Chromium: folders dropped, failures by name, broken lines, reloads, and no script at all."""

import json
from pathlib import Path

import msgspec
import pytest
import pytest_asyncio
from playwright.async_api import Page, expect
from sqlalchemy import select

from app.core.access import SYSTEM
from app.core.db import Database
from app.identity import service as identity
from app.photos.models import File, Upload
from tests import story as stories
from tests.browser import DESKTOP, PHONE, OpenPage, axe_findings
from tests.conftest import settings_in
from tests.web.test_in_chromium import serving

pytestmark = pytest.mark.browser


class Desk:
    """A served order and its database; no worker runs."""

    def __init__(self, home: str, db: Database, story: stories.Story, open_page: OpenPage) -> None:
        self.home, self.db, self.story, self._open = home, db, story, open_page

    @property
    def address(self) -> str:
        return f"{self.home}/studio/orders/{self.story.order_id}"

    async def page(self, size=DESKTOP, **more) -> Page:
        page = await self._open(size, **{"locale": "en-GB", **more})
        async with self.db.write() as session:
            link = await identity.make_sign_in_link(session, SYSTEM, self.story.staff["photographer"])
        await page.goto(f"{self.home}/sign-in/link/{link}")
        await page.locator("main button").click()
        await page.wait_for_url(f"{self.home}/studio**")
        await page.goto(self.address)
        return page

    async def names(self) -> list[str]:
        async with self.db.read() as session:
            return sorted((await session.execute(select(File.camera_name))).scalars())

    async def uploads(self) -> list[Upload]:
        async with self.db.read() as session:
            return list((await session.execute(select(Upload).order_by(Upload.name))).scalars())


@pytest_asyncio.fixture(loop_scope="session")
async def desk(sqlite_url, tmp_path, open_page):
    settings = msgspec.structs.replace(settings_in(tmp_path / "var"), database_url=sqlite_url)
    db = Database(settings)
    story = await stories.begin(db)
    async with serving(tmp_path / "var", sqlite_url, "127.0.0.1") as port:
        yield Desk(f"http://127.0.0.1:{port}", db, story, open_page)
    await db.close()


@pytest.fixture
def shoot(tmp_path) -> Path:
    """A folder as it comes from a card: two sections, a hidden file and something that is no photo."""
    folder = tmp_path / "2026-06-02"
    for number in range(6):
        place = folder / ("花园" if number % 2 else "大厅") / f"SLT_{number}.jpg"
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(f"photo {number} ".encode() * 30_000)
    (folder / ".DS_Store").write_bytes(b"x")
    (folder / "notes.txt").write_bytes(b"x")
    return folder


def note(page):
    return page.locator("#bring [data-note]")


async def test_a_folder_that_is_dropped_comes_in_with_its_sections(desk, shoot):
    page = await desk.page()
    tools = await page.context.new_cdp_session(page)
    for kind in ("dragEnter", "dragOver", "drop"):
        data = {"items": [], "files": [str(shoot)], "dragOperationsMask": 1}
        await tools.send("Input.dispatchDragEvent", {"type": kind, "x": 300, "y": 300, "data": data})
        if kind == "dragOver":
            await expect(page.locator("#bring.over")).to_have_count(1)
    await expect(note(page)).to_contain_text("All 6 photos are safe.")
    await expect(note(page)).to_contain_text("Left out, for they are no photos: notes.txt")
    assert await desk.names() == [f"SLT_{number}.jpg" for number in range(6)]
    assert {row.section for row in await desk.uploads()} == {"花园", "大厅"}


async def test_what_is_here_already_is_not_sent_again(desk, shoot):
    page = await desk.page()
    await page.locator("[webkitdirectory]").set_input_files(shoot)
    await expect(note(page)).to_contain_text("All 6 photos are safe.")
    sent = []
    page.on("request", lambda request: request.method == "PATCH" and sent.append(request.url))
    await page.locator("[webkitdirectory]").set_input_files(shoot)
    await expect(note(page)).to_contain_text("6 were here already.")
    assert sent == []
    assert len(await desk.uploads()) == 6


async def test_one_file_that_fails_stops_no_other_and_is_named_with_a_sentence(desk, shoot):
    page = await desk.page()
    failed = []

    async def fail_one(route):
        if route.request.method == "PATCH" and (not failed or route.request.url in failed):
            failed.append(route.request.url)
            problem = {"status": 507, "code": "x", "detail": "There is no room left on the studio's disk."}
            await route.fulfill(status=422, content_type="application/problem+json", body=json.dumps(problem))
        else:
            await route.continue_()

    await page.route("**/uploads/*", fail_one)
    await page.locator("[webkitdirectory]").set_input_files(shoot)
    await expect(note(page)).to_contain_text("5 photos are safe, 1 are not.")
    line = page.locator(".failures li")
    await expect(line).to_contain_text("SLT_")
    await expect(line).to_contain_text("There is no room left on the studio's disk.")
    assert await axe_findings(page) == []
    await page.unroute("**/uploads/*")
    await line.get_by_role("button").click()
    await expect(note(page)).to_contain_text("All 6 photos are safe.")
    await expect(page.locator(".failures")).to_be_hidden()
    assert len(await desk.names()) == 6


async def test_a_broken_line_is_waited_for_and_the_upload_goes_on(desk, shoot):
    page = await desk.page()
    broken = []

    async def break_line(route):
        if route.request.method == "PATCH" and len(broken) < 4:
            broken.append(route.request.url)
            await route.abort("connectionreset")
        else:
            await route.continue_()

    await page.route("**/uploads/*", break_line)
    await page.locator("[webkitdirectory]").set_input_files(shoot)
    await expect(note(page)).to_contain_text("All 6 photos are safe.", timeout=60_000)
    assert len(broken) == 4
    assert len(await desk.names()) == 6


async def test_a_reload_in_the_middle_goes_on_where_it_stopped(desk, shoot):
    page = await desk.page()
    tools = await page.context.new_cdp_session(page)
    slow = {"offline": False, "latency": 0, "downloadThroughput": -1, "uploadThroughput": 150_000}
    await tools.send("Network.emulateNetworkConditions", slow)
    await page.locator("[webkitdirectory]").set_input_files(shoot)
    await page.locator(".in-flight li").first.wait_for()
    dialogs = []

    async def leave(dialog):
        dialogs.append(dialog.type)
        await dialog.accept()

    page.on("dialog", leave)
    await page.wait_for_timeout(1500)
    await page.locator("#bring-title").click()  # a page nobody touched asks nothing
    await page.reload()
    assert dialogs == ["beforeunload"]
    begun = await desk.uploads()
    assert len(begun) == 6
    await expect(page.locator(".expected summary")).to_contain_text("still expected")
    await tools.send("Network.emulateNetworkConditions", {**slow, "uploadThroughput": -1})
    await page.locator("[webkitdirectory]").set_input_files(shoot)
    await expect(note(page)).to_contain_text("All 6 photos are safe.")
    after = await desk.uploads()
    assert [row.id for row in after] == [row.id for row in begun]
    assert {row.state for row in after} == {"done"}


async def test_the_shoot_can_be_called_complete(desk, shoot):
    page = await desk.page()
    await page.route(
        "**/uploads/*", lambda route: route.abort() if route.request.method == "PATCH" else route.continue_()
    )
    await page.locator("[name=files]").set_input_files(sorted(shoot.rglob("*.jpg"))[:2])
    await expect(page.locator(".expected summary")).to_contain_text("2 photos are still expected")
    await page.get_by_role("button", name="Stop").click()
    await expect(note(page)).to_contain_text("Stopped.")
    await page.locator(".expected summary").click()
    assert await axe_findings(page) == []
    await page.get_by_role("button", name="The shoot is complete").click()
    await expect(page.locator(".note, #flash, main").first).to_contain_text("The shoot is complete as it is.")
    assert {row.state for row in await desk.uploads()} == {"cancelled"}


async def test_without_script_a_plain_form_brings_photos_in_and_names_what_it_could_not(desk, shoot):
    page = await desk.page(PHONE, js=False)
    photos = sorted(shoot.rglob("*.jpg"))
    await page.locator("[name=files]").set_input_files(photos[:3])
    await page.get_by_role("button", name="Send them").click()
    await expect(page.locator("main")).to_contain_text("3 photos are safe and being prepared.")
    await page.locator("[name=files]").set_input_files([*photos[3:5], shoot / "notes.txt"])
    await page.get_by_role("button", name="Send them").click()
    await expect(page.locator("h1")).to_have_text("Not every file came in")
    await expect(page.locator("main li")).to_contain_text("notes.txt")
    await page.get_by_role("link", name="Back to the order").click()
    assert len(await desk.names()) == 5
    assert {row.state for row in await desk.uploads()} == {"done"}


@pytest.mark.parametrize(("size", "locale"), [(DESKTOP, "zh-CN"), (PHONE, "en-GB")])
async def test_the_card_works_by_keyboard_and_for_everybody(desk, size, locale):
    page = await desk.page(size, locale=locale)
    assert await axe_findings(page) == []
    if size == PHONE:
        return
    await page.locator("[name=files]").focus()
    async with page.expect_file_chooser() as chooser:
        await page.keyboard.press("Enter")
    assert (await chooser.value).is_multiple()

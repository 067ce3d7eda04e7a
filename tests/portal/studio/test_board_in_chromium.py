"""The board in Chromium: moved by keyboard and by mouse, taken back, and seen by the other manager at once."""

import asyncio
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec
import pytest
from playwright.async_api import Page, expect

import storage
from app.core.access import SYSTEM
from app.core.db import Database
from app.core.settings import Settings
from app.galleries import service as galleries
from app.identity import service as identity
from tests import story
from tests.browser import DESKTOP, PHONE, OpenPage, axe_findings
from tests.conftest import SECRET, settings_in
from tests.production.test_events import finish, take
from tests.servers.process import free_port, running

pytestmark = pytest.mark.browser
PASSWORD = "a lamp that is safe for paper"


class House(msgspec.Struct):
    """A running studio with an order in its quality check."""

    url: str
    order_id: str


async def _prepare(settings: Settings) -> str:
    db, store = Database(settings), storage.from_url(settings.storage_url)
    begun = await story.begin(db)
    shown = await story.ready_order(db, store, begun, 3)
    customer = await story.customer(db, begun)
    async with db.write() as session:
        await galleries.pick(session, customer, customer.gallery_id, shown[0])
        await galleries.submit(session, customer, customer.gallery_id)
    retoucher = begun.actor("retoucher", begun.order_id)
    await finish(db, store, retoucher, await take(db, retoucher), b"one")
    for role in ("owner", "manager"):
        await identity.set_password(db, SYSTEM, begun.staff[role], PASSWORD)
    await db.close()
    return str(begun.order_id)


@pytest.fixture
def house(tmp_path: Path, sqlite_url: str) -> Iterator[House]:
    """A web process of its own."""
    port = free_port()
    settings = settings_in(tmp_path / "var", PORT=str(port), SAFELIGHT_DATABASE_URL=sqlite_url)
    with ThreadPoolExecutor(1) as pool:
        order_id = pool.submit(asyncio.run, _prepare(settings)).result()
    environment = [
        f"SAFELIGHT_DATA={settings.data}", f"SAFELIGHT_SECRET={SECRET}", f"PORT={port}",
        f"SAFELIGHT_DATABASE_URL={sqlite_url}",
    ]  # fmt: skip
    server = [sys.executable, "-m", "uvicorn", "app.main:create_app", "--factory", "--port", str(port)]
    with running(["env", *environment, *server], port, tmp_path / "web.log"):
        yield House(settings.base_url, order_id)


async def enter(page: Page, house: House, role: str, path: str = "/studio/board") -> None:
    await page.goto(f"{house.url}/sign-in?next={path}")
    await page.locator("[name=email]").fill(f"{role}@shiguang.example")
    await page.locator("[name=password]").fill(PASSWORD)
    await page.locator("form[action='/sign-in'] button[type=submit]").click()
    await page.wait_for_url(f"{house.url}{path}")


def card(page: Page, house: House, stage: str):
    return page.locator(f".column[data-stage={stage}] #o-{house.order_id}")


async def test_an_order_is_moved_by_the_keyboard_alone_and_the_other_manager_sees_it(
    open_page: OpenPage, house: House
) -> None:
    page, other = await open_page(DESKTOP), await open_page(DESKTOP)
    await enter(page, house, "manager")
    await enter(other, house, "owner")
    await expect(card(other, house, "quality")).to_be_visible()

    await card(page, house, "quality").locator("a[data-move]").focus()
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_be_visible()
    assert await axe_findings(page) == []
    await expect(dialog.locator("input[name=to]")).to_be_checked()
    await page.keyboard.press("Tab")
    await page.keyboard.press("Space")
    await expect(dialog.locator("input[name=reason][value=customer]")).to_be_checked()
    await page.keyboard.press("Enter")

    await expect(card(page, house, "retouch")).to_be_visible()
    await expect(card(other, house, "retouch")).to_be_visible()
    undo = page.locator(".undo button")
    await undo.focus()
    assert await axe_findings(page) == []
    await page.keyboard.press("Enter")
    await expect(card(page, house, "quality")).to_be_visible()
    await expect(card(other, house, "quality")).to_be_visible()
    await expect(page.locator(".undo")).to_have_count(0)


async def test_the_dialog_closes_and_gives_the_focus_back(open_page: OpenPage, house: House) -> None:
    page = await open_page(DESKTOP)
    await enter(page, house, "manager")
    link = card(page, house, "quality").locator("a[data-move]")
    await link.click()
    await expect(page.get_by_role("dialog")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_be_hidden()
    await expect(link).to_be_focused()


async def test_a_mouse_carries_a_card_to_another_column(open_page: OpenPage, house: House) -> None:
    page = await open_page(DESKTOP)
    await enter(page, house, "manager")
    here = card(page, house, "quality")

    await here.drag_to(page.locator(".column[data-stage=release]"))
    dialog = page.get_by_role("dialog")
    await expect(dialog.locator(".note")).to_be_visible()
    await page.keyboard.press("Escape")

    await here.drag_to(page.locator(".column[data-stage=retouch]"))
    await expect(dialog.locator("input[name=to][value=retouch]")).to_be_checked()
    await dialog.locator("label", has=page.locator("[value=mistake]")).click()
    await dialog.locator("button[type=submit]").click()
    await expect(card(page, house, "retouch")).to_be_visible()


async def test_without_script_the_same_form_is_a_page(open_page: OpenPage, house: House) -> None:
    page = await open_page(PHONE, js=False)
    await enter(page, house, "manager")
    await card(page, house, "quality").locator("a[data-move]").click()
    await expect(page.locator("main input[name=to]")).to_be_checked()
    await page.locator("label", has=page.locator("[value=mistake]")).click()
    await page.locator("main button[type=submit]").click()
    await page.wait_for_url(f"{house.url}/studio/board#o-{house.order_id}")
    await page.locator(".undo button").click()
    await expect(card(page, house, "quality")).to_be_visible()


@pytest.mark.parametrize("size", [PHONE, DESKTOP])
@pytest.mark.parametrize(("locale", "scheme"), [("zh-CN", "light"), ("en-GB", "dark")])
async def test_every_page_is_for_everybody(
    open_page: OpenPage, house: House, size: tuple[int, int], locale: str, scheme: str
) -> None:
    page = await open_page(size, locale=locale, color_scheme=scheme)
    await enter(page, house, "owner")
    move = f"/studio/orders/{house.order_id}/move?to=delivery"
    for path in ("/studio", "/studio/board", "/studio/orders?show=late", "/studio/orders", move):
        await page.goto(house.url + path)
        for details in await page.locator("main details").all():
            await details.locator("summary").click()
        assert await axe_findings(page) == [], path
        assert not await page.evaluate("document.documentElement.scrollWidth > innerWidth"), path

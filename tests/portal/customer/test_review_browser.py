"""The finished photos in Chromium: the divider by finger and keys, a wish at its place, old against new, the album."""

import asyncio
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

import storage
from app.core.db import Database
from app.core.settings import Settings
from app.galleries import service as galleries
from app.production import service as production
from tests import story
from tests.browser import DESKTOP, PHONE, OpenPage, axe_findings, layout_shift
from tests.conftest import SECRET, settings_in
from tests.portal.customer.house import Studio, enter
from tests.portal.customer.test_grants import WECHAT
from tests.servers.process import free_port, running

pytestmark = pytest.mark.browser


async def _review(settings: Settings, *, second: bool, released: bool) -> tuple[story.Story, story.NewLink, list[str]]:
    db, store = Database(settings), storage.from_url(settings.storage_url)
    begun = await story.begin(db, included=2, most=4, rule="always")
    customer, shown = await story.in_review(db, store, begun, 2)
    if second:
        async with db.write() as session:
            first = (await galleries.review_page(session, customer, customer.gallery_id)).items[0]
            await galleries.add_wish(
                session, customer, customer.gallery_id, first.photo_id, version_id=first.after.version_id,
                body="softer", chips=[], x=0.5, y=0.5,
            )  # fmt: skip
            await galleries.send_changes(session, customer, customer.gallery_id)
        await story.retouch(db, store, begun, "second")
        await story.accept(db, begun)
    if released:
        async with db.write() as session:
            page = await galleries.review_page(session, customer, customer.gallery_id)
            seen = [item.after.version_id for item in page.items]
            assert await galleries.approve_all(session, customer, customer.gallery_id, seen=seen)
            assert await production.stage_of(session, begun.order_id) == "delivery"
    made = await story.link(db, begun)
    await db.close()
    return begun, made, [str(photo) for photo in shown]


@pytest.fixture(params=[{}])
def studio(request: pytest.FixtureRequest, tmp_path: Path, sqlite_url: str) -> Iterator[Studio]:
    """A web process of its own, with two finished photos before their customer."""
    port, wanted = free_port(), {"second": False, "released": False, **request.param}
    settings = settings_in(tmp_path / "var", PORT=str(port), SAFELIGHT_DATABASE_URL=sqlite_url)
    with ThreadPoolExecutor(1) as pool:
        begun, made, photos = pool.submit(asyncio.run, _review(settings, **wanted)).result()
    environment = [
        f"SAFELIGHT_DATA={settings.data}", f"SAFELIGHT_SECRET={SECRET}", f"PORT={port}",
        f"SAFELIGHT_DATABASE_URL={sqlite_url}",
    ]  # fmt: skip
    server = [sys.executable, "-m", "uvicorn", "app.main:create_app", "--factory", "--port", str(port)]
    with running(["env", *environment, *server], port, tmp_path / "web.log"):
        yield Studio(settings.base_url, made.key, made.pin, photos, made, begun, settings)


async def to_review(page: Page, studio: Studio, place: int | None = 0) -> str:
    """Come in and open a finished photo, or their list; gives the gallery's address."""
    await enter(page, studio)
    home = page.url
    await page.goto(f"{home}/review")
    if place is not None:
        await page.locator(".final > a").nth(place).click()
        await expect(page.locator("[data-versus]")).to_have_attribute("data-ready", "")
    return home


async def value(page: Page) -> int:
    return int(await page.get_by_role("slider").get_attribute("aria-valuenow") or "-1")


async def test_the_divider_moves_by_finger_mouse_and_keys(studio: Studio, open_page: OpenPage) -> None:
    page = await open_page(PHONE)
    await to_review(page, studio)
    assert await axe_findings(page) == []
    slider = page.get_by_role("slider")
    assert await value(page) == 50
    await slider.focus()
    for key, now in (("ArrowRight", 55), ("ArrowLeft", 50), ("PageDown", 30), ("Home", 0), ("End", 100)):
        await page.keyboard.press(key)
        assert await value(page) == now
    box = await page.locator("[data-versus]").bounding_box()
    assert box
    y = box["y"] + box["height"] / 2
    await page.mouse.move(box["x"] + box["width"] - 2, y)
    await page.mouse.down()
    await page.mouse.move(box["x"] + box["width"] * 0.25, y, steps=5)
    await page.mouse.up()
    assert abs(await value(page) - 25) <= 1
    await expect(page.locator("#wish-sheet")).to_be_hidden()  # a drag is no tap
    touch = await page.context.new_cdp_session(page)
    for kind, part in (("touchStart", 0.25), ("touchMove", 0.5), ("touchMove", 0.75), ("touchEnd", None)):
        points = [] if part is None else [{"x": box["x"] + box["width"] * part, "y": y}]
        await touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": points})
    assert abs(await value(page) - 75) <= 1
    await page.get_by_role("button", name="放大看").click()
    await expect(page.locator("[data-versus]")).to_have_attribute("data-close-up", "")
    assert await layout_shift(page) == 0


async def test_a_wish_hangs_where_one_tapped_and_the_changes_are_sent(studio: Studio, open_page: OpenPage) -> None:
    page = await open_page(PHONE)
    home = await to_review(page, studio)
    box = await page.locator("[data-versus]").bounding_box()
    assert box
    await page.touchscreen.tap(box["x"] + 0.8 * box["width"], box["y"] + 0.25 * box["height"])
    await expect(page.locator("#wish-sheet")).to_be_visible()
    await page.wait_for_timeout(300)
    assert await axe_findings(page) == []
    await page.locator("#wish-body").fill("裙摆再亮一点")
    await page.get_by_role("button", name="请改这里").click()
    await expect(page.locator("ol.wishes li")).to_contain_text("裙摆再亮一点")
    across = await page.locator("#pins g:not([hidden]) circle").first.get_attribute("cx")
    assert across
    assert abs(float(across.rstrip("%")) - 80) < 1
    await expect(page.get_by_role("button", name="通过", exact=True)).to_have_count(0)
    await page.goto(f"{home}/review")
    assert await axe_findings(page) == []
    await page.get_by_role("button", name="送去修改（1 张）").click()
    await expect(page.locator("#review")).to_contain_text("修改意见已经交给修图师")
    assert await layout_shift(page) == 0


@pytest.mark.parametrize("js", [True, False], ids=["script", "plain"])
async def test_approving_leads_on_and_ends_with_the_photos(studio: Studio, open_page: OpenPage, js: bool) -> None:
    page = await open_page(PHONE, locale="en-GB", js=js)
    if js:
        home = await to_review(page, studio)
    else:
        await page.goto(f"{studio.url}/g/{studio.key}")
        await page.locator("#pin").fill(studio.pin)
        await page.get_by_role("button", name="See the photos").click()
        home = page.url
        await page.goto(f"{home}/review/{studio.photos[0]}")
        await expect(page.locator(".half img:not(.hash)")).to_have_count(2)  # as two pictures
        await expect(page.get_by_role("slider")).to_have_count(0)
    await page.get_by_role("button", name="Approve").click()
    await expect(page.locator("h1")).to_have_text("SLT_0002")
    await page.get_by_role("button", name="Approve").click()
    await expect(page).to_have_url(f"{home}/review")
    await page.get_by_role("button", name="Finish: all are as I wish").click()
    await expect(page).to_have_url(f"{home}/downloads")
    await expect(page.locator("ul.take li")).to_have_count(2)


async def test_words_that_come_too_late_are_given_back(studio: Studio, open_page: OpenPage) -> None:
    page = await open_page(PHONE, locale="en-GB")
    home = await to_review(page, studio)
    await page.get_by_role("link", name="Ask for a change").click()
    await page.locator("#wish-body").fill("A brighter dress, please")
    partner = await page.context.new_page()
    await partner.goto(f"{home}/review")
    await partner.locator("details.sure summary").click()
    await partner.get_by_role("button", name="Yes, all are as I wish").click()
    await expect(partner).to_have_url(f"{home}/downloads")
    await page.get_by_role("button", name="Ask for this change").click()
    await expect(page.get_by_label("What you wrote, to copy")).to_have_value("A brighter dress, please")
    assert await axe_findings(page) == []


async def test_a_page_of_what_was_replaced_is_loaded_anew(studio: Studio, open_page: OpenPage) -> None:
    page = await open_page(PHONE, locale="en-GB")
    home = await to_review(page, studio)
    drawn = page.locator("[data-drawn]")
    now = await drawn.get_attribute("data-drawn")
    assert now
    await drawn.evaluate("it => it.dataset.drawn = 'an older version'")
    partner = await page.context.new_page()
    await partner.goto(f"{home}/review/{studio.photos[1]}")
    await partner.get_by_role("button", name="Approve").click()
    await expect(drawn).to_have_attribute("data-drawn", now, timeout=20_000)


@pytest.mark.parametrize("studio", [{"second": True}], indirect=True)
async def test_later_the_new_version_stands_against_the_last_one(studio: Studio, open_page: OpenPage) -> None:
    page = await open_page(DESKTOP, locale="en-GB")
    home = await to_review(page, studio)
    await expect(page.locator(".half.was figcaption")).to_have_text("Last time")
    await expect(page.locator("ol.answered")).to_contain_text("softer")
    assert await axe_findings(page) == []
    await expect(page.locator("#decide")).to_contain_text("The free rounds of changes are used up")
    await expect(page.locator("[data-ask]")).to_have_count(0)
    await page.get_by_role("link", name="Compare with the original").click()
    await expect(page.locator(".half.was figcaption")).to_have_text("Before")
    assert page.url.startswith(home)


@pytest.mark.parametrize("studio", [{"released": True}], indirect=True)
async def test_a_phone_saves_into_its_album(studio: Studio, open_page: OpenPage) -> None:
    page = await open_page(PHONE)
    await page.add_init_script(
        """window.shared = []; let tries = 0; navigator.canShare = () => true;
        navigator.share = async (what) => {
            if (!tries++) throw new DOMException("too late", "NotAllowedError");
            shared.push([what.files[0].name, what.files[0].size]);
        };"""
    )
    await enter(page, studio)
    await page.goto(f"{page.url}/downloads")
    assert await axe_findings(page) == []
    save = page.locator("ul.take a[data-save]").first
    await expect(save).to_contain_text("存到相册")
    await save.click()
    await expect(save).to_contain_text("再点一下")
    await save.click()
    await expect(save).to_contain_text("已保存")
    ((name, size),) = await page.evaluate("shared")
    assert name == "SLT_0001.JPG"
    assert size > 0
    assert await layout_shift(page) == 0


@pytest.mark.parametrize("studio", [{"released": True}], indirect=True)
async def test_wechat_shows_a_photo_to_hold_and_gives_an_address(studio: Studio, open_page: OpenPage) -> None:
    page = await open_page(PHONE, user_agent=WECHAT)
    await enter(page, studio)
    home = page.url
    await page.goto(f"{home}/downloads")
    assert await axe_findings(page) == []
    await expect(page.get_by_text("在微信里保存")).to_be_visible()
    await page.get_by_role("button", name="取浏览器地址").click()
    address = await page.locator("#grant-address").input_value()
    assert await axe_findings(page) == []
    stranger = await open_page(PHONE)
    answer = await stranger.request.get(address)
    assert (answer.status, answer.headers["content-type"]) == (200, "application/zip")
    await page.goto(f"{home}/downloads/{studio.photos[0]}")
    await expect(page.get_by_text("长按照片")).to_be_visible()
    await expect(page.locator("a[download]")).to_have_count(0)

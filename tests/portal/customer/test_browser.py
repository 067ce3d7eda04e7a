"""The customer's pages in Chromium, on a phone and at a desk, with script and without."""

import asyncio

import pytest
from playwright.async_api import Route, expect

from tests.browser import DESKTOP, PHONE, OpenPage, axe_findings, layout_shift
from tests.portal.customer.house import Studio, enter

pytestmark = pytest.mark.browser


async def test_choosing_with_script_changes_heart_and_meter_in_place(studio: Studio, open_page: OpenPage) -> None:
    page = await open_page(PHONE)
    await enter(page, studio)
    assert await axe_findings(page) == []
    address = page.url
    hearts = page.locator(".heart")
    for place, words in enumerate(["还可以选 1 张", "都选好了，再选每张 ¥80", "加选 1 张 × ¥80 = ¥80"]):
        await hearts.nth(place).click()
        if place == 2:  # the first one that costs: the price is said before
            await expect(page.locator("#extra-body")).to_contain_text("+¥80")
            await page.get_by_role("button", name="就选这张").click()
        await expect(page.locator("#meter .said")).to_have_text(words)
        await expect(hearts.nth(place)).to_have_attribute("aria-pressed", "true")
    await expect(hearts.nth(5).locator(".price")).to_be_visible()
    await expect(page.locator("#said")).to_contain_text("已选 3 张")
    await hearts.nth(3).click()
    await hearts.nth(4).click()
    await expect(page.locator("#flash")).to_contain_text("4")
    await expect(hearts.nth(4)).to_have_attribute("aria-pressed", "false")
    assert page.url == address
    assert await layout_shift(page) == 0


async def test_done_waits_for_the_last_heart(studio: Studio, open_page: OpenPage) -> None:
    page = await open_page(PHONE)
    await enter(page, studio)
    free = asyncio.Event()

    async def slow(route: Route) -> None:
        await free.wait()
        await route.continue_()

    await page.route("**/pick?*", slow)
    await page.locator(".heart").first.click()
    done = page.locator("#meter a.button")
    await done.click()
    await expect(done).to_have_attribute("aria-busy", "true")
    assert not page.url.endswith("/submit")
    free.set()
    await page.wait_for_url("**/submit")
    await expect(page.locator("form[action$='/submit'] button")).to_have_count(1)
    await expect(page.locator("main img:not(.hash)")).to_have_count(1)


async def test_a_tap_on_the_photo_opens_the_sheet_and_leaves_a_ring(studio: Studio, open_page: OpenPage) -> None:
    page = await open_page(PHONE)
    await enter(page, studio)
    await page.locator(".tile a").first.click()
    await expect(page.locator("#frame")).to_be_visible()
    assert await axe_findings(page) == []
    assert await layout_shift(page) == 0
    box = await page.locator("#frame").bounding_box()
    assert box is not None
    await page.mouse.click(box["x"] + box["width"] / 4, box["y"] + box["height"] / 2)
    await expect(page.locator("#sheet")).to_be_visible()
    await page.wait_for_timeout(300)
    assert await axe_findings(page) == []
    await page.get_by_label("碎发").check()
    await page.locator("#remark-body").fill("耳边这一缕")
    await page.get_by_role("button", name="保存这条意见").click()
    await expect(page.locator("#sheet")).to_be_hidden()
    await expect(page.locator(".remarks li")).to_contain_text("碎发 · 耳边这一缕")
    across = await page.locator("#pins g:not([hidden]) circle").get_attribute("cx")
    assert across is not None
    assert abs(float(across.rstrip("%")) - 25) < 1
    await page.get_by_role("button", name="撤回第 1 条意见").click()
    await expect(page.locator(".remarks li")).to_have_count(0)
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("#viewer h1")).to_have_text("SLT_0002")
    assert page.url.endswith(f"/photos/{studio.photos[1]}")
    await page.locator(".view-top a").click()
    await expect(page.locator("#viewer")).to_be_hidden()
    assert "/photos/" not in page.url
    await expect(page.locator(f"#p-{studio.photos[1]} a")).to_be_focused()


async def test_everything_works_without_script(studio: Studio, open_page: OpenPage) -> None:
    page = await open_page(PHONE, locale="en-GB", js=False)
    await page.goto(f"{studio.url}/g/{studio.key}")
    await page.locator("#pin").fill(studio.pin)
    await page.get_by_role("button", name="See the photos").click()
    await page.locator(".heart").nth(1).click()
    await expect(page.locator("#meter")).to_contain_text("1 more is included")
    await page.locator(".tile a").first.click()
    await page.locator(".deed.pick").click()
    await expect(page.locator("#v-meter")).to_contain_text("2 / 2")
    await page.get_by_label("Stray hair").check()
    await page.locator(".where .grid .choice").first.click()
    await page.get_by_role("button", name="Save the remark").click()
    await expect(page.locator("#flash")).to_contain_text("Your remark is saved")
    await expect(page.locator("#pins circle").first).to_have_attribute("cx", "16.67%")
    await page.locator(".view-top a").click()
    await page.get_by_role("link", name="Done").click()
    await page.get_by_role("button", name="Send this choice").click()
    await expect(page.locator("h1")).to_have_text("Your choice is sent")
    await page.get_by_role("link", name="Back to the photos").first.click()
    await expect(page.locator(".today")).to_contain_text("Your 2 photos are with our retoucher.")
    await page.get_by_role("button", name="中文").click()
    await expect(page.locator(".today")).to_contain_text("您选的 2 张已经交给修图师。")


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_pages_at_a_desk_are_clean_and_still(studio: Studio, open_page: OpenPage, theme: str) -> None:
    page = await open_page(DESKTOP, locale="en-GB", color_scheme=theme)
    await enter(page, studio)
    for path in ("", "?filter=chosen", f"/photos/{studio.photos[3]}", "/submit", "/downloads"):
        await page.goto(f"{page.url.split('/gallery/')[0]}{'/gallery/' + page.url.split('/gallery/')[1][:36]}{path}")
        assert await axe_findings(page) == [], path
        assert await layout_shift(page) == 0, path
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path


async def test_the_first_load_is_light(studio: Studio, open_page: OpenPage) -> None:
    page = await open_page(PHONE)
    sizes: dict[str, int] = {}

    async def weigh(response: object) -> None:
        url = response.url  # type: ignore[attr-defined]
        if "/static/" in url and (".js" in url or ".css" in url):
            sizes[url] = int((await response.all_headers()).get("content-length", "0"))  # type: ignore[attr-defined]

    page.on("response", weigh)
    await enter(page, studio)
    await page.wait_for_load_state("networkidle")
    assert len(sizes) >= 5
    assert 0 < sum(sizes.values()) <= 60_000

"""One photo over the gallery: fingers, keys, Back; and the place in a long gallery."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.browser import DESKTOP, PHONE, OpenPage, axe_findings, layout_shift
from tests.portal.customer.house import Studio, enter
from tests.portal.customer.shoots import add_photos

pytestmark = pytest.mark.browser
SHARE = """() => {
    const [wide, high] = [innerWidth, innerHeight], seen = new Uint8Array(wide * high);
    const paint = (box, value) => {
        const within = (from, to, most) => [Math.max(0, Math.round(from)), Math.min(most, Math.round(to))];
        const [left, right] = within(box.left, box.right, wide), [top, bottom] = within(box.top, box.bottom, high);
        for (let y = top; y < bottom; y++) seen.fill(value, y * wide + left, y * wide + right);
    };
    for (const one of document.querySelectorAll(".cover > img, .tile img")) paint(one.getBoundingClientRect(), 1);
    paint(document.querySelector("#meter").getBoundingClientRect(), 0); // what it covers is not seen
    return seen.reduce((sum, one) => sum + one, 0) / (wide * high);
}"""
SCALE = "document.querySelector('#frame').getBoundingClientRect().width / document.querySelector('.stage').clientWidth"


class Hand:
    """Fingers on a screen."""

    def __init__(self, page: Page, session: Any) -> None:
        self.page, self.session = page, session

    async def _touch(self, kind: str, *points: tuple[float, float]) -> None:
        at = [{"x": x, "y": y, "id": finger} for finger, (x, y) in enumerate(points)]
        await self.session.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})

    async def middle(self) -> tuple[float, float]:
        """Find the middle of what shows the photo."""
        box = await self.page.locator(".stage").bounding_box()
        assert box is not None
        return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2

    async def swipe(self, across: float) -> None:
        """Draw one finger over the photo."""
        x, y = await self.middle()
        await self._touch("touchStart", (x, y))
        for step in range(1, 9):
            await self._touch("touchMove", (x + across * step / 8, y))
        await self._touch("touchEnd")

    async def spread(self, first: float, last: float) -> None:
        """Draw two fingers apart, or together."""
        x, y = await self.middle()
        await self._touch("touchStart", (x - first, y), (x + first, y))
        for step in range(1, 9):
            far = first + (last - first) * step / 8
            await self._touch("touchMove", (x - far, y), (x + far, y))
        await self._touch("touchEnd")

    async def tap_twice(self) -> None:
        """Tap two times, fast."""
        x, y = await self.middle()
        for _ in range(2):
            await self._touch("touchStart", (x, y))
            await self._touch("touchEnd")

    async def hold(self, x: float, y: float) -> None:
        """Keep a finger in one place."""
        await self._touch("touchStart", (x, y))
        await asyncio.sleep(0.7)
        await self._touch("touchEnd")


async def zoomed(page: Page, least: float, most: float) -> None:
    """Wait until the photo is that much larger than its stage (the page's own policy lets no other wait in)."""
    for _ in range(200):
        if least <= await page.evaluate(SCALE) <= most:
            return
        await asyncio.sleep(0.05)
    raise AssertionError(await page.evaluate(SCALE))


async def hand_on(page: Page) -> Hand:
    return Hand(page, await page.context.new_cdp_session(page))


async def test_a_photo_opens_by_one_tap_turns_by_a_swipe_and_back_shuts_it(studio: Studio, open_page: OpenPage) -> None:
    page = await open_page(PHONE)
    await enter(page, studio)
    large: list[str] = []
    page.on(
        "request", lambda request: large.append(request.url.rpartition("/")[2]) if "/files/" in request.url else None
    )
    await page.evaluate("scrollTo(0, 120)")
    address, place = page.url, await page.evaluate("scrollY")
    await page.locator(".tile a").nth(1).tap()
    await expect(page.locator("#viewer h1")).to_have_text("SLT_0002")
    await page.wait_for_load_state("networkidle")
    assert [recipe for recipe in large if recipe != "grid"] == ["look-phone"]
    assert page.url.endswith(studio.photos[1])
    assert await axe_findings(page) == []
    assert await layout_shift(page) == 0
    hand = await hand_on(page)
    await hand.swipe(-200)
    await expect(page.locator("#viewer h1")).to_have_text("SLT_0003")
    await hand.swipe(200)
    await expect(page.locator("#viewer h1")).to_have_text("SLT_0002")
    await hand.swipe(-20)  # too short: it springs back
    await expect(page.locator("#viewer h1")).to_have_text("SLT_0002")
    await hand.spread(40, 120)
    assert await page.evaluate(SCALE) > 1.8
    await page.wait_for_load_state("networkidle")
    assert "look" in large  # closer, the whole one is fetched
    await hand.swipe(-150)  # moves the photo, does not turn
    await expect(page.locator("#viewer h1")).to_have_text("SLT_0002")
    await hand.spread(120, 20)
    await zoomed(page, 0.9, 1.01)
    await hand.tap_twice()
    await zoomed(page, 2, 9)
    await expect(page.locator("#sheet")).to_be_hidden()  # two taps are no remark
    await page.go_back()
    await expect(page.locator("#viewer")).to_be_hidden()
    assert (page.url, await page.evaluate("scrollY")) == (address, place)
    assert await layout_shift(page) == 0


async def test_a_keyboard_turns_chooses_remarks_and_shuts(studio: Studio, open_page: OpenPage) -> None:
    page = await open_page(DESKTOP, locale="en-GB", color_scheme="dark")
    await enter(page, studio)
    await page.locator(".tile a").nth(4).focus()
    await page.keyboard.press("Enter")
    await expect(page.locator("#viewer h1")).to_have_text("SLT_0005")
    await page.keyboard.press("ArrowLeft")
    await expect(page.locator("#viewer h1")).to_have_text("SLT_0004")
    await page.keyboard.press("h")
    await expect(page.locator(".deed.pick")).to_have_attribute("aria-pressed", "true")
    await expect(page.locator("#v-meter")).to_contain_text("1 / 2")
    await page.keyboard.press("r")
    await expect(page.locator("#sheet")).to_be_visible()
    await page.keyboard.type("r is a letter here")
    await page.get_by_role("button", name="Save the remark").click()
    await expect(page.locator(".remarks li")).to_contain_text("r is a letter here")
    await page.get_by_role("link", name="Change remark 1").click()
    await expect(page.locator("#remark-body")).to_have_value("r is a letter here")
    await page.locator("#remark-body").fill("softer")
    await page.get_by_role("button", name="Save the remark").click()
    await expect(page.locator(".remarks li")).to_contain_text("softer")
    await expect(page.locator(".remarks li")).to_have_count(1)
    assert await axe_findings(page) == []
    await page.keyboard.press("Escape")
    await expect(page.locator("#viewer")).to_be_hidden()
    await expect(page.locator(f"#p-{studio.photos[3]} a")).to_be_focused()
    await expect(page.locator("#meter .count")).to_contain_text("1 / 2")
    await page.go_forward()
    await expect(page.locator("#viewer h1")).to_have_text("SLT_0004")
    await page.reload()
    await expect(page.locator("#frame")).to_be_visible()
    await page.keyboard.press("ArrowRight")
    await expect(page.locator("h1")).to_have_text("SLT_0005")


async def test_two_photos_are_compared_with_one_zoom(studio: Studio, open_page: OpenPage) -> None:
    page = await open_page(PHONE, locale="en-GB")
    await enter(page, studio)
    await page.goto(f"{page.url}/compare?one={studio.photos[0]}&other={studio.photos[1]}")
    assert await axe_findings(page) == []
    await page.keyboard.press("z")
    near = "[...document.querySelectorAll('.pane .frame')].map(one => new DOMMatrix(getComputedStyle(one).transform).a)"
    assert await page.evaluate(near) == [2.5, 2.5]
    await page.keyboard.press("2")
    await page.keyboard.press("h")
    await expect(page.locator(".side").nth(1).locator(".deed.pick")).to_have_attribute("aria-pressed", "true")
    await expect(page.locator(".side").nth(0).locator(".deed.pick")).to_have_attribute("aria-pressed", "false")
    await page.keyboard.press("ArrowRight")
    await page.wait_for_url(f"**/compare?one={studio.photos[0]}&other={studio.photos[2]}")
    await expect(page.locator(".side.active .name")).to_have_text("SLT_0003")


@pytest.mark.parametrize(("locale", "theme"), [("zh-CN", "light"), ("en-GB", "dark")])
async def test_the_first_screen_is_pictures_and_a_long_gallery_keeps_the_place(
    studio: Studio, open_page: OpenPage, locale: str, theme: str
) -> None:
    async with studio.database() as db:
        ids = await add_photos(db, studio.begun, 240, sections=("海边", "旧城", "室内"), first=20)
    page = await open_page(PHONE, locale=locale, color_scheme=theme)
    await enter(page, studio)
    assert await page.evaluate(SHARE) >= 0.7
    deep = page.locator(f"#p-{ids[150]}")
    for _ in range(60):
        if await deep.count():
            break
        await page.mouse.wheel(0, 1500)
        await page.wait_for_timeout(120)
    await deep.scroll_into_view_if_needed()
    await page.wait_for_timeout(400)
    assert await layout_shift(page) == 0
    assert await axe_findings(page) == []
    place = (await deep.bounding_box() or {})["y"]
    await deep.locator("a").click()
    await expect(page.locator("#viewer h1")).to_have_text("SLT_0170")
    await page.keyboard.press("Escape")
    await expect(page.locator("#viewer")).to_be_hidden()
    assert abs((await deep.bounding_box() or {})["y"] - place) < 1
    assert "at=" in page.url
    await page.reload()
    await expect(deep).to_be_in_viewport()
    assert abs((await deep.bounding_box() or {})["y"] - place) < 2
    await page.mouse.wheel(0, -900)
    await expect(page.locator(f"#p-{ids[100]}")).to_have_count(1)  # what lies above has come too

"""Two phones at one gallery, and a network that drops."""

import pytest
from playwright.async_api import Page, expect

from app.galleries import service as galleries
from tests import story
from tests.browser import PHONE, OpenPage, axe_findings
from tests.portal.customer.house import Studio, enter
from tests.portal.customer.shoots import add_product
from tests.portal.customer.test_viewer import hand_on

pytestmark = pytest.mark.browser


async def both(studio: Studio, open_page: OpenPage) -> tuple[Page, Page]:
    one, other = await open_page(PHONE), await open_page(PHONE)
    await enter(one, studio)
    await enter(other, studio, studio.partner)
    return one, other


async def test_two_phones_see_each_others_hearts_and_one_hand_over(studio: Studio, open_page: OpenPage) -> None:
    one, other = await both(studio, open_page)
    await one.locator(".heart").nth(2).click()
    theirs = other.locator(f"#h-{studio.photos[2]}")
    await expect(theirs.locator(".heart")).to_have_attribute("aria-pressed", "true")
    await expect(theirs.locator(".who")).to_contain_text("林")
    await expect(other.locator("#meter .count")).to_contain_text("1 / 2")
    await other.locator(".tile a").nth(2).click()
    await expect(other.locator("#viewer .by")).to_contain_text("林夏")
    await one.locator(".heart").nth(2).click()
    await expect(other.locator("#viewer .deed.pick")).to_have_attribute("aria-pressed", "false")
    await other.locator("#viewer .deed.pick").click()
    await expect(one.locator(f"#h-{studio.photos[2]} .who")).to_contain_text("陈")
    async with studio.database() as db:
        partner = await story.customer(db, studio.begun, 1)
        async with db.write() as session:
            await galleries.submit(session, partner, partner.gallery_id)
    await expect(one.locator("[data-settled]").last).to_contain_text("看看进度")
    await expect(one.locator(".heart").first).to_be_hidden()


async def test_hearts_outlive_a_network_that_drops(studio: Studio, open_page: OpenPage) -> None:
    page = await open_page(PHONE, locale="en-GB")
    await enter(page, studio)
    await page.context.set_offline(True)
    await page.locator(".heart").nth(0).click()
    await page.locator(".heart").nth(1).click()
    await expect(page.locator("#flash")).to_contain_text("Not saved yet")
    for place in (0, 1):
        await expect(page.locator(".heart").nth(place)).to_have_attribute("aria-pressed", "true")
    await expect(page.locator("#meter .count")).to_contain_text("0 / 2")
    await page.context.set_offline(False)
    await expect(page.locator("#meter .count")).to_contain_text("2 / 2")
    await expect(page.locator("#flash .note")).to_have_count(0)
    await page.context.set_offline(True)
    await page.locator(".heart").nth(1).click()
    await expect(page.locator("#flash")).to_contain_text("Not saved yet")
    await page.evaluate("addEventListener('online', event => event.stopImmediatePropagation(), { capture: true })")
    await page.context.set_offline(False)
    await page.reload()  # what was wished is sent by the page that comes
    await expect(page.locator("#meter .count")).to_contain_text("1 / 2")
    await page.reload()
    await expect(page.locator(".heart").nth(1)).to_have_attribute("aria-pressed", "false")


async def test_tabs_of_one_phone_keep_each_others_hearts(studio: Studio, open_page: OpenPage) -> None:
    one = await open_page(PHONE, locale="en-GB")
    await enter(one, studio)
    other = await one.context.new_page()
    await other.goto(one.url)
    await one.context.set_offline(True)
    for page, place in ((one, 0), (other, 1)):
        await page.locator(".heart").nth(place).click()
        await expect(page.locator("#flash")).to_contain_text("Not saved yet")
    await one.close()
    await other.context.set_offline(False)
    await expect(other.locator("#meter .count")).to_contain_text("2 / 2")
    for place in (0, 1):
        await expect(other.locator(".heart").nth(place)).to_have_attribute("aria-pressed", "true")


async def test_products_prices_and_the_limit_are_at_hand(studio: Studio, open_page: OpenPage) -> None:
    async with studio.database() as db:
        await add_product(db, studio.begun, "album", included=1, extra_minor=5000)
    page = await open_page(PHONE)
    await enter(page, studio)
    hand, box = await hand_on(page), await page.locator(".tile").first.bounding_box()
    assert box is not None
    await hand.hold(box["x"] + 40, box["y"] + 40)
    await expect(page.locator("#tile-sheet")).to_be_visible()
    await page.wait_for_timeout(300)
    assert await axe_findings(page) == []
    await page.locator("#tile-sheet .use").click()
    await expect(page.locator("#meter .also")).to_contain_text("入册 1/1")
    await page.locator("#tile-sheet [data-compare]").click()
    await page.locator(".tile a").nth(3).click()
    await page.wait_for_url(f"**/compare?one={studio.photos[0]}&other={studio.photos[3]}")
    await page.go_back()
    for place in range(3):
        await page.locator(".heart").nth(place).click()
    await expect(page.locator("#extra")).to_be_visible()
    await page.wait_for_timeout(300)
    assert await axe_findings(page) == []
    await page.get_by_role("button", name="先不选").click()
    await expect(page.locator(".heart").nth(2)).to_have_attribute("aria-pressed", "false")
    await page.locator("#meter .sum").click()
    await expect(page.locator("#account")).to_be_visible()
    await page.wait_for_timeout(300)
    assert await axe_findings(page) == []
    await page.locator("#own-cap").fill("0")
    await page.get_by_role("button", name="就定这个上限").click()
    await expect(page.locator("#account")).to_be_hidden()
    await page.locator(".heart").nth(2).click()
    await expect(page.locator("#flash")).to_contain_text("0")
    await expect(page.locator(".heart").nth(2)).to_have_attribute("aria-pressed", "false")
    await expect(page.locator("#meter .count")).to_contain_text("2 / 2")

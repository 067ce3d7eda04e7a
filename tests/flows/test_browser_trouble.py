"""When something goes wrong, the page says what, by name, and what to do; and a keyboard is enough."""

import shutil
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from tests.browser import DESKTOP, OpenPage, axe_findings
from tests.flows.people import Customer, Staff
from tests.flows.studio_process import House

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("house"), pytest.mark.timeout(300)]


@pytest.fixture
def few(shoot: Path, tmp_path: Path) -> Path:
    """Three photos of the shoot."""
    folder = tmp_path / "few"
    folder.mkdir()
    for path in sorted(shoot.glob("*.JPG"))[:3]:
        shutil.copy(path, folder)
    return folder


async def press_tab_to(page: Page, wanted: str) -> None:
    """Press Tab until what has the keyboard matches."""
    for _ in range(60):
        await page.keyboard.press("Tab")
        if await page.evaluate("wanted => document.activeElement.matches(wanted)", wanted):
            outline = await page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
            assert outline != "none", f"{wanted} does not show that it has the keyboard"
            return
    raise AssertionError(f"the keyboard does not reach {wanted}")


async def test_a_photo_that_fails_is_named_with_its_reason_and_can_be_tried_again(
    house: House, few: Path, open_page: OpenPage
) -> None:
    (few / "Öm 第1张.jpg").write_text("I am no photo")
    (few / "empty.jpg").touch()
    begun = await house.begin("trouble", few)
    person = Staff(await open_page(DESKTOP, locale="en"), house.address, "en", js=True)
    page = person.page
    await person.sign_in(await house.sign_in_link(begun.story, "consultant"))
    await page.locator("ul.orders a").click()
    trouble = page.locator(".trouble")
    await expect(trouble.locator("li")).to_have_count(2)
    text = trouble.locator("li").filter(has_text="Öm 第1张.jpg")
    await expect(text).to_contain_text("This is not a picture")
    await expect(trouble.locator("li").filter(has_text="empty.jpg")).to_contain_text("empty")
    await expect(page.locator(".contact .tile")).to_have_count(3)  # the rest of the shoot is not held back
    assert await axe_findings(page) == []
    await person.press("Try again", text)
    await expect(page.locator("#flash .note")).to_be_visible()
    async with house.database() as db:
        health = await house.settled(db, begun.story)
    assert (health.total, health.failed) == (5, 2)  # it is still no picture
    await page.reload()
    await expect(trouble.locator("li")).to_have_count(2)
    await person.press("Try all again", trouble)
    await expect(page.locator("#flash .note")).to_be_visible()
    assert person.problems == []


async def test_a_wrong_pin_is_counted_down_and_a_withdrawn_link_says_so(
    house: House, few: Path, open_page: OpenPage
) -> None:
    begun = await house.begin("pins", few)
    customer = Customer(await open_page(locale="en"), house.address, "en", js=True)
    await customer.go(f"/g/{begun.link.key}")
    for left in ("4 tries are left", "3 tries are left"):
        await customer.page.locator("#pin").fill(f"{(int(begun.link.pin) + 1) % 10**6:06}")
        await customer.press("See the photos")
        await expect(customer.page.get_by_role("alert")).to_contain_text(left)
    assert await axe_findings(customer.page) == []
    await customer.enter(begun.link.key, begun.link.pin)

    person = Staff(await open_page(DESKTOP, locale="en"), house.address, "en", js=True)
    await person.sign_in(await house.sign_in_link(begun.story, "consultant"))
    await person.page.locator("ul.orders a").click()
    await person.press("Withdraw")
    await person.sees("withdrawn")
    await customer.go(f"/g/{begun.link.key}")
    await customer.sees("The studio has withdrawn this link. Your photos are safe. Ask the studio for a new one.")
    await expect(customer.page.locator("img[src^='/files/']")).to_have_count(0)


async def test_the_cap_is_told_where_one_chooses_and_nothing_is_lost(
    house: House, few: Path, open_page: OpenPage
) -> None:
    begun = await house.begin("cap", few, included=1, most=2)
    customer = Customer(await open_page(locale="en"), house.address, "en", js=True)
    await customer.enter(begun.link.key, begun.link.pin)
    await customer.choose(0)
    await customer.choose(1, extra=True)
    await customer.heart(2).click()
    await customer.sees(
        "At most %(most)s photos can be chosen. Your choice is safe. Take one out to add another.", most=2
    )
    await expect(customer.heart(2)).to_have_attribute("aria-pressed", "false")
    await expect(customer.page.locator("#meter")).to_contain_text("2 / 1")


async def test_a_keyboard_is_enough_to_choose_and_send(house: House, few: Path, open_page: OpenPage) -> None:
    begun = await house.begin("keys", few)
    customer = Customer(await open_page(DESKTOP, locale="zh-CN"), house.address, "zh-CN", js=True)
    page = customer.page
    await customer.go(f"/g/{begun.link.key}")
    await expect(page.locator("#pin")).to_be_focused()
    await page.keyboard.type(begun.link.pin)
    await page.keyboard.press("Enter")
    await expect(page.locator("button.heart")).to_have_count(3)
    await page.keyboard.press("Tab")
    await expect(page.locator("a.skip")).to_be_focused()
    await page.keyboard.press("Enter")
    await press_tab_to(page, "button.heart")
    await page.keyboard.press("Enter")
    await expect(customer.heart(0)).to_have_attribute("aria-pressed", "true")
    await expect(customer.heart(0)).to_be_focused()  # the answer does not take the keyboard's place away
    await press_tab_to(page, "#meter a.button")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/submit")
    await press_tab_to(page, "form[action$='/submit'] button")
    await page.keyboard.press("Enter")
    await page.wait_for_url("**/sent")
    await page.locator("a.back").click()
    await expect(page.locator("h1")).to_be_visible()
    await expect(page.locator("button.heart")).to_have_count(0)
    assert customer.problems == []

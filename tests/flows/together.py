"""Five people at once: what each sees of what the others do, without touching their page."""

import re
from pathlib import Path

from playwright.async_api import Page, expect

from app.galleries.schemas import NewLink
from app.production.schemas import STAGES
from tests import story as stories
from tests.browser import DESKTOP, PHONE, OpenPage
from tests.flows.people import GUARD_MS, Customer, Person, Staff
from tests.flows.studio_process import Begun, House
from tests.flows.whole_story import WORDS

LIVE_MS = 30_000  # a guard; a change is seen within a second or two


class Cast:
    """Customer and partner on phones, retoucher, quality lead and manager at desks, all at once."""

    def __init__(self, house: House, open_page: OpenPage, begun: stories.Story, languages: dict[str, str]) -> None:
        self.house, self.begun, self._open, self._languages = house, begun, open_page, languages
        self.people: list[Person] = []

    async def phone(self, who: str) -> Customer:
        """Give one of the couple a phone."""
        language = self._languages[who]
        person = Customer(await self._open(PHONE, locale=language), self.house.address, language, js=True)
        self.people.append(person)
        return person

    async def desk(self, role: str) -> Staff:
        """Give somebody a desk, signed in."""
        language = self._languages[role]
        person = Staff(await self._open(DESKTOP, locale=language), self.house.address, language, js=True)
        self.people.append(person)
        await person.sign_in(await self.house.sign_in_link(self.begun, role))
        return person

    @property
    def problems(self) -> list[str]:
        """Tell what the browsers complained about."""
        return [problem for person in self.people for problem in person.problems]


class Board:
    """The manager's board, on a second screen that nobody touches."""

    def __init__(self, manager: Staff, page: Page, order_id: object) -> None:
        self._manager, self.page, self._id = manager, page, order_id

    @classmethod
    async def open(cls, manager: Staff, open_page: OpenPage, order_id: object) -> "Board":
        """Open it beside the manager's page: a window of its own, for a tab behind another one is asleep."""
        signed_in = await manager.page.context.storage_state()
        page = await open_page(DESKTOP, locale=manager.locale, storage_state=signed_in)
        await page.goto(f"{manager.address}/studio/board")
        await page.evaluate("window.untouched = true")
        return cls(manager, page, order_id)

    async def shows(self, stage: str) -> None:
        """The order's card comes to stand in a column by itself."""
        card = self.page.locator(f"section[data-stage={stage}] #o-{self._id}")
        await expect(card).to_be_visible(timeout=LIVE_MS)
        heading = self.page.locator(f"#s-{stage}")
        await expect(heading).to_have_text(self._manager.say(STAGES[stage]))
        assert await self.page.evaluate("window.untouched"), "the board was loaded anew"


async def bring_in(manager: Staff, order_id: object, shoot: Path) -> None:
    """Choose the shoot's folder in the browser, and see every photo arrive on the page."""
    page = manager.page
    await manager.go(f"/studio/orders/{order_id}")
    await page.evaluate("window.untouched = true")
    count = len(list(shoot.iterdir()))
    await page.locator("[webkitdirectory]").set_input_files(shoot)
    await expect(page.locator("#bring [data-note]")).to_contain_text(
        manager.say("All {done} photos are safe.").format(done=count), timeout=LIVE_MS
    )
    await expect(page.locator("#photos .contact .tile a")).to_have_count(count, timeout=120_000)
    assert await page.evaluate("window.untouched"), "the page was loaded anew"


async def make_link(manager: Staff, order_id: object, person: str) -> tuple[str, str]:
    """Make one of the couple a link of their own: its key and PIN."""
    await manager.go(f"/studio/orders/{order_id}")
    await manager.page.locator("#f-person").select_option(label=person)
    await manager.press("Make a link with PIN")
    made = manager.page.locator(".made")
    await expect(made).to_contain_text(person)
    address = await made.locator("input").input_value()
    return address.rpartition("/")[2], (await made.locator("dd.big").inner_text()).strip()


def mine(link: tuple[str, str], begun: stories.Story) -> Begun:
    """Name the order and a way in, as the parts of the whole story want them."""
    key, pin = link
    return Begun(begun, NewLink(key=key, pin=pin, participant=""))


async def choose_together(customer: Customer, partner: Customer) -> None:
    """Each heart appears on the other phone; the third costs, is agreed to, gets a remark; the choice is sent."""
    for one in (customer, partner):
        await one.page.evaluate("window.untouched = true")
    await customer.choose(0)
    await expect(partner.heart(0)).to_have_attribute("aria-pressed", "true", timeout=LIVE_MS)
    await partner.choose(1)
    await expect(customer.heart(1)).to_have_attribute("aria-pressed", "true", timeout=LIVE_MS)
    await customer.heart(1).click()  # and what one chose the other may take back
    await expect(partner.heart(1)).to_have_attribute("aria-pressed", "false", timeout=LIVE_MS)
    await partner.choose(2)
    await expect(customer.page.locator("#meter")).to_contain_text("2 / 2", timeout=LIVE_MS)
    await expect(customer.page.locator("#meter")).to_contain_text("¥80")
    for one in (customer, partner):
        assert await one.page.evaluate("window.untouched"), "a phone's page was loaded anew"
    await customer.open_photo(3)
    await customer.page.locator("button.pick").click()
    await customer.agree()
    await expect(customer.page.locator("button.pick")).to_have_attribute("aria-pressed", "true")
    await expect(partner.page.locator("#meter")).to_contain_text("3 / 2", timeout=LIVE_MS)
    await customer.remark("Stray hair", WORDS)
    await customer.page.locator(".view-top a").click()
    await customer.page.locator("#meter").get_by_role("link").click()
    await expect(customer.page.locator("dl.sums")).to_contain_text("¥80")
    await customer.send_choice()
    await customer.go(customer.gallery.removeprefix(customer.address))


async def sees_it_is_sent(partner: Customer) -> None:
    """Nothing can be chosen any more on the other phone either, and it says where the photos are."""
    await partner.page.goto(partner.gallery)
    with_us = partner.count("Your photo is with our retoucher.", "Your %(num)s photos are with our retoucher.", 3)
    await expect(partner.page.locator("section.today")).to_contain_text(with_us)
    await expect(partner.page.locator("button.heart")).to_have_count(0)


async def comes_to_see(customer: Customer, words: str) -> None:
    """The gallery's today says something by itself, or when one comes back to it."""
    await customer.page.goto(customer.gallery)
    await expect(customer.page.get_by_role("link", name=customer.say(words))).to_be_visible(timeout=GUARD_MS)


async def is_owed(manager: Staff, order_id: object, owed: str) -> None:
    """The order's page knows the extra photo and what is still to be paid."""
    await manager.go(f"/studio/orders/{order_id}")
    await expect(manager.page.locator("body")).to_contain_text(re.compile(re.escape(owed)))

"""Write screenshots/: every page of the demo's story on a phone or a desk, light and dark, with an index page.

Two of them go to docs/screenshots/ for the README.
"""

import asyncio
import contextlib
import html
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from app.cli import demo_studio
from app.identity import service as identity
from pipelines.sample_shoot import draw_shoot
from tests.browser import DESKTOP, FLAGS, PHONE
from tests.flows.people import Customer, Person, Staff
from tests.flows.studio_process import Begun, House, running_house
from tests.flows.whole_story import finish
from tests.story import Story
from tools.find_chromium import find_chromium

ROOT = Path(__file__).parents[1]
OUT = ROOT / "screenshots"
DOCS = ROOT / "docs" / "screenshots"
SCALE = 0.3  # of the camera's side
CHOSEN = (0, 1, 2, 3, 4, 6, 8, 9, 11, 13, 16)  # one more than the package includes
FOR_README = {"gallery-chosen": "gallery-phone.jpg", "job": "desk.jpg"}
PICTURES_HERE = """Promise.all([...document.images].filter(one => one.getBoundingClientRect().top < innerHeight).map(
    one => one.complete || one.decode().catch(() => 0)))"""  # those below are lazy and come later, or never
SIDES = {"light": "zh-CN", "dark": "zh-CN", "english": "en"}


class Camera:
    """Photographs pages: in light, in dark and in English."""

    def __init__(self, browser: Browser) -> None:
        self.browser = browser
        self.taken: list[tuple[str, bool]] = []

    async def __call__(self, person: Person, name: str) -> None:
        page, narrow = person.page, isinstance(person, Customer)
        self.taken.append((name, narrow))
        await self._shoot(page, f"{name}.light.png", full=False)
        await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        await self._shoot(page, f"{name}.dark.png", full=False)
        await page.emulate_media(color_scheme="light", reduced_motion="null")
        if name in {"order-link", "remark"}:  # these are shown once, by the deed itself
            return
        async with self.twin(page) as english:
            await self._shoot(english, f"{name}.english.png", full=True)
            if name in FOR_README:
                DOCS.mkdir(parents=True, exist_ok=True)
                await english.screenshot(path=DOCS / FOR_README[name], type="jpeg", quality=82)

    @staticmethod
    async def _shoot(page: Page, name: str, *, full: bool) -> None:
        await page.evaluate(PICTURES_HERE)
        await page.wait_for_timeout(250)
        await page.screenshot(path=OUT / name, full_page=full)

    @contextlib.asynccontextmanager
    async def twin(self, page: Page) -> AsyncIterator[Page]:
        """Open the page again in English."""
        context = await self.browser.new_context(
            storage_state=await page.context.storage_state(), viewport=page.viewport_size, locale="en",
            color_scheme="light", device_scale_factor=1.5,
        )  # fmt: skip
        twin = await context.new_page()
        await twin.goto(page.url)
        yield twin
        await context.close()

    async def seat(self, kind: type[Person], address: str) -> Person:
        """Give somebody a browser."""
        narrow = kind is Customer
        width, height = PHONE if narrow else DESKTOP
        context = await self.browser.new_context(
            viewport={"width": width, "height": height}, locale="zh-CN", has_touch=narrow, color_scheme="light",
            device_scale_factor=1.5, accept_downloads=True,
        )  # fmt: skip
        return kind(await context.new_page(), address, "zh-CN", js=True, look=self)


async def begin(house: House, shoot: Path) -> Begun:
    """Make the demo's studio and bring the shoot in."""
    async with house.database() as db:
        demo = await demo_studio.ensure(db, house.settings)
        async with db.read() as session:
            (branch,) = await identity.list_branches(session, demo.studio_id)
            staff = {}
            for role in demo_studio.PEOPLE:
                person = await identity.find_staff(session, f"{role}@demo.example")
                assert person
                staff[role] = person.id
        story = Story(demo.studio_id, branch.id, staff, demo.order_id, demo.number)
        await house.bring(db, story, shoot)
        await house.settled(db, story)
        return Begun(story, (await demo_studio.open_doors(db, demo)).customer)


async def choose(customer: Customer, begun: Begun) -> None:
    """Walk the customer's pages."""
    await customer.enter(begun.link.key, begun.link.pin)
    await customer.look("gallery")
    for place in CHOSEN:
        await customer.choose(place, extra=place == CHOSEN[-1])
    await customer.page.evaluate("scrollTo(0, 0)")
    await customer.look("gallery-chosen")
    await customer.open_photo(0)
    await customer.look("photo")
    await customer.remark("Stray hair", "左边的碎发请修掉")
    await customer.look("photo-remarked")
    await customer.page.goto(f"{customer.gallery}/submit")
    await customer.look("choice")
    await customer.send_choice()
    await customer.page.goto(customer.gallery)
    await customer.look("gallery-submitted")


async def work(retoucher: Staff, folder: Path) -> None:
    """Walk the retoucher's pages; one finished file fits no photo at first."""
    await retoucher.look("no-job")
    await retoucher.press("Take the next job")
    packet = await retoucher.packet()
    await retoucher.look("job")
    await retoucher.send_files(finish(packet, folder))
    await retoucher.look("job-unmatched")
    odd = max(name for name in packet.namelist() if name.startswith("originals/")).removeprefix("originals/")
    await retoucher.page.locator("form[action*='/match'] select").select_option(label=odd)
    await retoucher.press("This one")
    await retoucher.wait_prepared()
    await retoucher.page.locator("button.tick").first.click()
    await retoucher.look("job-finished")
    await retoucher.hand_in()


async def judge(lead: Staff) -> None:
    """Walk the quality lead's pages."""
    await lead.look("quality")
    await lead.page.locator("ul.orders a").click()
    await lead.look("judge")
    await lead.press("Accept, next")
    await lead.look("quality-empty")


async def review(customer: Customer) -> None:
    """Walk the pages of the finished photos."""
    await customer.open_review()
    await customer.look("review")
    await customer.look_at(0)
    await customer.look("review-photo")
    await customer.page.goto(f"{customer.gallery}/review")
    await customer.approve_all()
    await customer.look("review-approved")


async def release(consultant: Staff) -> None:
    """Walk the consultant's pages."""
    await consultant.look("orders")
    await consultant.page.locator("ul.orders a").click()
    await consultant.look("order")
    await consultant.page.locator("details.pay summary").click()
    await consultant.page.locator("#f-amount").fill("80")
    await consultant.press("Record it")
    for _ in range(100):  # a worker releases what is approved and paid
        await consultant.page.reload()
        if await consultant.page.get_by_text(consultant.say("Released"), exact=True).count():
            break
        await consultant.page.wait_for_timeout(100)
    await consultant.look("order-released")
    await consultant.press("Make a link with PIN")
    await consultant.look("order-link")
    await consultant.go("/studio/orders/new")
    await consultant.look("new-order")


async def take_all(house: House, shoot: Path, folder: Path) -> list[tuple[str, bool]]:
    """Walk the whole story with the camera."""
    begun = await begin(house, shoot)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        camera = Camera(browser)
        customer = await camera.seat(Customer, house.address)
        assert isinstance(customer, Customer)
        await choose(customer, begun)
        seats = {}
        for role in ("retoucher", "quality_lead", "consultant"):
            seats[role] = await camera.seat(Staff, house.address)
            person = seats[role]
            assert isinstance(person, Staff)
            await person.sign_in(await house.sign_in_link(begun.story, role))
            await {"retoucher": lambda one: work(one, folder), "quality_lead": judge, "consultant": release}[role](
                person
            )
            if role == "quality_lead":
                await review(customer)
        await customer.page.goto(customer.gallery)
        await customer.look("gallery-released")
        await customer.page.goto(f"{customer.gallery}/downloads")
        await customer.look("downloads")
        await browser.close()
    return camera.taken


def write_index(taken: list[tuple[str, bool]]) -> None:
    """Write a page that shows them all."""
    rows = []
    for name, narrow in taken:
        width = 240 if narrow else 620
        files = [f"{name}.{side}.png" for side in SIDES if (OUT / f"{name}.{side}.png").exists()]
        cells = "".join(f'<a href="{file}"><img src="{file}" width="{width}" alt=""></a>' for file in files)
        rows.append(f"<h2>{html.escape(name)}</h2><p>{cells}</p>")
    style = "body{font:16px sans-serif;margin:24px}img{margin:0 12px 12px 0;vertical-align:top;border:1px solid #ccc}"
    head = f"<!doctype html><meta charset=utf-8><title>Safelight</title><style>{style}</style>"
    (OUT / "index.html").write_text(head + "".join(rows), encoding="utf-8")


def main() -> None:
    """Take them all."""
    if find_chromium() is None:
        sys.exit("Chromium is missing: install chromium (on macOS and Ubuntu: .venv/bin/playwright install chromium)")
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        draw_shoot(folder / "shoot", scale=SCALE)
        with running_house(folder / "var") as house:
            write_index(asyncio.run(take_all(house, folder / "shoot", folder / "work")))
    print(f"{OUT / 'index.html'}")


if __name__ == "__main__":
    main()

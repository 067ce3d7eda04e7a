"""The whole thread, from the customer's first click to the download, as people do it in their browsers."""

import io
import json
import zipfile
from pathlib import Path

from playwright.async_api import expect

from pipelines.sample_shoot import retouch
from tests.browser import DESKTOP, PHONE, OpenPage
from tests.flows.people import Customer, Look, Person, Staff
from tests.flows.studio_process import Begun, House

WORDS = "左边的碎发请修掉 / the hair on the left, please"
MATCH = "form[action*='/match']"
BACK = "毛孔要保留 / keep the pores"


class Teller:
    """Tells the story once: in one language, with or without script; `look` sees every page on the way."""

    def __init__(self, house: House, open_page: OpenPage, locale: str, *, js: bool, look: Look) -> None:
        self.house, self.open_page, self.locale, self.js, self.look = house, open_page, locale, js, look
        self.people: list[Person] = []

    async def customer(self) -> Customer:
        """Give the customer a phone."""
        page = await self.open_page(PHONE, locale=self.locale, js=self.js)
        person = Customer(page, self.house.address, self.locale, js=self.js, look=self.look)
        self.people.append(person)
        return person

    async def staff(self, begun: Begun, role: str) -> Staff:
        """Give somebody a desk, signed in."""
        page = await self.open_page(DESKTOP, locale=self.locale, js=self.js)
        person = Staff(page, self.house.address, self.locale, js=self.js, look=self.look)
        self.people.append(person)
        await person.sign_in(await self.house.sign_in_link(begun.story, role))
        return person

    @property
    def problems(self) -> list[str]:
        """Tell what the browsers complained about."""
        return [problem for person in self.people for problem in person.problems]


async def choose(customer: Customer, begun: Begun) -> None:
    """Choose one more than is included, with a remark and a limit, and hand the choice over."""
    await customer.enter(begun.link.key, begun.link.pin)
    await expect(customer.page.locator("html")).to_have_attribute("lang", customer.locale)
    await expect(customer.page.locator(".tile")).to_have_count(7)
    await customer.look("gallery")
    await customer.choose(0)
    await customer.choose(2)  # the RAW
    meter = customer.page.locator("#meter")
    await expect(meter).to_contain_text("2 / 2")
    await expect(meter).to_contain_text("¥80")  # what one more would cost, before it is chosen
    await expect(customer.heart(3).locator(".price")).to_be_visible()
    await customer.look("gallery-full")
    await customer.open_photo(3)
    await customer.look("photo")
    pick = customer.page.locator("button.pick")
    await expect(pick).to_contain_text("¥80")
    await pick.click()
    await customer.agree()
    await expect(customer.page.locator("button.pick")).to_have_attribute("aria-pressed", "true")
    await customer.remark("Stray hair", WORDS)
    await customer.look("photo-remarked")
    await customer.page.locator(".view-top a").click()
    await expect(meter).to_contain_text("3 / 2")
    await meter.get_by_role("link").click()
    await customer.limit_extras(1)
    await customer.look("choice")
    await expect(customer.page.locator("dl.sums")).to_contain_text("¥80")
    await customer.send_choice()
    await customer.go(customer.gallery.removeprefix(customer.address))
    with_us = customer.count("Your photo is with our retoucher.", "Your %(num)s photos are with our retoucher.", 3)
    await expect(customer.page.locator("section.today")).to_contain_text(with_us)
    await expect(customer.page.locator("button.heart")).to_have_count(0)
    await customer.look("gallery-submitted")


def finish(packet: zipfile.ZipFile, folder: Path) -> list[Path]:
    """Retouch a packet's photos; the last one gets a name that fits none."""
    packet.extractall(folder)
    originals = sorted(path for path in (folder / "originals").iterdir() if path.suffix != ".xmp")
    made = []
    for path in originals:
        name = "final.jpg" if path == originals[-1] else f"{path.stem}-Edit.jpg"
        retouch(path, folder / name)
        made.append(folder / name)
    return made


async def retouch_job(retoucher: Staff, begun: Begun, folder: Path) -> list[Path]:
    """Take the job, fetch the packet, hand finished files in, and the job."""
    await retoucher.look("no-job")
    await retoucher.press("Take the next job")
    await retoucher.sees("What the customer asks for")
    packet = await retoucher.packet()
    assert packet.testzip() is None
    names = set(packet.namelist()) - {"remarks.pdf"}  # a worker makes it meanwhile
    files = {"SLT_0412.JPG", "SLT_0414.DNG", "SLT_0415.JPG", "SLT_0412.xmp", "SLT_0414.xmp", "SLT_0415.xmp"}
    assert names == {"brief.json", "brief.txt", *(f"originals/{name}" for name in files)}
    brief = json.loads(packet.read("brief.json"))
    assert begun.story.number in packet.read("brief.txt").decode("utf-8-sig")
    (remark,) = [remark for photo in brief["photos"] for remark in photo["remarks"]]
    assert (remark["body"], remark["chips"]) == (WORDS, ["hair"])
    assert (abs(remark["x"] - 0.2) < 0.1, abs(remark["y"] - 0.45) < 0.1) == (True, True)
    made = finish(packet, folder)
    await retoucher.send_files(made)
    await expect(retoucher.page.locator(MATCH)).to_have_count(1)
    await retoucher.look("job-unmatched")
    await retoucher.page.locator(f"{MATCH} select").select_option(label="SLT_0415.JPG")
    await retoucher.press("This one")
    await expect(retoucher.page.locator(MATCH)).to_have_count(0)
    await retoucher.wait_prepared()
    await expect(retoucher.page.locator(".thumbs .dot.done")).to_have_count(3)
    await retoucher.page.locator(".thumbs a").last.click()
    tick = retoucher.page.locator("button.tick")
    await expect(tick).to_contain_text(WORDS)
    await tick.click()
    await expect(tick).to_have_attribute("aria-pressed", "true")
    await retoucher.look("job")
    await retoucher.hand_in()
    return made


async def send_back(lead: Staff) -> None:
    """Look at the work and send it back, with a reason and words."""
    await lead.look("quality")
    await lead.page.locator("ul.orders a").click()
    await expect(lead.page.locator("form[action$='/send-back']")).to_be_visible()
    await lead.look("judge")
    form = lead.page.locator("form[action$='/send-back']")
    await lead.tick("Skin too smooth", form)
    await form.locator("textarea").fill(BACK)
    await lead.press("Send back", form)
    await lead.sees("Nothing waits for you")


async def retouch_again(retoucher: Staff, made: list[Path]) -> None:
    """Take the job that came back, hand a new version of one file in, and the job."""
    await retoucher.go("/studio/job")
    await retoucher.press("Take the next job")
    await retoucher.sees("It came back from the quality check.")
    await retoucher.sees("Skin too smooth")
    await expect(retoucher.page.locator(".bench-notes")).to_contain_text(BACK)
    await retoucher.look("job-back")
    with made[0].open("ab") as file:
        file.write(b"\0")  # another file: JPEG readers stop at the end of the picture
    await retoucher.send_files([made[0]])
    await retoucher.wait_prepared()
    await retoucher.hand_in()


async def accept(lead: Staff) -> None:
    """Accept the work."""
    await lead.go("/studio/quality")
    await lead.page.locator("ul.orders a").click()
    await lead.press("Accept, next")
    await lead.sees("Nothing waits for you")
    await lead.look("quality-empty")


AGAIN = "婚纱的白再亮一点 / the dress a little whiter"


async def review(customer: Customer) -> None:
    """Look at the finished photos: one is fine, of one something is to be changed, the last waits."""
    await customer.open_review()
    await customer.look("review")
    await customer.look_at(0)
    await customer.look("review-photo")
    await customer.approve()
    await customer.ask_for_change(AGAIN)
    await customer.look("review-wish")
    await customer.page.locator(".look-top a").click()
    await customer.look("review-changes")
    await customer.send_changes(1)
    await customer.look("review-sent")


async def change(retoucher: Staff, made: list[Path]) -> None:
    """Take the round that is about one photo, hand its new version in, and the job."""
    await retoucher.go("/studio/job")
    await retoucher.press("Take the next job")
    await expect(retoucher.page.locator(".thumbs a")).to_have_count(1)
    tick = retoucher.page.locator("button.tick")
    await expect(tick).to_contain_text(AGAIN)
    await tick.click()
    await expect(tick).to_have_attribute("aria-pressed", "true")
    with made[1].open("ab") as file:
        file.write(b"\0")
    await retoucher.send_files([made[1]])
    await retoucher.wait_prepared()
    await retoucher.hand_in()


async def approve(customer: Customer) -> None:
    """Compare the changed photo with the last time, and say that all are fine; the balance is still open."""
    await customer.open_review()
    await customer.look_at(1)
    await expect(customer.page.locator("ol.answered")).to_contain_text(AGAIN)
    await expect(customer.page.locator(".half.was figcaption")).to_have_text(customer.say("Last time"))
    await customer.look("review-again")
    await customer.approve()
    await customer.page.goto(f"{customer.gallery}/review")
    await customer.approve_all()
    await expect(customer.page.locator("#standing")).to_contain_text("4,079")
    await customer.look("review-approved")


async def release(consultant: Staff, begun: Begun) -> None:
    """See what is owed and record the payment: what the customer approved is released by that."""
    await consultant.look("orders")
    await consultant.page.locator("ul.orders a").click()
    await expect(consultant.page.locator(".ledger tfoot")).to_contain_text("4,079")
    await consultant.look("order")
    await consultant.page.locator("details.pay:has(#f-amount) > summary").click()
    await consultant.page.locator("#f-amount").fill("4079.00")
    await consultant.press("Record it")
    await expect(consultant.page.locator(".ledger tfoot td")).to_have_text("¥0")
    for _ in range(100):  # a worker does it
        await consultant.page.reload()
        if await consultant.page.get_by_text(consultant.say("Released"), exact=True).count():
            break
        await consultant.page.wait_for_timeout(100)
    await consultant.sees("Released")
    await consultant.page.locator(".contact .tile a").first.click()
    await expect(consultant.page.locator("main img").last).to_be_visible()
    await consultant.look("order-photo")
    await consultant.go(f"/studio/orders/{begun.story.order_id}")
    await consultant.press("Make a link with PIN")
    await expect(consultant.page.locator(".made")).to_be_visible()
    await consultant.look("order-link")


async def download(customer: Customer, made: list[Path]) -> None:
    """Fetch the finished photos one by one and as a ZIP: the bytes are those the retoucher handed in."""
    await customer.go(customer.gallery.removeprefix(customer.address))
    await expect(customer.page.locator(".hold .tag").first).to_have_text(customer.say("Retouched"))
    await customer.look("gallery-released")
    await customer.page.get_by_role("link", name=customer.say("Fetch the finished photos")).click()
    links = customer.page.locator("ul.take a[download]")
    await expect(links).to_have_count(len(made))
    await customer.look("downloads")
    wanted = sorted(path.read_bytes() for path in made)
    got = dict([await customer.fetch(links.nth(place)) for place in range(len(made))])
    assert sorted(got.values()) == wanted
    zip_link = customer.page.locator("a[href$='download.zip']")
    name, data = await customer.fetch(zip_link)
    assert name.endswith(".zip")
    archive = zipfile.ZipFile(io.BytesIO(data))
    assert archive.testzip() is None
    assert {one: archive.read(one) for one in archive.namelist()} == got
    await resume(customer, f"{customer.gallery}/download.zip", data)


async def resume(customer: Customer, address: str, data: bytes) -> None:
    """The announced size is the size, and a broken download goes on where it stopped."""
    ask = customer.page.context.request
    head = await ask.head(address)
    assert head.headers["content-length"] == str(len(data))
    half = len(data) // 2
    rest = await ask.get(address, headers={"Range": f"bytes={half}-", "If-Range": head.headers["etag"]})
    assert rest.status == 206
    assert rest.headers["content-range"] == f"bytes {half}-{len(data) - 1}/{len(data)}"
    assert await rest.body() == data[half:]


async def tell(teller: Teller, begun: Begun, folder: Path) -> None:
    """Tell it all."""
    customer = await teller.customer()
    await choose(customer, begun)
    retoucher = await teller.staff(begun, "retoucher")
    made = await retouch_job(retoucher, begun, folder)
    lead = await teller.staff(begun, "quality_lead")
    await send_back(lead)
    await retouch_again(retoucher, made)
    await accept(lead)
    await review(customer)
    await change(retoucher, made)
    await accept(lead)
    await approve(customer)
    await release(await teller.staff(begun, "consultant"), begun)
    await download(customer, made)

"""People at their browsers: what each of them does, in the words that stand on the buttons."""

import asyncio
import io
import re
import zipfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from playwright.async_api import ConsoleMessage, Locator, Page, Request, Response, expect

from app.core.i18n import LOCALES, translations

Look = Callable[["Person", str], Awaitable[None]]
GUARD_MS = 30_000  # against hanging
expect.set_options(timeout=GUARD_MS)
HERE = {web: ours for ours, web in LOCALES.items()}


async def no_look(_person: "Person", _name: str) -> None:
    """Look at nothing."""


def asks_price(address: str, said: str) -> bool:
    """Tell the answer to a heart that would cost something: the price, which is asked before (409)."""
    return "/pick" in address and "409" in said


class Person:
    """Somebody with a browser: everything that goes wrong in it is noted."""

    def __init__(self, page: Page, address: str, locale: str, *, js: bool, look: Look = no_look) -> None:
        self.page = page
        self.address = address
        self.locale = locale
        self.js = js
        self.problems: list[str] = []
        self._look = look
        page.set_default_timeout(GUARD_MS)
        page.on("console", self._heard)
        page.on("requestfailed", self._failed)
        page.on("response", self._answered)

    def _heard(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not asks_price(message.location["url"], message.text):
            self.problems.append(f"{self.page.url}: {message.text}")

    def _failed(self, request: Request) -> None:
        if "ERR_ABORTED" not in (request.failure or ""):  # a download, or a picture of the page that was left
            self.problems.append(f"{request.url}: {request.failure}")

    def _answered(self, response: Response) -> None:
        if response.status >= 400 and not asks_price(response.url, str(response.status)):
            self.problems.append(f"{response.request.method} {response.url}: {response.status}")

    def say(self, message: str, **params: Any) -> str:
        """Say a sentence of the program in this person's language."""
        return translations(HERE[self.locale]).gettext(message) % params if params else self._plain(message)

    def _plain(self, message: str) -> str:
        return translations(HERE[self.locale]).gettext(message)

    def count(self, one: str, many: str, num: int, **params: Any) -> str:
        """Say a sentence that counts."""
        return translations(HERE[self.locale]).ngettext(one, many, num) % {"num": num, **params}

    async def look(self, name: str) -> None:
        """Show the page to whoever inspects it."""
        await self._look(self, name)

    async def go(self, path: str) -> None:
        """Open an address of the studio."""
        await self.page.goto(self.address + path)

    def button(self, message: str, within: Locator | None = None, **params: Any) -> Locator:
        """Find a button by what it says."""
        words = re.compile(rf"^\s*{re.escape(self.say(message, **params))}(\s[A-Z])?\s*$")  # a key may stand behind
        return (within or self.page).get_by_role("button", name=words)

    async def press(self, message: str, within: Locator | None = None, **params: Any) -> None:
        """Press a button."""
        await self.button(message, within, **params).click()

    async def sees(self, message: str, **params: Any) -> None:
        """Read a sentence on the page."""
        await expect(self.page.get_by_text(self.say(message, **params)).first).to_be_visible()

    async def tick(self, message: str, within: Locator) -> None:
        """Tick a chip by its words."""
        await within.locator("label.choice").filter(has_text=self.say(message)).click()

    async def fetch(self, link: Locator) -> tuple[str, bytes]:
        """Click a link that downloads; gives the offered name and the bytes."""
        async with self.page.expect_download() as coming:
            await link.click()
        download = await coming.value
        return download.suggested_filename, await asyncio.to_thread((await download.path()).read_bytes)


class Customer(Person):
    """Chooses on a phone."""

    async def enter(self, key: str, pin: str) -> None:
        """Come in by the link and its PIN."""
        await self.go(f"/g/{key}")
        assert key not in self.page.url
        await self.look("pin")
        await self.page.locator("#pin").fill(pin)
        await self.press("See the photos")
        await self.page.wait_for_url(re.compile(r"/gallery/[0-9a-f-]{36}$"))
        self.gallery = self.page.url

    def heart(self, place: int) -> Locator:
        """Find the heart of a tile."""
        return self.page.locator("button.heart").nth(place)

    async def agree(self) -> None:
        """Say yes to the price of the first extra photo, which is said before."""
        if self.js:
            await expect(self.page.locator("#extra")).to_be_visible()
            await self.page.locator("#extra [data-agree]").click()
        else:
            await self.page.locator("form[action*='extra=yes'] button").click()

    async def choose(self, place: int, *, extra: bool = False) -> None:
        """Choose a photo in the grid; `extra` for the first one that costs something."""
        heart = self.heart(place)
        await expect(heart).to_have_attribute("aria-pressed", "false")
        await heart.click()
        if extra:
            await self.agree()
        await expect(self.heart(place)).to_have_attribute("aria-pressed", "true")

    async def open_photo(self, place: int) -> None:
        """Open a photo of the grid large."""
        await self.page.locator(".tile > a").nth(place).click()
        await expect(self.page.locator("#frame")).to_be_visible()

    async def remark(self, chip: str, words: str) -> None:
        """Say what should change at a point of the photo: by a tap, or by the nine fields where there is no script."""
        sheet = self.page.locator("#sheet")
        if self.js:
            box = await self.page.locator("#frame").bounding_box()
            assert box
            await self.page.touchscreen.tap(box["x"] + 0.25 * box["width"], box["y"] + 0.4 * box["height"])
            await expect(sheet).to_have_attribute("open", "")
            await self.look("remark")
        else:
            await sheet.locator("label:has(input[name=place][value='21'])").click()
        await self.tick(chip, sheet)
        await sheet.locator("#remark-body").fill(words)
        await self.press("Save the remark", sheet)
        await expect(self.page.locator("ol.remarks > li")).to_have_count(1)
        await expect(self.page.locator("ol.remarks")).to_contain_text(words)
        await expect(self.page.locator("ol.remarks")).to_contain_text(self.say(chip))
        await expect(self.page.locator("#pins g:not(#ring-next)")).to_have_count(1)
        if self.js:
            await expect(sheet).to_be_hidden()

    async def send_choice(self) -> None:
        """Send the choice, from its page; the answer says what happens next."""
        await self.page.locator("form[action$='/submit'] button").click()
        await self.page.wait_for_url(re.compile(r"/sent$"))
        await self.sees("What happens next")
        await self.look("choice-sent")

    async def open_review(self) -> None:
        """Go to the finished photos by the gallery's own button."""
        await self.page.goto(self.gallery)
        await self.page.get_by_role("link", name=self.say("Look at the finished photos")).click()
        await expect(self.page.locator("ul.finals")).to_be_visible()

    async def look_at(self, place: int) -> None:
        """Open a finished photo against what it was."""
        await self.page.locator(".final > a").nth(place).click()
        await expect(self.page.locator("[data-versus]")).to_be_visible()

    async def approve(self) -> None:
        """Say that the open photo is fine: the next one that waits opens, or the list."""
        here = self.page.url
        await self.press("Approve", self.page.locator(".look-bar"))
        await self.page.wait_for_url(lambda address: address != here)

    async def ask_for_change(self, words: str) -> None:
        """Pin a wish on the open photo: by a tap, or by the nine fields where there is no script."""
        sheet = self.page.locator("#wish-sheet")
        if self.js:
            await expect(self.page.locator("[data-versus]")).to_have_attribute("data-ready", "")
            box = await self.page.locator("[data-versus]").bounding_box()
            assert box
            await self.page.touchscreen.tap(box["x"] + 0.7 * box["width"], box["y"] + 0.4 * box["height"])
            await expect(sheet).to_have_attribute("open", "")
            await self.look("wish")
        else:
            await sheet.locator("label:has(input[name=place][value='22'])").click()
        await sheet.locator("#wish-body").fill(words)
        await self.press("Ask for this change", sheet)
        await expect(self.page.locator("ol.wishes").last).to_contain_text(words)

    async def send_changes(self, count: int) -> None:
        """Send the wishes, from the list of finished photos."""
        one, many = "Send %(num)s photo to be changed", "Send %(num)s photos to be changed"
        await self.page.get_by_role("button", name=self.count(one, many, count)).click()
        await self.sees("Your changes are with the retoucher. We tell you when there is something new to see.")

    async def approve_all(self) -> None:
        """Say that everything is fine, which ends the review."""
        sure = self.page.locator("details.sure > summary")
        if await sure.count():
            await sure.click()
        await self.page.locator("form[action$='/review/approve'] button").click()

    async def limit_extras(self, most: int) -> None:
        """Set a limit of one's own, on the page of the choice."""
        await self.page.locator("#cap").fill(str(most))
        await self.press("Keep this limit")
        await expect(self.page.locator("#cap")).to_have_value(str(most))


class Staff(Person):
    """Works at a desk."""

    async def sign_in(self, link: str) -> None:
        """Come in by a link that is used up by a button, not by being looked at."""
        await self.go(link)
        await self.page.reload()
        await self.page.locator("form[action^='/sign-in/link/'] button").click()
        await self.page.wait_for_url(re.compile(r"/studio(/|$)"))

    async def packet(self) -> zipfile.ZipFile:
        """Fetch the packet of the job."""
        name, data = await self.fetch(self.page.locator("a[href$='packet.zip']"))
        assert name.endswith("-packet.zip")
        return zipfile.ZipFile(io.BytesIO(data))

    async def send_files(self, paths: list[Path]) -> None:
        """Hand finished files in."""
        await self.page.locator("#f-files").set_input_files(paths)
        await self.press("Send the files")
        await expect(self.page.locator("#f-files")).to_have_value(
            ""
        )  # the page that comes back, with or without script

    async def hand_in(self) -> None:
        """Hand the job in: the desk is free then."""
        await self.press("Hand the job in")
        await expect(self.button("Hand the job in")).to_have_count(0)

    async def wait_prepared(self) -> None:
        """Look again until every finished file of the job is prepared."""
        for _ in range(200):
            await self.go("/studio/job")
            if await self.page.locator(".thumbs .dot").count() == await self.page.locator(".thumbs .dot.done").count():
                return
            await self.page.wait_for_timeout(100)
        raise AssertionError("the finished files are not prepared")

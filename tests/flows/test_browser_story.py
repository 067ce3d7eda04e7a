"""The whole thread in Chromium, on a running studio: with and without script, in both languages.

Every page on the way is looked at: axe-core finds nothing, in light and in dark, and nothing has shifted.
"""

import contextlib
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page

from tests.browser import OpenPage, axe_findings, layout_shift
from tests.flows.conftest import EMBEDDED, SERVERS
from tests.flows.people import Person
from tests.flows.studio_process import House
from tests.flows.whole_story import Teller, tell

pytestmark = [
    pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("house"), pytest.mark.timeout(300),
]  # fmt: skip
PAGES = 29  # that are looked at; the sheets of a remark and of a wish open with script alone

TOO_WIDE = """document.documentElement.scrollWidth > innerWidth && [...document.querySelectorAll("body *")].filter(
    one => one.getBoundingClientRect().right > innerWidth + 1).slice(0, 3).map(one => one.outerHTML.slice(0, 200))"""

SHIFTED = """new Promise(done => new PerformanceObserver(list => done(list.getEntries().flatMap(one => one.sources.map(
    source => [one.startTime, source.node?.outerHTML?.slice(0, 160), source.previousRect, source.currentRect]))
)).observe({type: "layout-shift", buffered: true}))"""
SETTLED = """new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done))).then(
    () => Promise.allSettled(document.getAnimations().map(one => one.finished)))"""


@contextlib.asynccontextmanager
async def scripted_twin(page: Page) -> AsyncIterator[Page]:
    """Open the same page with the same cookies in a browser with script: axe-core is one."""
    browser = page.context.browser
    assert browser
    context = await browser.new_context(
        storage_state=await page.context.storage_state(), viewport=page.viewport_size,
        locale=await page.locator("html").get_attribute("lang"),
    )  # fmt: skip
    twin = await context.new_page()
    await twin.goto(page.url)
    yield twin
    await context.close()


class Inspector:
    """Looks at pages and notes what is wrong with them."""

    def __init__(self) -> None:
        self.seen: list[str] = []
        self.findings: list[str] = []

    async def __call__(self, person: Person, name: str) -> None:
        self.seen.append(name)
        if person.js:
            await self._look(person.page, name)
        elif name != "order-link":  # a PIN is shown once, by the deed itself
            async with scripted_twin(person.page) as twin:
                await self._look(twin, name)

    async def _look(self, page: Page, name: str) -> None:
        if shift := await layout_shift(page):
            self.findings.append(f"{name}: shifted by {shift}: {await page.evaluate(SHIFTED)}")
        self.findings += [f"{name}: {finding}" for finding in await axe_findings(page)]
        await page.emulate_media(color_scheme="dark", reduced_motion="reduce")
        await page.evaluate(SETTLED)
        dark = await Axe().run(page, options={"runOnly": ["color-contrast"]})
        await page.emulate_media(color_scheme="null", reduced_motion="null")
        for one in dark.response["violations"]:
            self.findings += [f"{name}, dark: {node['html']} {node['any'][0]['message']}" for node in one["nodes"]]
        if wide := await page.evaluate(TOO_WIDE):
            self.findings.append(f"{name}: wider than the screen: {wide}")


@pytest.mark.parametrize(
    ("house", "locale", "js"),
    [
        pytest.param(EMBEDDED, "zh-CN", True, id="embedded-zh-script"),
        pytest.param(EMBEDDED, "en", False, id="embedded-en-plain"),
        pytest.param(*SERVERS.values, "en", True, id="servers-en-script", marks=SERVERS.marks),
    ],
    indirect=["house"],
)
async def test_a_shoot_goes_from_the_customers_link_to_the_download(
    house: House, shoot: Path, tmp_path: Path, open_page: OpenPage, locale: str, js: bool
) -> None:
    begun, inspector = await house.begin(f"story-{locale}", shoot), Inspector()
    teller = Teller(house, open_page, locale, js=js, look=inspector)
    await tell(teller, begun, tmp_path)
    assert teller.problems == []
    assert not inspector.findings, "\n".join(inspector.findings)
    assert len(inspector.seen) == PAGES + 2 * js

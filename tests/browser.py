"""Chromium for tests: one for the whole run, a fresh context for each page. Mark the test `browser` and write it async.

Such a test runs in the run's own event loop (the browser lives in it); a server it talks to is another process.
"""

from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
import pytest_asyncio
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Browser, ConsoleMessage, Page, Response, async_playwright

from tools.find_chromium import find_chromium

PHONE = (390, 844)
DESKTOP = (1440, 900)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
         "--disable-component-update", "--disable-sync"]  # fmt: skip
OpenPage = Callable[..., Awaitable[Page]]


@pytest.hookimpl(tryfirst=True)
def pytest_itemcollected(item: pytest.Item) -> None:
    """Give every browser test the loop in which the browser lives."""
    if item.get_closest_marker("browser"):
        item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """One Chromium for the run."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        yield browser
        await browser.close()


@pytest_asyncio.fixture(loop_scope="session")
async def open_page(chromium: Browser) -> AsyncIterator[OpenPage]:
    """Open pages, each with cookies of its own: `await open_page(PHONE, locale="zh-CN", js=True)`.

    A script's error or a breach of the content policy fails the test at its end.
    """
    contexts = []
    problems: list[str] = []

    async def open_one(size: tuple[int, int] = PHONE, *, locale: str = "zh-CN", js: bool = True, **more: Any) -> Page:
        width, height = size
        context = await chromium.new_context(
            viewport={"width": width, "height": height}, locale=locale, java_script_enabled=js,
            has_touch=size == PHONE, accept_downloads=True, **more,
        )  # fmt: skip
        contexts.append(context)
        page = await context.new_page()
        page.on("pageerror", lambda error: skipped_animation(str(error)) or problems.append(f"{page.url}: {error}"))
        page.on("console", lambda message: _note(message, problems))
        page.on("filechooser", lambda _: None)  # heard from now on: a key may be faster than the one who begins to wait
        return page

    yield open_one
    for context in contexts:
        await context.close()
    assert problems == []


def skipped_animation(error: str) -> bool:
    """Tell whether Chromium says that it left a page transition out, as it does when a click comes before its end."""
    return "Transition was" in error


def _note(message: ConsoleMessage, problems: list[str]) -> None:
    if "Content Security Policy" in message.text:
        problems.append(message.text)


async def is_page(answer: Response) -> bool:
    """Tell a whole page from a part of one, a file or a sheet of data."""
    return (await answer.body()).lstrip().lower().startswith(b"<!doctype html")


async def axe_findings(page: Page) -> list[str]:
    """Let axe-core look at a page: rule, help, and the first element of each finding."""
    results = await Axe().run(page)
    return [
        f"{finding['id']}: {finding['help']} {finding['nodes'][0]['target']}"
        for finding in results.response["violations"]
    ]


async def layout_shift(page: Page) -> float:
    """Tell how much the page has shifted since it was opened (Chromium's own sum)."""
    total, what = await page.evaluate(
        """() => new Promise(done => {
            let sum = 0;
            const what = [];
            new PerformanceObserver(list => {
                for (const entry of list.getEntries().filter(one => !one.hadRecentInput)) {
                    sum += entry.value;
                    for (const { node, previousRect: was, currentRect: is } of entry.sources)
                        what.push([Math.round(entry.startTime), (node?.outerHTML ?? node?.textContent ?? "").slice(0, 80),
                            JSON.stringify(was), JSON.stringify(is)].join(" "));
                }
            }).observe({type: "layout-shift", buffered: true});
            setTimeout(() => done([sum, what]), 200);
        })"""
    )
    print("layout shifts:", *what, sep="\n  ")  # pytest shows it with a failure
    return float(total)

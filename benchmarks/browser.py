"""What a browser sees: weight, shift, how much of the screen is pictures, and what axe-core finds."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, Page, Response, async_playwright

from benchmarks.rows import Row, at_least, at_most
from benchmarks.studio import Studio
from tests.browser import DESKTOP, FLAGS, PHONE, axe_findings, is_page, layout_shift
from tools.find_chromium import find_chromium
from tools.pages import Visit

LANGUAGES, SCHEMES = ("zh-CN", "en"), ("light", "dark")
PICTURES_SHARE = """() => {
    const wide = innerWidth, high = innerHeight, cell = 4, seen = new Uint8Array((wide / cell | 0) * (high / cell | 0));
    for (const one of document.querySelectorAll("img, picture, video")) {
        const box = one.getBoundingClientRect();
        if (!box.width || !box.height) continue;
        for (let y = Math.max(0, box.top); y < Math.min(high, box.bottom); y += cell)
            for (let x = Math.max(0, box.left); x < Math.min(wide, box.right); x += cell) {
                const top = document.elementsFromPoint(x, y)[0];
                if (top && (top === one || top.contains(one) || one.parentElement.contains(top)
                    || top.closest("a, figure, header, .tile")?.contains(one)))
                    seen[(y / cell | 0) * (wide / cell | 0) + (x / cell | 0)] = 1;
            }
    }
    return 100 * seen.reduce((sum, one) => sum + one, 0) / seen.length;
}"""


@asynccontextmanager
async def opened(
    browser: Browser, studio: Studio, visit: Visit, size: tuple[int, int], *, lang: str = "zh-CN", scheme: str = "light"
) -> AsyncIterator[Page]:
    """Give a page as its visitor sees it; it is not loaded yet."""
    context = await browser.new_context(
        viewport={"width": size[0], "height": size[1]}, locale=lang, color_scheme=scheme,  # type: ignore[arg-type]
        has_touch=size == PHONE, device_scale_factor=2 if size == PHONE else 1, reduced_motion="reduce",
    )  # fmt: skip
    await context.add_cookies(
        [{"name": name, "value": value, "url": studio.address} for name, value in visit.cookies.items()]
    )
    yield await context.new_page()
    await context.close()


async def weigh(browser: Browser, studio: Studio) -> list[Row]:
    """Weigh what the gallery loads of script and style, and see whether anything moves."""
    weights: list[tuple[str, int]] = []
    async with opened(browser, studio, studio.few, PHONE) as page:
        answers: list[Response] = []
        page.on("response", lambda answer: answers.append(answer))  # noqa: PLW0108 - playwright marks what it is given
        await page.goto(studio.address + studio.few.path, wait_until="networkidle")
        shift = await layout_shift(page)
        for answer in answers:
            if answer.request.resource_type in {"script", "stylesheet"}:
                sizes = await answer.request.sizes()
                weights.append((answer.url.rpartition("/")[2], sizes["responseBodySize"]))
        share = float(await page.evaluate(PICTURES_SHARE))
    total = sum(size for _, size in weights) / 1000
    return [
        at_most("script and style of the gallery's first load, gzipped", total, 60, " kB", digits=1),
        at_most("layout shift of the gallery", shift, 0, digits=4),
        at_least("pictures on a phone's first screen", share, 70, " %", digits=0),
    ]


async def tap(browser: Browser, studio: Studio) -> Row:
    """Tap a photo once: what is loaded then is one file of screen size."""
    name = "one tap opens a photo: files of screen size it loads"
    async with opened(browser, studio, studio.few, PHONE) as page:
        await page.goto(studio.address + studio.few.path, wait_until="networkidle")
        files: list[str] = []
        page.on("request", lambda request: files.append(request.url) if "/files/" in request.url else None)
        await page.locator(".tile a").nth(1).tap()  # the first may be the cover, which is here already
        await page.wait_for_timeout(1500)
        large = [url for url in files if not url.endswith("/grid")]
        open_ = await page.locator("dialog[open], #frame").count()
    return Row(
        name=name,
        figure=f"{len(large)}{'' if open_ else ', nothing opened'}",
        bar="1",
        holds=len(large) == 1 and bool(open_),
    )


async def axe(browser: Browser, studio: Studio) -> Row:
    """Let axe-core look at every page, in both languages, light and dark."""
    found: list[str] = []
    looked = 0
    for lang in LANGUAGES:
        for scheme in SCHEMES:
            for visit in studio.visits:
                size = PHONE if visit.phone else DESKTOP
                async with opened(browser, studio, visit, size, lang=lang, scheme=scheme) as page:
                    answer = await page.goto(studio.address + visit.path)
                    if answer is None or not await is_page(answer):
                        continue  # a part of a page, or no page at all
                    await page.locator("h1").first.wait_for(state="attached")
                    looked += 1
                    if not answer.ok:
                        found.append(f"{visit.name} {lang} {scheme}: answers {answer.status}")
                    found += [f"{visit.name} {lang} {scheme}: {one}" for one in await axe_findings(page)]
    for one in found[:20]:
        print(f"  {one}")
    return at_most(
        "axe-core, every page, both languages, light and dark", len(found), 0, digits=0, note=f"{looked} looks"
    )


async def measure(studio: Studio) -> list[Row]:
    """Measure in Chromium."""
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        rows = [*await weigh(browser, studio), await tap(browser, studio), await axe(browser, studio)]
        await browser.close()
    return rows

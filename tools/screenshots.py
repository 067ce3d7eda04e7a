"""Write screenshots/: every page of a filled studio, phone and desk, both languages, light and dark, and an index page.

Two of them go to docs/screenshots/ for the README. Words after the command choose pages by their names.
"""

import asyncio
import html
import json
import shutil
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from benchmarks.studio import Studio, served
from tests.browser import DESKTOP, FLAGS, PHONE, is_page
from tools.find_chromium import find_chromium
from tools.pages import Visit

ROOT = Path(__file__).parents[1]
OUT = ROOT / "screenshots"
DOCS = ROOT / "docs" / "screenshots"
SIZES = {"phone": PHONE, "desk": DESKTOP}
LANGUAGES, SCHEMES = ("zh-CN", "en"), ("light", "dark")
FOR_README = {"gallery-selection.phone.en.light": "gallery-phone.jpg", "studio-job.desk.en.light": "desk.jpg"}
PICTURES_HERE = """Promise.race([new Promise(done => setTimeout(done, 5000)), Promise.all([...document.images].filter(
    one => one.checkVisibility() && one.getBoundingClientRect().top < innerHeight).map(
    one => one.complete || one.decode().catch(() => 0)))])"""  # those below or beside are lazy and come later, or never
STYLE = """body{font:16px sans-serif;margin:24px;background:#fff;color:#111}
figure{display:inline-block;margin:0 16px 24px 0}
img{border:1px solid #ccc;vertical-align:top}figcaption{margin:0 0 6px}
fieldset{display:inline;border:0;padding:0 16px 16px 0}
[hidden]{display:none}"""
SCRIPT = """const shown = () => { const chosen = new FormData(document.forms[0]);
for (const one of document.querySelectorAll("figure")) one.hidden = ["size", "lang", "scheme"].some(
    name => chosen.get(name) !== "all" && chosen.get(name) !== one.dataset[name])
    || !one.dataset.name.includes(chosen.get("name")); };
document.forms[0].addEventListener("input", shown); shown();"""


async def shoot(browser: Browser, studio: Studio, visit: Visit, size: str, lang: str) -> list[str]:
    """Photograph a page light and dark; gives the names of the files."""
    width, height = SIZES[size]
    context = await browser.new_context(
        viewport={"width": width, "height": height}, locale=lang, has_touch=size == "phone",
        device_scale_factor=1.5, reduced_motion="reduce",
    )  # fmt: skip
    await context.add_cookies(
        [{"name": name, "value": value, "url": studio.address} for name, value in visit.cookies.items()]
    )
    page, taken = await context.new_page(), []
    answer = await page.goto(studio.address + visit.path)
    if answer is not None and answer.ok and await is_page(answer):
        for scheme in SCHEMES:
            await page.emulate_media(color_scheme=scheme, reduced_motion="reduce")  # type: ignore[arg-type]
            await page.evaluate(PICTURES_HERE)
            await page.wait_for_timeout(150)
            name = f"{visit.name}.{size}.{lang}.{scheme}"
            await page.screenshot(path=OUT / f"{name}.jpg", type="jpeg", quality=80)
            taken.append(name)
            if name in FOR_README:
                DOCS.mkdir(parents=True, exist_ok=True)
                await page.screenshot(path=DOCS / FOR_README[name], type="jpeg", quality=72)
    await context.close()
    return taken


async def take_all(studio: Studio, wanted: list[str]) -> list[str]:
    """Photograph every page, or those whose names hold one of the words."""
    taken: list[str] = []
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS)
        for visit in studio.visits:
            if wanted and not any(word in visit.name for word in wanted):
                continue
            for size in SIZES:
                for lang in LANGUAGES:
                    taken += await shoot(browser, studio, visit, size, lang)
        await browser.close()
    return taken


def _choice(name: str, values: Iterable[str]) -> str:
    inputs = "".join(
        f'<label><input type="radio" name="{name}" value="{value}"'
        f"{' checked' if value == 'all' else ''}>{value}</label> "
        for value in ("all", *values)
    )
    return f"<fieldset>{inputs}</fieldset>"


def write_index(taken: list[str]) -> None:
    """Write a page that shows them all, with filters."""
    choices = _choice("size", SIZES) + _choice("lang", LANGUAGES) + _choice("scheme", SCHEMES)
    figures = []
    for file in taken:
        name, size, lang, scheme = (html.escape(part) for part in file.rsplit(".", 3))
        width = 240 if size == "phone" else 620
        figures.append(
            f'<figure data-name="{name}" data-size="{size}" data-lang="{lang}" data-scheme="{scheme}">'
            f"<figcaption>{name}</figcaption>"
            f'<a href="{file}.jpg"><img src="{file}.jpg" width="{width}" alt="" loading="lazy"></a></figure>'
        )
    head = f"<!doctype html><meta charset=utf-8><title>Safelight</title><style>{STYLE}</style>"
    form = f'<form>{choices}<input name="name" placeholder="name" aria-label="name"></form>'
    (OUT / "index.html").write_text(f"{head}{form}{''.join(figures)}<script>{SCRIPT}</script>", encoding="utf-8")
    (OUT / "index.json").write_text(json.dumps(taken))


def main() -> None:
    """Take them all."""
    if find_chromium() is None:
        sys.exit("Chromium is missing: install chromium (on macOS and Ubuntu: .venv/bin/playwright install chromium)")
    shutil.rmtree(OUT, ignore_errors=True)
    OUT.mkdir()
    with tempfile.TemporaryDirectory() as place, served(Path(place), large=False) as studio:
        write_index(asyncio.run(take_all(studio, sys.argv[1:])))
    print(f"{OUT / 'index.html'}")


if __name__ == "__main__":
    main()

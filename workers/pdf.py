"""A process of its own that writes one PDF: `python -m workers.pdf FOLDER`.

FOLDER holds `order.json` (template, language, content, pictures: name to file in FOLDER) and gets `out.pdf`. Nothing
but the templates, the font and those pictures can be reached from a document.
"""

import os
import re
import sys
from datetime import date
from pathlib import Path
from typing import Any

import jinja2
import msgspec
from babel.dates import format_date
from PIL import ImageFile
from weasyprint import HTML
from weasyprint.urls import FatalURLFetchingError, URLFetcher, URLFetcherResponse

from app.core import i18n
from app.core.money import Money
from pipelines.steps.watermark import FONT_FILE

ImageFile.LOAD_TRUNCATED_IMAGES = False  # WeasyPrint sets it for everybody in the process
TEMPLATES = Path(__file__).parent / "templates"
MEMORY = 1_500_000_000
CPU_S = 90
_PICTURES = re.compile("[\U00010000-\U0010ffff][\ufe0f\u200d\U00010000-\U0010ffff]*")  # smileys and the like


class Order(msgspec.Struct, frozen=True):
    """What to write."""

    template: str
    language: str
    content: dict[str, Any]
    pictures: dict[str, str]


class Unreachable(FatalURLFetchingError):  # type: ignore[misc]
    """A document asks for something that is not its own."""


class Own(URLFetcher):  # type: ignore[misc]
    """Gives a document its style sheet, its font and its pictures, and nothing else."""

    def __init__(self, folder: Path, pictures: dict[str, str]) -> None:
        super().__init__(allowed_protocols=("asset", "picture"))
        self._assets = {"font": FONT_FILE, **{path.name: path for path in TEMPLATES.glob("*.css")}}
        self._pictures = {name: folder / Path(file).name for name, file in pictures.items()}

    def fetch(self, url: str, headers: Any = None) -> URLFetcherResponse:  # noqa: ARG002
        """Open one of its own."""
        scheme, _, name = url.partition(":")
        path = {"asset": self._assets, "picture": self._pictures}.get(scheme, {}).get(name)
        if path is None:
            raise Unreachable(url)
        kind = {"asset": "font/ttf", "picture": "image/jpeg"}[scheme] if path.suffix != ".css" else "text/css"
        return URLFetcherResponse(url, path.read_bytes(), {"Content-Type": kind})


def _money(amount: dict[str, Any]) -> str:
    return Money(amount["minor"], amount["currency"]).text(i18n.language.get())


def _day(text: str) -> str:
    return format_date(date.fromisoformat(text[:10]), format="long", locale=i18n.language.get())


def _ngettext(one: str, many: str, num: int) -> str:
    return i18n.translations(i18n.language.get()).ngettext(one, many, num)


def _drawable(value: Any) -> Any:
    """Draw a box for what the font has no picture of: one such character would make a whole page unsearchable."""
    return _PICTURES.sub("□", value) if isinstance(value, str) and type(value) is str else value


def draw(order: Order) -> str:
    """Fill in a document's template."""
    env = jinja2.Environment(
        loader=jinja2.FileSystemLoader(TEMPLATES), autoescape=True, undefined=jinja2.StrictUndefined,
        extensions=["jinja2.ext.i18n"], trim_blocks=True, lstrip_blocks=True, finalize=_drawable,
    )  # fmt: skip
    env.install_gettext_callables(i18n.gettext_, _ngettext, newstyle=True)  # type: ignore[attr-defined]
    env.filters.update(money=_money, day=_day)
    chosen = i18n.language.set(order.language if order.language in i18n.LOCALES else i18n.DEFAULT)
    try:
        lang = i18n.web_name(i18n.language.get())
        return env.get_template(f"{order.template}/page.html").render(content=order.content, lang=lang)
    finally:
        i18n.language.reset(chosen)


def write_pdf(order: Order, folder: Path, identifier: bytes) -> None:
    """Write a document's PDF to `out.pdf`."""
    html = HTML(string=draw(order), url_fetcher=Own(folder, order.pictures), base_url="asset:")
    html.write_pdf(folder / "out.pdf", pdf_identifier=identifier, pdf_tags=True)


def _limit() -> None:
    import resource  # noqa: PLC0415 - not to be had everywhere

    resource.setrlimit(resource.RLIMIT_CPU, (CPU_S, CPU_S))
    if sys.platform == "linux":  # elsewhere the address space says nothing about memory
        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def main() -> None:
    """Write one."""
    _limit()
    os.environ["SOURCE_DATE_EPOCH"] = "0"  # no clock in the bytes
    folder = Path(sys.argv[1])
    raw = (folder / "order.json").read_bytes()
    order = msgspec.json.decode(raw, type=Order)
    write_pdf(order, folder, folder.name.encode())


if __name__ == "__main__":
    main()

"""Languages: which one a reader wants, and its sentences (gettext catalogues in `app/core/locales`)."""

import contextvars
import functools
import gettext
import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from babel import negotiate_locale
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

FOLDER = Path(__file__).parent / "locales"
DEFAULT = "zh_Hans_CN"
LOCALES = {"zh_Hans_CN": "zh-CN", "en": "en"}  # ours to the web's
_WANTED = {"zh": DEFAULT, "zh_CN": DEFAULT, "zh_SG": DEFAULT, "zh_Hans": DEFAULT, "zh_Hans_CN": DEFAULT, "en": "en"}

language: contextvars.ContextVar[str] = contextvars.ContextVar("language", default=DEFAULT)


def N_(message: str) -> str:  # noqa: N802 - gettext's own name for "a message, translated later"
    """Mark a message for the catalogue."""
    return message


def choose(accept: str, wish: str | None = None) -> str:
    """Choose a locale by a stated wish, else by an Accept-Language header."""
    if wish in LOCALES:
        return str(wish)
    ranked: list[tuple[float, str]] = []
    for part in accept.split(","):
        name, _, weight = part.strip().partition(";q=")
        try:
            ranked.append((-float(weight or 1), name.replace("-", "_")))
        except ValueError:
            continue
    names = [name for _, name in sorted(ranked, key=lambda pair: pair[0])]
    for name in names:
        found = negotiate_locale([name], list(_WANTED), aliases={"zh": "zh_Hans_CN"})
        if found or name.split("_")[0] in {"zh", "en"}:
            return _WANTED.get(found or "", DEFAULT if name.startswith("zh") else "en")
    return "en" if names and names[0] not in {"", "*"} else DEFAULT


@functools.cache
def translations(locale: str) -> gettext.NullTranslations:
    """Load a locale's catalogues: every .po file of its folder."""
    merged = Catalog(locale=locale)
    for path in sorted((FOLDER / locale).glob("*.po")):
        with path.open("rb") as file:
            catalog = read_po(file, locale=locale)
        for message in catalog:
            if message.id:
                merged.add(message.id, message.string, context=message.context)
    buffer = io.BytesIO()
    write_mo(buffer, merged)
    buffer.seek(0)
    return gettext.GNUTranslations(buffer)


def _fill(message: str, params: Mapping[str, Any]) -> str:
    return message % params if params else message


def gettext_(message: str, **params: Any) -> str:
    """Translate a message into the reader's language and fill in `%(name)s`."""
    return _fill(translations(language.get()).gettext(message), params)


def ngettext_(one: str, many: str, num: int, **params: Any) -> str:
    """Translate a message that counts; `%(num)s` is the number."""
    return _fill(translations(language.get()).ngettext(one, many, num), {"num": num, **params})


def web_name(locale: str) -> str:
    """Name a locale the way a page does (`lang="zh-CN"`)."""
    return LOCALES[locale]

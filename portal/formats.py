"""How days, sizes and numbers are written on a page, in the reader's language, and what pages know of pictures."""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from babel.dates import format_date
from babel.numbers import format_compact_currency, format_decimal, format_percent, get_currency_precision

from app.core import clock
from app.core.i18n import N_, gettext_, language
from portal.pictures import choice_of_sizes, lay_out, placeholder, ratio_class

WEEK = 7
_SOON = {0: N_("promised for today"), 1: N_("promised for tomorrow")}
_DAYS = {"zh_Hans_CN": "M月d日", "en": "MMMM d"}


def short_day(value: date) -> str:
    """Write a day without its year: June 18, 6月18日."""
    locale = language.get()
    return str(format_date(value, _DAYS.get(locale, "MMMM d"), locale=locale))


def until(day: date, today: date) -> str:
    """Say in words for when something is promised: today, tomorrow, a day of this week, or a date."""
    ahead = (day - today).days
    if ahead in _SOON:
        return gettext_(_SOON[ahead])
    locale = language.get()
    if 0 < ahead < WEEK:
        return gettext_("promised for %(day)s") % {"day": format_date(day, "EEEE", locale=locale)}
    return gettext_("promised for %(day)s") % {"day": short_day(day)}


def number(value: float) -> str:
    """Write a number with its thousands apart."""
    return str(format_decimal(value, locale=language.get()))


def size(octets: int) -> str:
    """Write a size in steps of a thousand, three figures: 12.4 MB."""
    value, unit = float(octets), "B"
    for larger in ("kB", "MB", "GB", "TB"):
        if value < 999.5:
            break
        value, unit = value / 1000, larger
    digits = 0 if unit == "B" or value >= 99.95 else 1 if value >= 9.995 else 2
    return f"{value:.{digits}f} {unit}"


def initials(names: str) -> str:
    """Shorten names joined by dots to their first letters: 陈屿 · Anna becomes 陈 A."""
    return " ".join(name[:1] for name in names.split(" · ") if name)


def now_ms() -> int:
    """Tell when a page was drawn, in milliseconds: what changed since is asked for at once."""
    return int(clock.now().timestamp() * 1000)


def brief_day(value: date) -> str:
    """Write a day where there is little room: Jun 18, 6月18日."""
    locale = language.get()
    return str(format_date(value, "MMM d" if locale == "en" else _DAYS[locale], locale=locale))


def weekday(value: date) -> str:
    """Name a day of the week."""
    return str(format_date(value, "EEEE", locale=language.get()))


def percent(share: float) -> str:
    """Write a share of one: 86%."""
    return str(format_percent(share, locale=language.get()))


def about(minor: float, currency: str) -> str:
    """Write an amount (in minor units) for the side of a chart: ¥20K, ¥2万."""
    value = minor / 10 ** get_currency_precision(currency)
    return str(format_compact_currency(value, currency, locale=language.get(), fraction_digits=1)).replace("CN¥", "¥")


def query_of(kept: Mapping[str, str], **other: str) -> str:
    """Write what a list is narrowed to into an address: `?show=late`; `other` replaces parts, empty ones fall out."""
    parts = {name: value for name, value in {**kept, **other}.items() if value}
    return "?" + urlencode(parts) if parts else ""


GLOBALS: dict[str, Callable[..., Any]] = {
    "now_ms": now_ms,
    "query_of": query_of,
    "lay_out": lay_out,
    "placeholder": placeholder,
    "ratio_class": ratio_class,
    "choice_of_sizes": choice_of_sizes,
    "until": until,
}
FILTERS: dict[str, Callable[..., str]] = {
    "about": about,
    "initials": initials,
    "brief_day": brief_day,
    "number": number,
    "percent": percent,
    "short_day": short_day,
    "size": size,
    "weekday": weekday,
}

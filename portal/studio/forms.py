"""Forms of the studio's pages: text in, values out."""

import re
import unicodedata
import uuid
from datetime import date
from decimal import Decimal
from typing import Any

from babel.numbers import get_currency_precision

from app.core.errors import BadInput
from app.core.words import clean_words

FIRST_YEAR, LAST_YEAR = 1990, 2199  # beyond, a day is a slip of the finger

_GROUPED = re.compile(r"-?\d{1,3}(,\d{3})+(\.\d+)?")
_DECIMAL_COMMA = re.compile(r"-?(\d+|\d{1,3}(\.\d{3})+),\d{1,2}")


def text(form: Any, name: str, most: int = 2000) -> str:
    """Read a line or a few."""
    value = form.get(name)
    return clean_words(value, most) if isinstance(value, str) else ""


def texts(form: Any, name: str) -> list[str]:
    """Read every value of a name (checkboxes)."""
    return [value for value in form.getall(name, []) if isinstance(value, str)]


def day(form: Any, name: str, *, first_year: int = FIRST_YEAR) -> date | None:
    """Read a day; none when it was left empty. Raises BadInput."""
    value = text(form, name, 40)
    if not value:
        return None
    try:
        found = date.fromisoformat(value)
    except ValueError as wrong:
        raise BadInput("bad_day") from wrong
    if not first_year <= found.year <= LAST_YEAR:
        raise BadInput("bad_day")
    return found


def key(form: Any, name: str) -> uuid.UUID:
    """Read an id a page offered. Raises BadInput."""
    try:
        return uuid.UUID(text(form, name, 64))
    except ValueError as wrong:
        raise BadInput from wrong


def count(form: Any, name: str, *, least: int = 0, most: int = 9999) -> int:
    """Read a whole number. Raises BadInput."""
    value = text(form, name, 12)
    if not value.isascii() or not value.isdigit() or not least <= int(value) <= most:
        raise BadInput("bad_number", least=least, most=most)
    return int(value)


def amount(form: Any, name: str, currency: str) -> int:
    """Read an amount of money into minor units: 1234.50, 1,234.50, 1234,50 or 1.234,50. Raises BadInput.

    What could be read in two ways is not guessed at.
    """
    value = unicodedata.normalize("NFKC", text(form, name, 24)).replace(" ", "").lstrip("¥$€￥")
    if _GROUPED.fullmatch(value):
        value = value.replace(",", "")
    elif _DECIMAL_COMMA.fullmatch(value):
        value = value.replace(".", "").replace(",", ".")
    try:
        minor = Decimal(value).scaleb(get_currency_precision(currency))
    except ArithmeticError as wrong:  # no number, or one beyond all bounds
        raise BadInput("strange_amount") from wrong
    if not minor.is_finite() or minor != minor.to_integral_value() or abs(minor) > 10**12:
        raise BadInput("strange_amount")
    return int(minor)

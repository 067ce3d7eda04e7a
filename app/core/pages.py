"""Keyset pagination: a page begins behind the last row of the one before."""

import base64
import binascii
import uuid
from collections.abc import Callable, Sequence
from typing import Generic, TypeVar

import msgspec

from app.core.errors import BadInput

T = TypeVar("T")
R = TypeVar("R")


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Some rows and where the next ones begin."""

    items: list[T]
    next: str | None


MOST = 200


def read_limit(wanted: int | None, usual: int = 50) -> int:
    """Read how many rows a program wants: 1 to 200. Raises BadInput."""
    if wanted is None:
        return usual
    if not 1 <= wanted <= MOST:
        raise BadInput("bad_number", least=1, most=MOST)
    return wanted


def cut(rows: Sequence[R], limit: int, place: Callable[[R], uuid.UUID]) -> tuple[Sequence[R], str | None]:
    """Cut a list that was read one row longer than its page: the page, and where the next one begins."""
    if len(rows) <= limit:
        return rows, None
    return rows[:limit], cursor(place(rows[limit - 1]))


def cursor(last: uuid.UUID) -> str:
    """Write a row's place into an address."""
    return base64.urlsafe_b64encode(last.bytes).decode().rstrip("=")


def read_cursor(text: str | None) -> uuid.UUID | None:
    """Read a place from an address. Raises BadInput."""
    if not text:
        return None
    try:
        return uuid.UUID(bytes=base64.urlsafe_b64decode(text + "=="))
    except (ValueError, binascii.Error) as wrong:
        raise BadInput("bad_cursor") from wrong

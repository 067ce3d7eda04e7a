"""Keyset pagination: a page begins behind the last row of the one before."""

import base64
import binascii
import uuid
from typing import Generic, TypeVar

import msgspec

from app.core.errors import BadInput

T = TypeVar("T")


class Page(msgspec.Struct, Generic[T], frozen=True):
    """Some rows and where the next ones begin."""

    items: list[T]
    next: str | None


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

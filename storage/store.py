"""The protocol every store keeps. All calls block: async callers use threads."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol, runtime_checkable

import msgspec

from storage.chunks import Chunks
from storage.incoming import Incoming

CHUNK = 1 << 18
BYTES = "application/octet-stream"


class Stored(msgspec.Struct, frozen=True):
    """What lies under a key, as read back from the store. `size` in bytes, `sha256` in lower-case hex."""

    key: str
    size: int
    sha256: str


class Stat(msgspec.Struct, frozen=True):
    """`size` in bytes, `modified` in UTC."""

    size: int
    modified: datetime


@runtime_checkable
class Store(Protocol):
    """Immutable objects under keys. Every call may raise StoreUnavailable, and BadKey for a key it would not make."""

    def put(self, key: str, source: Path | BinaryIO, *, size: int, sha256: str, content_type: str = BYTES) -> Stored:
        """Keep the bytes of `source`; durable and verified as stored when it returns.

        The same bytes again are fine. Other bytes: KeyTaken. Bytes that are not as promised: IntegrityError and
        nothing is left under the key. No room: StoreFull.
        """

    def copy(self, key: str, to: str) -> None:
        """Lay the same bytes under another key without moving them; durable when it returns. NotFound, KeyTaken."""

    def open(self, key: str, start: int = 0, length: int | None = None, chunk: int = CHUNK) -> Chunks:
        """Stream the bytes of the slice [start:start+length]; close it when done. NotFound is raised here."""

    def fetch(self, key: str, target: Path) -> None:
        """Copy the object to a private local file (mode 0600), replacing it."""

    def stat(self, key: str) -> Stat:
        """Size and time, or NotFound."""

    def exists(self, key: str) -> bool:
        """Whether an object lies under this key."""

    def delete(self, key: str) -> None:
        """Remove the object; gone already is fine."""

    def keys(self, prefix: str) -> Iterator[str]:
        """Every key that begins with `prefix`, in no promised order."""

    def check(self) -> None:
        """Raise StoreUnavailable with a `reason` when objects could not be kept now."""

    def incoming(self, name: str | None = None) -> Incoming:
        """A place for an upload whose hash is not known yet; with the same `name` it is taken up where it was left."""

    def sweep(self, older_than_s: float) -> int:
        """Remove staged uploads untouched for so many seconds; how many there were."""

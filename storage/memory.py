"""The twin for tests: a dictionary with the same promises and switches for faults."""

import contextlib
import hashlib
import io
import shutil
import tempfile
import threading
import weakref
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from storage import incoming
from storage.chunks import Chunks, slice_length
from storage.disk import BLOCK, Measure, copy_to, translated, write_all
from storage.errors import IntegrityError, KeyTaken, NotFound, StorageError, StoreFull, StoreUnavailable
from storage.incoming import Incoming
from storage.keys import check_key, check_prefix
from storage.store import BYTES, CHUNK, Stat, Stored


class MemoryStore:
    """Objects in memory. Faults: `fail_next_put`, `truncate_next_put` (bytes lost), `full`, `down`."""

    def __init__(self) -> None:
        self._objects: dict[str, tuple[bytes, datetime]] = {}
        self._lock = threading.Lock()
        self._staging: Path | None = None
        self.fail_next_put: StorageError | None = None
        self.truncate_next_put = 0
        self.full = False
        self.down = False

    def __repr__(self) -> str:
        return f"MemoryStore({len(self._objects)} objects)"

    def put(self, key: str, source: Path | BinaryIO, *, size: int, sha256: str, content_type: str = BYTES) -> Stored:
        """Keep the bytes, unless a switch says otherwise."""
        del content_type
        check_key(key)
        self._up()
        data = source.read_bytes() if isinstance(source, Path) else _read_up_to(source, size + 1)
        self._expect(key, data, size, sha256)
        with self._lock:
            there = self._objects.get(key)
            if there is not None and there[0] != data:
                raise KeyTaken(key=key)
            if there is None:
                self._faults(key, data)
                self._objects[key] = (data, datetime.now(UTC))
        return Stored(key, size, sha256)

    def copy(self, key: str, to: str) -> None:
        """Keep the same bytes under another key."""
        data = self._get(key)[0]
        self.put(to, io.BytesIO(data), size=len(data), sha256=hashlib.sha256(data).hexdigest())

    def open(self, key: str, start: int = 0, length: int | None = None, chunk: int = CHUNK) -> Chunks:
        """Stream a slice."""
        data = self._get(key)[0]
        owed = slice_length(len(data), start, length)
        stream = io.BytesIO(data)
        stream.seek(start)
        return Chunks(stream.read, stream.close, owed, chunk)

    def fetch(self, key: str, target: Path) -> None:
        """Write a private copy."""
        data = self._get(key)[0]

        def pump(fd: int) -> None:
            with translated("target"):
                write_all(fd, data)

        copy_to(target, pump)

    def stat(self, key: str) -> Stat:
        """Size and time, or NotFound."""
        data, modified = self._get(key)
        return Stat(len(data), modified)

    def exists(self, key: str) -> bool:
        """Whether it is there."""
        check_key(key)
        self._up()
        return key in self._objects

    def delete(self, key: str) -> None:
        """Remove it; gone already is fine."""
        check_key(key)
        self._up()
        with self._lock:
            self._objects.pop(key, None)

    def keys(self, prefix: str) -> Iterator[str]:
        """Every key that begins with `prefix`."""
        check_prefix(prefix)
        self._up()
        with self._lock:
            found = [key for key in self._objects if key.startswith(prefix)]
        yield from found

    def check(self) -> None:
        """Unavailable when a switch says so."""
        self._up()
        if self.full:
            raise StoreUnavailable(reason="low_space", place="store")

    def incoming(self, name: str | None = None) -> Incoming:
        """Stage an upload in a temporary folder that goes with this store."""
        return Incoming(self._folder(), name, keep=self._keep, room=self._room)

    def sweep(self, older_than_s: float) -> int:
        """Remove staged files that were left behind."""
        return incoming.sweep(self._folder(), older_than_s)

    def _folder(self) -> Path:
        with self._lock:
            if self._staging is None:
                self._staging = Path(tempfile.mkdtemp(prefix="memory-store-"))
                weakref.finalize(self, shutil.rmtree, self._staging, ignore_errors=True)
            return self._staging

    def _keep(self, staged: Path, key: str, lies: Measure, content_type: str) -> Stored:
        return self.put(key, staged, size=lies.size, sha256=lies.sha256, content_type=content_type)

    def _room(self, size: int) -> None:
        del size
        if self.full:
            raise StoreFull(place="store")

    def _up(self) -> None:
        if self.down:
            raise StoreUnavailable(reason="network")

    def _get(self, key: str) -> tuple[bytes, datetime]:
        check_key(key)
        self._up()
        with contextlib.suppress(KeyError):
            return self._objects[key]
        raise NotFound(key=key)

    def _faults(self, key: str, data: bytes) -> None:
        self._room(len(data))
        error, self.fail_next_put = self.fail_next_put, None
        if error is not None:
            raise error
        lost, self.truncate_next_put = self.truncate_next_put, 0
        if lost:
            raise IntegrityError(key=key, size=max(0, len(data) - lost))

    @staticmethod
    def _expect(key: str, data: bytes, size: int, sha256: str) -> None:
        found = hashlib.sha256(data).hexdigest()
        if len(data) != size or found != sha256:
            raise IntegrityError(key=key, size=len(data), found=found)


def _read_up_to(source: BinaryIO, limit: int) -> bytes:
    parts: list[bytes] = []
    while limit > 0 and (data := source.read(min(BLOCK, limit))):
        parts.append(data)
        limit -= len(data)
    return b"".join(parts)

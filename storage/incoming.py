"""Uploads on their way in: bytes of unknown hash, staged in a folder until they are kept or discarded."""

import contextlib
import os
import re
import stat
import time
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Self
from uuid import uuid4

from storage.disk import Measure, Meter, measure_fd, sync_fd, sync_folder, translated, try_lock, write_all
from storage.errors import BadKey, IntegrityError, StorageError, UploadBusy, from_os

if TYPE_CHECKING:
    from storage.store import Stored

PART = ".part"
ROOM_EVERY = 16 << 20
_NAME = re.compile(r"[a-z0-9_-]{1,100}", re.ASCII)

Keep = Callable[[Path, str, Measure, str], "Stored"]
Room = Callable[[int], None]


class Incoming:
    """One staged upload, locked for us. Leaving the `with` block forgets it unless it was named or kept.

    A named upload stays on disk (synced) and is taken up again by the same name; `size` is then its offset.
    """

    def __init__(self, folder: Path, name: str | None, *, keep: Keep, room: Room) -> None:
        if name is not None and not _NAME.fullmatch(name):
            raise BadKey(length=len(name))
        self._named = name is not None
        self._path = folder / f"up-{name or uuid4().hex}{PART}"
        self._keep = keep
        self._room = room
        room(0)
        self._fd = claim(self._path)
        self._meter = Meter()
        self._size = os.fstat(self._fd).st_size
        self._whole = self._size == 0  # only then has the meter seen every byte
        self._asked = self._size

    @property
    def size(self) -> int:
        """Bytes staged so far."""
        return self._size

    @property
    def held(self) -> bool:
        """Whether it is still ours: neither kept, nor discarded, nor put down."""
        return self._fd >= 0

    @property
    def sha256(self) -> str:
        """SHA-256 of the bytes so far, lower-case hex."""
        return self.measure().sha256

    @property
    def crc32(self) -> int:
        """CRC-32 of the bytes so far."""
        return self.measure().crc32

    def measure(self) -> Measure:
        """Size and checksums so far; a resumed upload is read once for it."""
        if not self._whole:
            self._meter = Meter()
            with translated():
                while data := os.pread(self._fd, 1 << 20, self._meter.size):
                    self._meter.add(data)
            self._whole = True
        return self._meter.result()

    def write(self, data: bytes) -> int:
        """Append; when the disk is full nothing of `data` stays, so that `size` remains true."""
        if self._size + len(data) - self._asked > ROOM_EVERY:
            self._room(len(data))
            self._asked = self._size
        try:
            os.lseek(self._fd, self._size, os.SEEK_SET)
            write_all(self._fd, data)
        except OSError as error:
            with contextlib.suppress(OSError):
                os.ftruncate(self._fd, self._size)
            raise from_os(error) from error
        self._size += len(data)
        if self._whole:
            self._meter.add(data)
        return len(data)

    def cut(self, size: int) -> None:
        """Forget what lies beyond `size` bytes; nothing happens when there is nothing."""
        if size >= self._size:
            return
        with translated():
            os.ftruncate(self._fd, size)
        self._size, self._whole, self._meter = size, size == 0, Meter()

    def flush(self) -> None:
        """Bring what was written, and the name it has, to the disk."""
        with translated():
            sync_fd(self._fd)
            sync_folder(self._path.parent)

    def keep(
        self, key: str, *, sha256: str | None = None, content_type: str = "application/octet-stream", hold: bool = False
    ) -> "Stored":
        """Make it the object under `key`, verified as stored; IntegrityError when that is not what came in.

        With `hold` the name stays ours, with nothing staged under it, until it is discarded or put down.
        """
        came = self.measure()
        if sha256 is not None and came.sha256 != sha256:
            raise IntegrityError(key=key, found=came.sha256)
        with translated():
            sync_fd(self._fd)
            lies = measure_fd(self._fd, cold=True)
        if lies != came:
            raise IntegrityError(key=key, found=lies.sha256)
        stored = self._keep(self._path, key, lies, content_type)
        if hold:
            self._begin_anew()
        else:
            self.discard()
        return stored

    def _begin_anew(self) -> None:
        """Put an empty file of ours in the place of the one that was kept: nobody comes between."""
        fresh = self._path.with_name(f"up-{uuid4().hex}{PART}")
        fd = claim(fresh)
        with translated():
            fresh.rename(self._path)
        self._release()
        self._fd, self._size, self._whole, self._asked, self._meter = fd, 0, True, 0, Meter()

    def discard(self) -> None:
        """Forget the staged bytes."""
        self._path.unlink(missing_ok=True)
        self._release()

    def close(self) -> None:
        """Put it down: a named one stays for later, synced; another is forgotten."""
        if self._fd < 0:
            return
        if not self._named:
            self.discard()
            return
        try:
            self.flush()
        finally:
            self._release()

    def _release(self) -> None:
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        try:
            self.close()
        except StorageError:
            if error is None:
                raise

    def __del__(self) -> None:
        if hasattr(self, "_fd"):
            self._release()


def claim(path: Path) -> int:
    """Open or make a staged file and lock it; UploadBusy when someone else has it."""
    while True:
        with translated():
            fd = _open(path)
        if not try_lock(fd):
            os.close(fd)
            raise UploadBusy
        found = os.fstat(fd)
        if not _lies_at(found, path):  # swept or kept between opening and locking: make it anew
            os.close(fd)
        elif found.st_nlink > 1:  # its process died after it became an object: that is not ours to write to
            path.unlink(missing_ok=True)
            os.close(fd)
        elif not found.st_mode & stat.S_IWUSR:  # its process died just before: take it up again
            os.fchmod(fd, 0o600)
            os.close(fd)
        else:
            return fd


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except PermissionError:  # sealed
        return os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)


def _lies_at(found: os.stat_result, path: Path) -> bool:
    try:
        return os.path.samestat(found, path.lstat())
    except FileNotFoundError:
        return False


def sweep(folder: Path, older_than_s: float) -> int:
    """Remove staged files that nobody holds and nobody touched for so many seconds; how many."""
    before = time.time() - older_than_s
    gone = 0
    for path in folder.glob(f"*{PART}"):
        try:
            if path.stat().st_mtime > before:
                continue
            fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW)
        except OSError:
            continue
        try:
            if try_lock(fd) and _lies_at(os.fstat(fd), path):
                path.unlink(missing_ok=True)
                gone += 1
        finally:
            os.close(fd)
    return gone

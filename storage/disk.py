"""The few file-system deeds that durable storage needs, in one place."""

import contextlib
import fcntl
import hashlib
import os
import stat as modes
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from storage.errors import NotFound, from_os

BLOCK = 1 << 20


class Measure(NamedTuple):
    """What bytes really are: size, SHA-256 in hex, CRC-32."""

    size: int
    sha256: str
    crc32: int


class Meter:
    """Measures bytes as they pass."""

    def __init__(self) -> None:
        self.size = 0
        self.crc32 = 0
        self._sha = hashlib.sha256()

    def add(self, data: bytes) -> None:
        """Count these bytes in."""
        self.size += len(data)
        self.crc32 = zlib.crc32(data, self.crc32)
        self._sha.update(data)

    @property
    def sha256(self) -> str:
        """SHA-256 so far, lower-case hex."""
        return self._sha.hexdigest()

    def result(self) -> Measure:
        """What has passed so far."""
        return Measure(self.size, self.sha256, self.crc32)


@contextlib.contextmanager
def translated(place: str = "store") -> Iterator[None]:
    """Turn OSError into our own tree."""
    try:
        yield
    except OSError as error:
        raise from_os(error, place=place) from error


def measure_fd(fd: int, *, cold: bool = False) -> Measure:
    """Read the whole file and measure it; `cold` asks the system to forget its cached copy first."""
    if cold and hasattr(os, "posix_fadvise"):
        os.posix_fadvise(fd, 0, 0, os.POSIX_FADV_DONTNEED)
    meter = Meter()
    while data := os.pread(fd, BLOCK, meter.size):
        meter.add(data)
    return meter.result()


def write_all(fd: int, data: bytes) -> None:
    """Write every byte, however many calls it takes."""
    view = memoryview(data)
    while view:
        view = view[os.write(fd, view) :]


def sync_fd(fd: int) -> None:
    """Bring a file to the disk itself (macOS needs F_FULLFSYNC for that)."""
    full = getattr(fcntl, "F_FULLFSYNC", None)
    if full is None:
        os.fsync(fd)
    else:
        fcntl.fcntl(fd, full)


def sync_folder(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    fd = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)


def sync_chain(folder: Path, root: Path) -> None:
    """Sync `folder` and its parents up to `root`: another writer may have made one and not synced it yet."""
    sync_folder(folder)
    while folder != root:
        folder = folder.parent
        sync_folder(folder)


def open_regular(path: Path, key: str) -> tuple[int, os.stat_result]:
    """Open a regular file for reading, never through a symbolic link; anything else is NotFound."""
    try:
        fd = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NOFOLLOW | os.O_NONBLOCK)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NotFound(key=key) from error
    except OSError as error:
        raise from_os(error) from error
    found = os.fstat(fd)
    if not modes.S_ISREG(found.st_mode):
        os.close(fd)
        raise NotFound(key=key)
    return fd, found


def copy_to(target: Path, pump: Callable[[int], None]) -> None:
    """Make `target` a private file (0600) filled by `pump(fd)`; nothing is left of it when that fails."""
    with translated("target"):
        target.unlink(missing_ok=True)
        fd = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    try:
        pump(fd)
    except BaseException:
        target.unlink(missing_ok=True)
        raise
    finally:
        os.close(fd)


def clone(source: int, target: int, size: int) -> None:
    """Copy a file inside the kernel (shared blocks where the file system can), else through memory."""
    done = 0
    if hasattr(os, "copy_file_range"):
        with contextlib.suppress(OSError):
            while done < size and (n := os.copy_file_range(source, target, size - done, done, done)):
                done += n
    with translated("target"):
        os.lseek(target, done, os.SEEK_SET)
        while data := os.pread(source, BLOCK, done):
            write_all(target, data)
            done += len(data)


@contextlib.contextmanager
def locked(folder: Path, key: str) -> Iterator[None]:
    """Hold one of 256 lock files of `folder`, chosen by key: one writer per key on this machine."""
    stripe = hashlib.sha256(key.encode()).hexdigest()[:2]
    with translated():
        fd = os.open(folder / f"lock-{stripe}", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(fd, fcntl.LOCK_EX)
        yield
    finally:
        os.close(fd)


def try_lock(fd: int) -> bool:
    """Take the file for us alone, if nobody has it."""
    try:
        fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True

"""A folder on a disk: atomic, verified as stored, synced, never replacing."""

import contextlib
import errno
import os
import stat as modes
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from storage import incoming
from storage.chunks import Chunks, slice_length
from storage.disk import (
    BLOCK,
    Measure,
    Meter,
    clone,
    copy_to,
    locked,
    measure_fd,
    open_regular,
    sync_chain,
    sync_fd,
    sync_folder,
    translated,
    write_all,
)
from storage.errors import IntegrityError, KeyTaken, NotFound, StoreFull, StoreUnavailable, from_os
from storage.incoming import PART, Incoming, claim
from storage.keys import check_key, check_prefix
from storage.store import BYTES, CHUNK, Stat, Stored

STAGING = ".incoming"
NO_LINKS = frozenset({errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK})
TRIES = 20  # a folder may be pruned by a deletion just before we link into it


class LocalStore:
    """Objects as read-only files under `root`; `reserve_bytes` of the disk are left free for the database."""

    def __init__(self, root: Path, *, reserve_bytes: int = 0) -> None:
        self.root = Path(root).absolute()
        self.reserve_bytes = reserve_bytes
        self._staging = self.root / STAGING
        with translated():
            self._staging.mkdir(mode=0o750, parents=True, exist_ok=True)

    def __repr__(self) -> str:
        return f"LocalStore({str(self.root)!r})"

    def put(self, key: str, source: Path | BinaryIO, *, size: int, sha256: str, content_type: str = BYTES) -> Stored:
        """Write a synced temporary file, read it back, link it to its name without replacing."""
        del content_type  # known from the database; a folder keeps bytes only
        check_key(key)
        if self._compare(key, size, sha256):
            return self._settled(key, size, sha256)
        self._room(size)
        temp = self._staging / f"put-{uuid4().hex}{PART}"
        fd = claim(temp)
        try:
            with contextlib.ExitStack() as stack:
                stream = stack.enter_context(source.open("rb")) if isinstance(source, Path) else source
                self._write(fd, stream, key, (size, sha256))
            with translated():
                sync_fd(fd)
                lies = measure_fd(fd, cold=True)
            _expect(key, lies, size, sha256)
            return self._place(temp, key, lies, BYTES)
        finally:
            temp.unlink(missing_ok=True)
            os.close(fd)

    def copy(self, key: str, to: str) -> None:
        """Give the file a second name: what lies here never changes."""
        size, source, path = self.stat(key).size, self._path(key), self._path(to)
        try:
            path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
            os.link(source, path, follow_symlinks=False)
        except OSError:  # a taken name, no links here, a folder that was pruned just before: `put` knows them all
            with source.open("rb") as file:
                self.put(to, source, size=size, sha256=measure_fd(file.fileno()).sha256)
            return
        self._settled(to, size, "")

    def open(self, key: str, start: int = 0, length: int | None = None, chunk: int = CHUNK) -> Chunks:
        """Stream a slice of the file."""
        fd, found = open_regular(self._path(key), key)
        try:
            owed = slice_length(found.st_size, start, length)
            os.lseek(fd, start, os.SEEK_SET)
        except BaseException:
            os.close(fd)
            raise
        return Chunks(partial(_read, fd), partial(os.close, fd), owed, chunk)

    def fetch(self, key: str, target: Path) -> None:
        """Copy (sharing blocks where the file system can), never a hard link: originals stay out of reach."""
        fd, found = open_regular(self._path(key), key)
        try:
            copy_to(target, lambda to: clone(fd, to, found.st_size))
        finally:
            os.close(fd)

    def stat(self, key: str) -> Stat:
        """Size and time of the file, or NotFound."""
        try:
            found = os.lstat(self._path(key))
        except (FileNotFoundError, NotADirectoryError) as error:
            raise NotFound(key=key) from error
        except OSError as error:
            raise from_os(error) from error
        if not modes.S_ISREG(found.st_mode):
            raise NotFound(key=key)
        return Stat(found.st_size, datetime.fromtimestamp(found.st_mtime, UTC))

    def exists(self, key: str) -> bool:
        """Whether the file is there."""
        try:
            self.stat(key)
        except NotFound:
            return False
        return True

    def delete(self, key: str) -> None:
        """Remove the file and the folders it leaves empty."""
        path = self._path(key)
        if not self.exists(key):
            return
        with translated():
            path.unlink(missing_ok=True)
            with contextlib.suppress(FileNotFoundError, NotADirectoryError):
                sync_folder(path.parent)
        for folder in path.parents:
            if folder == self.root:
                break
            try:
                folder.rmdir()
            except OSError:
                break

    def keys(self, prefix: str) -> Iterator[str]:
        """Walk the folder nearest to `prefix`."""
        check_prefix(prefix)
        top = self.root / prefix.rpartition("/")[0]
        for folder, names, files in os.walk(top):
            if Path(folder) == self.root and STAGING in names:
                names.remove(STAGING)
            for name in files:
                key = Path(folder, name).relative_to(self.root).as_posix()
                if key.startswith(prefix):
                    yield key

    def check(self) -> None:
        """Write, sync and remove a probe; the reserve must be free."""
        if not self.root.is_dir():
            raise StoreUnavailable(reason="missing", place="store")
        try:
            self._room(0)
            with Incoming(self._staging, None, keep=self._place, room=self._room) as probe:
                probe.write(b"probe")
                probe.flush()
        except StoreFull as error:
            raise StoreUnavailable(reason="low_space", place="store") from error

    def incoming(self, name: str | None = None) -> Incoming:
        """Stage an upload on the same file system, so that keeping it moves no bytes."""
        return Incoming(self._staging, name, keep=self._place, room=self._room)

    def sweep(self, older_than_s: float) -> int:
        """Remove staged files that were left behind."""
        return incoming.sweep(self._staging, older_than_s)

    def _path(self, key: str) -> Path:
        return self.root / check_key(key)

    def _room(self, size: int) -> None:
        with translated():
            free = os.statvfs(self._staging)
        if free.f_bavail * free.f_frsize - size < self.reserve_bytes:
            raise StoreFull(place="store")

    def _write(self, fd: int, stream: BinaryIO, key: str, promised: tuple[int, str]) -> None:
        size, sha256 = promised
        meter = Meter()
        while data := stream.read(BLOCK):
            meter.add(data)
            if meter.size > size:
                raise IntegrityError(key=key, size=meter.size)
            with translated():
                write_all(fd, data)
        _expect(key, meter.result(), size, sha256)

    def _compare(self, key: str, size: int, sha256: str) -> bool:
        """True: the same bytes are there. False: nothing is. KeyTaken: others are."""
        try:
            fd, found = open_regular(self._path(key), key)
        except NotFound:
            return False
        try:
            if found.st_size != size or measure_fd(fd).sha256 != sha256:
                raise KeyTaken(key=key)
        finally:
            os.close(fd)
        return True

    def _place(self, staged: Path, key: str, lies: Measure, content_type: str) -> Stored:
        """Give a synced, measured file its name and make the name durable."""
        del content_type
        path = self._path(key)
        with translated():
            staged.chmod(0o440)
        for _ in range(TRIES):
            try:
                path.parent.mkdir(mode=0o750, parents=True, exist_ok=True)
                self._link(staged, path, key)
            except FileNotFoundError:
                continue
            except FileExistsError as error:
                if not self._compare(key, lies.size, lies.sha256):
                    raise KeyTaken(key=key) from error  # a folder has this name
            except NotADirectoryError as error:
                raise KeyTaken(key=key) from error
            except OSError as error:
                raise from_os(error) from error
            return self._settled(key, lies.size, lies.sha256)
        raise StoreUnavailable(reason="enoent", place="store")

    def _link(self, staged: Path, path: Path, key: str) -> None:
        try:
            os.link(staged, path)
        except OSError as error:
            if error.errno not in NO_LINKS:
                raise
            with locked(self._staging, key):  # a file system without hard links: one mover at a time
                if os.path.lexists(path):
                    raise FileExistsError from error
                staged.rename(path)

    def _settled(self, key: str, size: int, sha256: str) -> Stored:
        with translated():
            sync_chain(self._path(key).parent, self.root)
        return Stored(key, size, sha256)


def _read(fd: int, size: int) -> bytes:
    with translated():
        return os.read(fd, size)


def _expect(key: str, found: Measure, size: int, sha256: str) -> None:
    if found.size != size or found.sha256 != sha256:
        raise IntegrityError(key=key, size=found.size, found=found.sha256)

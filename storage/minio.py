"""Any S3-compatible store, through the `minio` client."""

import contextlib
import hashlib
import os
import tempfile
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import BinaryIO, Self, cast

import msgspec
import urllib3
from minio import Minio
from minio.commonconfig import CopySource

from storage import incoming
from storage.chunks import Chunks, slice_length
from storage.disk import BLOCK, Measure, Meter, copy_to, locked, translated, write_all
from storage.errors import IntegrityError, KeyTaken, NotFound, StoreUnavailable
from storage.incoming import Incoming
from storage.keys import check_key, check_prefix
from storage.s3_client import S3Address, connect, s3_errors
from storage.store import BYTES, CHUNK, Stat, Stored

PART_SIZE = 16 << 20  # what one request holds in memory
MAX_PARTS = 9_000
SPOOL = 4 << 20


class Prints(msgspec.Struct, frozen=True):
    """What the bytes are, and the ETag an S3 server makes of them (whole, or in parts as we send them)."""

    size: int
    sha256: str
    etags: frozenset[str]


class MinioStore:
    """Objects in one bucket. `verify='read'` reads every object back even when the server's MD5 agrees.

    Nothing is replaced: the server is asked by `If-None-Match`, and for servers that ignore it one writer per key is
    let through at a time by lock files in `staging`, which the processes of one machine share.
    """

    def __init__(
        self, client: Minio, bucket: str, *, staging: Path, make_bucket: bool = True, verify: str = "etag"
    ) -> None:
        self._client = client
        self._bucket = bucket
        self._staging = Path(staging)
        self._make_bucket = make_bucket
        self._verify = verify
        with translated("staging"):
            self._staging.mkdir(mode=0o700, parents=True, exist_ok=True)
            owner = self._staging.lstat().st_uid
        if owner != os.getuid():  # a folder someone else laid out for us, in /tmp perhaps
            raise StoreUnavailable(reason="foreign_folder", place="staging")

    @classmethod
    def at(cls, address: S3Address, *, staging: Path, make_bucket: bool = True, verify: str = "etag") -> Self:
        """The store at an address; nothing is sent yet."""
        return cls(connect(address), address.bucket, staging=staging, make_bucket=make_bucket, verify=verify)

    def __repr__(self) -> str:
        return f"MinioStore({self._bucket!r})"

    @property
    def connection(self) -> tuple[Minio, str]:
        """The client and the bucket, for who examines the server."""
        return self._client, self._bucket

    def put(self, key: str, source: Path | BinaryIO, *, size: int, sha256: str, content_type: str = BYTES) -> Stored:
        """Measure the source, send it, compare what the server holds; a difference removes it again."""
        check_key(key)
        with contextlib.ExitStack() as stack:
            if isinstance(source, Path):
                stream: BinaryIO = stack.enter_context(source.open("rb"))
            else:
                stream = stack.enter_context(self._spool(source, key, size))
            prints = take_prints(stream)
            if prints.size != size or prints.sha256 != sha256:
                raise IntegrityError(key=key, size=prints.size, found=prints.sha256)
            stack.enter_context(locked(self._staging, key))
            self._ensure_bucket()
            if not self._compare(key, prints):
                self._send(key, stream, prints, content_type)
        return Stored(key, size, sha256)

    def copy(self, key: str, to: str) -> None:
        """Let the server copy, and compare what it holds then."""
        check_key(to)
        before = self._print(key)
        with locked(self._staging, to):
            if not self.exists(to):
                with s3_errors(to):
                    self._client.copy_object(self._bucket, to, CopySource(self._bucket, key))
            if self._print(to) != before:
                raise KeyTaken(key=to)

    def open(self, key: str, start: int = 0, length: int | None = None, chunk: int = CHUNK) -> Chunks:
        """Stream a slice of the object; one request, two for a range."""
        check_key(key)
        self._ensure_bucket()
        owed: int | None = None
        if start or length is not None:
            owed = slice_length(self.stat(key).size, start, length)
            if owed == 0:
                return Chunks(lambda _: b"", lambda: None, 0, chunk)
        with s3_errors(key):
            answer = self._client.get_object(self._bucket, key, offset=start, length=owed or 0)
        if owed is None:
            owed = int(answer.headers.get("Content-Length", "0"))
        return Chunks(partial(_read, answer, key), partial(_let_go, answer), owed, chunk)

    def fetch(self, key: str, target: Path) -> None:
        """Download to a private file."""
        with self.open(key, chunk=BLOCK) as chunks:

            def pump(fd: int) -> None:
                for data in chunks:
                    with translated("target"):
                        write_all(fd, data)

            copy_to(target, pump)

    def stat(self, key: str) -> Stat:
        """Size and time, or NotFound."""
        check_key(key)
        with s3_errors(key):
            found = self._client.stat_object(self._bucket, key)
        return Stat(int(found.size or 0), found.last_modified or datetime.fromtimestamp(0, UTC))

    def exists(self, key: str) -> bool:
        """Whether the object is there."""
        try:
            self.stat(key)
        except NotFound:
            return False
        return True

    def delete(self, key: str) -> None:
        """Remove the object; gone already is fine."""
        check_key(key)
        with contextlib.suppress(NotFound), s3_errors(key):
            self._client.remove_object(self._bucket, key)

    def keys(self, prefix: str) -> Iterator[str]:
        """List the bucket page by page."""
        check_prefix(prefix)
        self._ensure_bucket()
        with s3_errors():
            for found in self._client.list_objects(self._bucket, prefix or None, recursive=True):
                if found.object_name and not found.is_dir:
                    yield found.object_name

    def check(self) -> None:
        """The server answers, knows us and has the bucket; the staging folder can be written."""
        try:
            self._ensure_bucket()
            with s3_errors():
                there = self._client.bucket_exists(self._bucket)
        except NotFound as error:
            raise StoreUnavailable(reason="no_bucket") from error
        if not there:
            raise StoreUnavailable(reason="no_bucket")
        if not os.access(self._staging, os.W_OK | os.X_OK):
            raise StoreUnavailable(reason="eacces", place="staging")

    def incoming(self, name: str | None = None) -> Incoming:
        """Stage an upload in the local folder; keeping it sends it."""
        return Incoming(self._staging, name, keep=self._keep, room=lambda _: None)

    def sweep(self, older_than_s: float) -> int:
        """Remove staged files that were left behind."""
        return incoming.sweep(self._staging, older_than_s)

    def _keep(self, staged: Path, key: str, lies: Measure, content_type: str) -> Stored:
        return self.put(key, staged, size=lies.size, sha256=lies.sha256, content_type=content_type)

    @contextlib.contextmanager
    def _spool(self, source: BinaryIO, key: str, size: int) -> Iterator[BinaryIO]:
        """A private copy of a stream that can be read once only, so that nothing wrong is ever sent."""
        with tempfile.SpooledTemporaryFile(SPOOL, dir=str(self._staging)) as copy:
            done = 0
            while data := source.read(BLOCK):
                done += len(data)
                if done > size:
                    raise IntegrityError(key=key, size=done)
                with translated("staging"):
                    copy.write(data)
            copy.seek(0)
            yield cast("BinaryIO", copy)

    def _ensure_bucket(self) -> None:
        if not self._make_bucket:
            return
        with s3_errors():
            if not self._client.bucket_exists(self._bucket):
                try:
                    self._client.make_bucket(self._bucket)
                except Exception:  # another process may have been quicker
                    if not self._client.bucket_exists(self._bucket):
                        raise
        self._make_bucket = False

    def _send(self, key: str, stream: BinaryIO, prints: Prints, content_type: str) -> None:
        stream.seek(0)
        try:
            with s3_errors(key):
                self._client.put_object(
                    self._bucket,
                    key,
                    stream,
                    prints.size,
                    content_type=content_type,
                    metadata={"sha256": prints.sha256},
                    part_size=part_size(prints.size),
                    num_parallel_uploads=1,
                )
        except KeyTaken:  # someone was quicker, or a retry met its own first try
            self._compare(key, prints)
            return
        if not self._holds(key, prints):
            self.delete(key)
            raise IntegrityError(key=key)

    def _print(self, key: str) -> tuple[int | None, str | None]:
        check_key(key)
        with s3_errors(key):
            found = self._client.stat_object(self._bucket, key)
        return found.size, found.etag

    def _compare(self, key: str, prints: Prints) -> bool:
        """True: the same bytes are there. False: nothing is. KeyTaken: others are."""
        try:
            same = self._holds(key, prints)
        except NotFound:
            return False
        if not same:
            raise KeyTaken(key=key)
        return True

    def _holds(self, key: str, prints: Prints) -> bool:
        """Whether the stored bytes are these: by the server's own MD5, else by reading them back."""
        with s3_errors(key):
            found = self._client.stat_object(self._bucket, key)
        if found.size != prints.size:
            return False
        if self._verify == "etag" and (found.etag or "").strip('"').lower() in prints.etags:
            return True
        meter = Meter()
        with self.open(key, chunk=BLOCK) as chunks:
            for data in chunks:
                meter.add(data)
        return meter.sha256 == prints.sha256


def part_size(size: int) -> int:
    """Bytes per request for an object of `size`."""
    return max(PART_SIZE, -(-size // MAX_PARTS))


def take_prints(stream: BinaryIO) -> Prints:
    """Read a seekable stream from its beginning and take its prints."""
    stream.seek(0, os.SEEK_END)
    each = part_size(stream.tell())
    stream.seek(0)
    sha, whole, parts = hashlib.sha256(), hashlib.md5(usedforsecurity=False), list[bytes]()
    size = 0
    while True:
        part = hashlib.md5(usedforsecurity=False)
        left = each
        while left and (data := stream.read(min(BLOCK, left))):
            left -= len(data)
            size += len(data)
            for digest in (sha, whole, part):
                digest.update(data)
        if left == each and parts:
            break
        parts.append(part.digest())
        if left:
            break
    joined = hashlib.md5(b"".join(parts), usedforsecurity=False).hexdigest()
    return Prints(size, sha.hexdigest(), frozenset({whole.hexdigest(), f"{joined}-{len(parts)}"}))


def _read(answer: urllib3.BaseHTTPResponse, key: str, size: int) -> bytes:
    with s3_errors(key):
        return answer.read(size)


def _let_go(answer: urllib3.BaseHTTPResponse) -> None:
    answer.close()
    answer.release_conn()

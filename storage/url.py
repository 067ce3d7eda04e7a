"""A store by its address: file:///folder, s3://KEY:SECRET@host:port/bucket, memory://."""

import os
import re
import tempfile
from pathlib import Path
from urllib.parse import SplitResult, parse_qsl, unquote, urlsplit

from storage.errors import BadUrl
from storage.local import LocalStore
from storage.memory import MemoryStore
from storage.minio import MinioStore
from storage.s3_client import S3Address
from storage.store import Store

RESERVE = 256 << 20  # bytes left free beside the objects: the database often lives on the same disk
_BUCKET = re.compile(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", re.ASCII)
_OPTIONS = {
    "file": {"reserve"},
    "s3": {"region", "secure", "staging", "make_bucket", "verify"},
    "memory": set[str](),
}


def from_url(url: str) -> Store:
    """Make the store a setting names; BadUrl (with a stable `reason`, without the secret) when it cannot be read.

    file: `reserve` (bytes to leave free, default 256 MiB). s3: `region`, `secure` (1), `staging` (a local folder),
    `make_bucket` (1), `verify` (etag | read). Special characters in key and secret are percent-encoded.
    """
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise BadUrl(reason="syntax") from None  # its text may repeat the secret
    if parts.scheme not in _OPTIONS:
        raise BadUrl(reason="scheme")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if options.keys() - _OPTIONS[parts.scheme]:
        raise BadUrl(reason="option")
    if parts.scheme == "file":
        return _local(parts, options)
    return _s3(parts, port, options) if parts.scheme == "s3" else MemoryStore()


def masked(url: str) -> str:
    """The address without its secret, for logs and the doctor."""
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
        port = f":{parts.port}" if parts.port else ""
    except ValueError:
        return "(unreadable)"
    return f"{parts.scheme}://{host}{port}{parts.path}"


def _local(parts: SplitResult, options: dict[str, str]) -> Store:
    folder = unquote(parts.path)
    if parts.netloc not in {"", "localhost"} or not folder.startswith("/") or "\0" in folder:
        raise BadUrl(reason="path")
    reserve = options.get("reserve", str(RESERVE))
    if not reserve.isdecimal():
        raise BadUrl(reason="option")
    return LocalStore(Path(folder), reserve_bytes=int(reserve))


def _s3(parts: SplitResult, port: int | None, options: dict[str, str]) -> Store:
    bucket = parts.path.strip("/")
    if not parts.hostname or not _BUCKET.fullmatch(bucket):
        raise BadUrl(reason="bucket")
    if not parts.username or not parts.password:
        raise BadUrl(reason="credentials")
    verify = options.get("verify", "etag")
    if verify not in {"etag", "read"}:
        raise BadUrl(reason="option")
    host = f"[{parts.hostname}]" if ":" in parts.hostname else parts.hostname
    address = S3Address(
        endpoint=f"{host}:{port}" if port else host,
        bucket=bucket,
        access_key=unquote(parts.username),
        secret_key=unquote(parts.password),
        region=options.get("region", "us-east-1"),
        secure=_flag(options.get("secure", "1")),
    )
    staging = options.get("staging") or f"{tempfile.gettempdir()}/safelight-incoming-{os.getuid()}"
    make_bucket = _flag(options.get("make_bucket", "1"))
    return MinioStore.at(address, staging=Path(staging), make_bucket=make_bucket, verify=verify)


def _flag(value: str) -> bool:
    if value not in {"0", "1"}:
        raise BadUrl(reason="option")
    return value == "1"

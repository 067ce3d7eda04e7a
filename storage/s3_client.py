"""The S3 connection: timeouts, bounded retries, no replacing, and refusals turned into our own errors."""

import contextlib
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import msgspec
import urllib3
from minio import Minio
from minio.error import InvalidResponseError, MinioException, S3Error, ServerError

from storage.errors import KeyTaken, NotFound, StorageError, StoreFull, StoreUnavailable

CONNECT_S, READ_S, RETRIES = 5.0, 60.0, 3
_CODE = re.compile(r"<Code>(\w{1,64})</Code>")
_NO_ROOM = frozenset({"XMinioStorageFull", "InsufficientStorage", "InsufficientCapacity", "QuotaExceeded"})


class S3Address(msgspec.Struct, frozen=True, kw_only=True):
    """Where the store is and who we are; the secret never shows in a repr."""

    endpoint: str
    bucket: str
    access_key: str
    secret_key: str
    region: str = "us-east-1"
    secure: bool = True

    def __repr__(self) -> str:
        return f"S3Address({self.endpoint}/{self.bucket})"


class WriteOncePool(urllib3.PoolManager):
    """Asks the server never to replace an object; one that does not know the header ignores it."""

    def urlopen(self, method: str, url: str, redirect: bool = True, **kw: Any) -> urllib3.BaseHTTPResponse:  # type: ignore[override]
        """Send a request; a write that makes an object visible carries `If-None-Match: *`."""
        parts = urlsplit(url)
        asked = parse_qs(parts.query, keep_blank_values=True)
        whole = method == "PUT" and not asked and parts.path.strip("/").count("/") > 0
        joined = method == "POST" and "uploadId" in asked
        if whole or joined:
            kw["headers"]["If-None-Match"] = "*"
        return super().urlopen(method, url, redirect, **kw)


def connect(address: S3Address, *, connect_s: float = CONNECT_S, read_s: float = READ_S) -> Minio:
    """A client with its region given (or each one asks for the bucket's place first). No traffic yet."""
    pool = WriteOncePool(
        maxsize=16,
        timeout=urllib3.Timeout(connect=connect_s, read=read_s),
        retries=urllib3.Retry(
            total=RETRIES, backoff_factor=0.2, status_forcelist=(500, 502, 503, 504), raise_on_status=False
        ),
    )
    return Minio(
        address.endpoint,
        address.access_key,
        address.secret_key,
        secure=address.secure,
        region=address.region,
        http_client=pool,
    )


@contextlib.contextmanager
def s3_errors(key: str = "") -> Iterator[None]:
    """Turn what the client raises into our own tree."""
    try:
        yield
    except (MinioException, urllib3.exceptions.HTTPError) as error:
        raise translate(error, key) from error


def translate(error: Exception, key: str = "") -> StorageError:
    """Which of our errors this is; text from the server is not passed on."""
    status, code = _facts(error)
    if code in {"NoSuchBucket", "NoSuchUpload"}:
        return StoreUnavailable(reason="no_bucket")
    if code == "NoSuchKey" or status == 404:
        return NotFound(key=key)
    if status == 412 or code in {"PreconditionFailed", "ConditionalRequestConflict"}:
        return KeyTaken(key=key)
    if status == 507 or code in _NO_ROOM or "no space left on device" in str(error):
        return StoreFull(place="store")
    if status in {401, 403}:
        return StoreUnavailable(reason="clock" if code == "RequestTimeTooSkewed" else "refused")
    return StoreUnavailable(reason=f"http_{status}" if status else "network")


def _facts(error: Exception) -> tuple[int, str]:
    if isinstance(error, S3Error):
        return int(getattr(error.response, "status", 0) or 0), error.code or ""
    if isinstance(error, InvalidResponseError):  # rclone, for one, answers text/xml
        found = _CODE.search(error._body or "")  # noqa: SLF001 (the class offers no other way to its body)
        return int(error._code), found[1] if found else ""  # noqa: SLF001 (nor to the status)
    if isinstance(error, ServerError):
        return int(error.status_code), ""
    return 0, ""

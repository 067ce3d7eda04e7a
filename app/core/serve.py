"""How bytes leave over HTTP, written once: ranges, HEAD, conditions, names (RFC 9110, 6266, 8187)."""

import re
from collections.abc import Callable, Iterable, Iterator
from enum import Enum
from typing import Any, Final
from urllib.parse import quote

import anyio
import anyio.to_thread
import msgspec
from litestar.connection import Request
from litestar.datastructures import Cookie
from litestar.response import Response
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

from app.core.names import clean_file_name

BYTES = "application/octet-stream"
INLINE = frozenset({"image/jpeg", "image/png", "image/webp", "image/avif", "image/heic", "image/heif"})
ALLOWED = INLINE | {"image/tiff", "image/x-adobe-dng", "application/zip", "application/pdf", BYTES}
_RANGE = re.compile(r"\s*bytes\s*=\s*([0-9]{0,30})\s*-\s*([0-9]{0,30})\s*", re.ASCII | re.IGNORECASE)
_TAGS = re.compile(r'(?:W/)?("[\x21\x23-\x7e\x80-\xff]*")')

Open = Callable[[int, int], Iterable[bytes]]


class Span(msgspec.Struct, frozen=True):
    """`length` bytes from `start` on."""

    start: int
    length: int


class Refused(Enum):
    """Why there is no span."""

    UNSATISFIABLE = "unsatisfiable"


UNSATISFIABLE: Final = Refused.UNSATISFIABLE


class Served(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be sent. `open(start, length)` may block: it is called in a thread and its result closed."""

    size: int
    etag: str  # strong, with its quotes: etag_of(sha256)
    open: Open
    name: str  # as the user knows it
    media_type: str = BYTES
    inline: bool = False


def etag_of(*parts: str) -> str:
    """A strong entity tag of hashes or ids."""
    return f'"{re.sub(r"[^0-9A-Za-z._-]", "_", "-".join(parts))}"'


def parse_range(header: str | None, size: int) -> Span | Refused | None:
    """The one span asked for. None: send all of it (no, unknown, broken or several ranges; RFC 9110, 14.2)."""
    found = _RANGE.fullmatch(header or "")
    if not found or found[1] == found[2] == "":
        return None
    if not found[1]:
        wanted = int(found[2])
        if wanted == 0:
            return UNSATISFIABLE
        return Span(max(0, size - wanted), min(size, wanted)) if size else None
    first = int(found[1])
    last = int(found[2]) if found[2] else None
    if last is not None and last < first:
        return None
    if first >= size:
        return UNSATISFIABLE
    return Span(first, (size if last is None else min(size, last + 1)) - first)


def matches(header: str | None, etag: str) -> bool:
    """Whether If-None-Match names this entity (weak comparison)."""
    if header is None:
        return False
    return header.strip() == "*" or etag.removeprefix("W/") in _TAGS.findall(header)


def range_holds(if_range: str | None, etag: str) -> bool:
    """Whether If-Range lets a part be sent (strong comparison; a date never holds, we send none)."""
    return if_range is None or (if_range.strip() == etag and not etag.startswith("W/"))


def disposition(name: str, *, inline: bool) -> str:
    """Content-Disposition with a cleaned name, for old and new browsers."""
    clean = clean_file_name(name)
    plain = "".join(char if " " <= char <= "~" and char not in '"\\%' else "_" for char in clean)
    kind = "inline" if inline else "attachment"
    if plain == clean:
        return f'{kind}; filename="{plain}"'
    return f"{kind}; filename=\"{plain}\"; filename*=UTF-8''{quote(clean, safe='!#$&+-.^_`|~')}"


def safe_type(media_type: str) -> str:
    """The type if a browser can do no harm with it, else plain bytes: never HTML, never SVG."""
    return media_type if media_type in ALLOWED else BYTES


def file_response(request: Request[Any, Any, Any], served: Served) -> "FileResponse":
    """200, 206, 304 or 416 for a GET or HEAD; access is the caller's business and comes first."""
    kind = safe_type(served.media_type)
    headers = {
        "ETag": served.etag,
        "Cache-Control": "private, no-cache",
        "X-Content-Type-Options": "nosniff",
    }
    if matches(request.headers.get("if-none-match"), served.etag):
        return FileResponse(304, headers, None, None)
    headers["Accept-Ranges"] = "bytes"
    headers["Content-Type"] = kind
    span: Span | Refused | None = None
    if request.method == "GET" and range_holds(request.headers.get("if-range"), served.etag):
        span = parse_range(request.headers.get("range"), served.size)
    if isinstance(span, Refused):
        headers |= {"Content-Range": f"bytes */{served.size}", "Content-Length": "0"}
        return FileResponse(416, headers, None, None)
    headers["Content-Disposition"] = disposition(served.name, inline=served.inline and kind in INLINE)
    part = span or Span(0, served.size)
    headers["Content-Length"] = str(part.length)
    if span:
        headers["Content-Range"] = f"bytes {span.start}-{span.start + span.length - 1}/{served.size}"
    return FileResponse(206 if span else 200, headers, None if request.method == "HEAD" else served.open, part)


class FileResponse(Response[None]):
    """A Litestar response whose body is pulled in threads."""

    def __init__(self, status: int, headers: dict[str, str], source: Open | None, part: Span | None) -> None:
        super().__init__(None, status_code=status, headers=headers, media_type=headers.get("Content-Type", BYTES))
        self._source = source
        self._part = part

    def to_asgi_response(  # noqa: PLR0913 (the signature is Litestar's)
        self,
        app: Any,
        request: Request[Any, Any, Any],
        *,
        background: Any = None,
        cookies: Iterable[Cookie] | None = None,
        encoded_headers: Iterable[tuple[bytes, bytes]] | None = None,
        headers: dict[str, str] | None = None,
        is_head_response: bool = False,
        media_type: Any = None,
        status_code: int | None = None,
        type_encoders: Any = None,
    ) -> ASGIResponse:
        """Join the headers and cookies of the layers above with ours."""
        del app, request, encoded_headers, is_head_response, media_type, status_code, type_encoders
        own = {name.lower() for name in self.headers}
        above = {name: value for name, value in (headers or {}).items() if name.lower() not in own}
        return FileASGIResponse(
            source=self._source,
            part=self._part,
            background=self.background or background,
            cookies=[*self.cookies, *(cookies or ())],
            headers=above | self.headers,
            status_code=self.status_code,
        )


class FileASGIResponse(ASGIResponse):
    """Sends the headers, then the body chunk by chunk; stops and closes the source when the client goes."""

    _should_set_content_length = False

    def __init__(self, *, source: Open | None, part: Span | None, **base: Any) -> None:
        super().__init__(is_head_response=True, **base)  # content headers are ours alone
        self._source = source
        self._part = part

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Open before the first header: what cannot be opened becomes an ordinary error."""
        del scope
        if self._source is None or self._part is None:
            await self.start_response(send)
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        else:
            body = await anyio.to_thread.run_sync(self._source, self._part.start, self._part.length)
            chunks = iter(body)
            try:
                await self.start_response(send)
                await self._stream(chunks, receive, send)
            finally:
                with anyio.CancelScope(shield=True):
                    await anyio.to_thread.run_sync(_close, chunks, body)
        await self.after_response()

    async def _stream(self, chunks: Iterator[bytes], receive: Receive, send: Send) -> None:
        failed: Exception | None = None
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_cancel_when_gone, receive, tasks.cancel_scope)
            try:
                while (data := await anyio.to_thread.run_sync(next, chunks, None)) is not None:
                    await send({"type": "http.response.body", "body": data, "more_body": True})
                await send({"type": "http.response.body", "body": b"", "more_body": False})
            except Exception as error:  # noqa: BLE001 (raised again below, outside the task group's own wrapper)
                failed = error
            tasks.cancel_scope.cancel()
        if failed is not None:
            raise failed


async def _cancel_when_gone(receive: Receive, scope: anyio.CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    scope.cancel()


def _close(*sources: object) -> None:
    for source in sources:
        close = getattr(source, "close", None)
        if close is not None:
            close()


__all__ = [
    "UNSATISFIABLE",
    "FileResponse",
    "Refused",
    "Served",
    "Span",
    "disposition",
    "etag_of",
    "file_response",
    "matches",
    "parse_range",
    "range_holds",
    "safe_type",
]

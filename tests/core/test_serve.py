import threading
from collections.abc import Iterator
from typing import Any

import anyio
import pytest
from hypothesis import given
from hypothesis import strategies as st
from litestar import Litestar, Request, route
from litestar.exceptions import LitestarException
from litestar.testing import TestClient

from app.core.serve import (
    UNSATISFIABLE,
    FileResponse,
    Served,
    Span,
    disposition,
    etag_of,
    file_response,
    matches,
    parse_range,
    safe_type,
)

DATA = bytes(range(256)) * 3
TAG = etag_of("abc")


@pytest.mark.parametrize(("header", "size", "expected"), [
    (None, 10, None), ("", 10, None), ("bytes=0-4", 10, Span(0, 5)), ("bytes=5-", 10, Span(5, 5)), ("bytes=-3", 10, Span(7, 3)),
    ("bytes=-99", 10, Span(0, 10)), ("bytes=0-99", 10, Span(0, 10)), ("bytes=9-9", 10, Span(9, 1)), ("BYTES = 0 - 0 ", 10, Span(0, 1)),
    ("bytes=10-", 10, UNSATISFIABLE), ("bytes=10-20", 10, UNSATISFIABLE), ("bytes=-0", 10, UNSATISFIABLE), ("bytes=0-", 0, UNSATISFIABLE),
    ("bytes=-5", 0, None), ("bytes=5-4", 10, None), ("bytes=-", 10, None), ("bytes=a-b", 10, None), ("bytes=0-1,4-5", 10, None),
    ("lines=0-4", 10, None), ("bytes=0-4junk", 10, None), ("bytes=--4", 10, None), ("bytes=" + "9" * 30 + "-", 10, UNSATISFIABLE),
    ("bytes=" + "9" * 9000 + "-", 10, None), ("bytes=\u0661-", 10, None), ("bytes=1.5-", 10, None), ("bytes=+1-2", 10, None),
])  # fmt: skip
def test_a_range_header_is_read_as_the_rfc_says(header: str | None, size: int, expected: object) -> None:
    assert parse_range(header, size) == expected


@given(st.text(), st.integers(0, 1000))
def test_any_header_gives_a_range_inside_or_none(text: str, size: int) -> None:
    for header in (text, f"bytes={text}"):
        span = parse_range(header, size)
        if isinstance(span, Span):
            assert 0 <= span.start < size
            assert 0 < span.length <= size - span.start


@pytest.mark.parametrize(("header", "hit"), [
    (None, False), ("*", True), (TAG, True), (f"W/{TAG}", True), (f'"x", {TAG}', True), ('"x"', False), ("abc", False), ('"abcd"', False),
])  # fmt: skip
def test_if_none_match_is_compared_weakly(header: str | None, hit: bool) -> None:
    assert matches(header, TAG) is hit


@pytest.mark.parametrize(("name", "header"), [
    ("IMG_1.jpg", 'attachment; filename="IMG_1.jpg"'),
    ("照片.jpg", "attachment; filename=\"__.jpg\"; filename*=UTF-8''%E7%85%A7%E7%89%87.jpg"),
    ('a"\r\nSet-Cookie: x.jpg', 'attachment; filename="a_Set-Cookie_ x.jpg"'),
    ("../../x.jpg", 'attachment; filename="x.jpg"'),
])  # fmt: skip
def test_a_name_cannot_leave_its_header(name: str, header: str) -> None:
    assert disposition(name, inline=False) == header


@given(st.text())
def test_any_name_makes_a_latin_header_of_one_line(name: str) -> None:
    header = disposition(name, inline=True)
    assert header.isascii()
    assert header.isprintable()


@pytest.mark.parametrize(
    "kind", ["text/html", "image/svg+xml", "application/xhtml+xml", "text/javascript", "image/jpeg; x", ""]
)
def test_dangerous_types_become_plain_bytes(kind: str) -> None:
    assert safe_type(kind) == "application/octet-stream"


class Source:
    """Counts who opened it and whether it was closed."""

    def __init__(self) -> None:
        self.asked: list[tuple[int, int]] = []
        self.closed = 0
        self.threads: set[int] = set()
        self.fail_at: int | None = None

    def open(self, start: int, length: int) -> Iterator[bytes]:
        self.asked.append((start, length))
        return self._read(start, length)

    def _read(self, start: int, length: int) -> Iterator[bytes]:
        try:
            for n in range(start, start + length, 100):
                self.threads.add(threading.get_ident())
                if self.fail_at is not None and n >= self.fail_at:
                    raise OSError("the disk died")
                yield DATA[n : min(n + 100, start + length)]
        finally:
            self.closed += 1


def client(source: Source, **more: Any) -> TestClient[Litestar]:
    served = Served(
        **{"size": len(DATA), "etag": TAG, "open": source.open, "name": "照片.jpg", "media_type": "image/jpeg", **more}
    )

    @route("/f", http_method=["GET", "HEAD"])
    async def handler(request: Request[Any, Any, Any]) -> FileResponse:
        return file_response(request, served)

    return TestClient(Litestar([handler]))


def test_a_file_is_sent_whole() -> None:
    source = Source()
    with client(source, inline=True) as http:
        answer = http.get("/f")
    assert (answer.status_code, answer.content) == (200, DATA)
    expected = {
        "content-length": str(len(DATA)), "accept-ranges": "bytes", "etag": TAG, "content-type": "image/jpeg",
        "x-content-type-options": "nosniff", "cache-control": "private, no-cache",
    }  # fmt: skip
    assert {name: answer.headers[name] for name in expected} == expected
    assert answer.headers["content-disposition"].startswith("inline; ")
    assert source.closed == 1
    assert threading.get_ident() not in source.threads


def test_head_says_the_same_and_opens_nothing() -> None:
    source = Source()
    with client(source) as http:
        head, got = http.head("/f", headers={"range": "bytes=0-1"}), http.get("/f")
    assert (head.status_code, head.content) == (200, b"")
    assert {k: v for k, v in head.headers.items() if k != "date"} == {
        k: v for k, v in got.headers.items() if k != "date"
    }
    assert source.asked == [(0, len(DATA))]


def test_a_part_is_sent() -> None:
    source = Source()
    with client(source) as http:
        answer = http.get("/f", headers={"range": "bytes=10-209"})
    assert (answer.status_code, answer.content) == (206, DATA[10:210])
    assert answer.headers["content-range"] == f"bytes 10-209/{len(DATA)}"
    assert answer.headers["content-length"] == "200"
    assert source.asked == [(10, 200)]


def test_a_part_that_is_not_there_is_refused() -> None:
    with client(Source()) as http:
        answer = http.get("/f", headers={"range": f"bytes={len(DATA)}-"})
    assert (answer.status_code, answer.content) == (416, b"")
    assert answer.headers["content-range"] == f"bytes */{len(DATA)}"


@pytest.mark.parametrize(
    ("if_range", "status"), [(TAG, 206), ('"other"', 200), (f"W/{TAG}", 200), ("Mon, 23 Nov 2026 00:00:00 GMT", 200)]
)
def test_a_part_of_an_older_file_is_never_mixed_in(if_range: str, status: int) -> None:
    with client(Source()) as http:
        assert http.get("/f", headers={"range": "bytes=1-2", "if-range": if_range}).status_code == status


def test_what_the_browser_has_is_not_sent_again() -> None:
    source = Source()
    with client(source) as http:
        answer = http.get("/f", headers={"if-none-match": f"W/{TAG}", "range": "bytes=1-2"})
    assert (answer.status_code, answer.content) == (304, b"")
    assert answer.headers["etag"] == TAG
    assert "content-length" not in answer.headers
    assert source.asked == []


def test_an_empty_file_is_sent() -> None:
    with client(Source(), size=0) as http:
        answer = http.get("/f")
    assert (answer.status_code, answer.content, answer.headers["content-length"]) == (200, b"", "0")


def test_a_dangerous_type_is_only_ever_downloaded() -> None:
    with client(Source(), media_type="image/svg+xml", inline=True) as http:
        answer = http.get("/f")
    assert answer.headers["content-type"] == "application/octet-stream"
    assert answer.headers["content-disposition"].startswith("attachment; ")


def test_what_cannot_be_opened_is_an_ordinary_error() -> None:
    def gone(start: int, length: int) -> Iterator[bytes]:
        raise LookupError

    with client(Source(), open=gone) as http:
        assert http.get("/f").status_code == 500


async def call(source: Source, gone_after: int) -> list[dict[str, Any]]:
    """Speak ASGI to the application and go away after so many messages."""
    http = client(source)
    sent: list[Any] = []
    left = anyio.Event()

    async def receive() -> Any:
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: Any) -> None:
        sent.append(message)
        if len(sent) == gone_after:
            left.set()
            await anyio.sleep(30)

    scope = {
        "type": "http", "method": "GET", "path": "/f", "raw_path": b"/f", "query_string": b"", "headers": [], "root_path": "",
        "http_version": "1.1", "scheme": "http", "server": ("t", 80), "client": ("c", 1), "extensions": {}, "state": {},
    }  # fmt: skip
    with anyio.fail_after(20):
        await http.app(scope, receive, send)  # type: ignore[arg-type]
    return sent


async def test_when_the_client_goes_the_source_is_closed() -> None:
    source = Source()
    sent = await call(source, gone_after=3)
    assert len(sent) == 3
    assert source.closed == 1


async def test_a_source_that_breaks_breaks_the_answer() -> None:
    source = Source()
    source.fail_at = 200
    with pytest.raises(LitestarException) as caught:
        await call(source, gone_after=99)
    assert isinstance(caught.value.__cause__, OSError)
    assert source.closed == 1

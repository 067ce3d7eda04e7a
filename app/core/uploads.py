"""Big multipart uploads, read as they arrive: never in memory, never on disk by themselves."""

import asyncio
from collections.abc import AsyncIterator
from typing import Any

import msgspec
from litestar import Request
from litestar.exceptions import InternalServerException
from multipart import MultipartError, MultipartSegment, ParserLimitReached, PushMultipartParser, parse_options_header

from app.core.errors import BadInput, Full, TooLarge, Unavailable
from storage.disk import Measure
from storage.errors import IntegrityError, StoreFull, StoreUnavailable
from storage.store import Store

FIELD_BYTES = 64 * 1024
MOST_PARTS = 10_000
HEADER_BYTES = 4096
LONGEST_NAME = 1024
LONGEST_BOUNDARY = 200


class BadUpload(BadInput):
    """The body is no well-formed multipart, or it ended too early."""

    default_code = "bad_upload"


class Field(msgspec.Struct, frozen=True):
    """A small part: a form's field."""

    name: str
    value: str


class FilePart:
    """A file as it arrives. Read `chunks` before asking for the next part; what was not read is skipped."""

    def __init__(self, name: str, filename: str, events: AsyncIterator[Any]) -> None:
        self.name = name
        self.filename = filename  # as sent: never a path of ours
        self.size = 0  # bytes seen so far
        self.finished = False
        self._events = events

    async def chunks(self) -> AsyncIterator[bytes]:
        """Give the file's bytes piece by piece. Raises BadUpload when they end too early."""
        while not self.finished:
            event = await _next(self._events)
            if event is None:
                self.finished = True
                return
            self.size += len(event)
            yield bytes(event)


class Body:
    """A request's whole body as one file."""

    def __init__(self, request: Request[Any, Any, Any]) -> None:
        self._request = request

    async def chunks(self) -> AsyncIterator[bytes]:
        """Give the bytes piece by piece. Raises BadUpload when they end too early."""
        seen = 0
        try:
            async for chunk in self._request.stream():
                seen += len(chunk)
                yield chunk
        except InternalServerException as wrong:  # the program went away
            raise BadUpload("upload_interrupted") from wrong
        promised = self._request.content_length
        if promised is not None and seen != promised:
            raise BadUpload("upload_interrupted")


async def keep(part: FilePart | Body, store: Store, key: str) -> Measure:
    """Stage a file's bytes and keep them verified under `key`; nothing of it stays when that fails.

    Raises BadUpload, Full, Unavailable.
    """
    try:
        staged = await asyncio.to_thread(store.incoming)
        try:
            async for chunk in part.chunks():
                await asyncio.to_thread(staged.write, chunk)
            measured = await asyncio.to_thread(staged.measure)
            await asyncio.to_thread(staged.keep, key)
        finally:
            await asyncio.to_thread(staged.discard)
    except StoreFull as wrong:
        raise Full from wrong
    except StoreUnavailable as wrong:
        raise Unavailable(wrong.code) from wrong
    except IntegrityError as wrong:
        raise BadUpload(wrong.code) from wrong
    return measured


async def _events(request: Request[Any, Any, Any], most_parts: int) -> AsyncIterator[Any]:
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    if kind != "multipart/form-data" or not 0 < len(options.get("boundary", "")) <= LONGEST_BOUNDARY:
        raise BadUpload
    parser = PushMultipartParser(
        options["boundary"],
        content_length=request.content_length if request.content_length is not None else -1,
        max_header_size=HEADER_BYTES,
        max_header_count=8,
        max_segment_count=most_parts,
    )
    try:
        async for chunk in request.stream():
            for event in parser.parse(chunk) if chunk else ():
                yield event
        parser.close()
    except ParserLimitReached as wrong:
        raise TooLarge("too_many_parts") from wrong
    except MultipartError as wrong:
        raise BadUpload from wrong
    except InternalServerException as wrong:  # the browser went away
        raise BadUpload("upload_interrupted") from wrong


async def _next(events: AsyncIterator[Any]) -> Any:
    try:
        return await anext(events)
    except StopAsyncIteration:
        raise BadUpload from None


async def _field(name: str, events: AsyncIterator[Any]) -> Field:
    value = bytearray()
    while (event := await _next(events)) is not None:
        value += event
        if len(value) > FIELD_BYTES:
            raise TooLarge
    try:
        return Field(name, value.decode())
    except UnicodeDecodeError as wrong:
        raise BadUpload from wrong


async def parts(request: Request[Any, Any, Any], *, most_parts: int = MOST_PARTS) -> AsyncIterator[Field | FilePart]:
    """Give the parts of a multipart body in their order. Raises BadUpload or TooLarge.

    The handler needs `opt={"streams": True}` and `request_max_body_size=None`, and checks the token (`csrf.check`)
    from the first field.
    """
    events = _events(request, most_parts)
    async for segment in events:
        if not isinstance(segment, MultipartSegment) or not segment.name:
            raise BadUpload
        if segment.filename is None:
            yield await _field(segment.name, events)
            continue
        part = FilePart(segment.name, segment.filename[:LONGEST_NAME], events)
        yield part
        async for _ in part.chunks():
            pass  # the rest of a file nobody wanted

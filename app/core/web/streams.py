"""Streams of events: "this topic changed", and no more. Who cannot have a stream asks for the versions instead."""

import asyncio
import contextlib
import signal
import threading
import uuid
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import msgspec
from litestar import Litestar, Request, Response
from litestar.enums import MediaType
from litestar.response.base import ASGIResponse
from litestar.types import Receive, Scope, Send

from app.core import live
from app.core.access import ANONYMOUS, Actor
from app.core.db import Database, Session
from app.core.errors import BadInput, SafelightError, TooMany
from app.core.listening import Watcher
from app.core.web.csrf import actors_of

BEAT_S = 15.0
CHECK_S = 60.0  # how long somebody who lost their access may still hear that something changed
MOST_TOPICS = 8
LONGEST_TOPIC = 80
MOST_OF_ONE = 8  # streams of one session: pages that are looked at
MOST = 400  # streams of this process
MARGIN = timedelta(seconds=2)  # between a change and its commit; a page drawn meanwhile shows the old state
Door = Callable[[Session, Actor, Collection[str]], Awaitable[None]]
AnyRequest = Request[Any, Any, Any]


class Streams:
    """The open streams of this process."""

    def __init__(self, watcher: Watcher) -> None:
        self.watcher = watcher
        self._of: Counter[uuid.UUID | None] = Counter()

    @contextlib.contextmanager
    def place(self, session_id: uuid.UUID | None) -> Iterator[None]:
        """Take a place for a stream. Raises TooMany: the page asks every few seconds then."""
        if self._of[session_id] >= MOST_OF_ONE or self._of.total() >= MOST:
            raise TooMany("too_many_streams")
        self._of[session_id] += 1
        try:
            yield
        finally:
            self._of[session_id] -= 1
            self._of += Counter()  # forgets who is at zero


class Told(msgspec.Struct, frozen=True):
    """What a page hears first: the versions, and what has changed since the page was drawn."""

    versions: dict[str, int]
    changed: list[str]


def _wanted(request: AnyRequest) -> tuple[list[str], datetime | None]:
    topics = sorted(set(request.query_params.getall("on", [])))
    if not 1 <= len(topics) <= MOST_TOPICS or any(len(topic) > LONGEST_TOPIC for topic in topics):
        raise BadInput
    since = request.query_params.get("since", "")
    known = since.isascii() and since.isdigit() and len(since) < 15
    return topics, datetime.fromtimestamp(int(since) / 1000, UTC) if known else None


async def _look(request: AnyRequest, door: Door, topics: Collection[str]) -> dict[str, live.State]:
    """Pass the door as whoever this request's cookie belongs to now."""
    db: Database = request.app.state.db
    actor = next(iter(actors_of(request)), ANONYMOUS)
    async with db.read() as session:
        await door(session, actor, topics)
        return await live.states(session, topics)


async def answer_live(request: AnyRequest, door: Door) -> Response[Any]:
    """Answer with a stream of events; or, to who does not ask for one, with the versions as they are.

    `door` raises unless the actor may hear all the topics. The handler needs `opt={"streams": True}` and no session.
    """
    topics, drawn = _wanted(request)
    states = await _look(request, door, topics)
    told = Told(
        versions={topic: state.version for topic, state in states.items()},
        changed=[
            topic for topic, state in states.items()
            if drawn is not None and state.changed_at is not None and state.changed_at > drawn - MARGIN
        ],
    )  # fmt: skip
    if "text/event-stream" not in request.headers.get("accept", ""):
        return Response(msgspec.json.encode(told), media_type=MediaType.JSON)

    async def still() -> None:
        await request.route_handler.authorize_connection(connection=request)  # the cookie is looked at anew
        await _look(request, door, topics)

    return _Stream(request.app.state.streams, told, still, next(iter(actors_of(request)), ANONYMOUS).session_id)


class _Stream(Response[bytes]):
    def __init__(
        self, streams: Streams, told: Told, still: Callable[[], Awaitable[None]], session_id: uuid.UUID | None
    ) -> None:
        super().__init__(b"", media_type="text/event-stream")
        self._parts = (streams, told, still, session_id)

    def to_asgi_response(self, *_: Any, **__: Any) -> ASGIResponse:
        """Give what speaks with the server."""
        return _Body(*self._parts)


def _event(name: str, data: object) -> bytes:
    return b"event: %s\ndata: %s\n\n" % (name.encode(), msgspec.json.encode(data))


class _Body(ASGIResponse):
    """Sends events until the reader goes, loses access, or the server ends."""

    _should_set_content_length = False

    def __init__(
        self, streams: Streams, told: Told, still: Callable[[], Awaitable[None]], session_id: uuid.UUID | None
    ) -> None:
        # Buffering would keep events back; a proxy that knows this header does not.
        super().__init__(media_type="text/event-stream", headers={"x-accel-buffering": "no"})
        self._streams, self._told, self._still, self._session_id = streams, told, still, session_id

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Stream."""
        del scope
        with self._streams.place(self._session_id):
            await self.start_response(send)
            sending = asyncio.create_task(self._send(send))
            gone = asyncio.create_task(_gone(receive))
            try:
                await asyncio.wait({sending, gone}, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for task in (sending, gone):
                    task.cancel()
                await asyncio.gather(sending, gone, return_exceptions=True)
        if not sending.cancelled() and (wrong := sending.exception()) is not None:
            raise wrong
        await self.after_response()

    async def _send(self, send: Send) -> None:
        async for event in self._events():
            await send({"type": "http.response.body", "body": event, "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _events(self) -> AsyncIterator[bytes]:
        loop = asyncio.get_running_loop()
        check_at = loop.time() + CHECK_S
        yield _event("now", self._told)
        with self._streams.watcher.listener(self._told.versions) as listener:
            while not listener.ended:
                news = await listener.news(BEAT_S)
                if loop.time() >= check_at:
                    try:
                        await self._still()
                    except SafelightError:
                        yield _event("gone", {})
                        return
                    check_at = loop.time() + CHECK_S
                yield _event("changed", news) if news else b"event: beat\ndata:\n\n"
        yield _event("bye", {})


async def _gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


@contextlib.asynccontextmanager
async def streams_of(app: Litestar) -> AsyncIterator[None]:
    """Keep this process's streams; they end as soon as the server is told to end, for it waits for them."""
    watcher = Watcher(app.state.db, app.state.settings)
    app.state.streams = Streams(watcher)
    watcher.start()
    try:
        with _told_to_end(watcher.end):
            yield
    finally:
        await watcher.close()


@contextlib.contextmanager
def _told_to_end(end: Callable[[], None]) -> Iterator[None]:
    """Hear the signal before the server waits: it ends the application only when every answer is complete."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    loop = asyncio.get_running_loop()
    handlers = {int(number): signal.getsignal(number) for number in (signal.SIGTERM, signal.SIGINT)}
    before = {number: handler for number, handler in handlers.items() if callable(handler)}  # the server's own

    def hear(number: int, frame: Any) -> None:
        loop.call_soon_threadsafe(end)
        before[number](number, frame)

    for number in before:
        signal.signal(number, hear)
    try:
        yield
    finally:
        for number, handler in before.items():
            if signal.getsignal(number) is hear:
                signal.signal(number, handler)

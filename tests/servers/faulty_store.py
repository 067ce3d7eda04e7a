"""A door in front of an S3 store that can be shut: 503 to whoever asks, as clouds answer when they are busy."""

import contextlib
import http.client
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.servers.s3 import S3

SLOW_DOWN = (
    b"<?xml version='1.0'?><Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>"
)
HOP = {"connection", "transfer-encoding", "keep-alive", "content-length"}


class FaultyStore:
    """The door: `shut()` lets nobody through, `open()` everybody. `refused` counts."""

    def __init__(self, behind: S3) -> None:
        self.behind, self.refused = behind, 0
        self._open = threading.Event()
        self._open.set()
        self.endpoint = ""

    def shut(self) -> None:
        """Answer 503 from now on."""
        self._open.clear()

    def open(self) -> None:
        """Let everybody through again."""
        self._open.set()

    @property
    def is_open(self) -> bool:
        """Tell whether requests pass."""
        return self._open.is_set()

    def url(self, bucket: str, **options: str) -> str:
        """The address of a bucket behind the door."""
        return self.behind.url(bucket, **options).replace(self.behind.endpoint, self.endpoint)


def _handler(door: FaultyStore) -> type[BaseHTTPRequestHandler]:
    class Door(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _pass(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            if not door.is_open:
                door.refused += 1
                self._answer(503, [("Content-Type", "application/xml")], SLOW_DOWN)
                return
            behind = http.client.HTTPConnection(door.behind.endpoint, timeout=60)
            headers = {name: value for name, value in self.headers.items() if name.lower() not in HOP}
            headers["Content-Length"] = str(len(body))
            try:
                behind.request(self.command, self.path, body, headers)  # the Host stays: it is part of the signature
                came = behind.getresponse()
                data, length = came.read(), came.getheader("Content-Length")
                kept = [(name, value) for name, value in came.getheaders() if name.lower() not in HOP]
                self._answer(came.status, kept, data, length if self.command == "HEAD" else None)
            finally:
                behind.close()

        def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes, length: str | None = None) -> None:
            self.send_response_only(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", length or str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = _pass  # noqa: N815 - the names http.server looks for

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - http.server's own name
            """Say nothing."""

    return Door


@contextlib.contextmanager
def faulty_store(behind: S3) -> Iterator[FaultyStore]:
    """Stand a door in front of a store until the block is left."""
    door = FaultyStore(behind)
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(door))
    server.daemon_threads = True
    door.endpoint = f"127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield door
    finally:
        server.shutdown()
        thread.join()
        server.server_close()

"""One request to an application in this process, without a client between: every byte and every pause is ours."""

import asyncio
import json
import secrets
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import quote, urlencode

from tests.web.conftest import ORIGIN

OURS = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}
FORM = "application/x-www-form-urlencoded"
File = tuple[str, str | bytes, bytes]  # field, file name, content


class Answer:
    """What came back."""

    def __init__(self, messages: list[dict[str, Any]]) -> None:
        start = next(message for message in messages if message["type"] == "http.response.start")
        self.status: int = start["status"]
        self.raw_headers: list[tuple[str, str]] = [(k.decode().lower(), v.decode()) for k, v in start["headers"]]
        self.headers = dict(self.raw_headers)
        self.body = b"".join(m.get("body", b"") for m in messages if m["type"] == "http.response.body")
        self.asked = 0  # how often the body was read

    @property
    def text(self) -> str:
        return self.body.decode()

    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def cookies(self) -> dict[str, str]:
        pairs = (v.partition(";")[0].partition("=") for k, v in self.raw_headers if k == "set-cookie")
        return {name: value for name, _, value in pairs}


async def ask(
    app: Any,
    method: str,
    path: str,
    *,
    headers: Mapping[str, str] | None = None,
    cookies: Mapping[str, str] | None = None,
    body: bytes | Sequence[bytes] = b"",
    gone: bool = False,
) -> Answer:
    """Send a request; `gone`: the client goes away when the body's pieces are sent."""
    bare, _, query = path.partition("?")
    sent = {"host": ORIGIN.removeprefix("http://"), **(headers or {})}
    if cookies:
        sent["cookie"] = "; ".join(f"{name}={value}" for name, value in cookies.items())
    pieces = [body] if isinstance(body, bytes) else list(body)
    if not gone and "content-length" not in sent and any(pieces):
        sent["content-length"] = str(sum(len(piece) for piece in pieces))
    scope = {
        "type": "http", "method": method, "path": bare, "raw_path": quote(bare, safe="/%").encode(),
        "query_string": query.encode(), "headers": [(k.lower().encode(), v.encode("latin-1")) for k, v in sent.items()],
        "client": ("127.0.0.1", 50000), "server": ("127.0.0.1", 8000), "scheme": "http", "http_version": "1.1",
        "asgi": {"version": "3.0", "spec_version": "2.3"}, "extensions": {}, "root_path": "", "state": {},
    }  # fmt: skip
    messages: list[dict[str, Any]] = []
    asked = 0

    async def receive() -> dict[str, Any]:
        nonlocal asked
        asked += 1
        if pieces:
            piece = pieces.pop(0)
            return {"type": "http.request", "body": piece, "more_body": bool(pieces) or gone}
        if not gone:
            await asyncio.Event().wait()  # the client listens to the end
        return {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        messages.append(message)

    await app(scope, receive, send)
    answer = Answer(messages)
    answer.asked = asked
    return answer


def form(data: Mapping[str, str] | Sequence[tuple[str, str]]) -> tuple[dict[str, str], bytes]:
    """Write a form as a browser does: headers and body."""
    return {**OURS, "content-type": FORM}, urlencode(data).encode()


def multipart(fields: Mapping[str, str], files: Sequence[File]) -> tuple[dict[str, str], bytes]:
    """Write a form with files as a browser does."""
    mark = secrets.token_hex(8)
    out = b""
    for name, value in fields.items():
        out += f'--{mark}\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode()
    for name, filename, content in files:
        raw = filename if isinstance(filename, bytes) else filename.encode()
        raw = raw.replace(b'"', b"%22").replace(b"\r", b"%0D").replace(b"\n", b"%0A")  # as browsers do
        head = f'--{mark}\r\ncontent-disposition: form-data; name="{name}"; filename="'.encode()
        out += head + raw + b'"\r\ncontent-type: application/octet-stream\r\n\r\n' + content + b"\r\n"
    return {**OURS, "content-type": f"multipart/form-data; boundary={mark}"}, out + f"--{mark}--\r\n".encode()

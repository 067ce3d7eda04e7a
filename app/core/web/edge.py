"""The outermost layer of HTTP: a request's id, its language, the headers of every answer, the access log."""

import secrets
import time
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from typing import Any

import structlog
from litestar.enums import ScopeType
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from app.core import i18n
from app.core.settings import Settings
from app.core.web.paths import masked

LANGUAGE_COOKIE = "lang"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "font-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; manifest-src 'self'"
)
# Under "no-referrer" browsers send `Origin: null` with the forms of our own pages: "same-origin" tells others
# nothing either.
HEADERS = {
    b"content-security-policy": CSP.encode(),
    b"x-content-type-options": b"nosniff",
    b"referrer-policy": b"same-origin",
    b"cross-origin-opener-policy": b"same-origin",
    b"cross-origin-resource-policy": b"same-origin",
    b"cache-control": b"private, no-store",
}
HSTS = b"max-age=31536000"
_log = structlog.get_logger("http")


def _header(headers: Iterable[tuple[bytes, bytes]], name: bytes) -> str:
    return next((value.decode("latin-1") for key, value in headers if key == name), "")


def _wish(headers: Iterable[tuple[bytes, bytes]]) -> str | None:
    try:
        morsel = SimpleCookie(_header(headers, b"cookie")).get(LANGUAGE_COOKIE)
    except CookieError:
        return None
    return next((ours for ours, web in i18n.LOCALES.items() if morsel and web == morsel.value), None)


class Edge:
    """Wraps the application; reads neither the body nor the database."""

    def __init__(self, app: ASGIApp, settings: Settings) -> None:
        self.app = app
        self.extra = dict(HEADERS)
        if settings.secure:
            self.extra[b"strict-transport-security"] = HSTS

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a request on and dress its answer."""
        if scope["type"] != ScopeType.HTTP:
            await self.app(scope, receive, send)
            return
        request_id = secrets.token_hex(8)
        scope["state"]["request_id"] = request_id
        began = time.perf_counter()
        told: dict[str, Any] = {"status": 0}

        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                told["status"] = message["status"]
                message["headers"] = self._dress(list(message["headers"]), request_id)
            await send(message)

        chosen = i18n.language.set(i18n.choose(_header(scope["headers"], b"accept-language"), _wish(scope["headers"])))
        bound = structlog.contextvars.bind_contextvars(request_id=request_id)
        try:
            await self.app(scope, receive, dressed)
        finally:
            ms = round((time.perf_counter() - began) * 1000, 1)
            _log.info("request", method=scope["method"], path=masked(scope["path"]), status=told["status"], ms=ms)
            structlog.contextvars.reset_contextvars(**bound)
            i18n.language.reset(chosen)

    def _dress(self, headers: list[tuple[bytes, bytes]], request_id: str) -> list[tuple[bytes, bytes]]:
        have = {name.lower() for name, _ in headers}
        headers += [(name, value) for name, value in self.extra.items() if name not in have]
        return [*headers, (b"x-request-id", request_id.encode())]

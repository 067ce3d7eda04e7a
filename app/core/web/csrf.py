"""A token of each page, bound to the session: what a form of ours carries and a stranger's cannot."""

import hmac
import secrets
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.enums import RequestEncodingType
from litestar.handlers import BaseRouteHandler

from app.core.access import Actor
from app.core.errors import Forbidden
from app.core.tokens import keyed_hash
from app.core.web.origin import SAFE

FIELD = "csrf"
HEADER = "x-csrf-token"
TOKEN_BYTES = 32
_FORMS = {RequestEncodingType.URL_ENCODED, RequestEncodingType.MULTI_PART}


def token_of(secret: str, actor: Actor) -> str:
    """Make the token of an actor's pages; empty for who has no session."""
    return keyed_hash(secret, "csrf", actor.session_id.hex) if actor.session_id else ""


def mask(token: str) -> str:
    """Write a token another way each time, so that the length of a compressed page tells nothing of it (BREACH)."""
    if not token:
        return ""
    pad = secrets.token_bytes(len(token) // 2)
    return pad.hex() + bytes(a ^ b for a, b in zip(pad, bytes.fromhex(token), strict=True)).hex()


def _unmask(sent: str) -> str:
    """Read a masked token; anything else is left as it was sent."""
    try:
        both = bytes.fromhex(sent)
    except ValueError:
        return sent
    if len(both) != 2 * TOKEN_BYTES:
        return sent
    return bytes(a ^ b for a, b in zip(both[:TOKEN_BYTES], both[TOKEN_BYTES:], strict=True)).hex()


def actors_of(connection: ASGIConnection[Any, Any, Any, Any]) -> list[Actor]:
    """Name everyone this browser is signed in as, who may be meant by this address; staff first."""
    found: list[Actor] = connection.scope["state"].get("actors", [])
    return found


def check(connection: ASGIConnection[Any, Any, Any, Any], sent: str | None) -> None:
    """Compare a token with those of the browser's sessions. Raises Forbidden; nobody signed in needs none."""
    secret = connection.app.state.settings.secret
    known = [token_of(secret, actor) for actor in actors_of(connection) if actor.session_id]
    plain = _unmask(sent or "")
    good = [hmac.compare_digest(token.encode(), plain.encode()) for token in known]
    if known and not any(good):
        raise Forbidden("stale_page")


async def require_token(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Ask an unsafe request for the token: in the header, or in the first 64 kB of a form.

    A handler with `opt={"streams": True}` reads its body itself and calls `check` with its first field.
    """
    if connection.scope["method"] in SAFE or not actors_of(connection):  # type: ignore[typeddict-item]
        return
    sent = connection.headers.get(HEADER)
    if sent is None and handler.opt.get("streams"):
        return
    if sent is None and isinstance(connection, Request) and connection.content_type[0] in _FORMS:
        value = (await connection.form()).get(FIELD)
        sent = value if isinstance(value, str) else None
    check(connection, sent)

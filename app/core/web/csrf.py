"""A token of each page, bound to the session: what a form of ours carries and a stranger's cannot."""

import hmac
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
_FORMS = {RequestEncodingType.URL_ENCODED, RequestEncodingType.MULTI_PART}


def token_of(secret: str, actor: Actor) -> str:
    """Make the token of an actor's pages; empty for who has no session."""
    return keyed_hash(secret, "csrf", actor.session_id.hex) if actor.session_id else ""


def actors_of(connection: ASGIConnection[Any, Any, Any, Any]) -> list[Actor]:
    """Name everyone this browser is signed in as, who may be meant by this address; staff first."""
    found: list[Actor] = connection.scope["state"].get("actors", [])
    return found


def check(connection: ASGIConnection[Any, Any, Any, Any], sent: str | None) -> None:
    """Compare a token with those of the browser's sessions. Raises Forbidden; nobody signed in needs none."""
    secret = connection.app.state.settings.secret
    known = [token_of(secret, actor) for actor in actors_of(connection) if actor.session_id]
    good = [hmac.compare_digest(token.encode(), (sent or "").encode()) for token in known]
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

"""Cookies of sessions, and who a request comes from."""

import re
import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.datastructures import Cookie
from litestar.handlers import BaseRouteHandler

from app.core.access import ANONYMOUS, Actor
from app.core.db import Database, Session
from app.core.errors import Gone, SignInNeeded
from app.core.settings import Settings
from app.core.web.csrf import actors_of
from app.identity import rules, service
from app.identity.models import AuthSession

MOST_GALLERIES = 8
CustomerActor = Callable[[Session, AuthSession], Awaitable[Actor]]
_GALLERY_COOKIE = re.compile(r"(?:__Host-)?sl_g_[0-9a-f]{12}")


def _prefix(settings: Settings) -> str:
    return "__Host-" if settings.secure else ""


def staff_cookie(settings: Settings) -> str:
    """Name the cookie of staff."""
    return f"{_prefix(settings)}sl_staff"


def gallery_cookie(settings: Settings, gallery_id: uuid.UUID) -> str:
    """Name the cookie of one gallery's customer."""
    return f"{_prefix(settings)}sl_g_{gallery_id.hex[:12]}"


def session_cookie(settings: Settings, name: str, token: str, max_age: int | None = None) -> Cookie:
    """Make a session's cookie; without `max_age` (seconds) it lasts as long as a session of staff."""
    seconds = int(rules.STAFF_SESSION.total_seconds()) if max_age is None else max_age
    return Cookie(
        key=name, value=token, max_age=seconds, path="/", httponly=True, secure=settings.secure, samesite="lax"
    )


def ended_cookie(settings: Settings, name: str) -> Cookie:
    """Make the cookie that takes a session's cookie away."""
    return session_cookie(settings, name, "", 0)


def _meant(path: str) -> tuple[bool, uuid.UUID | None, bool]:
    """Tell whom an address is for: staff, one gallery's customer, anyone."""
    first, _, rest = path.lstrip("/").partition("/")
    if first == "studio":
        return True, None, False
    if first == "gallery":
        try:
            return False, uuid.UUID(rest.partition("/")[0]), False
        except ValueError:
            return False, None, False
    return True, None, True


def _gallery_tokens(
    settings: Settings, cookies: dict[str, str], gallery_id: uuid.UUID | None, *, all_: bool
) -> list[str]:
    if gallery_id is not None:
        token = cookies.get(gallery_cookie(settings, gallery_id))
        return [token] if token else []
    if not all_:
        return []
    mine = [name for name in cookies if _GALLERY_COOKIE.fullmatch(name) and name.startswith(_prefix(settings))]
    return [cookies[name] for name in sorted(mine, reverse=True)[:MOST_GALLERIES]]  # the newest galleries


async def _customers(
    session: Session, resolve: CustomerActor, tokens: list[str], gallery_id: uuid.UUID | None
) -> tuple[list[Actor], Gone | None]:
    actors: list[Actor] = []
    gone: Gone | None = None
    for token in tokens:
        found = await service.find_open_session(session, token, "customer")
        if found is None:
            continue
        try:
            actor = await resolve(session, found)
        except Gone as wrong:
            gone = wrong
            continue
        except SignInNeeded:  # it still waits for its PIN
            continue
        if gallery_id in {None, actor.gallery_id}:
            actors.append(actor)
    return actors, gone


async def find_actors(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Find out who the request comes from: `scope["state"]["actors"]`, staff first, then customers.

    Raises Gone when the address is one gallery's and its link is expired or withdrawn; elsewhere it is kept in
    `scope["state"]["gone"]`.
    """
    state = connection.scope["state"]  # type: ignore[typeddict-item]
    state["actors"], state["gone"] = [], None
    if handler.opt.get("anonymous"):
        return
    settings: Settings = connection.app.state.settings
    db: Database = connection.app.state.db
    for_staff, gallery_id, anyone = _meant(connection.scope["path"])
    staff_token = connection.cookies.get(staff_cookie(settings)) if for_staff else None
    tokens = _gallery_tokens(settings, connection.cookies, gallery_id, all_=anyone)
    if not staff_token and not tokens:
        return
    async with db.read() as session:
        staff = await service.staff_actor(session, staff_token) if staff_token else None
        resolve: CustomerActor = connection.app.state.customer_actor
        customers, gone = await _customers(session, resolve, tokens, gallery_id)
    state["actors"], state["gone"] = [*([staff] if staff else []), *customers], gone
    if gone is not None and gallery_id is not None and not customers:
        raise gone


def provide_actor(request: Request[Any, Any, Any]) -> Actor:
    """Give the first of those who may be meant."""
    return next(iter(actors_of(request)), ANONYMOUS)


def provide_actors(request: Request[Any, Any, Any]) -> list[Actor]:
    """Give all who may be meant, staff first."""
    return actors_of(request)

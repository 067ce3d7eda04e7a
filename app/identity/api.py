"""Who a request comes from."""

import uuid
from collections.abc import Awaitable, Callable
from typing import Any

from litestar import Request
from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from app.core.access import ANONYMOUS, Actor
from app.core.db import Database, Session
from app.core.errors import Gone, SignInNeeded
from app.core.settings import Settings
from app.core.web.bearer import bearer_of
from app.core.web.cookies import gallery_cookie, gallery_cookies, staff_cookie
from app.core.web.csrf import actors_of
from app.identity import service
from app.identity.models import AuthSession

MOST_GALLERIES = 8
CustomerActor = Callable[[Session, AuthSession], Awaitable[Actor]]


def _meant(path: str) -> tuple[bool, uuid.UUID | None, bool]:
    """Tell whom an address is for: staff, one gallery's customer, anyone."""
    first, _, rest = path.lstrip("/").partition("/")
    if first in {"studio", "api"}:
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
    return gallery_cookies(settings, cookies)[:MOST_GALLERIES]


async def _customers(
    session: Session, resolve: CustomerActor, tokens: list[str], gallery_id: uuid.UUID | None
) -> tuple[list[Actor], Gone | SignInNeeded | None]:
    actors: list[Actor] = []
    refusal: Gone | SignInNeeded | None = None
    for token in tokens:
        found = await service.find_open_session(session, token, "customer")
        if found is None:
            continue
        try:
            actor = await resolve(session, found)
        except (Gone, SignInNeeded) as wrong:
            refusal = wrong
            continue
        if gallery_id in {None, actor.gallery_id}:
            actors.append(actor)
    return actors, refusal


async def find_actors(connection: ASGIConnection[Any, Any, Any, Any], handler: BaseRouteHandler) -> None:
    """Find out who the request comes from: `scope["state"]["actors"]`, staff first, then customers.

    Raises Gone when the address is one gallery's and its link is expired or withdrawn. Elsewhere, and while a PIN is
    needed, the reason waits in `scope["state"]["refusal"]` and is told when the door stays shut.
    """
    state = connection.scope["state"]
    state["actors"], state["refusal"] = [], None
    if handler.opt.get("anonymous"):
        return
    settings: Settings = connection.app.state.settings
    db: Database = connection.app.state.db
    if (key := bearer_of(connection)) is not None:
        state["actors"] = [await service.program_actor(db, key)]
        return
    for_staff, gallery_id, anyone = _meant(connection.scope["path"])
    staff_token = connection.cookies.get(staff_cookie(settings)) if for_staff else None
    tokens = _gallery_tokens(settings, connection.cookies, gallery_id, all_=anyone)
    if not staff_token and not tokens:
        return
    async with db.read() as session:
        staff = await service.staff_actor(session, staff_token) if staff_token else None
        resolve: CustomerActor = connection.app.state.customer_actor
        customers, refusal = await _customers(session, resolve, tokens, gallery_id)
    state["actors"], state["refusal"] = [*([staff] if staff else []), *customers], refusal
    if isinstance(refusal, Gone) and gallery_id is not None and not customers:
        raise refusal


def provide_actor(request: Request[Any, Any, Any]) -> Actor:
    """Give the first of those who may be meant."""
    return next(iter(actors_of(request)), ANONYMOUS)


def provide_actors(request: Request[Any, Any, Any]) -> list[Actor]:
    """Give all who may be meant, staff first."""
    return actors_of(request)

"""Ways in and out for staff."""

from typing import Annotated, Any

import msgspec
from litestar import Response, get, post
from litestar.enums import RequestEncodingType
from litestar.params import Body, FromPath
from litestar.response import Redirect

from app.core.access import Actor
from app.core.errors import SafelightError
from app.core.locales.sentences import sentence
from app.core.web.cookies import ended_cookie, session_cookie, staff_cookie
from app.core.web.given import GivenActors, GivenDb, GivenSession
from app.core.web.paths import same_site
from app.identity import service as identity
from portal.web import AnyRequest, page, see


class SignIn(msgspec.Struct, frozen=True):
    """The form of the sign-in page."""

    email: str = ""
    password: str = ""
    next: str = "/studio"

    def __repr__(self) -> str:
        return "SignIn(…)"


def _staff(actors: list[Actor]) -> Actor | None:
    return next((actor for actor in actors if actor.kind == "staff"), None)


def _old(request: AnyRequest) -> str | None:
    return request.cookies.get(staff_cookie(request.app.state.settings))


def _enter(request: AnyRequest, token: str, path: str) -> Redirect:
    settings = request.app.state.settings
    return see(same_site(path, "/studio"), session_cookie(settings, staff_cookie(settings), token))


@get("/")
async def landing(request: AnyRequest, actors: GivenActors) -> Response[Any]:
    """Greet; staff who are signed in go to their work."""
    return see("/studio") if _staff(actors) else page(request, "landing/page.html")


@get("/sign-in")
async def sign_in_page(request: AnyRequest, actors: GivenActors) -> Response[Any]:
    """Show the form."""
    wanted = same_site(request.query_params.get("next"), "/studio")
    if _staff(actors):
        return see(wanted)
    return page(request, "sign_in/page.html", email="", next=wanted, error=None)


@post("/sign-in", status_code=303)
async def sign_in(
    request: AnyRequest, db: GivenDb, data: Annotated[SignIn, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Response[Any]:
    """Let a person in, or show the form again with what went wrong."""
    address = request.client.host if request.client else None
    try:
        token = await identity.sign_in(db, data.email, data.password, address, old=_old(request))
    except SafelightError as wrong:
        if wrong.status >= 500:
            raise
        said = sentence(wrong.code, wrong.params)
        wanted = same_site(data.next, "/studio")
        return page(request, "sign_in/page.html", status=wrong.status, email=data.email, next=wanted, error=said)
    return _enter(request, token, data.next)


@get("/sign-in/link/{token:str}")
async def sign_in_link_page(request: AnyRequest, session: GivenSession, token: FromPath[str]) -> Response[Any]:
    """Ask before a link is used: a preview of a messenger must not use it up."""
    staff = await identity.look_at_sign_in_link(session, token)
    return page(request, "sign_in/link.html", name=staff.name, token=token)


@post("/sign-in/link/{token:str}", status_code=303)
async def use_sign_in_link(request: AnyRequest, db: GivenDb, token: FromPath[str]) -> Response[Any]:
    """Use a link up and let the person in."""
    return _enter(request, await identity.use_sign_in_link(db, token, old=_old(request)), "/studio")


@post("/sign-out", status_code=303)
async def sign_out(request: AnyRequest, session: GivenSession) -> Redirect:
    """End the session of this browser."""
    if token := _old(request):
        await identity.sign_out(session, token)
    settings = request.app.state.settings
    return see("/sign-in", ended_cookie(settings, staff_cookie(settings)))

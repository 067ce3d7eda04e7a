"""What the desk and the quality check share: the surround a person judges pictures on, and the photo looked at."""

import uuid
from typing import Any

from litestar import post
from litestar.datastructures import Cookie
from litestar.response import Redirect

from app.core.access import require_role
from app.core.errors import BadInput
from app.core.web.given import GivenActor
from portal.studio import forms
from portal.web import AnyRequest, see

SURROUNDS = ("black", "dark", "mid", "light", "white")
COOKIE = "surround"
YEAR_S = 365 * 24 * 3600


def surround_of(request: AnyRequest) -> str:
    """Tell which surround this person has chosen; middle grey until they do."""
    chosen = request.cookies.get(COOKIE, "")
    return chosen if chosen in SURROUNDS else "mid"


def page_context(request: AnyRequest, items: list[Any], item: Any) -> dict[str, Any]:
    """Name the surround and the photos beside the one that is looked at."""
    place = items.index(item)
    return {
        "surround": surround_of(request), "place": place + 1, "before": items[place - 1] if place else None,
        "after": items[place + 1] if place + 1 < len(items) else None,
    }  # fmt: skip


def asked_photo(request: AnyRequest) -> uuid.UUID | None:
    """Read which photo a form stood beside."""
    try:
        return uuid.UUID(request.query_params.get("photo", ""))
    except ValueError:
        return None


@post("/studio/surround", status_code=303)
async def choose_surround(request: AnyRequest, actor: GivenActor) -> Redirect:
    """Keep the surround a person likes to judge pictures on, in their browser."""
    require_role(actor, "studio.read")
    form = await request.form()
    chosen = forms.text(form, "surround", 8)
    if chosen not in SURROUNDS:
        raise BadInput
    cookie = Cookie(
        key=COOKIE, value=chosen, max_age=YEAR_S, path="/studio", httponly=True,
        secure=request.app.state.settings.secure, samesite="lax",
    )  # fmt: skip
    return see(forms.text(form, "back", 300) or "/studio", cookie)

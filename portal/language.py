"""The language switch."""

from typing import Annotated

import msgspec
from litestar import post
from litestar.datastructures import Cookie
from litestar.enums import RequestEncodingType
from litestar.params import Body
from litestar.response import Redirect

from app.core import i18n
from app.core.errors import BadInput
from app.core.web.edge import LANGUAGE_COOKIE
from portal.web import AnyRequest, see

YEAR_S = 365 * 24 * 3600


class Choice(msgspec.Struct, frozen=True):
    """The form of the switch."""

    lang: str
    back: str = "/"


@post("/language", status_code=303, opt={"anonymous": True})
async def choose_language(
    request: AnyRequest, data: Annotated[Choice, Body(media_type=RequestEncodingType.URL_ENCODED)]
) -> Redirect:
    """Remember a language and go back to the page; pages of unknown addresses know no session, so no token is asked."""
    if data.lang not in i18n.LOCALES.values():
        raise BadInput
    secure = request.app.state.settings.secure
    chosen = Cookie(
        key=LANGUAGE_COOKIE, value=data.lang, max_age=YEAR_S, path="/", httponly=True, secure=secure, samesite="lax"
    )
    return see(data.back, chosen)

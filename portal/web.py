"""What handlers of pages share: drawing, going on, a word on the next page."""

import gzip
import hmac
import json
from typing import Any

from litestar import Request, Response
from litestar.datastructures import Cookie
from litestar.enums import MediaType
from litestar.response import Redirect

from app.core.locales.sentences import SENTENCES
from app.core.settings import Settings
from app.core.tokens import keyed_hash
from app.core.web.paths import same_site
from portal.pages import Pages

AnyRequest = Request[Any, Any, Any]
FLASH = "flash"
FLASH_S = 60
WORTH_PACKING = 1400  # letters: less fits one packet anyway
PACKING = 5


def page(request: AnyRequest, template: str, *, status: int = 200, **context: Any) -> Response[Any]:
    """Draw a template as the answer; a word left by the request before is shown once, by a page and not by a part."""
    pages: Pages = request.app.state.pages
    left = None if is_fragment(request) else _read_flash(request)
    content, headers = _packed(request, pages.render(request, template, flash=left, **context))
    response: Response[Any] = Response(content, status_code=status, media_type=MediaType.HTML, headers=headers)
    if FLASH in request.cookies and not is_fragment(request):
        response.delete_cookie(FLASH, path="/")
    return response


def _packed(request: AnyRequest, html: str) -> tuple[str | bytes, dict[str, str]]:
    """Compress a page for who takes it; its token is masked anew each time, so its length tells nothing."""
    headers = {"vary": "accept-encoding, hx-request"}
    if len(html) < WORTH_PACKING or "gzip" not in request.headers.get("accept-encoding", ""):
        return html, headers
    return gzip.compress(html.encode(), PACKING), {**headers, "content-encoding": "gzip"}


def is_fragment(request: AnyRequest) -> bool:
    """Tell whether htmx asks for a part of a page."""
    return request.headers.get("hx-request") == "true" and request.headers.get("hx-request-type", "partial") != "full"


def see(path: str, *cookies: Cookie) -> Redirect:
    """Go on to a page of this site after a deed (303)."""
    return Redirect(same_site(path), status_code=303, cookies=list(cookies))


def _signature(settings: Settings, text: str) -> str:
    return keyed_hash(settings.secret, "flash", text)


def flash(request: AnyRequest, code: str, **params: str | int) -> Cookie:
    """Leave a sentence for the next page: its code and parameters, signed."""
    if code not in SENTENCES:
        raise KeyError(code)
    settings: Settings = request.app.state.settings
    text = json.dumps([code, params], separators=(",", ":")).encode().hex()
    value = f"{text}.{_signature(settings, text)}"
    return Cookie(
        key=FLASH, value=value, max_age=FLASH_S, path="/", httponly=True, secure=settings.secure, samesite="lax"
    )


def _read_flash(request: AnyRequest) -> dict[str, Any] | None:
    text, _, signature = request.cookies.get(FLASH, "").partition(".")
    if not text or not hmac.compare_digest(signature.encode(), _signature(request.app.state.settings, text).encode()):
        return None
    code, params = json.loads(bytes.fromhex(text))
    return {"code": code, "params": params}

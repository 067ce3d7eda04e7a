"""Names and marks of the cookies that hold sessions."""

import re
import uuid

from litestar.datastructures import Cookie

from app.core.settings import Settings

STAFF_S = 7 * 24 * 3600
_GALLERY = re.compile(r"sl_g_[0-9a-f]{12}")


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
    seconds = STAFF_S if max_age is None else max_age
    return Cookie(
        key=name, value=token, max_age=seconds, path="/", httponly=True, secure=settings.secure, samesite="lax"
    )


def ended_cookie(settings: Settings, name: str) -> Cookie:
    """Make the cookie that takes a session's cookie away."""
    return session_cookie(settings, name, "", 0)


def gallery_cookies(settings: Settings, cookies: dict[str, str]) -> list[str]:
    """Pick the secrets of galleries' cookies out of a browser's, the newest gallery first."""
    before = _prefix(settings)
    mine = [name for name in cookies if name.startswith(before) and _GALLERY.fullmatch(name.removeprefix(before))]
    return [cookies[name] for name in sorted(mine, reverse=True)]

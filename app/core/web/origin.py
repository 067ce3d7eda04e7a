"""Unsafe requests must come from our own pages: decided by headers alone, before a byte of the body is read."""

import ipaddress
from typing import Any
from urllib.parse import urlsplit

from litestar.connection import ASGIConnection
from litestar.handlers import BaseRouteHandler

from app.core.errors import Forbidden
from app.core.settings import Settings
from app.core.web.bearer import bearer_of

SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
EVERYWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104 - a comparison


def _origin(url: str) -> str:
    parts = urlsplit(url)
    port = f":{parts.port}" if parts.port and parts.port != {"http": 80, "https": 443}.get(parts.scheme) else ""
    host = parts.hostname or ""
    return f"{parts.scheme}://{f'[{host}]' if ':' in host else host}{port}".lower()


def known_origins(settings: Settings) -> frozenset[str]:
    """Name the origins of this installation's own pages."""
    ours = {_origin(settings.base_url)}
    if settings.embedded and not settings.secure:
        ours |= {_origin(f"http://{name}:{settings.port}") for name in ("127.0.0.1", "localhost")}
    return frozenset(ours)


def _by_address(settings: Settings, origin: str, host: str) -> bool:
    """Tell whether a page came by a plain address of this machine in the local network.

    An address, never a name: whoever gives a name another meaning (DNS rebinding) sends that name as the origin.
    """
    if not settings.embedded or settings.secure or settings.host not in EVERYWHERE or origin != f"http://{host}":
        return False
    try:
        ipaddress.ip_address(urlsplit(origin).hostname or "")
    except ValueError:
        return False
    return True


def is_ours(settings: Settings, origin: str | None, fetch_site: str | None, host: str) -> bool:
    """Decide by Origin, Sec-Fetch-Site and Host whether one of our own pages sent the request."""
    if fetch_site is not None and fetch_site != "same-origin":
        return False
    if origin is None:
        return fetch_site is not None
    origin = origin.lower()
    return origin in known_origins(settings) or _by_address(settings, origin, host.lower())


async def require_own_origin(connection: ASGIConnection[Any, Any, Any, Any], _handler: BaseRouteHandler) -> None:
    """Refuse an unsafe request of another site."""
    if connection.scope["method"] in SAFE:  # type: ignore[typeddict-item]
        return
    if bearer_of(connection) is not None:
        return
    headers = connection.headers
    if not is_ours(
        connection.app.state.settings, headers.get("origin"), headers.get("sec-fetch-site"), headers.get("host", "")
    ):
        raise Forbidden("foreign_origin")

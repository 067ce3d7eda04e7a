"""Programs show a key in a header of their own: no browser sends it by itself, so no page of others can use it."""

from typing import Any

from litestar.connection import ASGIConnection

FOR_PROGRAMS = ("/api/", "/files/")


def bearer_of(connection: ASGIConnection[Any, Any, Any, Any]) -> str | None:
    """Read the key a program shows, where programs are served. Cookies beside it count for nothing."""
    if not connection.scope["path"].startswith(FOR_PROGRAMS):
        return None
    kind, _, key = connection.headers.get("authorization", "").partition(" ")
    return key.strip() if kind.lower() == "bearer" else None

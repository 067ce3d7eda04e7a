"""One request, one transaction: committed after the page is rendered and before its first byte leaves."""

from collections.abc import AsyncIterator
from typing import Any

from litestar import Request

from app.core.db import Database, Session


async def provide_session(request: Request[Any, Any, Any]) -> AsyncIterator[Session]:
    """Open the request's transaction, read-only for GET and HEAD.

    Litestar ends this generator after `to_response` and before sending: a failing COMMIT reaches the error handler,
    and what was raised is thrown in here, so that nothing stays.
    """
    db: Database = request.app.state.db
    async with db.read() if request.method in {"GET", "HEAD"} else db.write() as session:
        yield session

"""Whether the process lives, and whether it can do its work."""

import asyncio
import os
import tempfile
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import structlog
from litestar import Request, Response, get

from app.core import schema

PATIENCE_S = 5.0
_log = structlog.get_logger("health")


def _write_something(folder: Path, reserve: int) -> None:
    if schema.free_bytes(folder) < reserve:
        raise OSError(f"less than {reserve} bytes are free")
    with tempfile.TemporaryFile(dir=folder) as file:
        file.write(b"ready")
        file.flush()
        os.fsync(file.fileno())


@get("/healthz", opt={"anonymous": True}, tags=["health"])
async def healthz() -> dict[str, str]:
    """Say that the process lives."""
    return {"status": "alive"}


@get("/readyz", opt={"anonymous": True}, tags=["health"])
async def readyz(request: Request[Any, Any, Any]) -> Response[dict[str, Any]]:
    """Say whether database, store and disk can be used."""
    state = request.app.state
    checks: dict[str, Callable[[], Awaitable[None]]] = {
        "database": lambda: schema.require_current(state.db.engine),
        "store": lambda: asyncio.to_thread(state.store.check),
        "disk": lambda: asyncio.to_thread(_write_something, state.settings.data, state.settings.reserve_bytes),
    }
    told: dict[str, str] = {}
    for name, check in checks.items():
        try:
            await asyncio.wait_for(check(), PATIENCE_S)
            told[name] = "ok"
        except Exception as wrong:  # noqa: BLE001 - whatever it is, the part is not ready
            _log.warning("not ready", part=name, reason=type(wrong).__name__)
            told[name] = "failed"
    ready = all(answer == "ok" for answer in told.values())
    return Response({"ready": ready, "checks": told}, status_code=200 if ready else 503)

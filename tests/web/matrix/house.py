"""The running application over a world: ask at its door, look at its rows, put everything back."""

import hashlib
import sqlite3
import uuid
from collections.abc import Mapping
from typing import Any

from litestar import Litestar

from app.main import create_app
from storage.memory import MemoryStore
from tests.web.asgi import OURS, Answer, ask, form
from tests.web.matrix.snapshots import database_path
from tests.web.matrix.world import Place, Visitor, World

HTML = {"accept": "text/html", "accept-language": "en"}
SAFE = {"GET", "HEAD", "OPTIONS"}


class House:
    """One application; every change can be taken back."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.app: Litestar = create_app(world.settings)
        self.store = MemoryStore()
        self.app.state.store = self.store
        self._rows = sqlite3.connect(database_path(world.settings), isolation_level=None, check_same_thread=False)
        self._rows.execute("PRAGMA synchronous=OFF")
        names = self._rows.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
        self.tables = [name for (name,) in names]
        self.put_back()

    def put_back(self) -> None:
        """Undo whatever was done."""
        self.world.snapshot.backup(self._rows)
        self.store._objects = dict(self.world.objects)
        self.store.full = self.store.down = False

    def close(self) -> None:
        self._rows.close()

    def execute(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        """Speak to the database itself."""
        values = [value.hex if isinstance(value, uuid.UUID) else value for value in params]
        return self._rows.execute(sql, values).fetchall()

    def rows(self, sql: str, *params: Any) -> list[tuple[Any, ...]]:
        """Ask the database."""
        return self.execute(sql, *params)

    def count(self, sql: str, *params: Any) -> int:
        """Ask the database for a number."""
        return int(self.execute(sql, *params)[0][0])

    def state(self, but: frozenset[str] = frozenset()) -> str:
        """Fingerprint every table and every stored object."""
        seen = hashlib.sha256()
        for table in self.tables:
            if table not in but:
                rows = self._rows.execute(f'SELECT * FROM "{table}" ORDER BY rowid').fetchall()
                seen.update(f"{table} {rows!r}".encode())
        seen.update(repr(sorted(self.store._objects)).encode())
        return seen.hexdigest()

    async def ask(self, visitor: Visitor, method: str, path: str, **more: Any) -> Answer:
        """Ask as somebody."""
        return await ask(self.app, method, path, cookies=visitor.cookies, **more)

    async def page(self, visitor: Visitor, path: str, **headers: str) -> Answer:
        return await self.ask(visitor, "GET", path, headers={**HTML, **headers})

    async def post(
        self, visitor: Visitor, path: str, data: Mapping[str, str] | list[tuple[str, str]] = (), **headers: str
    ) -> Answer:  # type: ignore[assignment]
        """Send one of the visitor's own forms."""
        pairs = [*(data.items() if isinstance(data, Mapping) else data), ("csrf", visitor.csrf)]
        head, body = form(pairs)
        return await self.ask(visitor, "POST", path, headers={**HTML, **head, **headers}, body=body)


def routes_of(app: Litestar) -> set[tuple[str, str]]:
    """Name every method and path of the route table."""
    return {(method, route.path_format) for route in app.routes for method in route.methods}


__all__ = ["HTML", "OURS", "SAFE", "House", "Place", "routes_of"]

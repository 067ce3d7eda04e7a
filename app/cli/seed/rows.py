"""Rows of many tables, gathered and then written at once, parents first."""

import uuid
from collections import defaultdict
from datetime import datetime
from typing import Any

from sqlalchemy import insert

from app.cli.seed.plan import Chance
from app.core.audit import AuditRow
from app.core.db import Base, Session
from app.core.tables import all_tables

Fields = dict[str, Any]


class Rows:
    """Gathers rows with ids and times of the past."""

    def __init__(self, chance: Chance, studio_id: uuid.UUID) -> None:
        self._chance, self._studio_id = chance, studio_id
        self._gathered: dict[str, dict[frozenset[str], list[Fields]]] = defaultdict(lambda: defaultdict(list))
        self.count = 0

    def add(self, model: type[Base], at: datetime, **values: Any) -> uuid.UUID:
        """Add a row that was made at a moment; gives its id."""
        row: Fields = {
            "id": values.pop("id", None) or self._chance.id_at(at),
            "studio_id": self._studio_id,
            "created_at": at,
        }
        row |= values
        self._gathered[model.__tablename__][frozenset(row)].append(row)
        self.count += 1
        found: uuid.UUID = row["id"]
        return found

    def deed(self, at: datetime, who: tuple[str, uuid.UUID | None], deed: str, about: tuple[str, uuid.UUID, uuid.UUID],
             after: Fields | None = None) -> None:  # fmt: skip
        """Add an audit row: who (kind, id) did what about an object (its kind, its id, its order)."""
        kind, object_id, order_id = about
        values: Fields = {} if after is None else {"after": after}
        self.add(
            AuditRow, at, actor_kind=who[0], actor_id=who[1], deed=deed, object_kind=kind, object_id=object_id,
            order_id=order_id, **values,
        )  # fmt: skip

    async def write(self, session: Session) -> None:
        """Write all that was gathered."""
        for table in all_tables().sorted_tables:
            for rows in self._gathered.pop(table.name, {}).values():
                await session.execute(insert(table), rows)

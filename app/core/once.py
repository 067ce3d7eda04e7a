"""A program's call that may arrive twice is done once: `Idempotency-Key` of the IETF draft of that name.

The answer is kept in the transaction of the deed; the same key with the same words gives it again.
"""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any

import msgspec
from sqlalchemy import JSON
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.orm import Mapped, mapped_column

from app.core.access import Actor
from app.core.db import Base, Row, Session
from app.core.errors import BadInput
from app.core.ids import new_id

LONGEST = 200


class OnceDone(Row, Base):
    """A call and its answer."""

    __tablename__ = "once_done"
    source_key: Mapped[str] = mapped_column(unique=True)  # who called, and the key they gave
    said: Mapped[str]  # a hash of what was asked
    answer: Mapped[Any | None] = mapped_column(JSON)


class KeyUsedOtherwise(BadInput):
    """The key belongs to a call that asked for something else."""

    default_code = "idempotency_key_used"


async def once(session: Session, actor: Actor, key: str | None, asked: Any, act: Callable[[], Awaitable[Any]]) -> Any:
    """Do something once for each key; without a key it is just done. Returns what it gives, as plain JSON values.

    Two calls at once: the second waits for the first and gives the same answer. Raises KeyUsedOtherwise.
    """
    if not key:
        return msgspec.to_builtins(await act())
    if len(key) > LONGEST:
        raise BadInput
    said = hashlib.sha256(msgspec.json.encode(asked)).hexdigest()
    insert = (sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert)(OnceDone)
    row = {"id": new_id(), "studio_id": actor.studio_id, "source_key": f"{actor.id}:{key}", "said": said}
    claim = insert.values(**row).on_conflict_do_update(
        index_elements=["source_key"], set_={"source_key": OnceDone.source_key}
    )
    found = (await session.execute(claim.returning(OnceDone.id))).scalar_one()
    known = await session.get_one(OnceDone, found)
    if found == row["id"]:
        known.answer = msgspec.to_builtins(await act())
    elif known.said != said:
        raise KeyUsedOtherwise
    return known.answer

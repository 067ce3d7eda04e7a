"""Tries at a secret are counted and committed before the secret is looked at."""

import uuid
from datetime import timedelta

from sqlalchemy import delete

from app.core import clock
from app.core.db import Database, Session
from app.core.errors import TooMany
from app.core.tokens import keyed_hash
from app.identity import queries, rules
from app.identity.models import Attempts


def _key(key: str, window: timedelta) -> str:
    return f"{key}:{int(window.total_seconds())}"


def address_key(db: Database, address: str | None, what: str) -> str:
    """Name the counter of a visitor's network; addresses are kept as keyed hashes only."""
    return f"{what}-address:{keyed_hash(db.settings.secret, 'address', rules.network_of(address))}"


async def count_attempt(db: Database, key: str, *, limit: int, window: timedelta) -> int:
    """Count a try at `key` and commit it, whatever becomes of it; returns how many are left.

    Raises TooMany (`minutes`) beyond `limit` tries in a window. One statement counts, so no two processes see the
    same number.
    """
    now = clock.now()
    async with db.write() as session:
        count, began = await queries.count_try(session, _key(key, window), now, now - window)
    if count > limit:
        raise TooMany(minutes=rules.minutes_left(began, window, now))
    return limit - count


async def clear_attempts(session: Session, key: str, *, window: timedelta) -> None:
    """Forget the tries at a secret that was found, and all old ones."""
    await session.execute(delete(Attempts).where(Attempts.key == _key(key, window)))
    await session.execute(delete(Attempts).where(Attempts.window_start < clock.now() - rules.OLD_TRIES))


async def count_pin_attempt(db: Database, link_id: uuid.UUID, address: str | None) -> int:
    """Count a try at a link's PIN: 5 in 15 minutes, 20 in an hour; returns how many are left. Raises TooMany."""
    await count_attempt(
        db, address_key(db, address, "pin"), limit=rules.PIN_TRIES_BY_ADDRESS, window=rules.TRIES_WINDOW
    )
    return min([await count_attempt(db, f"link:{link_id}", limit=most, window=per) for most, per in rules.PIN_TRIES])


async def forget_attempts(session: Session, link_id: uuid.UUID) -> None:
    """Forget the tries at a link whose PIN was found."""
    for _, window in rules.PIN_TRIES:
        await clear_attempts(session, f"link:{link_id}", window=window)

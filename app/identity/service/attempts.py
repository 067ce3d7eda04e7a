"""Tries at a secret are counted and committed before the secret is looked at."""

from datetime import timedelta

from sqlalchemy import delete

from app.core import clock
from app.core.db import Database, Session
from app.core.errors import TooMany
from app.identity import queries, rules
from app.identity.models import Attempts


def _key(key: str, window: timedelta) -> str:
    return f"{key}:{int(window.total_seconds())}"


async def count_attempt(db: Database, key: str, *, limit: int, window: timedelta) -> int:
    """Count a try at `key` and commit it, whatever becomes of it; returns how many more there are.

    Raises TooMany beyond `limit` tries in a window.

    One statement counts, so no two processes see the same number.
    """
    now = clock.now()
    async with db.write() as session:
        count, began = await queries.count_try(session, _key(key, window), now, now - window)
    if count > limit:
        raise TooMany(minutes=rules.minutes_left(began, window, now))
    return limit - count


async def clear_attempts(session: Session, key: str, *, window: timedelta) -> None:
    """Forget the tries at a secret that was found."""
    await session.execute(delete(Attempts).where(Attempts.key == _key(key, window)))
    await session.execute(delete(Attempts).where(Attempts.window_start < clock.now() - rules.OLD_TRIES))

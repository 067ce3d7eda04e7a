"""The one place that asks what time it is, so that a test can answer."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_shift = timedelta(0)


def now() -> datetime:
    """Tell the time, in UTC."""
    return datetime.now(UTC) + _shift


def today(zone: str) -> date:
    """Tell which day it is in a zone: a studio's day is not UTC's."""
    return now().astimezone(ZoneInfo(zone)).date()


@contextlib.contextmanager
def shifted(by: timedelta) -> Iterator[None]:
    """Let the clock of this process run ahead (or behind) for a while."""
    global _shift  # noqa: PLW0603 - one clock a process
    before, _shift = _shift, _shift + by
    try:
        yield
    finally:
        _shift = before

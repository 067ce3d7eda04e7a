"""The one place that asks what time it is, so that a test can answer."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

_shift = timedelta(0)


def now() -> datetime:
    """Tell the time, in UTC."""
    return datetime.now(UTC) + _shift


@contextlib.contextmanager
def shifted(by: timedelta) -> Iterator[None]:
    """Let the clock of this process run ahead (or behind) for a while."""
    global _shift  # noqa: PLW0603 - one clock a process
    before, _shift = _shift, _shift + by
    try:
        yield
    finally:
        _shift = before

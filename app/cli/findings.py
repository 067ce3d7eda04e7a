"""What the doctor finds."""

import msgspec


class Finding(msgspec.Struct, frozen=True):
    """What was looked at: state "good", "warn" or "bad", and how to mend it."""

    what: str
    state: str
    detail: str
    mend: str = ""


def worst(*told: tuple[bool, str]) -> tuple[str, str]:
    """Give "warn" and how to mend it for the first thing that is so, else "good"."""
    return next((("warn", mend) for is_so, mend in told if is_so), ("good", ""))

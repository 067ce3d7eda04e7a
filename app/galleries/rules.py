"""Pure decisions about choosing."""

import secrets

from app.galleries.errors import CapReached, PickLimitReached
from app.orders.rules import Count

KEY_BYTES = 24
PIN_DIGITS = 6
CAP_MOST = 9999
CHIPS = ("slim", "blemish", "hair", "colour", "remove", "swap")  # quick words of a remark; a page translates them


def new_key() -> str:
    """Make a link's key: 192 random bits."""
    return secrets.token_urlsafe(KEY_BYTES)


def new_pin() -> str:
    """Make a PIN of six digits."""
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"


def check_pick(after: Count, own_cap: int | None) -> None:
    """Refuse a pick beyond what the package allows, or beyond the extras the customers allowed themselves."""
    if after.most is not None and after.chosen > after.most:
        raise PickLimitReached(most=after.most)
    if own_cap is not None and after.extra > own_cap:
        raise CapReached(cap=own_cap)


def step_of(state: str, stage: str) -> str:
    """Tell which of the customer's four steps an order is at: choose, retouch, check, download."""
    if state == "released":
        return "download"
    if state == "open":
        return "choose"
    return "check" if stage in {"quality", "release"} else "retouch"

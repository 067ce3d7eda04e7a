"""Pure decisions about choosing."""

import secrets
from datetime import timedelta

from app.galleries.errors import CapReached, ExtraCosts, PickLimitReached
from app.orders.rules import Count

PIN_DIGITS = 6
PIN_TIME = timedelta(hours=1)  # between the link and the PIN
CUSTOMER_SESSION = timedelta(days=60)
LINK_LIFETIME = timedelta(days=180)
CHOOSING_TIME = timedelta(days=14)
PINS_AT_ONCE, PIN_WINDOW = 5, timedelta(minutes=15)
PINS_AN_HOUR, PIN_LONG_WINDOW = 20, timedelta(hours=1)
CAP_MOST = 9999
OPEN, APPROVED, CHANGE = "open", "approved", "change"  # what a customer says of a finished photo
GRANTED_MOST = 20  # rounds staff may grant beyond the package's
FETCH_TIME = timedelta(minutes=5)  # an address without a cookie
CHIPS = ("slim", "blemish", "hair", "colour", "remove", "swap")  # quick words of a remark; a page translates them


def new_pin() -> str:
    """Make a PIN of six digits."""
    return f"{secrets.randbelow(10**PIN_DIGITS):0{PIN_DIGITS}d}"


def check_pick(after: Count, own_cap: int | None, others: int = 0) -> None:
    """Refuse a pick beyond what the package allows, or beyond the extras the customers allowed themselves.

    `others` counts the extras of other products: the household's limit is one for all.
    """
    if after.most is not None and after.chosen > after.most:
        raise PickLimitReached(most=after.most)
    if own_cap is not None and after.extra and after.each.minor and after.extra + others > own_cap:
        raise CapReached(cap=own_cap)


def check_told(after: Count, *, told: bool) -> None:
    """Refuse an extra pick whose price was not said before."""
    if after.extra and after.each.minor and not told:
        raise ExtraCosts(extra=after.extra)


def step_of(state: str, stage: str) -> str:
    """Tell which of the customer's four steps an order is at: choose, retouch, check, download."""
    if state == "released":
        return "download"
    if state == "open":
        return "choose"
    return {"review": "check", "release": "download"}.get(stage, "retouch")


def rounds_left(included: int, granted: int, used: int) -> int:
    """Count the rounds of changes a customer may still ask for."""
    return max(0, included + granted - used)


def decide(known: str, wishes: int) -> str:
    """Tell what a finished photo's verdict is: who asks for something wants a change, whatever was said before.

    `known` is open, approved or change; `wishes` counts the remarks on the version.
    """
    if wishes:
        return CHANGE
    return OPEN if known == CHANGE else known

"""Pure decisions about orders."""

import msgspec

from app.core.money import Money


class Count(msgspec.Struct, frozen=True):
    """What a number of chosen pictures means under a package line."""

    chosen: int
    included: int
    extra: int
    each: Money
    owed: Money
    most: int | None


def count_picks(chosen: int, included: int, extra_minor: int, currency: str, most: int | None) -> Count:
    """Price a choice: the included ones are free, each one more costs the same."""
    extra = max(0, chosen - included)
    each = Money(extra_minor, currency)
    return Count(chosen, included, extra, each, each.times(extra), most)


def order_number(code: str, year: int, value: int) -> str:
    """Write an order number: branch, year, running number."""
    return f"{code}{year % 100:02d}-{value:04d}"


def may_release(rule: str, owed: Money) -> bool:
    """Tell whether the package's rule lets the pictures go."""
    return rule == "always" or owed.minor <= 0

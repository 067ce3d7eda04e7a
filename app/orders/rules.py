"""Pure decisions about orders."""

import msgspec
from babel.numbers import list_currencies

from app.core.errors import BadInput
from app.core.money import Money
from app.orders.schemas import NewPackage

MOST_MINOR = 1_000_000_000
MOST_PICTURES = 9999
RELEASE_RULES = ("paid", "always")
URGENT = 10  # above what the quality check adds when it sends work back
CHOSEN = "retouch"  # what customers choose photos for: a package without it has no gallery


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


def check_package(new: NewPackage) -> None:
    """Refuse a package that could not be sold: a strange price or number, a product twice, none to choose photos for.

    Raises BadInput.
    """
    if not new.name.strip():
        raise BadInput("name_needed")
    if new.currency not in list_currencies() or new.release_rule not in RELEASE_RULES:
        raise BadInput
    products = [line.product for line in new.lines]
    if len(set(products)) != len(products) or CHOSEN not in products:
        raise BadInput
    if not all(0 <= minor <= MOST_MINOR for minor in (new.price_minor, *(line.extra_minor for line in new.lines))):
        raise BadInput("strange_amount")
    counts = [new.revision_rounds, *(line.included for line in new.lines)]
    least_most = [(line.included, line.most) for line in new.lines if line.most is not None]
    if not all(0 <= count <= MOST_PICTURES for count in counts) or any(
        not included <= most <= MOST_PICTURES for included, most in least_most
    ):
        raise BadInput("bad_number", least=0, most=MOST_PICTURES)

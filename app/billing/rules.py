"""Pure decisions about money: what may be taken away, and how an amount is written in words."""

import uuid
from collections.abc import Sequence

import msgspec

from app.billing.errors import AlreadyReversed, BelowZero, NotReversible, RefundTooLarge
from app.core.money import Money

OLD_DAYS = (30, 90)  # where an unpaid order begins to be old, and very old
_DIGITS = "零壹贰叁肆伍陆柒捌玖"
_PLACES = ("", "拾", "佰", "仟")
_GROUPS = ("", "万", "亿", "万亿")


class Line(msgspec.Struct, frozen=True):
    """A line of an account, as far as these rules look at it."""

    id: uuid.UUID
    minor: int
    reverses_id: uuid.UUID | None = None


def total(lines: Sequence[Line]) -> int:
    """Add lines up, in minor units."""
    return sum(line.minor for line in lines)


def balance(charges: Sequence[Line], payments: Sequence[Line]) -> int:
    """Tell what is still owed; below zero when too much was paid."""
    return total(charges) - total(payments)


def check_discount(charges: Sequence[Line], minor: int) -> None:
    """Refuse to take off more than was charged. Raises BelowZero."""
    if total(charges) - minor < 0:
        raise BelowZero


def check_refund(payments: Sequence[Line], minor: int, currency: str) -> None:
    """Refuse to give back more than was paid. Raises RefundTooLarge."""
    if minor > total(payments):
        raise RefundTooLarge(most=Money(max(0, total(payments)), currency).text("en"))


def check_reversal(lines: Sequence[Line], line: Line) -> None:
    """Refuse to undo a line twice, to undo an undoing, or to leave less than nothing.

    Raises AlreadyReversed, NotReversible, BelowZero.
    """
    if line.reverses_id is not None:
        raise NotReversible
    if any(other.reverses_id == line.id for other in lines):
        raise AlreadyReversed
    if total(lines) - line.minor < 0:
        raise BelowZero


def receipt_number(year: int, value: int) -> str:
    """Write a receipt's number: year, running number."""
    return f"R{year}-{value:05d}"


def capital_amount(amount: Money) -> str:
    """Write yuan the way cheques want it: 壹仟陆佰捌拾元伍角整; nothing for other currencies."""
    if amount.currency != "CNY":
        return ""
    yuan, rest = divmod(abs(amount.minor), 100)
    jiao, fen = divmod(rest, 10)
    words = f"{_integer(yuan)}元" if yuan else ""
    if not rest:
        return f"{words or '零元'}整"
    if jiao:
        words += f"{_DIGITS[jiao]}角"
    elif yuan:
        words += "零"
    return f"{words}{_DIGITS[fen]}分" if fen else f"{words}整"


def _integer(number: int) -> str:
    words, gap = "", False
    groups = []
    while number:
        number, group = divmod(number, 10_000)
        groups.append(group)
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if not group:
            gap = bool(words)
            continue
        if words and (gap or group < 1000):
            words += "零"
        words += _group(group) + _GROUPS[place]
        gap = False
    return words


def _group(number: int) -> str:
    words, gap = "", False
    for place in range(3, -1, -1):
        digit = number // 10**place % 10
        if digit:
            words += ("零" if gap and words else "") + _DIGITS[digit] + _PLACES[place]
            gap = False
        else:
            gap = True
    return words

"""The arithmetic of an account, whatever is written on it."""

import uuid

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.billing import rules
from app.billing.errors import AlreadyReversed, BelowZero, NotReversible, RefundTooLarge
from app.core.errors import Conflict
from app.core.money import Money
from app.core.words import safe_cell

SUMS = st.integers(1, 10**9)
DEEDS = st.lists(st.tuples(st.sampled_from(["pay", "refund", "undo"]), SUMS, st.integers(0, 30)), max_size=30)


def play(deeds: list[tuple[str, int, int]]) -> list[rules.Line]:
    """Do what the rules allow, in order."""
    lines: list[rules.Line] = []
    for deed, minor, place in deeds:
        try:
            if deed == "pay":
                lines.append(rules.Line(uuid.uuid4(), minor))
            elif deed == "refund":
                rules.check_refund(lines, minor, "CNY")
                lines.append(rules.Line(uuid.uuid4(), -minor))
            elif lines:
                line = lines[place % len(lines)]
                rules.check_reversal(lines, line)
                lines.append(rules.Line(uuid.uuid4(), -line.minor, line.id))
        except Conflict:
            continue
    return lines


@given(DEEDS)
def test_never_is_more_given_back_than_was_paid(deeds):
    lines = play(deeds)
    assert all(rules.total(lines[:n]) >= 0 for n in range(len(lines) + 1))


@given(DEEDS, DEEDS)
def test_the_balance_is_the_sum_of_what_is_written(charged, paid):
    charges, payments = play(charged), play(paid)
    owed = rules.balance(charges, payments)
    assert owed == sum(line.minor for line in charges) - sum(line.minor for line in payments)


@given(DEEDS)
def test_a_line_is_undone_once_and_then_counts_for_nothing(deeds):
    lines = play(deeds)
    undone = [line.reverses_id for line in lines if line.reverses_id]
    assert len(undone) == len(set(undone))
    left = [line for line in lines if line.id not in undone and line.reverses_id is None]
    assert rules.total(left) == rules.total(lines)


def test_what_is_refused_says_why():
    paid = rules.Line(uuid.uuid4(), 500)
    back = rules.Line(uuid.uuid4(), -300)
    undoing = rules.Line(uuid.uuid4(), -500, paid.id)
    with pytest.raises(RefundTooLarge) as caught:
        rules.check_refund([paid, back], 201, "CNY")
    assert caught.value.params["most"] == "¥2"
    with pytest.raises(BelowZero):
        rules.check_reversal([paid, back], paid)
    with pytest.raises(AlreadyReversed):
        rules.check_reversal([paid, undoing], paid)
    with pytest.raises(NotReversible):
        rules.check_reversal([paid, undoing], undoing)
    with pytest.raises(BelowZero):
        rules.check_discount([paid], 501)


@pytest.mark.parametrize(
    ("minor", "words"),
    [
        (0, "零元整"), (5, "伍分"), (50, "伍角整"), (100, "壹元整"), (1000, "壹拾元整"), (168050, "壹仟陆佰捌拾元伍角整"),
        (140902, "壹仟肆佰零玖元零贰分"), (600714, "陆仟零柒元壹角肆分"), (32504, "叁佰贰拾伍元零肆分"),
        (1640902, "壹万陆仟肆佰零玖元零贰分"), (10_000_000, "壹拾万元整"), (10_700_053, "壹拾万柒仟元伍角叁分"),
        (100_000_000_00, "壹亿元整"), (100_010_000_00, "壹亿零壹万元整"), (100_000_001_00, "壹亿零壹元整"),
        (20_030_00, "贰万零叁拾元整"), (-168050, "壹仟陆佰捌拾元伍角整"),
    ],
)  # fmt: skip
def test_an_amount_in_capital_numerals(minor, words):
    assert rules.capital_amount(Money(minor, "CNY")) == words


DIGITS = {char: place for place, char in enumerate("零壹贰叁肆伍陆柒捌玖")}


def read(words: str) -> int:
    """Read capital numerals back, as a person would."""
    whole, _, rest = words.rpartition("元")
    minor = 0
    for place, unit in enumerate("角分"):
        if unit in rest:
            minor += DIGITS[rest[rest.index(unit) - 1]] * (10, 1)[place]
    total = part = digit = 0
    for char in whole:
        if char in DIGITS:
            digit = DIGITS[char]
        elif char in "拾佰仟":
            part, digit = part + digit * {"拾": 10, "佰": 100, "仟": 1000}[char], 0
        elif char == "万":
            total, part, digit = total + (part + digit) * 10**4, 0, 0
        else:
            total, part, digit = (total + part + digit) * 10**8, 0, 0
    return (total + part + digit) * 100 + minor


@given(st.integers(0, 10**13 - 1))
def test_capital_numerals_can_be_read_back(minor):
    assert read(rules.capital_amount(Money(minor, "CNY"))) == minor


def test_other_currencies_are_not_written_in_capitals():
    assert rules.capital_amount(Money(100, "EUR")) == ""


@pytest.mark.parametrize("text", ["=1+1", "+86", "-1", "@x", "\t=1", "＝1", "  =1"])
def test_a_cell_that_looks_like_a_formula_stays_words(text):
    assert safe_cell(text) == f"'{text}"


@pytest.mark.parametrize("text", ["林夏", "1-1", "a=b", ""])
def test_other_words_stay_as_they_are(text):
    assert safe_cell(text) == text

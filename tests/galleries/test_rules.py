"""The allowance and the price of extras."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.core.money import Money
from app.galleries import rules
from app.galleries.errors import CapReached, PickLimitReached
from app.orders.rules import count_picks, may_release, order_number


@given(st.integers(0, 500), st.integers(0, 100), st.integers(0, 10**6))
def test_extras_are_what_goes_beyond_the_allowance(chosen: int, included: int, each: int) -> None:
    count = count_picks(chosen, included, each, "CNY", None)
    assert count.owed.minor == max(0, chosen - included) * each


def test_the_package_and_the_household_each_have_a_limit() -> None:
    rules.check_pick(count_picks(4, 2, 8000, "CNY", 4), None)
    with pytest.raises(PickLimitReached):
        rules.check_pick(count_picks(5, 2, 8000, "CNY", 4), None)
    rules.check_pick(count_picks(3, 2, 8000, "CNY", 4), 1)
    with pytest.raises(CapReached):
        rules.check_pick(count_picks(4, 2, 8000, "CNY", 4), 1)


@pytest.mark.parametrize(
    ("state", "stage", "step"),
    [
        ("open", "selection", "choose"),
        ("submitted", "retouch", "retouch"),
        ("submitted", "quality", "retouch"),
        ("submitted", "review", "check"),
        ("submitted", "release", "download"),
        ("released", "delivery", "download"),
    ],
)
def test_the_customers_four_steps(state: str, stage: str, step: str) -> None:
    assert rules.step_of(state, stage) == step


@pytest.mark.parametrize(
    ("known", "wishes", "said"),
    [
        ("open", 0, "open"),
        ("approved", 0, "approved"),
        ("change", 0, "open"),
        ("approved", 1, "change"),
        ("open", 2, "change"),
    ],
)
def test_a_wish_is_a_change_whatever_was_said_before(known: str, wishes: int, said: str) -> None:
    assert rules.decide(known, wishes) == said


@given(st.integers(0, 9), st.integers(0, 9), st.integers(0, 30))
def test_rounds_never_go_below_nothing(included: int, granted: int, used: int) -> None:
    assert rules.rounds_left(included, granted, used) == max(0, included + granted - used)


def test_a_release_waits_for_the_money_where_the_package_says_so() -> None:
    assert may_release("paid", Money(0, "CNY"))
    assert not may_release("paid", Money(1, "CNY"))
    assert may_release("always", Money(1, "CNY"))


def test_order_numbers_read_like_a_branch_a_year_and_a_count() -> None:
    assert order_number("SG", 2026, 7) == "SG26-0007"


def test_pins_are_six_digits() -> None:
    assert all(len(pin) == 6 and pin.isdigit() for pin in (rules.new_pin() for _ in range(50)))

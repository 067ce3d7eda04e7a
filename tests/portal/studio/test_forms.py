"""Amounts as people type them."""

import pytest

from app.core.errors import BadInput
from portal.studio import forms


@pytest.mark.parametrize(
    ("typed", "currency", "minor"),
    [
        ("1234.50", "CNY", 123450), ("1,234.50", "CNY", 123450), ("¥ 1,234,567", "CNY", 123456700),
        ("12,50", "EUR", 1250), ("1.234,50", "EUR", 123450), ("0,5", "EUR", 50), ("１２００", "CNY", 120000),
        ("１２．５", "CNY", 1250), ("1,234", "JPY", 1234), ("-5", "CNY", -500), ("80", "CNY", 8000),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_it_is_meant(typed, currency, minor):
    assert forms.amount({"amount": typed}, "amount", currency) == minor


@pytest.mark.parametrize("typed", ["1,2,3", "12,5000", "1.234.567,8,9", "1,23.4", "", "a lot", "1.234", "12,34,567"])
def test_what_can_be_read_in_two_ways_is_not_guessed_at(typed):
    with pytest.raises(BadInput):
        forms.amount({"amount": typed}, "amount", "EUR")

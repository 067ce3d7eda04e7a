"""Money in minor units, written for people."""

import pytest

from app.core.money import Money


@pytest.mark.parametrize(
    ("minor", "currency", "locale", "text"),
    [
        (16000, "CNY", "zh_Hans_CN", "¥160"),
        (16050, "CNY", "en", "¥160.50"),
        (0, "CNY", "en", "¥0"),
        (-500, "USD", "en", "-$5"),
        (1234567, "JPY", "en", "¥1,234,567"),
    ],
)
def test_whole_amounts_are_written_without_decimals(minor: int, currency: str, locale: str, text: str) -> None:
    assert Money(minor, currency).text(locale) == text


def test_currencies_are_never_mixed() -> None:
    with pytest.raises(ValueError, match="EUR is not CNY"):
        Money(1, "CNY") + Money(1, "EUR")

"""Money in integer minor units."""

import msgspec
from babel.numbers import format_currency, get_currency_precision


class Money(msgspec.Struct, frozen=True):
    """An amount: `minor` counts the currency's smallest unit (fen, cents)."""

    minor: int
    currency: str

    def __add__(self, other: "Money") -> "Money":
        return Money(self.minor + self._same(other).minor, self.currency)

    def __sub__(self, other: "Money") -> "Money":
        return Money(self.minor - self._same(other).minor, self.currency)

    def times(self, count: int) -> "Money":
        """Take the amount `count` times."""
        return Money(self.minor * count, self.currency)

    def _same(self, other: "Money") -> "Money":
        if other.currency != self.currency:
            raise ValueError(f"{other.currency} is not {self.currency}")
        return other

    def text(self, locale: str) -> str:
        """Write it the way people of a locale do; whole amounts without decimals."""
        digits = get_currency_precision(self.currency)
        value = self.minor / 10**digits
        whole = self.minor % 10**digits == 0
        pattern = "¤#,##0;-¤#,##0" if whole else None
        text = format_currency(value, self.currency, format=pattern, locale=locale, currency_digits=not whole)
        return text.replace("CN¥", "¥")  # in a Chinese studio's English pages there is one ¥

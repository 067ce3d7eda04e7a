"""Words people type, fit to be kept: databases take no NUL, pages no stray control characters."""

import unicodedata

_KEPT = frozenset("\n\t")
_FORMULAS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def clean_words(text: str, most: int) -> str:
    """Drop control characters and lone surrogates, bring line ends to one form, cut at `most` characters."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    shown = (char for char in plain if char in _KEPT or unicodedata.category(char) not in {"Cc", "Cs"})
    return "".join(shown).strip()[:most]


def safe_cell(text: str) -> str:
    """Make words harmless in a spreadsheet: what begins like a formula is marked as words."""
    return f"'{text}" if text.lstrip(" ").startswith(_FORMULAS) else text

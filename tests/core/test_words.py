"""Words people type."""

import pytest

from app.core.words import clean_words


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("  brighter, please ", "brighter, please"),
        ("one\r\ntwo\rthree\tfour", "one\ntwo\nthree\tfour"),
        ("cut\0here\x1b[31m\x7f", "cuthere[31m"),
        ("lone \ud800 half", "lone  half"),
        ("家庭 👨‍👩‍👧 é", "家庭 👨‍👩‍👧 é"),
        ("\0 \0", ""),
    ],
)
def test_control_characters_go_and_words_stay(typed: str, kept: str) -> None:
    assert clean_words(typed, 100) == kept


def test_what_is_too_long_is_cut() -> None:
    assert clean_words("长" * 5000, 1000) == "长" * 1000

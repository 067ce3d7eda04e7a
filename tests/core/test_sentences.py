"""Every code that anything raises has a sentence, in every language."""

import re
from pathlib import Path

import pytest

from app.core import i18n
from app.core.locales.sentences import SENTENCES, sentence

ROOT = Path(__file__).parents[2]
RAISED = re.compile(
    r"(?:Refused|Warning|NotFound|Conflict|BadInput|Forbidden|Gone|SignInNeeded|TooLarge|Unavailable|Said)\(\s*"
    r'(?:code=)?"([a-z_]+)"|code(?:: ClassVar\[str\])? = "([a-z_]+)"|flash\(request, "([a-z_]+)"'
)
NOT_SAID = {"cancelled"}  # a job that nobody waits for


def codes() -> set[str]:
    """Collect the codes that stand in the sources."""
    found: set[str] = set()
    for folder in ("app", "portal", "workers", "pipelines", "storage"):
        for path in (ROOT / folder).rglob("*.py"):
            for groups in RAISED.findall(path.read_text()):
                found |= {code for code in groups if code}
    return found - NOT_SAID


def test_codes_are_found_at_all() -> None:
    assert {"empty_file", "store_full", "wrong_pin", "pick_limit_reached", "order_released"} <= codes()


@pytest.mark.parametrize("code", sorted(codes()))
def test_every_code_has_a_sentence(code: str) -> None:
    assert code in SENTENCES


@pytest.mark.parametrize("locale", sorted(i18n.LOCALES))
def test_a_missing_parameter_never_breaks_a_sentence(locale: str) -> None:
    for code in SENTENCES:
        assert sentence(code, {}, locale)
        assert "%(" not in sentence(code, {}, locale)

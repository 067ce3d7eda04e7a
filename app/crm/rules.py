"""Pure decisions about customers."""

import re
import unicodedata

from app.core.errors import BadInput
from app.core.i18n import LOCALES
from app.crm.errors import BadPhone
from app.identity.rules import clean_email

LONGEST_NAME, LONGEST_NOTE, LONGEST_TAG = 120, 2000, 24
HUES = 6
LEAST_DIGITS, MOST_DIGITS = 5, 20
LEAST_SEARCHED = 3  # digits; fewer would find everybody
_PHONE = re.compile(r"\+?[0-9 ().\-/]+")
_CHINESE_MOBILE = re.compile(r"(?:0*86)?(1\d{10})")


def clean_name(text: str) -> str:
    """Bring a name into one line. Raises BadInput without one."""
    name = " ".join(text.split())[:LONGEST_NAME]
    if not name:
        raise BadInput("name_needed")
    return name


def clean_phone(text: str | None) -> str | None:
    """Bring a telephone number into plain digits and its own separators; none for nothing. Raises BadPhone."""
    plain = " ".join(unicodedata.normalize("NFKC", text or "").replace("—", "-").replace("–", "-").split())
    if not plain:
        return None
    digits = sum(char.isdigit() for char in plain)
    if not _PHONE.fullmatch(plain) or not LEAST_DIGITS <= digits <= MOST_DIGITS:
        raise BadPhone
    return plain


def phone_key(phone: str | None) -> str | None:
    """Tell what two spellings of one number have in common: the digits, without China's country code."""
    digits = re.sub(r"\D", "", phone or "", flags=re.ASCII)
    mobile = _CHINESE_MOBILE.fullmatch(digits)
    return mobile[1] if mobile else digits.lstrip("0") or None


def clean_contact_email(text: str | None) -> str | None:
    """Bring an e-mail into the form it is kept in; none for nothing. Raises BadEmail."""
    return clean_email(text) if text and text.strip() else None


def clean_locale(text: str | None) -> str | None:
    """Keep a language this product speaks; none for the studio's."""
    return text if text in LOCALES else None


def clean_tag(text: str) -> str:
    """Bring a tag into one short line. Raises BadInput without a word."""
    name = " ".join(unicodedata.normalize("NFKC", text).split()).lstrip("#").strip()[:LONGEST_TAG]
    if not name:
        raise BadInput("tag_needed")
    return name


def searched_digits(text: str) -> str | None:
    """Read a search as part of a telephone number, if it can be one."""
    digits = re.sub(r"[\s().+/\-]", "", unicodedata.normalize("NFKC", text))
    if not digits.isascii() or not digits.isdigit() or len(digits) < LEAST_SEARCHED:
        return None
    return phone_key(digits)

"""Pure functions that make keys. A user's file name never becomes part of one."""

import re
from uuid import UUID

from storage.errors import BadKey

MAX_KEY = 512
MAX_SEGMENT = 200
_KEY = re.compile(r"[a-z0-9_-][a-z0-9._-]*(?:/[a-z0-9_-][a-z0-9._-]*)*", re.ASCII)
_PREFIX = re.compile(r"[a-z0-9._/-]*", re.ASCII)
_WORD = re.compile(r"[a-z0-9_-]{1,64}", re.ASCII)
_SUFFIX = re.compile(r"[a-z0-9]{1,8}", re.ASCII)

Part = UUID | str


def check_key(key: str) -> str:
    """Return `key` if it is safe on every store (a-z 0-9 - _ . /, no hidden or upward part), else raise BadKey."""
    if not 0 < len(key) <= MAX_KEY or not _KEY.fullmatch(key) or ".." in key:
        raise BadKey(length=len(key))
    if any(len(segment) > MAX_SEGMENT for segment in key.split("/")):
        raise BadKey(length=len(key))
    return key


def check_prefix(prefix: str) -> str:
    """Return `prefix` if keys could begin with it, else raise BadKey."""
    if len(prefix) > MAX_KEY or not _PREFIX.fullmatch(prefix) or ".." in prefix or prefix.startswith(("/", ".")):
        raise BadKey(length=len(prefix))
    return prefix


def photo_prefix(studio: Part, order: Part, photo: Part | None = None) -> str:
    """Everything of one order, or of one of its photos."""
    parts = [studio, order] if photo is None else [studio, order, photo]
    return "/".join(_word(part) for part in parts) + "/"


def original_key(studio: Part, order: Part, photo: Part, version: Part, file: Part, suffix: str = "bin") -> str:
    """Where the bytes lie that came in; `suffix` is the recognised format, not the end of the user's name."""
    return _version(studio, order, photo, version) + f"original-{_word(file)}.{_suffix(suffix)}"


def rendition_key(studio: Part, order: Part, photo: Part, version: Part, recipe: str, recipe_hash: str) -> str:
    """The same for the same version and recipe, so that a second run writes to the same place."""
    return _version(studio, order, photo, version) + f"{_word(recipe)}-{_word(recipe_hash)}.jpg"


def upload_key(studio: Part, order: Part, file: Part, suffix: str = "bin") -> str:
    """Where an accepted file lies that belongs to no photo (yet)."""
    return f"{_word(studio)}/{_word(order)}/files/{_word(file)}.{_suffix(suffix)}"


def document_key(studio: Part, order: Part, document: Part, sha256: str) -> str:
    """Where a document's PDF lies; named by its content too, for a second making may differ in a few bytes."""
    return f"{_word(studio)}/{_word(order)}/documents/{_word(document)}-{_word(sha256[:16])}.pdf"


def scratch_key(studio: Part, job: Part, name: str, suffix: str = "jpg") -> str:
    """A passing result with an expiry: previews, packets."""
    return f"{_word(studio)}/scratch/{_word(job)}/{_word(name)}.{_suffix(suffix)}"


def _version(studio: Part, order: Part, photo: Part, version: Part) -> str:
    return "/".join(_word(part) for part in (studio, order, photo, version)) + "/"


def _word(part: Part) -> str:
    word = str(part)
    if not _WORD.fullmatch(word):
        raise BadKey(length=len(word))
    return word


def _suffix(suffix: str) -> str:
    if not _SUFFIX.fullmatch(suffix):
        raise BadKey(length=len(suffix))
    return suffix

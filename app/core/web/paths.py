"""Addresses: which may be written down, and which a redirect may follow."""

import re
from urllib.parse import quote, urlsplit

_KEYS = re.compile(r"^(/g|/fetch|/sign-in/link)/[^/]+")
_SAFE = "/?&=%:@!$'()*+,;~#-._"


def masked(path: str) -> str:
    """Write a path for the log: keys in it are hidden."""
    return _KEYS.sub(r"\1/***", path)


def same_site(path: str | None, otherwise: str = "/") -> str:
    """Give back a path of this site, or the other one for anything that could lead elsewhere."""
    if not path or not path.startswith("/") or path[1:2] in {"/", "\\"} or "\\" in path:
        return otherwise
    if any(ord(letter) < 0x20 or ord(letter) == 0x7F for letter in path):
        return otherwise
    try:
        parts = urlsplit(path)
    except ValueError:
        return otherwise
    return otherwise if parts.scheme or parts.netloc else quote(path, safe=_SAFE)

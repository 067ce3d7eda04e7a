"""Secrets that travel: 256 random bits to the browser, a SHA-256 in the database."""

import hashlib
import hmac
import secrets

BYTES = 32


def new_token() -> str:
    """Make a secret for a cookie or a link."""
    return secrets.token_urlsafe(BYTES)


def token_hash(token: str) -> str:
    """Tell what is kept of a secret."""
    return hashlib.sha256(token.encode()).hexdigest()


def keyed_hash(secret: str, purpose: str, text: str) -> str:
    """Hash a short or guessable text (an e-mail, an address) under this installation's secret."""
    return hmac.new(secret.encode(), f"{purpose}:{text}".encode(), hashlib.sha256).hexdigest()

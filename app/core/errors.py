"""Facts that stop a use case, each with a status and a sentence in the reader's language.

The sentence stands in `app/core/locales`: an error carries its key and the parameters.
"""

from typing import ClassVar


class SafelightError(Exception):
    """A fact that stops the deed. `code` names the sentence, `params` fill it."""

    status: ClassVar[int] = 500
    default_code: ClassVar[str] = "internal"

    def __init__(self, code: str | None = None, **params: str | float) -> None:
        self.code = code or self.default_code
        self.params = params
        super().__init__(f"{self.code} {params}" if params else self.code)


class BadInput(SafelightError):
    """What was sent cannot be used."""

    status = 422
    default_code = "bad_input"


class SignInNeeded(SafelightError):
    """Nobody is signed in."""

    status = 401
    default_code = "sign_in_needed"


class Forbidden(SafelightError):
    """The person may see it, but not do this."""

    status = 403
    default_code = "forbidden"


class NotFound(SafelightError):
    """Unknown, or another's: which of the two is not told."""

    status = 404
    default_code = "not_found"


class Conflict(SafelightError):
    """The state of things does not allow it (any more)."""

    status = 409
    default_code = "conflict"


class Gone(SafelightError):
    """The right key, but expired or withdrawn."""

    status = 410
    default_code = "gone"


class TooLarge(SafelightError):
    """More bytes than are taken here."""

    status = 413
    default_code = "too_large"


class TooMany(SafelightError):
    """Too many tries; `params["minutes"]` says when to come back."""

    status = 429
    default_code = "too_many"


class Unavailable(SafelightError):
    """A part that is needed does not answer at the moment."""

    status = 503
    default_code = "unavailable"


class Full(SafelightError):
    """There is no room left for the bytes."""

    status = 507
    default_code = "store_full"

"""Facts about signing in and about staff."""

from app.core.errors import BadInput, Conflict, Gone


class WrongSignIn(BadInput):
    """E-mail and password do not belong together: which of the two is wrong is not told."""

    default_code = "wrong_sign_in"


class SignInLinkUsed(Gone):
    """A link that was used already."""

    default_code = "sign_in_link_used"


class SignInLinkExpired(Gone):
    """A link that is older than its 15 minutes."""

    default_code = "sign_in_link_expired"


class StaffDisabled(Conflict):
    """The person does not work here any more."""

    default_code = "staff_disabled"


class EmailTaken(Conflict):
    """Someone has this e-mail already."""

    default_code = "email_taken"


class LastOwner(Conflict):
    """A studio keeps at least one owner."""

    default_code = "last_owner"


class BadEmail(BadInput):
    """Not an e-mail address."""

    default_code = "bad_email"


class UnknownRole(BadInput):
    """No such role; `params["role"]`."""

    default_code = "unknown_role"


class UnknownSkill(BadInput):
    """No such skill; `params["skill"]`."""

    default_code = "unknown_skill"


class PasswordTooShort(BadInput):
    """Fewer characters than `params["least"]`."""

    default_code = "password_too_short"


class PasswordTooLong(BadInput):
    """More characters than `params["most"]`."""

    default_code = "password_too_long"


class StudioChanged(Conflict):
    """Another window has saved meanwhile."""

    default_code = "studio_changed"

"""Facts about galleries that stop a deed."""

from app.core.errors import BadInput, Conflict, Forbidden, Gone


class PickLimitReached(Conflict):
    """No more photos can be chosen for this product."""

    default_code = "pick_limit_reached"


class CapReached(Conflict):
    """The next one would cost more than the customers allowed themselves."""

    default_code = "cap_reached"


class AlreadySubmitted(Conflict):
    """The choice was handed over."""

    default_code = "already_submitted"


class NothingChosen(Conflict):
    """An empty choice cannot be handed over."""

    default_code = "nothing_chosen"


class LinkExpired(Gone):
    """The link was good until a day that has passed."""

    default_code = "link_expired"


class LinkWithdrawn(Gone):
    """The studio took the link back."""

    default_code = "link_withdrawn"


class WrongPin(Forbidden):
    """Not the PIN; `params["left"]` more tries."""

    default_code = "wrong_pin"


class NotAcceptedYet(Conflict):
    """The quality check has not accepted the work."""

    default_code = "not_accepted_yet"


class BalanceOpen(Conflict):
    """The package lets the pictures go when nothing is owed."""

    default_code = "balance_open"


class StrangeCap(BadInput):
    """A limit that is no number from 0 to 9999."""

    default_code = "strange_cap"

"""Facts about galleries that stop a deed."""

from app.core.errors import BadInput, Conflict, Forbidden, Gone


class PickLimitReached(Conflict):
    """No more photos can be chosen for this product."""

    default_code = "pick_limit_reached"


class CapReached(Conflict):
    """The next one would cost more than the customers allowed themselves."""

    default_code = "cap_reached"


class ExtraCosts(Conflict):
    """The next one costs something, and nobody said so before."""

    default_code = "extra_costs"


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


class ChoiceChanged(Conflict):
    """What was chosen is no longer what the page showed."""

    default_code = "choice_changed"


class ReviewWaits(Conflict):
    """The customer has not said yet whether the finished photos please."""

    default_code = "review_waits"


class NotInReview(Conflict):
    """There is nothing to decide (any more)."""

    default_code = "not_in_review"


class NewerVersion(Conflict):
    """Another version of the photo is the one to judge."""

    default_code = "newer_version"


class ChangeAsked(Conflict):
    """Somebody of the household wants this photo changed."""

    default_code = "change_asked"


class ChangesWait(Conflict):
    """Changes were asked for and not sent; `params["count"]` photos."""

    default_code = "changes_wait"


class NoChangeAsked(Conflict):
    """There is nothing to send."""

    default_code = "no_change_asked"


class RoundsUsed(Conflict):
    """The package's rounds of changes are used up."""

    default_code = "rounds_used"


class SkipReasonNeeded(BadInput):
    """To go on without the customer's word, a reason is needed."""

    default_code = "skip_reason_needed"


class GrantExpired(Gone):
    """The few minutes of this address are over, or it was taken back."""

    default_code = "grant_expired"

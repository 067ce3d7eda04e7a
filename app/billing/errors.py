"""Facts about money that stop a deed."""

from app.core.errors import Conflict


class AlreadyReversed(Conflict):
    """A line is reversed once."""

    default_code = "already_reversed"


class NotReversible(Conflict):
    """What undoes a line is itself not undone: it is written down anew."""

    default_code = "not_reversible"


class BelowZero(Conflict):
    """More would be taken away than there is."""

    default_code = "below_zero"


class RefundTooLarge(Conflict):
    """More would be given back than was paid."""

    default_code = "refund_too_large"

"""Facts about customers that stop a deed."""

from app.core.errors import BadInput, Conflict


class BadPhone(BadInput):
    """No telephone number can be read from it."""

    default_code = "bad_phone"


class CustomerChanged(Conflict):
    """Another window has saved meanwhile."""

    default_code = "customer_changed"

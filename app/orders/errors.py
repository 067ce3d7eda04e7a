"""Facts about orders that stop a deed."""

from app.core.errors import Conflict


class OrderClosed(Conflict):
    """The order takes nothing any more."""

    default_code = "order_closed"

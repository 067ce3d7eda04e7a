"""Facts about orders that stop a deed."""

from app.core.errors import Conflict


class OrderClosed(Conflict):
    """The order takes nothing any more."""

    default_code = "order_closed"


class SourceUsed(Conflict):
    """The same form (or cause) has posted another sum already."""

    default_code = "form_used"


class PackageRetired(Conflict):
    """The package is not on sale any more."""

    default_code = "package_retired"

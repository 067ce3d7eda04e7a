"""The running studio that browsers open."""

from tests.portal.customer.house import studio

__all__ = ["studio"]

"""Who may see and run galleries. Choosing is the customer's alone."""

from app.core.access import Grant, Reach, declare

_FRONT = {"owner": Reach.STUDIO, "manager": Reach.BRANCH, "consultant": Reach.BRANCH}

PERMISSIONS = declare(
    {
        "gallery.read": Grant({**_FRONT, "quality_lead": Reach.BRANCH}, customer=True),
        "gallery.choose": Grant(customer=True),
        "gallery.review": Grant(customer=True),
        "gallery.fetch": Grant(customer=True),
        "gallery.release": Grant(_FRONT),
        "link.read": Grant(_FRONT),
        "link.write": Grant(_FRONT),
    }
)

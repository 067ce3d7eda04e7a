"""Who may see figures."""

from app.core.access import Grant, Reach, declare

_LEADS = {"owner": Reach.STUDIO, "manager": Reach.BRANCH}

PERMISSIONS = declare({"figures.read": Grant(_LEADS), "figures.people": Grant(_LEADS)})

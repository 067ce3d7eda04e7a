"""Who may see the studio's money as a whole. An order's own money is guarded by the orders."""

from app.core.access import Grant, Reach, declare

PERMISSIONS = declare(
    {"billing.read": Grant({"owner": Reach.STUDIO, "manager": Reach.BRANCH, "finance": Reach.BRANCH})}
)

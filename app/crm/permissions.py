"""Who may see and write customers."""

from app.core.access import Grant, Reach, declare

PERMISSIONS = declare(
    {
        "customer.read": Grant(
            {"owner": Reach.STUDIO, "manager": Reach.BRANCH, "consultant": Reach.BRANCH, "finance": Reach.BRANCH}
        ),
        "customer.write": Grant({"owner": Reach.STUDIO, "manager": Reach.BRANCH, "consultant": Reach.BRANCH}),
    }
)

"""Who may see and write orders and money."""

from app.core.access import Grant, Reach, declare

_FRONT = {"owner": Reach.STUDIO, "manager": Reach.BRANCH, "consultant": Reach.BRANCH}

PERMISSIONS = declare(
    {
        "order.read": Grant(
            {
                **_FRONT,
                "photographer": Reach.BRANCH,
                "quality_lead": Reach.BRANCH,
                "finance": Reach.BRANCH,
                "retoucher": Reach.ORDERS,
            },
            customer=True,
        ),
        "order.write": Grant(_FRONT),
        "package.read": Grant({**_FRONT, "finance": Reach.BRANCH}),
        "package.write": Grant({"owner": Reach.STUDIO, "manager": Reach.STUDIO}),
        "money.read": Grant({**_FRONT, "finance": Reach.BRANCH}, customer=True),
        "money.write": Grant({**_FRONT, "finance": Reach.BRANCH}),
    }
)

"""Who may see tasks, take them, and judge the work."""

from app.core.access import Grant, Reach, declare

PERMISSIONS = declare(
    {
        "board.read": Grant(
            {
                "owner": Reach.STUDIO,
                "manager": Reach.BRANCH,
                "consultant": Reach.BRANCH,
                "photographer": Reach.BRANCH,
                "quality_lead": Reach.BRANCH,
            }
        ),
        "order.move": Grant({"owner": Reach.STUDIO, "manager": Reach.BRANCH}),
        "workflow.read": Grant({"owner": Reach.STUDIO, "manager": Reach.STUDIO}),
        "task.read": Grant(
            {
                "owner": Reach.STUDIO,
                "manager": Reach.BRANCH,
                "consultant": Reach.BRANCH,
                "quality_lead": Reach.BRANCH,
                "retoucher": Reach.ORDERS,
            }
        ),
        "task.take": Grant({"owner": Reach.STUDIO, "retoucher": Reach.BRANCH}),
        "task.work": Grant({"owner": Reach.STUDIO, "retoucher": Reach.ORDERS}),
        "task.plan": Grant({"owner": Reach.STUDIO, "manager": Reach.BRANCH}),
        "quality.judge": Grant({"owner": Reach.STUDIO, "quality_lead": Reach.BRANCH}),
    }
)

"""Who may see photos, bring them in, and write remarks."""

from app.core.access import Grant, Reach, declare

_FLOOR = {
    "owner": Reach.STUDIO,
    "manager": Reach.BRANCH,
    "consultant": Reach.BRANCH,
    "photographer": Reach.BRANCH,
    "quality_lead": Reach.BRANCH,
}

PERMISSIONS = declare(
    {
        "photo.read": Grant({**_FLOOR, "retoucher": Reach.ORDERS}, customer=True),
        "photo.add": Grant({role: reach for role, reach in _FLOOR.items() if role != "quality_lead"}),
        "photo.finish": Grant({"owner": Reach.STUDIO, "retoucher": Reach.ORDERS}),
        "photo.retry": Grant(_FLOOR),
        "photo.withdraw": Grant({"owner": Reach.STUDIO, "manager": Reach.BRANCH, "consultant": Reach.BRANCH}),
        "photo.original": Grant({**_FLOOR, "retoucher": Reach.ORDERS}),
        "remark.read": Grant({**_FLOOR, "retoucher": Reach.ORDERS}, customer=True),
        "remark.write": Grant({**_FLOOR, "retoucher": Reach.ORDERS}, customer=True),
    }
)

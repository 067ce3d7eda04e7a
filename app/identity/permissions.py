"""Who may see and change the studio's people."""

from app.core.access import ROLES, Grant, Reach, declare

PERMISSIONS = declare(
    {
        "studio.read": Grant(dict.fromkeys(ROLES, Reach.STUDIO)),
        "studio.manage": Grant({"owner": Reach.STUDIO}),
        "staff.read": Grant(dict.fromkeys(ROLES, Reach.STUDIO)),
        "staff.manage": Grant({"owner": Reach.STUDIO}),
        "staff.skill": Grant({"owner": Reach.STUDIO, "manager": Reach.STUDIO}),
        "key.manage": Grant({"owner": Reach.STUDIO}),
    }
)

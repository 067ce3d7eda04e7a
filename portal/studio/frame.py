"""What surrounds every page of the studio: its name, the person, the places they may go."""

from typing import Any

from litestar import Response

from app.core import clock
from app.core.access import Actor, may
from app.core.db import Session
from app.core.errors import SignInNeeded
from app.core.i18n import N_, gettext_
from portal.web import AnyRequest, page

ROLE_NAMES = {
    "owner": N_("Owner"),
    "manager": N_("Manager"),
    "consultant": N_("Consultant"),
    "photographer": N_("Photographer"),
    "retoucher": N_("Retoucher"),
    "quality_lead": N_("Quality lead"),
    "finance": N_("Finance"),
}


def places(actor: Actor) -> list[str]:
    """Name the pages a person may open."""
    found = []
    if may(actor, "figures.read"):
        found.append("today")
    if may(actor, "board.read"):
        found.append("board")
    if may(actor, "order.read") and actor.roles != {"retoucher"}:
        found.append("orders")
    if may(actor, "customer.read"):
        found.append("customers")
    if may(actor, "billing.read"):
        found.append("money")
    if may(actor, "task.take"):
        found.append("job")
    if may(actor, "quality.judge"):
        found.append("quality")
    if may(actor, "staff.skill"):
        found.append("staff")
    return found


async def staff_page(  # the frame itself asks nothing; `session` is every page's
    request: AnyRequest, session: Session, actor: Actor, template: str, *, status: int = 200, **context: Any
) -> Response[str]:
    """Draw a page of the studio. Raises SignInNeeded."""
    del session
    card = actor.card
    if actor.kind != "staff" or card is None:
        raise SignInNeeded
    return page(
        request, template, status=status, studio_name=card.studio, user_name=card.name,
        user_roles=" · ".join(gettext_(ROLE_NAMES[role]) for role in sorted(actor.roles)), menu=places(actor),
        studio_day=clock.today(card.timezone), **context,
    )  # fmt: skip

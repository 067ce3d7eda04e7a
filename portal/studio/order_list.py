"""The list of orders, narrowed by its address."""

from litestar import Response, get
from litestar.params import FromQuery

from app.core import clock
from app.core.access import may
from app.core.errors import SignInNeeded
from app.core.i18n import N_
from app.core.web.given import GivenActor, GivenSession
from app.identity import service as identity
from app.production import service as production
from app.production.schemas import STAGES, Wanted
from portal.studio.frame import staff_page
from portal.web import AnyRequest

SHOWS = {
    "": N_("All"),
    "due": N_("Due today"),
    "late": N_("Late"),
    "waiting": N_("Waiting for the customer"),
    "unpaid": N_("Ready, not paid"),
    "trouble": N_("Photos need a look"),
    "mine": N_("Mine"),
}


def kept_of(wanted: Wanted) -> dict[str, str]:
    """Name what a list is narrowed to, the way the address does."""
    return {"show": wanted.show, "stage": wanted.stage, "branch": str(wanted.branch_id or ""), "q": wanted.text}


@get("/studio/orders")
async def order_list(  # noqa: PLR0913, PLR0917 - the parts of the address
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    after: FromQuery[str | None] = None,
    show: FromQuery[str] = "",
    stage: FromQuery[str] = "",
    branch: FromQuery[str] = "",
    q: FromQuery[str] = "",
) -> Response[str]:
    """List the orders."""
    if actor.studio_id is None:
        raise SignInNeeded
    studio = await identity.get_studio(session, actor.studio_id)
    wanted = production.read_wanted(clock.today(studio.timezone), show=show, stage=stage, branch=branch, text=q)
    kept = kept_of(wanted)
    listed = await production.order_list(session, actor, after=after, wanted=wanted)
    return await staff_page(
        request, session, actor, "studio/orders.html", here="orders", listed=listed, stages=STAGES, wanted=wanted,
        shows=SHOWS, kept=kept, narrowed=any(kept.values()), may_add=may(actor, "order.write"),
        today=wanted.today, branches=await identity.branches_of(session, actor),
    )  # fmt: skip

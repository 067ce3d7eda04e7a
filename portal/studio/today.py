"""Where a day begins: for those who lead, with what is not as it should be; for the others, at their work."""

from typing import Any

from litestar import Response, get
from litestar.params import FromQuery

from app.analytics import service as analytics
from app.analytics.schemas import PERIODS, Figures, MoneyIn
from app.core import clock
from app.core.access import may
from app.core.errors import SignInNeeded
from app.core.web.given import GivenActor, GivenSession
from app.identity import service as identity
from app.production import service as production
from app.production.schemas import STAGES
from portal import charts
from portal.studio.frame import staff_page
from portal.web import AnyRequest, see

DAY_S = 86_400
USUAL = 90  # days


def first_page(roles: frozenset[str]) -> str:
    """Tell where the day of a person who does not lead begins."""
    if roles & {"consultant", "photographer", "finance"}:
        return "/studio/orders"
    return "/studio/quality" if "quality_lead" in roles else "/studio/job"


@get("/studio")
async def today_page(
    request: AnyRequest, session: GivenSession, actor: GivenActor, days: FromQuery[int] = USUAL
) -> Response[Any]:
    """Show what asks for somebody today; who does not lead goes to their work."""
    if actor.kind != "staff":
        return see("/sign-in")
    if not may(actor, "figures.read"):
        return see(first_page(actor.roles))
    if actor.studio_id is None:
        raise SignInNeeded
    studio = await identity.get_studio(session, actor.studio_id)
    today = clock.today(studio.timezone)
    counts = await production.counts(session, actor, production.read_wanted(today))
    now = {row.stage: row.orders for row in counts}
    figures = await analytics.figures(session, actor, studio, days, now)
    money = await analytics.money_in(session, actor, studio, days)
    return await staff_page(
        request, session, actor, "studio/today.html", here="today", today=today, stages=STAGES,
        morning=analytics.morning(counts, today), figures=figures, money=money, periods=PERIODS,
        drawn=_draw(figures, money), slowest=_slowest(figures), day_s=DAY_S, height=charts.HEIGHT,
        topic=f"board:{studio.id}",
    )  # fmt: skip


def _draw(figures: Figures, money: MoneyIn) -> dict[str, Any]:
    return {
        "stages": charts.boxes([(row.stay.median, row.stay.most) for row in figures.stages]),
        "weeks": charts.area([(week.begins, week.in_progress) for week in figures.weeks]),
        "money": charts.columns(
            [(week.begins, week.came.minor, week.before.minor if week.before else None) for week in money.weeks]
        ),
    }


def _slowest(figures: Figures) -> Any:
    """Find the stage in which work of the house stays longest; none before anything was finished."""
    found = [row for row in figures.stages if row.stay.count]
    return max(found, key=lambda row: row.stay.median, default=None)

"""A period in figures: how long stages take, what is in progress, what passes at once, what came in."""

import uuid
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

from app.analytics import queries, rules
from app.analytics.schemas import PERIODS, Deed, Figures, MoneyIn, PersonFigures, Span, StageFigures, WeekMoney
from app.core import clock
from app.core.access import Actor, may, require_role
from app.core.db import Session
from app.core.errors import BadInput
from app.core.money import Money
from app.identity import service as identity
from app.identity.models import Studio
from app.production.schemas import STAGES

NOTHING = rules.Lengths([], [], [])


async def figures(session: Session, actor: Actor, studio: Studio, days: int, now: dict[str, int]) -> Figures:
    """Reckon a period of the studio's events; `now` is how many orders each stage holds. Raises BadInput."""
    require_role(actor, "figures.read")
    if days not in PERIODS:
        raise BadInput
    end = clock.now()
    since = end - timedelta(days=days)
    moves = rules.without_slips(await queries.moves(session, actor, since - timedelta(days=days)))
    deeds = await queries.deeds(session, actor, since)
    found = rules.stays(moves)
    spells = rules.works(deeds)
    measured = rules.lengths(found, spells, since)
    weeks = rules.weeks_between(rules.week_of(since, studio.timezone), rules.week_of(end, studio.timezone))
    resting = await queries.resting(session, actor, since - timedelta(days=days), rules.LAST)
    return Figures(
        days=days,
        stages=[_stage(stage, measured.get(stage, NOTHING), now) for stage in STAGES if stage != rules.LAST],
        turnaround=rules.span(rules.turnarounds(found, since, end)),
        turnaround_before=rules.span(rules.turnarounds(found, since - timedelta(days=days), since)),
        weeks=rules.weekly(found, weeks, studio.timezone, resting),
        passed=rules.first_pass(deeds, since),
        rounds=rules.rounds_per_order(moves, since),
        people=await _people(session, deeds, spells, since) if may(actor, "figures.people") else [],
    )


def _stage(stage: str, measured: rules.Lengths, now: dict[str, int]) -> StageFigures:
    return StageFigures(
        stage=stage, stay=rules.span(measured.stay), waiting=rules.span(measured.waiting),
        working=rules.span(measured.working), now=now.get(stage, 0),
    )  # fmt: skip


async def _people(
    session: Session, deeds: Sequence[Deed], spells: Sequence[rules.Work], since: datetime
) -> list[PersonFigures]:
    """Reckon each retoucher's finished jobs."""
    done = [work for work in spells if work.how == "handed_in" and work.end is not None and work.end >= since]
    persons = {work.person_id for work in done if work.person_id is not None}
    names = await identity.staff_names(session, {uuid.UUID(person) for person in persons}) if persons else {}
    finished = Counter(work.person_id for work in done)
    found = []
    for person in persons:
        times = [(work.end - work.begin).total_seconds() for work in done if work.person_id == person and work.end]
        passed = rules.first_pass([deed for deed in deeds if deed.person_id == person], since)
        found.append(
            PersonFigures(
                name=names.get(uuid.UUID(person), ""), finished=finished[person], working=rules.span(times),
                judged=passed.judged, passed=passed.passed,
            )
        )  # fmt: skip
    return sorted(found, key=lambda person: (-person.finished, person.name))


async def stage_spans(session: Session, actor: Actor, days: int = 30) -> dict[str, Span]:
    """Tell how long orders stayed in each stage lately."""
    require_role(actor, "board.read")
    since = clock.now() - timedelta(days=days)
    moves = await queries.moves(session, actor, since, "board.read")
    measured = rules.lengths(rules.stays(moves), (), since)
    return {stage: rules.span(row.stay) for stage, row in measured.items()}


async def money_in(session: Session, actor: Actor, studio: Studio, days: int) -> MoneyIn:
    """Add up payments by week, beside the same weeks a year before if anything came in then."""
    require_role(actor, "figures.read")
    require_role(actor, "money.read")
    today, year = clock.today(studio.timezone), timedelta(weeks=52)
    weeks = rules.weeks_between(rules.monday(today - timedelta(days=days)), rules.monday(today))
    end = weeks[-1] + timedelta(days=6)
    periods = [(weeks[0], end), (weeks[0] - year, end - year)]
    sums = rules.by_week(await queries.payments(session, actor, studio.currency, periods))
    known = any(sums.get(week - year) for week in weeks)
    return MoneyIn([
        WeekMoney(
            week, Money(sums.get(week, 0), studio.currency),
            Money(sums.get(week - year, 0), studio.currency) if known else None,
        )
        for week in weeks
    ])  # fmt: skip

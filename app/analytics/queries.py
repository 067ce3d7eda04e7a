"""Every SELECT of the figures: narrow, and bounded by a period."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import ColumnElement, String, and_, cast, exists, func, or_, select
from sqlalchemy.orm import aliased

from app.analytics.schemas import Deed, Move
from app.core.access import Actor, condition
from app.core.db import Session
from app.orders.models import Payment
from app.production.models import StageEvent, TaskEvent

READ = "figures.read"


def _text(column: Any) -> ColumnElement[str]:
    return cast(column, String)


async def _rows(session: Session, statement: Any) -> Sequence[Any]:
    """Fetch many narrow rows past the ORM, which would look at each."""
    return list(await (await session.connection()).execute(statement))


async def moves(session: Session, actor: Actor, since: datetime, permission: str = READ) -> list[Move]:
    """List every move of the orders that moved since a moment."""
    recent = aliased(StageEvent)
    moved = select(recent.order_id).where(condition(actor, permission, recent), recent.created_at >= since)
    statement = select(
        _text(StageEvent.order_id), StageEvent.created_at, _text(StageEvent.id), StageEvent.event, StageEvent.to_stage,
    ).where(condition(actor, permission, StageEvent), StageEvent.order_id.in_(moved))  # fmt: skip
    return [Move(*row) for row in await _rows(session, statement)]


async def deeds(session: Session, actor: Actor, since: datetime) -> list[Deed]:
    """List everything that happened to the tasks to which something happened since a moment."""
    recent = aliased(TaskEvent)
    touched = select(recent.task_id).where(condition(actor, READ, recent), recent.created_at >= since)
    statement = select(
        _text(TaskEvent.order_id), TaskEvent.created_at, _text(TaskEvent.id), _text(TaskEvent.task_id), TaskEvent.kind,
        TaskEvent.attempt, TaskEvent.event, _text(TaskEvent.person_id),
    ).where(condition(actor, READ, TaskEvent), TaskEvent.task_id.in_(touched))  # fmt: skip
    return [Deed(*row) for row in await _rows(session, statement)]


async def resting(session: Session, actor: Actor, since: datetime, last_stage: str) -> int:
    """Count the orders that are in progress and have not moved since a moment."""
    later = aliased(StageEvent)
    newer = or_(
        later.created_at > StageEvent.created_at,
        and_(later.created_at == StageEvent.created_at, later.id > StageEvent.id),
    )
    statement = (
        select(func.count())
        .select_from(StageEvent)
        .where(
            condition(actor, READ, StageEvent), StageEvent.created_at < since, StageEvent.to_stage != last_stage,
            ~exists().where(later.order_id == StageEvent.order_id, newer),
        )
    )  # fmt: skip
    return (await session.execute(statement)).scalar_one()


async def payments(
    session: Session, actor: Actor, currency: str, periods: Sequence[tuple[date, date]]
) -> list[tuple[date, int]]:
    """Add up what came in on each day of some periods (both ends count), in minor units."""
    within = or_(*(Payment.paid_on.between(first, last) for first, last in periods))
    statement = (
        select(Payment.paid_on, func.sum(Payment.amount_minor))
        .where(condition(actor, READ, Payment), Payment.currency == currency, within)
        .group_by(Payment.paid_on)
    )
    return [(day, int(minor)) for day, minor in await _rows(session, statement)]

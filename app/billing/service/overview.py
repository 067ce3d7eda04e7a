"""The studio's money: what came in, what is still owed, and both as lists."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from app.billing import queries, rules
from app.billing.schemas import AgeSum, MethodSum, MoneyPage, PaymentRow, UnpaidRow
from app.billing.service.accounts import kind_of
from app.core import clock, pages
from app.core.access import Actor, require_role
from app.core.db import Session
from app.core.errors import BadInput, SignInNeeded
from app.core.money import Money
from app.core.pages import Page
from app.identity import service as identity
from app.identity.models import Studio
from app.orders.schemas import PAYMENT_METHODS

PAGE = 50
MOST_ROWS = 50_000  # of a table to take away


async def _studio(session: Session, actor: Actor) -> Studio:
    require_role(actor, "billing.read")
    if actor.studio_id is None:
        raise SignInNeeded
    return await identity.get_studio(session, actor.studio_id)


def _days_ago(zone: str, days: int) -> datetime:
    """Tell when the studio's day ended that is so many days ago: what is older is older than that."""
    day = clock.today(zone) - timedelta(days=days)
    return datetime.combine(day + timedelta(days=1), time.min, ZoneInfo(zone)) - timedelta(microseconds=1)


def _check(since: date, until: date, method: str | None) -> None:
    if since > until:
        raise BadInput("bad_period")
    if method is not None and method not in PAYMENT_METHODS:
        raise BadInput("unknown_payment_method")


async def money_page(session: Session, actor: Actor, since: date, until: date) -> MoneyPage:
    """Show what came in between two days, and what is owed, by age. Raises BadInput."""
    studio = await _studio(session, actor)
    _check(since, until, None)
    currency = studio.currency
    methods = [
        MethodSum(row[0], row[1], Money(row[2], currency))
        for row in await queries.by_method(session, actor, since, until, currency)
    ]
    limits = [_days_ago(studio.timezone, days + 1) for days in rules.OLD_DAYS]
    by_age = {row[0]: (row[1], row[2]) for row in await queries.ages(session, actor, limits, currency)}
    ages = [AgeSum(older, *_counted(by_age.get(place), currency)) for place, older in enumerate((0, *rules.OLD_DAYS))]
    return MoneyPage(
        since=since, until=until, methods=methods, payments=sum(one.count for one in methods),
        received=Money(sum(one.amount.minor for one in methods), currency), ages=ages,
        unpaid=sum(one.count for one in ages), owed=Money(sum(one.amount.minor for one in ages), currency),
    )  # fmt: skip


def _counted(found: tuple[int, int] | None, currency: str) -> tuple[int, Money]:
    return (found[0], Money(found[1], currency)) if found else (0, Money(0, currency))


async def list_payments(
    session: Session, actor: Actor, since: date, until: date, *, method: str | None = None, after: str | None = None
) -> Page[PaymentRow]:
    """List payments of a period, newest first. Raises BadInput."""
    await _studio(session, actor)
    _check(since, until, method)
    rows = await queries.payments(
        session, actor, since, until, method=method, before=pages.read_cursor(after), limit=PAGE + 1
    )
    shown = rows[:PAGE]
    return Page([_payment(row) for row in shown], pages.cursor(shown[-1][0].id) if len(rows) > PAGE else None)


async def all_payments(
    session: Session, actor: Actor, since: date, until: date, *, method: str | None = None
) -> list[PaymentRow]:
    """List all payments of a period, to take away. Raises BadInput."""
    await _studio(session, actor)
    _check(since, until, method)
    rows = await queries.payments(session, actor, since, until, method=method, before=None, limit=MOST_ROWS)
    return [_payment(row) for row in rows]


def _payment(row: Sequence[Any]) -> PaymentRow:
    payment, order, customer, who = row
    return PaymentRow(
        id=payment.id, order_id=order.id, day=payment.paid_on, number=order.number, customer=customer,
        method=payment.reason, kind=kind_of(payment), reference=payment.reference, note=payment.note,
        amount=Money(payment.amount_minor, payment.currency), who=who or "",
    )  # fmt: skip


def _age(studio: Studio, older: int) -> dict[str, datetime | None]:
    """Turn an age in days into moments: written down before, and not before."""
    places = (0, *rules.OLD_DAYS)
    if older not in places:
        raise BadInput
    place = places.index(older)
    following = places[place + 1] if place + 1 < len(places) else None
    return {
        "older": _days_ago(studio.timezone, older + 1) if older else None,
        "younger": _days_ago(studio.timezone, following + 1) if following is not None else None,
    }


async def _unpaid(
    session: Session, actor: Actor, older: int | None, after: uuid.UUID | None, limit: int
) -> list[UnpaidRow]:
    studio = await _studio(session, actor)
    span = _age(studio, older) if older is not None else {"older": None, "younger": None}
    today, zone = clock.today(studio.timezone), ZoneInfo(studio.timezone)
    rows = await queries.unpaid(
        session, actor, older=span["older"], younger=span["younger"], after=after, limit=limit
    )  # fmt: skip
    return [
        UnpaidRow(
            order_id=order.id, number=order.number, customer=customer, customer_id=order.customer_id,
            title=order.title, days=(today - order.created_at.astimezone(zone).date()).days,
            charged=Money(charged, order.currency), paid=Money(paid, order.currency),
            owed=Money(charged - paid, order.currency),
        )
        for order, charged, paid, customer in rows
    ]  # fmt: skip


async def list_unpaid(
    session: Session, actor: Actor, *, older: int | None = None, after: str | None = None
) -> Page[UnpaidRow]:
    """List unpaid orders, oldest first; `older` takes one age alone. Raises BadInput."""
    rows = await _unpaid(session, actor, older, pages.read_cursor(after), PAGE + 1)
    shown = rows[:PAGE]
    return Page(shown, pages.cursor(shown[-1].order_id) if len(rows) > PAGE else None)


async def all_unpaid(session: Session, actor: Actor, *, older: int | None = None) -> list[UnpaidRow]:
    """List all unpaid orders, to take away. Raises BadInput."""
    return await _unpaid(session, actor, older, None, MOST_ROWS)

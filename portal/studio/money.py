"""The studio's money: a period's payments, what is owed, and both as tables to take away."""

import csv
import io
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from babel.numbers import get_currency_precision
from litestar import Response, get
from litestar.params import FromQuery

from app.billing import service as billing
from app.core import clock
from app.core.access import Actor, require_role
from app.core.db import Session
from app.core.errors import BadInput, SignInNeeded
from app.core.i18n import gettext_
from app.core.money import Money
from app.core.serve import disposition
from app.core.web.given import GivenActor, GivenSession
from app.core.words import safe_cell
from app.identity import service as identity
from portal.studio.frame import staff_page
from portal.studio.money_words import KINDS, METHODS, PAYMENT_HEAD, UNPAID_HEAD
from portal.web import AnyRequest

FIRST, LAST = date(1990, 1, 1), date(2199, 12, 31)


async def _today(session: Session, actor: Actor) -> date:
    require_role(actor, "billing.read")
    if actor.studio_id is None:
        raise SignInNeeded
    return clock.today((await identity.get_studio(session, actor.studio_id)).timezone)


def _day(text: str | None, otherwise: date) -> date:
    """Read a day of the address. Raises BadInput."""
    if not text:
        return otherwise
    try:
        found = date.fromisoformat(text)
    except ValueError as wrong:
        raise BadInput("bad_day") from wrong
    if not FIRST <= found <= LAST:
        raise BadInput("bad_day")
    return found


async def _period(session: Session, actor: Actor, since: str | None, until: str | None) -> tuple[date, date, date]:
    """Read a period, this month if none is named: (first day, last day, today)."""
    today = await _today(session, actor)
    return _day(since, today.replace(day=1)), _day(until, today), today


def _periods(today: date) -> dict[str, tuple[date, date]]:
    """Name the periods people ask for."""
    month = today.replace(day=1)
    before = month - timedelta(days=1)
    return {
        "today": (today, today), "month": (month, today), "last_month": (before.replace(day=1), before),
        "year": (today.replace(month=1, day=1), today),
    }  # fmt: skip


@get("/studio/money")
async def money_page(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    since: FromQuery[str | None] = None,
    until: FromQuery[str | None] = None,
) -> Response[str]:
    """Show what came in and what is owed."""
    first, last, today = await _period(session, actor, since, until)
    money = await billing.money_page(session, actor, first, last)
    return await staff_page(
        request, session, actor, "studio/money.html", here="money", money=money, periods=_periods(today),
        methods=METHODS,
    )  # fmt: skip


@get("/studio/money/payments")
async def payment_list(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    since: FromQuery[str | None] = None,
    until: FromQuery[str | None] = None,
    method: FromQuery[str | None] = None,
    after: FromQuery[str | None] = None,
) -> Response[str]:
    """List the payments of a period."""
    first, last, _ = await _period(session, actor, since, until)
    listed = await billing.list_payments(session, actor, first, last, method=method or None, after=after)
    return await staff_page(
        request, session, actor, "studio/money_payments.html", here="money", listed=listed, since=first, until=last,
        method=method or None, methods=METHODS, kinds=KINDS,
    )  # fmt: skip


@get("/studio/money/unpaid")
async def unpaid_list(
    request: AnyRequest,
    session: GivenSession,
    actor: GivenActor,
    older: FromQuery[int | None] = None,
    after: FromQuery[str | None] = None,
) -> Response[str]:
    """List the orders that are not paid."""
    listed = await billing.list_unpaid(session, actor, older=older, after=after)
    return await staff_page(
        request, session, actor, "studio/money_unpaid.html", here="money", listed=listed, older=older
    )


Cell = str | int | date | Decimal


def plain_amount(amount: Money) -> Decimal:
    """Write an amount as a bare number a spreadsheet adds up."""
    digits = get_currency_precision(amount.currency)
    return Decimal(amount.minor).scaleb(-digits).quantize(Decimal(1).scaleb(-digits))


def table(name: str, head: Iterable[str], rows: Iterable[Iterable[Cell]]) -> Response[bytes]:
    """Send a table that Excel opens right: UTF-8 with its mark; words that look like formulas stay words."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(head)
    for row in rows:
        writer.writerow([safe_cell(cell) if isinstance(cell, str) else cell for cell in row])
    return Response(
        text.getvalue().encode("utf-8-sig"),
        media_type="text/csv",
        headers={"content-disposition": disposition(name, inline=False), "cache-control": "private, no-store"},
    )


@get("/studio/money/payments.csv", include_in_schema=False)
async def payments_table(
    session: GivenSession,
    actor: GivenActor,
    since: FromQuery[str | None] = None,
    until: FromQuery[str | None] = None,
    method: FromQuery[str | None] = None,
) -> Response[bytes]:
    """Send the payments of a period as a table."""
    first, last, _ = await _period(session, actor, since, until)
    rows = await billing.all_payments(session, actor, first, last, method=method or None)
    head = [gettext_(word) for word in PAYMENT_HEAD]
    return table(
        f"{gettext_('Payments')} {first} {last}.csv", head,
        (
            (
                row.day, row.number, row.customer, gettext_(METHODS[row.method]), gettext_(KINDS[row.kind]),
                plain_amount(row.amount), row.amount.currency, row.reference, row.note, row.who,
            )
            for row in rows
        ),
    )  # fmt: skip


@get("/studio/money/unpaid.csv", include_in_schema=False)
async def unpaid_table(
    session: GivenSession, actor: GivenActor, older: FromQuery[int | None] = None
) -> Response[bytes]:
    """Send the unpaid orders as a table."""
    rows = await billing.all_unpaid(session, actor, older=older)
    head = [gettext_(word) for word in UNPAID_HEAD]
    return table(
        f"{gettext_('Unpaid orders')}.csv", head,
        (
            (
                row.number, row.customer, row.title, row.days, plain_amount(row.charged), plain_amount(row.paid),
                plain_amount(row.owed), row.owed.currency,
            )
            for row in rows
        ),
    )  # fmt: skip

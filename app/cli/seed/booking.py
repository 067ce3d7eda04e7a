"""The booking: customer, order, its own copy of the package, and its money."""

import uuid
from datetime import date, datetime, timedelta

from app.cli.seed.names import Household, phone
from app.cli.seed.plan import Chance
from app.cli.seed.rows import Rows
from app.cli.seed.tale import Tale
from app.crm.models import Customer, Person
from app.orders.models import Charge, Order, OrderLine, Payment
from app.orders.rules import CHOSEN
from app.orders.schemas import PAYMENT_METHODS

PROMISE, KEEP = timedelta(days=30), timedelta(days=365)
DEPOSIT = 0.3


def write_customer(
    rows: Rows, chance: Chance, household: Household, branch_id: uuid.UUID, at: datetime
) -> tuple[uuid.UUID, list[uuid.UUID]]:
    """Write a household down; gives its id and its people's."""
    mail = f"{chance.number(100, 999)}@household.example" if chance.happens(0.4) else None
    customer_id = rows.add(
        Customer, at, branch_id=branch_id, name=household.name, phone=phone(chance), email=mail, note=""
    )
    people = [rows.add(Person, at, customer_id=customer_id, name=name, relation="") for name in household.people]
    return customer_id, people


def write_order(tale: Tale, title: str) -> None:
    """Write the order down with its lines and its package's price."""
    course, package = tale.course, tale.package
    day = course.shot_at.astimezone(tale.hours.zone).date()
    who = tale.staff("consultant")
    tale.rows.add(
        Order, course.booked_at, id=tale.order_id, branch_id=tale.branch.id, number=tale.number,
        customer_id=tale.customer_id, title=title, package_name=package.name, currency=package.currency,
        revision_rounds=package.revision_rounds, release_rule=package.release_rule, shoot_on=day,
        promised_on=promised(tale), keep_until=day + KEEP, wishes=tale.wishes, look=tale.look,
    )  # fmt: skip
    for line in package.lines:
        tale.rows.add(
            OrderLine, course.booked_at, order_id=tale.order_id, position=line.position, product=line.product,
            included=line.included, extra_minor=line.extra_minor, most=line.most,
        )  # fmt: skip
    tale.deed(course.booked_at, who, "order.add", ("orders", tale.order_id), number=tale.number)
    charge(tale, course.booked_at, package.price_minor, "package", f"order:{tale.order_id}:package")
    deposit = round(package.price_minor * DEPOSIT / 10_000) * 10_000
    if 0 < deposit < package.price_minor:
        pay(tale, course.booked_at + timedelta(minutes=9), deposit)
    if tale.past(course.shot_at):
        pay(tale, course.shot_at - timedelta(minutes=20), tale.owes)


def promised(tale: Tale) -> date:
    """Tell what day the studio named."""
    return tale.course.shot_at.astimezone(tale.hours.zone).date() + PROMISE


def charge(tale: Tale, at: datetime, minor: int, reason: str, key: str, count: int | None = None) -> None:
    """Charge the customer."""
    tale.add(
        Charge, at, amount_minor=minor, currency=tale.package.currency, reason=reason, count=count, reverses_id=None,
        source_key=key, actor_id=None,
    )  # fmt: skip
    tale.owes += minor


def pay(tale: Tale, at: datetime, minor: int) -> None:
    """Take a customer's money."""
    who = tale.staff("consultant")
    method = tale.chance.weighed(PAYMENT_METHODS, (1, 3, 6))
    tale.add(
        Payment, at, amount_minor=minor, currency=tale.package.currency, reason=method, count=None, reverses_id=None,
        source_key=f"seed:{tale.order_id}:{tale.chance.id_at(at)}", actor_id=who[1],
    )  # fmt: skip
    tale.deed(at, who, "payment.add", ("orders", tale.order_id), minor=minor, method=method)
    tale.owes -= minor


def included(tale: Tale, product: str = CHOSEN) -> int:
    """Tell how many of a product the package includes."""
    return next((line.included for line in tale.package.lines if line.product == product), 0)

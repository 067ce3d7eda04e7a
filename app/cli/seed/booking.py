"""The booking: customer, order, its own copy of the package, and its money."""

import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import select

from app.cli.seed.names import TAGS, TALKS, Household, phone
from app.cli.seed.plan import Chance
from app.cli.seed.rows import Rows
from app.cli.seed.tale import Tale
from app.core.db import Session
from app.core.ids import new_id
from app.crm.models import Customer, CustomerNote, CustomerTag, Person, Tag
from app.crm.rules import phone_key
from app.orders.models import Charge, Order, OrderLine, Payment
from app.orders.rules import CHOSEN
from app.orders.schemas import PAYMENT_METHODS

PROMISE, KEEP = timedelta(days=30), timedelta(days=365)
DEPOSIT = 0.3


async def ensure_tags(session: Session, studio_id: uuid.UUID) -> list[uuid.UUID]:
    """Make the words the studio sorts its customers by, once."""
    known = {tag.name: tag for tag in (await session.execute(select(Tag).where(Tag.studio_id == studio_id))).scalars()}
    for hue, name in enumerate(TAGS):
        if name not in known:
            known[name] = Tag(id=new_id(), studio_id=studio_id, name=name, name_key=name.casefold(), hue=hue)
            session.add(known[name])
    return [known[name].id for name in TAGS]


def write_customer(
    rows: Rows, chance: Chance, household: Household, branch_id: uuid.UUID, at: datetime, tags: Sequence[uuid.UUID]
) -> tuple[uuid.UUID, list[uuid.UUID]]:
    """Write a household down; gives its id and its people's."""
    number = phone(chance)
    mail = f"{chance.number(100, 999)}@household.example" if chance.happens(0.4) else None
    customer_id = rows.add(
        Customer, at, branch_id=branch_id, name=household.name, phone=number, phone_key=phone_key(number), email=mail,
        version=1,
    )  # fmt: skip
    if chance.happens(0.35):
        rows.add(CustomerTag, at, customer_id=customer_id, tag_id=chance.one(tags))
    if chance.happens(0.3):
        rows.add(CustomerNote, at, customer_id=customer_id, author_id=None, body=chance.one(TALKS))
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
        source_key=key, actor_id=None, note="",
    )  # fmt: skip
    tale.owes += minor


def pay(tale: Tale, at: datetime, minor: int) -> None:
    """Take a customer's money."""
    who = tale.staff("consultant")
    method = tale.chance.weighed(PAYMENT_METHODS, (1, 3, 6))
    tale.add(
        Payment, at, amount_minor=minor, currency=tale.package.currency, reason=method, count=None, reverses_id=None,
        source_key=f"seed:{tale.order_id}:{tale.chance.id_at(at)}", actor_id=who[1], note="", reference="",
        paid_on=at.astimezone(tale.hours.zone).date(),
    )  # fmt: skip
    tale.deed(at, who, "payment.add", ("orders", tale.order_id), minor=minor, reason=method)
    tale.owes -= minor


def included(tale: Tale, product: str = CHOSEN) -> int:
    """Tell how many of a product the package includes."""
    return next((line.included for line in tale.package.lines if line.product == product), 0)

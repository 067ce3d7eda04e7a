"""The one door: who may see and do what.

A domain's `permissions.py` says it as data; `require` and `visible` are the only two who read it.
"""

import enum
import uuid
from typing import Any, ClassVar, Literal, TypeVarTuple

import msgspec
from sqlalchemy import ColumnElement, Select, and_, false, or_, true
from sqlalchemy.orm import Mapped, mapped_column

from app.core.errors import Forbidden, NotFound, SignInNeeded

ROLES = ("owner", "manager", "consultant", "photographer", "retoucher", "quality_lead", "finance")
Kind = Literal["anonymous", "staff", "customer", "program", "system"]


class Reach(enum.Enum):
    """How far a permission reaches."""

    STUDIO = "studio"  # every row of the studio
    BRANCH = "branch"  # rows of the person's branches
    ORDERS = "orders"  # rows of the orders that are the person's: assigned to them, or opened by their link


class Card(msgspec.Struct, frozen=True):
    """What stands above a person's pages."""

    name: str
    studio: str
    timezone: str


class Actor(msgspec.Struct, frozen=True, kw_only=True):
    """Who acts. `order_ids` are the orders that are theirs; a customer has exactly one.

    A program has no roles: `granted` names the permissions its key was given, in the branches it was given them for.
    """

    kind: Kind
    id: uuid.UUID | None = None
    studio_id: uuid.UUID | None = None
    branch_ids: frozenset[uuid.UUID] = frozenset()
    all_branches: bool = False
    roles: frozenset[str] = frozenset()
    link_id: uuid.UUID | None = None
    gallery_id: uuid.UUID | None = None
    order_ids: frozenset[uuid.UUID] = frozenset()
    session_id: uuid.UUID | None = None
    granted: frozenset[str] = frozenset()
    card: Card | None = None  # of staff who are signed in, and of customers


ANONYMOUS = Actor(kind="anonymous")
SYSTEM = Actor(kind="system")


class Grant(msgspec.Struct, frozen=True):
    """Who holds a permission: roles with their reach, and whether a customer holds it on their own order."""

    roles: dict[str, Reach] = {}
    customer: bool = False


class Scoped:
    """A guarded row. `READ` names the permission that makes it visible."""

    READ: ClassVar[str]
    studio_id: Mapped[uuid.UUID]
    branch_id: Mapped[uuid.UUID] = mapped_column(index=True)
    order_id: Mapped[uuid.UUID] = mapped_column(index=True)


_GRANTS: dict[str, Grant] = {}
Ts = TypeVarTuple("Ts")


def declare(grants: dict[str, Grant]) -> dict[str, Grant]:
    """Make a domain's permissions known to the door."""
    for name, grant in grants.items():
        if _GRANTS.get(name, grant) != grant:
            raise ValueError(f"{name} is declared twice")
        if unknown := set(grant.roles) - set(ROLES):
            raise ValueError(f"{name}: no such role: {sorted(unknown)}")
    _GRANTS.update(grants)
    return grants


def _reaches(actor: Actor, permission: str) -> frozenset[Reach]:
    grant = _GRANTS[permission]
    if actor.kind == "customer":
        return frozenset({Reach.ORDERS}) if grant.customer else frozenset()
    if actor.kind == "program":
        return frozenset({Reach.BRANCH}) if permission in actor.granted else frozenset()
    return frozenset(reach for role, reach in grant.roles.items() if role in actor.roles)


def _order_of(row: Any) -> uuid.UUID | None:
    return row.id if getattr(row, "IS_ORDER", False) else getattr(row, "order_id", None)


def allows(actor: Actor, permission: str, row: Any) -> bool:
    """Tell whether the actor holds the permission on this row."""
    if actor.kind == "system":
        return True
    if row.studio_id != actor.studio_id or actor.studio_id is None:
        return False
    reaches = _reaches(actor, permission)
    if Reach.STUDIO in reaches:
        return True
    branch = getattr(row, "branch_id", None)
    if Reach.BRANCH in reaches and (actor.all_branches or branch is None or branch in actor.branch_ids):
        return True
    return Reach.ORDERS in reaches and _order_of(row) in actor.order_ids


def may(actor: Actor, permission: str) -> bool:
    """Tell whether the actor holds the permission on any row at all (for menus, never instead of `require`)."""
    return actor.kind == "system" or bool(_reaches(actor, permission))


def knows_orders(roles: frozenset[str]) -> bool:
    """Tell whether any permission of these roles reaches only as far as the orders that are a person's."""
    return any(grant.roles.get(role) is Reach.ORDERS for grant in _GRANTS.values() for role in roles)


def require(actor: Actor, permission: str, row: Any) -> None:
    """Let pass or raise: NotFound for a row that is not theirs to see, Forbidden for one that is.

    Who is not signed in learns nothing: a row that is there and one that is not are the same to them.
    """
    if actor.kind == "anonymous":
        raise SignInNeeded
    if row is None:
        raise NotFound
    if allows(actor, permission, row):
        return
    if allows(actor, row.READ, row):
        raise Forbidden
    raise NotFound


def require_role(actor: Actor, permission: str) -> None:
    """Let pass an actor who holds the permission anywhere in the studio (lists, new rows), or raise."""
    if actor.kind == "anonymous":
        raise SignInNeeded
    if not may(actor, permission):
        raise NotFound if actor.kind == "customer" else Forbidden


def condition(actor: Actor, permission: str, model: Any) -> ColumnElement[bool]:
    """Say in SQL which rows of a model the permission reaches."""
    if actor.kind == "system":
        return true()
    reaches = _reaches(actor, permission)
    own_studio = model.studio_id == actor.studio_id
    ways: list[ColumnElement[bool]] = []
    if Reach.STUDIO in reaches or (Reach.BRANCH in reaches and (actor.all_branches or not hasattr(model, "branch_id"))):
        ways.append(true())
    elif Reach.BRANCH in reaches:
        ways.append(model.branch_id.in_(actor.branch_ids))
    if Reach.ORDERS in reaches:
        column = model.id if getattr(model, "IS_ORDER", False) else model.order_id
        ways.append(column.in_(actor.order_ids))
    return and_(own_studio, or_(*ways)) if ways else false()


def visible(statement: Select[*Ts], actor: Actor, permission: str) -> Select[*Ts]:
    """Narrow a SELECT to the rows of its first entity that the actor may see."""
    model = statement.column_descriptions[0]["entity"]
    return statement.where(condition(actor, permission, model))

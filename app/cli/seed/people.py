"""The studio that is filled: its branches, people, packages and workflow; what is missing is made."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
from sqlalchemy import func, select

from app.cli.seed.names import STAFF
from app.core.access import SYSTEM, Actor
from app.core.db import Session
from app.core.errors import Conflict
from app.core.ids import new_id
from app.identity import service as identity
from app.identity.models import Branch, Studio
from app.orders import rules as order_rules
from app.orders import service as orders
from app.orders.models import Order, Package
from app.orders.schemas import Line, NewPackage
from app.production import service as production

STUDIO, SECOND = "拾光影坊", "拾光影坊 · 滨江店"
DOMAIN = "shiguang.example"
PACKAGES = (
    NewPackage(
        name="海岸套系", currency="CNY", price_minor=699_900, revision_rounds=2,
        lines=(Line("retouch", 30, 8_000, 60), Line("album", 20, 3_000, 40), Line("frame", 2, 26_000, 6)),
    ),
    NewPackage(
        name="旅拍 City walk", currency="CNY", price_minor=399_900,
        lines=(Line("retouch", 20, 8_000, 40), Line("album", 12, 3_000, 30)),
    ),
    NewPackage(
        name="亲子时光", currency="CNY", price_minor=199_900, release_rule="always",
        lines=(Line("retouch", 15, 6_000), Line("frame", 1, 18_000, 4)),
    ),
    NewPackage(name="一个人的下午", currency="CNY", price_minor=89_900, lines=(Line("retouch", 9, 5_000, 20),)),
)  # fmt: skip


class Cast(msgspec.Struct, frozen=True, kw_only=True):
    """Who and what a studio's orders are about."""

    studio: Studio
    branches: Sequence[Branch]
    staff: Mapping[str, Sequence[uuid.UUID]]  # by role
    packages: Sequence[Package]
    workflow_id: uuid.UUID
    workflow: Mapping[str, Any]

    @property
    def reviewed(self) -> bool:
        """Tell whether customers look at finished photos before they are released."""
        return any(stage["key"] == "review" for stage in self.workflow["stages"])


async def count_orders(session: Session) -> int:
    """Count the orders of the installation's studio."""
    studio = await identity.find_studio(session)
    if studio is None:
        return 0
    statement = select(func.count()).select_from(Order).where(Order.studio_id == studio.id)
    return (await session.execute(statement)).scalar_one()


async def require_empty(session: Session) -> None:
    """Refuse a studio that has orders. Raises Conflict."""
    if count := await count_orders(session):
        raise Conflict("orders_in_the_way", count=count)


async def ensure_cast(session: Session, timezone: str) -> Cast:
    """Find the studio with its people and packages; make what there is not."""
    studio = await identity.find_studio(session)
    if studio is None:
        studio = await identity.create_studio(
            session, name=STUDIO, code="SG", timezone=timezone, watermark_text="拾光影坊 SAFELIGHT"
        )
        session.add(Branch(id=new_id(), studio_id=studio.id, name=SECOND, code="BJ", timezone=timezone))
        await session.flush()
    manager = Actor(kind="staff", studio_id=studio.id, roles=frozenset({"owner"}), all_branches=True)
    packages = await _packages(session, manager, studio.id)
    workflow = await production.add_default_workflow(session, studio.id)
    return Cast(
        studio=studio, branches=await identity.list_branches(session, studio.id),
        staff=await _staff(session, manager, studio.id), packages=packages, workflow_id=workflow.id,
        workflow=workflow.definition,
    )  # fmt: skip


async def _staff(session: Session, manager: Actor, studio_id: uuid.UUID) -> dict[str, list[uuid.UUID]]:
    found: dict[str, list[uuid.UUID]] = {role: [] for role in STAFF}
    for card in await identity.list_staff(session, manager):
        for role in card.roles if card.disabled_at is None else ():
            found[role].append(card.id)
    for role, people in STAFF.items():
        for name, mail in people if not found[role] else ():
            person = await identity.add_staff(
                session, SYSTEM, studio_id=studio_id, name=name, email=f"{mail}@{DOMAIN}", roles=[role]
            )
            found[role].append(person.id)
    return found


async def _packages(session: Session, manager: Actor, studio_id: uuid.UUID) -> list[Package]:
    def fits(package: Package) -> bool:
        return any(line.product == order_rules.CHOSEN for line in package.lines)

    known = [row for row in await orders.list_packages(session, manager) if fits(row)]
    if not known:
        for new in PACKAGES:
            await orders.add_package(session, SYSTEM, new, studio_id=studio_id)
        known = [row for row in await orders.list_packages(session, manager) if fits(row)]
    return known

"""The demo's studio: its people, a package, a customer and an order, made once."""

import uuid
from datetime import timedelta
from pathlib import Path

import msgspec

from app.core import clock
from app.core.access import ROLES, SYSTEM
from app.core.db import Database
from app.core.errors import Conflict
from app.core.settings import Settings
from app.crm import service as crm
from app.crm.schemas import NewCustomer
from app.galleries import service as galleries
from app.galleries.schemas import NewLink
from app.identity import service as identity
from app.orders import service as orders
from app.orders.schemas import Line, NewOrder, NewPackage

STUDIO = "拾光影坊"
PEOPLE = {
    "owner": "周岚",
    "manager": "许澄",
    "consultant": "何一",
    "photographer": "陆川",
    "retoucher": "阿澄",
    "quality_lead": "沈末",
    "finance": "白鹭",
}
WISHES = "胶片感，肤色偏暖，不要过白。新娘左侧为主。"
DOMAIN = "demo.example"
INCLUDED, MOST, EXTRA_MINOR, PRICE_MINOR = 10, 20, 8_000, 399_900


class Demo(msgspec.Struct, frozen=True):
    """What is remembered of the demo between two starts."""

    studio_id: uuid.UUID
    order_id: uuid.UUID
    number: str


class Doors(msgspec.Struct, frozen=True):
    """Fresh ways in."""

    customer: NewLink
    staff: dict[str, str]  # role → sign-in token


def _place(settings: Settings) -> Path:
    return settings.data / "demo.json"


def remembered(settings: Settings) -> Demo | None:
    """Read what an earlier start made."""
    place = _place(settings)
    return msgspec.json.decode(place.read_bytes(), type=Demo) if place.exists() else None


async def ensure(db: Database, settings: Settings) -> Demo:
    """Find the demo's studio, or make it in one transaction. Raises Conflict in a real studio's data folder."""
    known = remembered(settings)
    if known is not None:
        return known
    demo = await _find(db) or await _make(db)
    fresh = _place(settings).with_suffix(".tmp")
    fresh.write_bytes(msgspec.json.encode(demo))
    fresh.replace(_place(settings))
    return demo


async def _find(db: Database) -> Demo | None:
    """Find the demo in the database, where a kill came before it was remembered. Raises Conflict in a real studio."""
    async with db.read() as session:
        studio = await identity.find_studio(session)
        if studio is None:
            return None
        if await identity.find_staff(session, f"owner@{DOMAIN}") is None:
            raise Conflict("data_folder_in_use", folder=str(db.settings.data))
        first = (await orders.list_orders(session, SYSTEM, limit=50))[-1]
        return Demo(studio.id, first.id, first.number)


async def _make(db: Database) -> Demo:
    async with db.write() as session:
        studio = await identity.create_studio(
            session, name=STUDIO, code="SG", timezone=db.settings.timezone, watermark_text="拾光影坊 SAFELIGHT"
        )
        branch = (await identity.list_branches(session, studio.id))[0]
        for role in ROLES:
            branches = None if role in {"owner", "manager"} else [branch.id]
            await identity.add_staff(
                session, SYSTEM, studio_id=studio.id, name=PEOPLE[role], email=f"{role}@{DOMAIN}",
                roles=[role], branch_ids=branches,
            )  # fmt: skip
        package = await orders.add_package(
            session, SYSTEM, studio_id=studio.id,
            new=NewPackage(
                name="海岸套系", currency="CNY", price_minor=PRICE_MINOR,
                lines=(Line("retouch", INCLUDED, EXTRA_MINOR, MOST),),
            ),
        )  # fmt: skip
        customer = await crm.add_customer(
            session, SYSTEM, studio_id=studio.id,
            new=NewCustomer(branch_id=branch.id, name="林夏 & 陈屿", phone="13800000000", people=("林夏", "陈屿")),
        )  # fmt: skip
        today = clock.today(branch.timezone)
        order = await orders.add_order(
            session, SYSTEM,
            NewOrder(
                branch_id=branch.id, customer_id=customer.id, package_id=package.id, title="海边与旧城",
                shoot_on=today - timedelta(days=1), promised_on=today + timedelta(days=20),
                keep_until=today + timedelta(days=180), wishes=WISHES,
            ),
        )  # fmt: skip
        await orders.record_payment(
            session, SYSTEM, order.id, PRICE_MINOR, "transfer", source_key=f"demo:{order.id}:package"
        )
        return Demo(studio.id, order.id, order.number)


async def open_doors(db: Database, demo: Demo) -> Doors:
    """Make fresh ways in: keys and PINs are kept nowhere, so each start has its own."""
    pin, pin_hash = await galleries.new_pin()
    async with db.write() as session:
        link = await galleries.make_link(session, SYSTEM, demo.order_id, pin=pin, pin_hash=pin_hash)
        staff = {}
        for role in ROLES:
            person = await identity.find_staff(session, f"{role}@{DOMAIN}")
            if person is not None:
                staff[role] = await identity.make_sign_in_link(session, SYSTEM, person.id)
    return Doors(link, staff)

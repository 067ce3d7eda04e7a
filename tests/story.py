"""A studio with people, a package, a customer and an order: what tests begin with."""

import base64
import hashlib
import io
import uuid
import zlib
from datetime import UTC, date, datetime

import msgspec

from app.core.access import SYSTEM, Actor
from app.core.db import Database, Session
from app.crm import service as crm
from app.crm.schemas import NewCustomer
from app.galleries import service as galleries
from app.galleries.schemas import NewLink
from app.identity import service as identity
from app.orders import service as orders
from app.orders.schemas import Line, NewOrder, NewPackage
from app.photos import service as photos
from app.photos.schemas import Hashes, Prepared, RenditionMade
from app.production import service as production
from storage.keys import rendition_key
from storage.store import Store

ROLES = ("owner", "manager", "consultant", "photographer", "retoucher", "quality_lead", "finance")


class Story(msgspec.Struct, frozen=True):
    """Ids of one studio's beginning."""

    studio_id: uuid.UUID
    branch_id: uuid.UUID
    staff: dict[str, uuid.UUID]
    order_id: uuid.UUID
    number: str

    def actor(self, role: str, *order_ids: uuid.UUID) -> Actor:
        """Act as the member of staff who has a role."""
        return Actor(
            kind="staff", id=self.staff[role], studio_id=self.studio_id, branch_ids=frozenset({self.branch_id}),
            roles=frozenset({role}), order_ids=frozenset(order_ids),
        )  # fmt: skip


async def begin(
    db: Database,
    name: str = "Shiguang",
    *,
    included: int = 2,
    most: int | None = 4,
    rounds: int = 1,
    rule: str = "paid",
) -> Story:
    """Make a studio with one user of each role, a package, a customer of two people and an order."""
    async with db.write() as session:
        studio = await identity.create_studio(session, name=name, code="S", timezone="Asia/Shanghai")
        branch = (await identity.list_branches(session, studio.id))[0]
        staff = {}
        for role in ROLES:
            person = await identity.add_staff(
                session, SYSTEM, studio_id=studio.id, name=role.title(), email=f"{role}@{name.lower()}.example",
                roles=[role], branch_ids=None if role == "owner" else [branch.id],
            )  # fmt: skip
            staff[role] = person.id
        package = await orders.add_package(
            session, SYSTEM, studio_id=studio.id,
            new=NewPackage(
                name="Classic", currency="CNY", price_minor=399900, lines=(Line("retouch", included, 8000, most),),
                revision_rounds=rounds, release_rule=rule,
            ),
        )  # fmt: skip
        customer = await crm.add_customer(
            session, SYSTEM, studio_id=studio.id,
            new=NewCustomer(branch_id=branch.id, name="林夏 & 陈屿", phone="13800000000", people=("林夏", "陈屿")),
        )  # fmt: skip
        order = await orders.add_order(
            session, SYSTEM,
            NewOrder(
                branch_id=branch.id, customer_id=customer.id, package_id=package.id, title="海边与旧城",
                shoot_on=date(2026, 6, 2), promised_on=date(2026, 7, 2),
            ),
        )  # fmt: skip
    async with db.write() as session:
        await production.begin_order(session, order.id)
    return Story(studio.id, branch.id, staff, order.id, order.number)


async def another_order(db: Database, story: Story, title: str, household: str) -> Story:
    """Write down one more order of the same studio, of another household."""
    async with db.write() as session:
        package = (await orders.list_packages(session, story.actor("owner")))[0]
        customer = await crm.add_customer(
            session, SYSTEM, studio_id=story.studio_id,
            new=NewCustomer(branch_id=story.branch_id, name=household, phone="", people=(household,)),
        )  # fmt: skip
        order = await orders.add_order(
            session, SYSTEM,
            NewOrder(
                branch_id=story.branch_id, customer_id=customer.id, package_id=package.id, title=title,
                shoot_on=date(2026, 6, 2),
            ),
        )  # fmt: skip
    async with db.write() as session:
        await production.begin_order(session, order.id)
    return msgspec.structs.replace(story, order_id=order.id, number=order.number)


def hashes(data: bytes) -> Hashes:
    """Measure bytes."""
    return Hashes(size=len(data), sha256=hashlib.sha256(data).hexdigest(), crc32=zlib.crc32(data))


async def bring_in(db: Database, store: Store, story: Story, names: list[str]) -> list[uuid.UUID]:
    """Put small files into the order as originals; returns their versions."""
    versions = []
    for name in names:
        data = f"original {name} {story.number}".encode()
        async with db.write() as session:
            order = await orders.order_of_system(session, story.order_id)
            incoming = photos.make_incoming(order, name=name, source="ingest").with_bytes(hashes(data))
            store.put(incoming.key, io.BytesIO(data), size=incoming.size, sha256=incoming.sha256)
            accepted = await photos.accept_upload(session, SYSTEM, order, incoming)
            assert accepted.version_id is not None
            versions.append(accepted.version_id)
    return versions


async def prepare(db: Database, store: Store, version_id: uuid.UUID, *, preview: bool = False) -> None:
    """Stand in for a worker: put small renditions into the store and record them."""
    async with db.write() as session:
        wanted = await photos.rendition_order(session, version_id, develop=False)
        assert wanted is not None
        made = []
        for recipe in wanted.recipes:
            data = f"{recipe.name} of {version_id}".encode()
            found = hashes(data)
            key = rendition_key(
                wanted.studio_id, wanted.order_id, wanted.photo_id, version_id, recipe.name, found.sha256[:16]
            )
            store.put(key, io.BytesIO(data), size=found.size, sha256=found.sha256)
            made.append(
                RenditionMade(
                    recipe=recipe.name, recipe_hash=found.sha256[:16], key=key, sha256=found.sha256, size=found.size,
                    width=2048, height=1365, content_type="image/jpeg",
                )
            )  # fmt: skip
        await photos.record_renditions(
            session, version_id,
            Prepared(
                basis="preview" if preview else "image", wants_development=preview, format="jpeg", width=6000,
                height=4000, thumbhash=base64.b64encode(b"\x00" * 21).decode(),
                captured_wall=datetime(2026, 6, 2, 9, 0, tzinfo=UTC).replace(tzinfo=None), captured_offset_min=480,
                details={}, warnings=(), renditions=tuple(made),
            ),
        )  # fmt: skip


async def ready_order(db: Database, store: Store, story: Story, count: int = 5) -> list[uuid.UUID]:
    """Bring photos in and make them ready; the order is at the customer's choice. Returns the photos' ids."""
    versions = await bring_in(db, store, story, [f"SLT_{n:04}.JPG" for n in range(1, count + 1)])
    for version_id in versions:
        await prepare(db, store, version_id)
    async with db.write() as session:
        await production.complete_step(session, story.order_id)
    async with db.write() as session:
        await galleries.open_gallery(session, story.order_id)
        shown = await photos.photos_of_order(session, SYSTEM, story.order_id)
    return [photo.photo_id for photo in shown]


async def link(db: Database, story: Story, person: int = 0) -> NewLink:
    """Make a customer's link."""
    pin, pin_hash = await galleries.new_pin()
    async with db.write() as session:
        order = await orders.order_of_system(session, story.order_id)
        people = await crm.people_of(session, order.customer_id)
        return await galleries.make_link(
            session, SYSTEM, story.order_id, person_id=people[person].id, pin=pin, pin_hash=pin_hash
        )


async def customer(db: Database, story: Story, person: int = 0) -> Actor:
    """Come in as a customer: link, PIN, session."""
    made = await link(db, story, person)
    token, _ = await galleries.open_link(db, made.key)
    token = await galleries.unlock(db, token, made.pin)
    async with db.read() as session:
        found = await identity.find_open_session(session, token, "customer")
        assert found is not None
        return await galleries.actor_of(session, found)


async def gallery_id(session: Session, story: Story) -> uuid.UUID:
    """Name the order's gallery."""
    status = await galleries.status_of_order(session, SYSTEM, story.order_id)
    assert status is not None
    return status.gallery_id


async def chosen(
    db: Database, store: Store, story: Story, count: int = 2, person: int = 0
) -> tuple[Actor, list[uuid.UUID]]:
    """Bring the order to the retoucher: its customer has chosen `count` photos. Returns the customer and the photos."""
    shown = (await ready_order(db, store, story, max(count, 3)))[:count]
    actor = await customer(db, story, person)
    assert actor.gallery_id
    async with db.write() as session:
        for photo_id in shown:
            await galleries.pick(session, actor, actor.gallery_id, photo_id)
        await galleries.submit(session, actor, actor.gallery_id)
    return actor, shown


async def retouch(db: Database, store: Store, story: Story, edition: str = "first") -> None:
    """Take the order's job, hand in a finished file for each of its photos, and the job."""
    async with db.write() as session:
        task = await production.take_next_job(session, story.actor("retoucher"))
        assert task.order_id == story.order_id
    hand = story.actor("retoucher", story.order_id)
    async with db.read() as session:
        page = await production.task_page(session, hand, task.id)
    for item in page.items:
        name, data = item.packet_name, f"{edition} {item.packet_name} {story.number}".encode()
        incoming = (await production.prepare_hand_in(db, hand, task.id, name)).with_bytes(hashes(data))
        store.put(incoming.key, io.BytesIO(data), size=incoming.size, sha256=incoming.sha256)
        async with db.write() as session:
            assert (await production.hand_in_file(session, hand, task.id, incoming)).photo_name
    async with db.read() as session:
        finals = await photos.finished_of_order(session, SYSTEM, story.order_id)
    for final in finals.values():
        if final.state == "waiting":
            await prepare(db, store, final.version_id)
    async with db.write() as session:
        await production.hand_in(session, hand, task.id)


async def accept(db: Database, story: Story) -> None:
    """Accept the order's finished photos: the customer looks at them next."""
    lead = story.actor("quality_lead")
    async with db.write() as session:
        (waiting,) = [row for row in await production.quality_queue(session, lead) if row.order_number == story.number]
        await production.accept(session, lead, waiting.id)


async def in_review(db: Database, store: Store, story: Story, count: int = 2) -> tuple[Actor, list[uuid.UUID]]:
    """Bring the order before its customer. Returns the customer and the photos."""
    found = await chosen(db, store, story, count)
    await retouch(db, store, story)
    await accept(db, story)
    return found

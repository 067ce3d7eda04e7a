"""Two studios with an order at every stage, and everybody who might knock at the door."""

import io
import uuid
from datetime import timedelta

from sqlalchemy import select, update

from app.billing import service as billing
from app.core import clock, documents
from app.core.access import SYSTEM, Actor
from app.core.db import Database
from app.core.documents import Made
from app.core.ids import new_id
from app.core.passwords import hash_secret
from app.core.settings import Settings
from app.core.tokens import token_hash
from app.core.web.cookies import gallery_cookie, staff_cookie
from app.core.web.csrf import token_of
from app.crm import service as crm
from app.galleries import service as galleries
from app.galleries.models import FileGrant, Gallery, Link
from app.identity import service as identity
from app.identity.models import Branch
from app.orders import service as orders
from app.orders.models import Package
from app.photos import service as photos
from app.photos.models import Remark, Version
from app.photos.schemas import Wanted
from app.production import service as production
from app.production.models import HandIn, StageEvent, Task
from storage.keys import document_key
from storage.memory import MemoryStore
from tests import story
from tests.story import ROLES, Story
from tests.web.matrix.places import Place, Visitor, World
from tests.web.matrix.snapshots import database_path, snapshot_of

PIN = "271828"
PASSWORD = "a lamp that is safe for paper"
STAGES = (
    "choosing", "retouching", "finishing", "quality", "marked", "review",
    "asked", "release", "delivered", "other", "queued",
)  # fmt: skip
STRANGERS = ("anonymous", "signed_out", "disabled")
STAFF = (*ROLES, "own_retoucher", "other_branch", "other_studio")
CUSTOMERS = ("customer", "before_pin", "planted", "other_customer", "other_studio_customer", "expired", "withdrawn")
VISITORS = (*STRANGERS, *STAFF, *CUSTOMERS)


class Builder:
    """Puts a world together."""

    def __init__(self, db: Database, store: MemoryStore) -> None:
        self.db, self.store = db, store
        self.pin_hash = ""

    async def link(self, begun: Story, person_id: uuid.UUID) -> tuple[str, uuid.UUID]:
        async with self.db.write() as session:
            made = await galleries.make_link(
                session, SYSTEM, begun.order_id, person_id=person_id, pin=PIN, pin_hash=self.pin_hash
            )
            await session.flush()
            row = await session.execute(select(Link.id).where(Link.key_hash == token_hash(made.key)))
            return made.key, row.scalar_one()

    async def enter(self, begun: Story, link_id: uuid.UUID, gallery_id: uuid.UUID, *, unlocked: bool) -> Visitor:
        async with self.db.write() as session:
            token = await identity.open_session(
                session, kind="customer", studio_id=begun.studio_id, lifetime=timedelta(days=1), link_id=link_id,
                unlocked=unlocked,
            )  # fmt: skip
        visitor = Visitor({gallery_cookie(self.db.settings, gallery_id): token})
        if unlocked:
            visitor.csrf = token_of(self.db.settings.secret, await self.customer(token))
        return visitor

    async def customer(self, token: str) -> Actor:
        async with self.db.read() as session:
            found = await identity.find_open_session(session, token, "customer")
            assert found is not None
            return await galleries.actor_of(session, found)

    async def staff(self, begun: Story, staff_id: uuid.UUID) -> Visitor:
        settings = self.db.settings
        async with self.db.write() as session:
            token = await identity.open_session(
                session, kind="staff", studio_id=begun.studio_id, staff_id=staff_id, lifetime=timedelta(days=1)
            )
        async with self.db.read() as session:
            actor = await identity.staff_actor(session, token)
        assert actor is not None
        return Visitor({staff_cookie(settings): token}, token_of(settings.secret, actor))

    async def place(self, begun: Story) -> Place:
        """Make an order whose customer has chosen two photos and said something about the first."""
        shown = await story.ready_order(self.db, self.store, begun, 3)
        async with self.db.read() as session:
            order = await orders.order_of_system(session, begun.order_id)
            people = await crm.people_of(session, order.customer_id)
            gallery_id = await story.gallery_id(session, begun)
            originals = [row.version_id for row in await photos.photos_of_order(session, SYSTEM, begun.order_id)]
        person_id = people[0].id
        customers: dict[str, Visitor] = {}
        links: dict[str, uuid.UUID] = {}
        for who in ("customer", "expired", "withdrawn"):
            key, links[who] = await self.link(begun, person_id)
            customers[who] = await self.enter(begun, links[who], gallery_id, unlocked=True)
            customers[who].key = key
        customers["before_pin"] = await self.enter(begun, links["customer"], gallery_id, unlocked=False)
        customers["before_pin"].key = customers["customer"].key
        actor = await self.customer(next(iter(customers["customer"].cookies.values())))
        async with self.db.write() as session:
            await session.execute(
                update(Link).where(Link.id == links["expired"]).values(expires_at=clock.now() - timedelta(seconds=1))
            )
            await galleries.withdraw_link(session, SYSTEM, links["withdrawn"])
            for photo_id in shown[:2]:
                await galleries.pick(session, actor, gallery_id, photo_id)
            remark = await galleries.add_remark(
                session, actor, gallery_id, shown[0], version_id=originals[0], body="碎发", chips=["hair"], x=0.2, y=0.3
            )  # fmt: skip
            expected = await photos.create_upload(
                session, SYSTEM, begun.order_id, Wanted(name="LATE.jpg", size=5, path="LATE.jpg")
            )
            owner = begun.actor("owner")
            keys = await identity.list_keys(session, owner)
            api_key_id = keys[0].id if keys else (await identity.add_key(session, owner, "Web", ["orders:read"]))[0].id
            events = select(StageEvent.id).where(StageEvent.order_id == begun.order_id).order_by(StageEvent.id)
            event_id = (await session.execute(events)).scalars().all()[0]
        return Place(
            begun=begun, order_id=begun.order_id, photos=shown, originals=originals, gallery_id=gallery_id,
            customer_id=order.customer_id, person_id=person_id, tag_id=await self.tag(order.customer_id, begun),
            **await self.paid_something(begun), link_id=links["customer"], key=customers["customer"].key, actor=actor,
            customers=customers, remark_id=remark.id, api_key_id=api_key_id, event_id=event_id,
            upload_id=expected.id,
        )  # fmt: skip

    async def tag(self, customer_id: uuid.UUID, begun: Story) -> uuid.UUID:
        async with self.db.write() as session:
            await crm.add_tag(session, begun.actor("owner"), customer_id, f"tag {begun.number}")
            tags, _ = await crm.tags_of(session, begun.actor("owner"), await crm.get_customer(session, customer_id))
            return tags[0].id

    async def paid_something(self, begun: Story) -> dict[str, uuid.UUID]:
        """One yuan, with a receipt that is made."""
        owner, paper = begun.actor("owner"), f"paper of {begun.order_id}".encode()
        hashes = story.hashes(paper)
        async with self.db.write() as session:
            await orders.record_payment(session, owner, begun.order_id, 100, "cash", source_key=f"one:{begun.order_id}")
            payment_id = (await billing.account_page(session, owner, begun.order_id)).payments[0].id
            receipt = await billing.ask_for_receipt(session, owner, begun.order_id, payment_id)
            key = document_key(begun.studio_id, begun.order_id, receipt.document_id, hashes.sha256)
            self.store.put(key, io.BytesIO(paper), size=hashes.size, sha256=hashes.sha256)
            made = Made(key=key, size=hashes.size, sha256=hashes.sha256, crc32=hashes.crc32)
            await documents.record_made(session, receipt.document_id, made)
        return {"payment_id": payment_id, "receipt_id": receipt.id}

    async def submitted(self, place: Place) -> None:
        async with self.db.write() as session:
            await galleries.submit(session, place.actor, place.gallery_id)

    async def taken(self, place: Place, staff_id: uuid.UUID) -> Actor:
        """Give the order's open task to somebody."""
        async with self.db.write() as session:
            row = await session.execute(select(Task).where(Task.order_id == place.order_id, Task.state == "open"))
            task = row.scalar_one()
            task.state, task.assignee_id, task.taken_at = "taken", staff_id, clock.now()
            await identity.assign(
                session, staff_id, task.order_id, f"task:{task.id}", studio_id=place.begun.studio_id
            )  # fmt: skip
            place.task_id = task.id
        return Actor(
            kind="staff", id=staff_id, studio_id=place.begun.studio_id, roles=frozenset({"retoucher"}),
            branch_ids=frozenset({place.begun.branch_id}), order_ids=frozenset({place.order_id}),
        )  # fmt: skip

    async def hand_in(self, place: Place, hand: Actor, name: str, *, ready: bool = True) -> None:
        assert place.task_id is not None
        data = f"{name} {place.begun.number} {place.begun.studio_id}".encode()
        incoming = await production.prepare_hand_in(self.db, hand, place.task_id, name)
        incoming = incoming.with_bytes(story.hashes(data))
        self.store.put(incoming.key, io.BytesIO(data), size=incoming.size, sha256=incoming.sha256)
        async with self.db.write() as session:
            await production.hand_in_file(session, hand, place.task_id, incoming)
            await session.flush()
            loose = await session.execute(
                select(HandIn).where(HandIn.task_id == place.task_id, HandIn.version_id.is_(None))
            )
            row = loose.scalars().first()
            place.hand_in_id = row.id if row is not None else place.hand_in_id
            finals = await photos.finished_of_order(session, SYSTEM, place.order_id)
        place.finals = [final.version_id for final in finals.values()]
        if ready and place.finals:
            for final in finals.values():
                if final.state == "waiting":
                    await story.prepare(self.db, self.store, final.version_id)

    async def finish(self, place: Place, hand: Actor) -> None:
        await self.hand_in(place, hand, "SLT_0001-Edit.jpg")
        await self.hand_in(place, hand, "SLT_0002-Edit.jpg")

    async def judged(self, place: Place, hand: Actor) -> uuid.UUID:
        """Hand the job in; returns the task of the quality check."""
        assert place.task_id is not None
        async with self.db.write() as session:
            await production.hand_in(session, hand, place.task_id)
            await session.flush()
            row = await session.execute(
                select(Task.id).where(Task.order_id == place.order_id, Task.kind == "quality", Task.state == "open")
            )
            return row.scalar_one()

    async def pinned(self, place: Place, task_id: uuid.UUID, *, pin: bool) -> None:
        """Let the quality lead pin words to a finished photo."""
        if pin:
            async with self.db.write() as session:
                lead, at = place.begun.actor("quality_lead"), place.finals[0]
                place.pin_id = (await production.pin(session, lead, task_id, version_id=at, body="x", x=0.5, y=0.5)).id

    async def accepted(self, place: Place, task_id: uuid.UUID) -> None:
        async with self.db.write() as session:
            await production.accept(session, place.begun.actor("quality_lead"), task_id)
            await orders.record_payment(
                session, place.begun.actor("owner"), place.order_id, 399900, "cash", source_key=f"test:{place.order_id}"
            )

    async def said(self, place: Place, *, ask: bool) -> None:
        """The customer has approved the first photo, and (where they ask) wants the second one changed."""
        async with self.db.write() as session:
            page = await galleries.review_page(session, place.actor, place.gallery_id)
            first, second = page.items
            await galleries.approve(
                session, place.actor, place.gallery_id, first.photo_id, version_id=first.after.version_id
            )
            if ask:
                place.wish_id = await galleries.add_wish(
                    session, place.actor, place.gallery_id, second.photo_id, version_id=second.after.version_id,
                    body="softer", chips=[], x=None, y=None,
                )  # fmt: skip

    async def stages(self, begun: Story, own: uuid.UUID, other: uuid.UUID) -> dict[str, Place]:
        places: dict[str, Place] = {}
        for stage in STAGES:
            at = begun if stage == "choosing" else await story.another_order(self.db, begun, stage, f"House {stage}")
            place = places[stage] = await self.place(at)
            if stage == "choosing":
                await self.refuse(place)
                continue
            await self.submitted(place)
            if stage == "queued":
                continue
            hand = await self.taken(place, other if stage == "other" else own)
            if stage in {"retouching", "other"}:
                await self.hand_in(place, hand, "whose.jpg")
                continue
            await self.finish(place, hand)
            if stage == "finishing":
                continue
            place.task_id = task_id = await self.judged(place, hand)
            if stage in {"quality", "marked"}:
                await self.pinned(place, task_id, pin=stage == "marked")
                continue
            await self.accepted(place, task_id)
            if stage in {"review", "asked"}:
                await self.said(place, ask=stage == "asked")
                continue
            async with self.db.write() as session:
                await production.must_happen(session, SYSTEM, place.order_id, "approved")
            if stage == "delivered":
                async with self.db.write() as session:
                    await galleries.release(session, begun.actor("owner"), place.order_id)
                    made = await galleries.make_grant(session, place.actor, place.gallery_id)
                    long = update(FileGrant).values(expires_at=clock.now() + timedelta(days=1))  # as long as a test run
                    await session.execute(long)
                place.grant_id, place.grant_key = made.id, made.key
        return places

    async def refuse(self, place: Place) -> None:
        """One of the photos could not be read."""
        async with self.db.write() as session:
            await session.execute(
                update(Version)
                .where(Version.id == place.originals[2])
                .values(state="refused", reason="truncated", reason_params={})
            )

    async def person(self, begun: Story, name: str, role: str, branch_id: uuid.UUID) -> uuid.UUID:
        async with self.db.write() as session:
            person = await identity.add_staff(
                session, SYSTEM, studio_id=begun.studio_id, name=name, email=f"{name}@more.example", roles=[role],
                branch_ids=[branch_id],
            )  # fmt: skip
            return person.id

    async def everyone(self, begun: Story, abroad: Story, own: uuid.UUID) -> dict[str, Visitor]:
        far = Branch(id=new_id(), studio_id=begun.studio_id, name="Far", code="F", timezone="Asia/Shanghai")
        async with self.db.write() as session:
            session.add(far)
        ids = {
            **begun.staff, "own_retoucher": own,
            "other_branch": await self.person(begun, "far", "manager", far.id),
            "disabled": await self.person(begun, "left", "owner", begun.branch_id),
            "signed_out": await self.person(begun, "out", "owner", begun.branch_id),
        }  # fmt: skip
        people = {who: await self.staff(begun, staff_id) for who, staff_id in ids.items()}
        people["other_studio"] = await self.staff(abroad, abroad.staff["owner"])
        people["anonymous"] = Visitor()
        async with self.db.write() as session:
            await identity.disable_staff(session, SYSTEM, ids["disabled"])
            await identity.sign_out(session, next(iter(people["signed_out"].cookies.values())))
        return people


async def build(settings: Settings) -> World:
    """Make both studios in the (migrated) database of `settings`."""
    db, store = Database(settings), MemoryStore()
    make = Builder(db, store)
    make.pin_hash = await hash_secret(PIN)
    begun, abroad = await story.begin(db), await story.begin(db, "Abroad")
    await identity.set_password(db, SYSTEM, begun.staff["owner"], PASSWORD)
    own = await make.person(begun, "own", "retoucher", begun.branch_id)
    other = await make.person(begun, "other", "retoucher", begun.branch_id)
    places = await make.stages(begun, own, other)
    foreign = await make.place(abroad)
    await make.submitted(foreign)
    hand = await make.taken(foreign, abroad.staff["retoucher"])
    await make.hand_in(foreign, hand, "whose.jpg")
    staff = await make.everyone(begun, abroad, own)
    async with db.write() as session:
        link = await identity.make_sign_in_link(session, SYSTEM, begun.staff["manager"])
        rows = (await session.execute(select(Package.studio_id, Package.id))).all()
        packages = {row[0]: row[1] for row in rows}
        assert (await session.execute(select(Remark.id).where(Remark.id == foreign.remark_id))).scalar_one()
        assert (await session.execute(select(Gallery.state))).scalars().all()
    await db.close()
    return World(
        settings=settings, places=places, foreign=foreign, staff=staff, package_id=packages[begun.studio_id],
        branch_id=begun.branch_id, foreign_branch_id=abroad.branch_id,
        foreign_package_id=packages[abroad.studio_id], sign_in_link=link, objects=dict(store._objects),
        snapshot=snapshot_of(database_path(settings)),
    )  # fmt: skip

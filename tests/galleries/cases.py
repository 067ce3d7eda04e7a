"""An order whose finished photos wait for their customer."""

from sqlalchemy import select

from app.core.jobs import Job
from app.galleries import service as galleries
from app.orders import service as orders
from app.production import service as production
from tests import story


class Case:
    """An order before its customer."""

    def __init__(self, db, store, begun, customer, shown):
        self.db, self.store, self.begun, self.customer, self.shown = db, store, begun, customer, shown
        self.gallery_id = customer.gallery_id

    async def page(self):
        async with self.db.read() as session:
            return await galleries.review_page(session, self.customer, self.gallery_id)

    async def item(self, place: int = 0):
        return next(item for item in (await self.page()).items if item.photo_id == self.shown[place])

    async def approve(self, place: int = 0, actor=None) -> None:
        item = await self.item(place)
        async with self.db.write() as session:
            await galleries.approve(
                session, actor or self.customer, self.gallery_id, item.photo_id, version_id=item.after.version_id
            )

    async def wish(self, place: int = 0, words: str = "softer", actor=None):
        item = await self.item(place)
        async with self.db.write() as session:
            return await galleries.add_wish(
                session, actor or self.customer, self.gallery_id, item.photo_id, version_id=item.after.version_id,
                body=words, chips=[], x=0.5, y=0.5,
            )  # fmt: skip

    async def send(self) -> None:
        async with self.db.write() as session:
            await galleries.send_changes(session, self.customer, self.gallery_id)

    async def seen(self):
        return [item.after.version_id for item in (await self.page()).items]

    async def approve_all(self, seen=None) -> bool:
        seen = await self.seen() if seen is None else seen
        async with self.db.write() as session:
            return await galleries.approve_all(session, self.customer, self.gallery_id, seen=seen)

    async def stage(self) -> str:
        async with self.db.read() as session:
            return await production.stage_of(session, self.begun.order_id)

    async def pay(self, minor: int = 399900) -> None:
        async with self.db.write() as session:
            await orders.record_payment(
                session, self.begun.actor("finance"), self.begun.order_id, minor, "cash", source_key=f"t:{minor}"
            )

    async def work(self) -> None:
        """Do what a worker does after a payment."""
        async with self.db.write() as session:
            waiting = await session.execute(select(Job).where(Job.kind == "galleries.release_if_due"))
            assert waiting.scalars().all()
            await galleries.release_if_due(session, self.begun.order_id)

    async def again(self, edition: str = "second") -> None:
        await story.retouch(self.db, self.store, self.begun, edition)
        await story.accept(self.db, self.begun)

"""The production's jobs: an order begins, moves on, and its gallery opens."""

from app.galleries import service as galleries
from app.orders.jobs import BeginOrder
from app.photos.jobs import AdvanceOrder
from app.production import service as production
from app.production.jobs import OpenGallery
from workers.context import JobContext, Kind


async def begin_order(context: JobContext, task: BeginOrder) -> None:
    """Put a new order at the beginning of its workflow."""
    async with context.settle() as session:
        await production.begin_order(session, task.order_id)


async def advance_order(context: JobContext, task: AdvanceOrder) -> None:
    """Look whether an order's photos let it move on."""
    async with context.settle() as session:
        await production.complete_step(session, task.order_id)


async def open_gallery(context: JobContext, task: OpenGallery) -> None:
    """Open the customer's gallery."""
    async with context.settle() as session:
        await galleries.open_gallery(session, task.order_id)


BEGIN = Kind(task=BeginOrder, run=begin_order)
ADVANCE = Kind(task=AdvanceOrder, run=advance_order)
OPEN_GALLERY = Kind(task=OpenGallery, run=open_gallery)

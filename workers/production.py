"""The production's jobs: an order begins, moves on, and its gallery opens."""

from app.galleries import service as galleries
from app.orders.jobs import BeginOrder, ReleaseIfDue
from app.photos.jobs import AdvanceOrder
from app.production import service as production
from app.production.jobs import OpenGallery, TellGallery
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


async def tell_gallery(context: JobContext, task: TellGallery) -> None:
    """Let the customer's open pages look again."""
    async with context.settle() as session:
        await galleries.tell(session, task.order_id)


async def release_if_due(context: JobContext, task: ReleaseIfDue) -> None:
    """Let finished photos go if they waited for nothing but the money."""
    async with context.settle() as session:
        await galleries.release_if_due(session, task.order_id)


BEGIN = Kind(task=BeginOrder, run=begin_order)
ADVANCE = Kind(task=AdvanceOrder, run=advance_order)
OPEN_GALLERY = Kind(task=OpenGallery, run=open_gallery)
TELL = Kind(task=TellGallery, run=tell_gallery)
RELEASE_IF_DUE = Kind(task=ReleaseIfDue, run=release_if_due)

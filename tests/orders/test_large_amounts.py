"""Amounts beyond four bytes, on each engine."""

from app.core.access import SYSTEM
from app.core.db import Database
from app.orders import service as orders
from tests import story


async def test_large_charges_add_up_to_a_whole_number(db: Database) -> None:
    begun = await story.begin(db)
    async with db.write() as session:
        order = await orders.get_order(session, SYSTEM, begun.order_id)
        for n in range(2):
            await orders.charge(session, SYSTEM, order, 9_999_000_000_000, "extra_picks", source_key=f"test:{n}")

    async with db.read() as session:
        order = await orders.get_order(session, SYSTEM, begun.order_id)
        owed = await orders.owed(session, order)

    assert type(owed.minor) is int
    assert owed.minor == 2 * 9_999_000_000_000 + 399_900

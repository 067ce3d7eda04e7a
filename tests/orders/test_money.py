"""Money is written down once, as it was said, however the form is sent."""

import pytest

from app.core.access import SYSTEM, Actor
from app.core.db import Database
from app.core.errors import BadInput, Conflict, NotFound
from app.core.ids import new_id
from app.orders import service as orders
from app.orders.schemas import Line, NewOrder, NewPackage
from tests import story


async def _pay(db: Database, begun: story.Story, minor: int, key: str, method: str = "cash") -> None:
    async with db.write() as session:
        await orders.record_payment(session, begun.actor("finance"), begun.order_id, minor, method, source_key=key)


async def _paid(db: Database, begun: story.Story) -> int:
    async with db.read() as session:
        return (await orders.account(session, begun.actor("finance"), begun.order_id)).paid.minor


async def test_another_amount_under_a_used_form_is_refused_not_swallowed(db: Database) -> None:
    begun = await story.begin(db)
    await _pay(db, begun, 5000, "form:1")
    await _pay(db, begun, 5000, "form:1")
    with pytest.raises(Conflict) as caught:
        await _pay(db, begun, 7000, "form:1")
    assert caught.value.code == "form_used"
    assert await _paid(db, begun) == 5000


async def test_a_cause_belongs_to_one_order(db: Database) -> None:
    ours, theirs = await story.begin(db), await story.begin(db, "Other")
    await _pay(db, ours, 5000, "form:1")
    with pytest.raises(Conflict):
        await _pay(db, theirs, 5000, "form:1")
    assert await _paid(db, theirs) == 0


async def test_amounts_beyond_32_bits_are_kept_and_added_up(db: Database) -> None:
    begun = await story.begin(db)
    for n in range(3):
        await _pay(db, begun, 1_000_000_000, f"form:{n}")
    async with db.write() as session:
        order = await orders.order_of_system(session, begun.order_id)
        await orders.charge(session, SYSTEM, order, 4_000_000_000, "extra_picks", source_key="x")
        owed = await orders.owed(session, order)
    assert owed.minor == 399900 + 1_000_000_000
    assert type(owed.minor) is int
    assert await _paid(db, begun) == 3_000_000_000


@pytest.mark.parametrize(
    "wrong",
    [
        {"price_minor": -1},
        {"price_minor": 10**13},
        {"lines": (Line("retouch", 2, -5),)},
        {"lines": (Line("retouch", -1, 5),)},
        {"lines": (Line("retouch", 5, 5, 4),)},
        {"lines": (Line("album", 1, 5),)},
        {"lines": (Line("retouch", 1, 5), Line("retouch", 1, 5))},
        {"release_rule": "perhaps"},
        {"currency": "yuan"},
    ],
    ids=str,
)
async def test_a_package_that_cannot_be_sold_is_refused(db: Database, wrong: dict[str, object]) -> None:
    begun = await story.begin(db)
    good = {"name": "P", "currency": "CNY", "price_minor": 1, "lines": (Line("retouch", 1, 5),)}
    with pytest.raises(BadInput):
        async with db.write() as session:
            await orders.add_package(
                session, begun.actor("owner"), NewPackage(**{**good, **wrong}), studio_id=begun.studio_id
            )


async def test_an_order_joins_nothing_of_another_studio(db: Database) -> None:
    ours, theirs = await story.begin(db), await story.begin(db, "Other")
    owner: Actor = ours.actor("owner")
    async with db.read() as session:
        package = (await orders.list_packages(session, owner))[0]
        own, foreign = [(await orders.order_of_system(session, one.order_id)).customer_id for one in (ours, theirs)]
    for branch_id, customer_id in ((theirs.branch_id, own), (ours.branch_id, foreign), (ours.branch_id, new_id())):
        with pytest.raises(NotFound):
            async with db.write() as session:
                await orders.add_order(
                    session, owner,
                    NewOrder(
                        branch_id=branch_id, customer_id=customer_id, package_id=package.id, title="t",
                        shoot_on=story.date(2026, 6, 2),
                    ),
                )  # fmt: skip

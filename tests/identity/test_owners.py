"""A studio keeps an owner, even when two put each other out at the same moment."""

import asyncio

import pytest

from app.core.access import SYSTEM
from app.core.db import Database
from app.identity import service as identity
from app.identity.errors import LastOwner
from tests import story


async def test_two_owners_cannot_put_each_other_out_at_once(db: Database) -> None:
    begun = await story.begin(db)
    async with db.write() as session:
        second = await identity.add_staff(
            session, SYSTEM, studio_id=begun.studio_id, name="Second", email="second@x.example", roles=["owner"]
        )

    async def disable() -> None:
        async with db.write() as session:
            await identity.disable_staff(session, SYSTEM, second.id)

    async with db.write() as session:
        await identity.disable_staff(session, SYSTEM, begun.staff["owner"])
        other = asyncio.ensure_future(disable())
        await asyncio.sleep(0.3)
    with pytest.raises(LastOwner):
        await other

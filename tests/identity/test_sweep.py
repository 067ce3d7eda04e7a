"""Sessions that are long over leave the database; the living stay."""

from datetime import timedelta

from sqlalchemy import func, select

from app.core import clock
from app.core.db import Database
from app.identity import service as identity
from app.identity.models import AuthSession
from tests import story


async def test_only_sessions_that_have_been_over_for_long_are_swept(db: Database) -> None:
    begun = await story.begin(db)
    async with db.write() as session:
        for lifetime in (timedelta(days=1), timedelta(days=60)):
            await identity.open_session(
                session, kind="staff", studio_id=begun.studio_id, lifetime=lifetime, staff_id=begun.staff["owner"]
            )
    with clock.shifted(timedelta(days=40)):
        async with db.write() as session:
            assert await identity.sweep(session) == 1
            assert (await session.execute(select(func.count()).select_from(AuthSession))).scalar_one() == 1

"""Days are the studio's, not UTC's."""

from datetime import UTC, datetime, timedelta

import pytest

from app.core import clock
from app.core.db import Database
from app.galleries import rules
from app.galleries import service as galleries
from app.orders import service as orders
from tests import story


async def test_the_days_to_choose_are_counted_from_the_studios_own_day(
    db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = await story.begin(db)
    late = datetime(2026, 6, 1, 20, 0, tzinfo=UTC)  # four in the morning of the 2nd in Shanghai
    monkeypatch.setattr(clock, "now", lambda: late)
    async with db.write() as session:
        gallery = await galleries.ensure_gallery(session, await orders.order_of_system(session, begun.order_id))
    assert gallery.choose_by == (late + timedelta(hours=8) + rules.CHOOSING_TIME).date()

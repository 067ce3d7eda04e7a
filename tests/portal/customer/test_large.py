"""A gallery of 2,000 photos: as many queries as one of 50, a part at a time, every photo once."""

import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import event

from app.core.access import Actor
from app.core.db import Database
from app.galleries import service as galleries
from app.galleries.schemas import Lens
from storage.memory import MemoryStore
from tests import story
from tests.portal.customer.conftest import Visit
from tests.portal.customer.shoots import add_photos

MOST_QUERIES = 12
SECTIONS = ("海边", "旧城", "室内")


class Counter:
    """Counts the statements of an application's database."""

    def __init__(self, db: Database) -> None:
        self.said: list[str] = []
        event.listen(db.engine.sync_engine, "before_cursor_execute", self._note)

    def _note(self, _c: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        if not statement.startswith(("BEGIN", "PRAGMA", "SET TRANSACTION")):
            self.said.append(statement)

    def take(self) -> int:
        """Tell how many there were since the last time."""
        count = len(self.said)
        self.said.clear()
        return count


@pytest.fixture
def count_queries(visit: Visit) -> Callable[[], int]:
    """Count what the pages ask of the database."""
    return Counter(visit.client.app.state.db).take


async def ask(visit: Visit, count_queries: Callable[[], int], path: str) -> tuple[int, str]:
    count_queries()
    answer = await visit.client.get(f"{visit.home}{path}")
    assert answer.status_code == 200, path
    return count_queries(), answer.text


async def test_every_page_asks_as_little_of_2000_photos_as_of_50(
    visit: Visit, count_queries: Callable[[], int]
) -> None:
    await visit.enter()
    ids = await add_photos(visit.db, visit.begun, 45, sections=SECTIONS, first=10)
    for photo_id in ids[:3]:
        await visit.post(f"/photos/{photo_id}/pick?extra=yes")
    paths = (
        "", "?filter=chosen", "?filter=undecided", f"?section={SECTIONS[1]}", f"?at={ids[30]}", f"/part?after={ids[5]}",
        "/changes?since=0", f"/changes?since=1&photo={ids[0]}", f"/photos/{ids[20]}", f"/photos/{ids[1]}?filter=chosen",
        f"/compare?one={ids[0]}&other={ids[1]}", "/submit",
    )  # fmt: skip
    few = {path: (await ask(visit, count_queries, path))[0] for path in paths}
    assert {path: count for path, count in few.items() if count > MOST_QUERIES} == {}
    await add_photos(visit.db, visit.begun, 1950, sections=SECTIONS, first=100)
    assert {path: (await ask(visit, count_queries, path))[0] for path in paths} == few
    assert (await ask(visit, count_queries, ""))[1].count('class="tile ') <= 60


def tiles(page: str) -> list[str]:
    return re.findall(r'class="tile [^"]*" id="p-([0-9a-f-]+)"', page)


async def test_scrolling_shows_every_photo_once_in_the_order_of_the_shoot(visit: Visit) -> None:
    await visit.enter()
    added = await add_photos(visit.db, visit.begun, 200, first=10)
    page = (await visit.client.get(visit.home)).text
    seen = tiles(page)
    while later := re.search(r'hx-get="(/gallery/[^"]+/part\?after=[^"]+)"', page):
        page = (await visit.client.get(later[1].replace("&amp;", "&"))).text
        assert "<html" not in page
        seen += tiles(page)
    assert seen[5:] == [str(one) for one in added]
    assert len(set(seen)) == 205


async def test_a_page_begins_at_a_photo_and_goes_both_ways(visit: Visit) -> None:
    await visit.enter()
    added = [str(one) for one in await add_photos(visit.db, visit.begun, 300, first=10)]
    page = (await visit.client.get(f"{visit.home}?at={added[150]}")).text
    assert tiles(page) == added[138 : 150 + 48]
    earlier = re.search(r'hx-get="(/gallery/[^"]+/part\?before=[^"]+)"', page)
    assert earlier is not None
    assert tiles((await visit.client.get(earlier[1])).text) == added[90:138]
    assert tiles((await visit.client.get(f"{visit.home}?at={uuid.uuid4()}")).text)[5:] == added[:43]
    assert len(tiles((await visit.client.get(f"{visit.home}?at=nonsense")).text)) == 48


async def test_the_sections_of_a_shoot_are_filters_and_neighbours_stay_within(visit: Visit) -> None:
    await visit.enter()
    added = await add_photos(visit.db, visit.begun, 9, sections=SECTIONS, first=10)
    page = (await visit.client.get(visit.home)).text
    assert "旧城" in page
    assert tiles((await visit.client.get(f"{visit.home}?section=旧城")).text) == [str(one) for one in added[3:6]]
    photo = (await visit.client.get(f"{visit.home}/photos/{added[3]}?section=旧城")).text
    assert "1 / 3" in photo
    assert f"/photos/{added[2]}" not in photo
    assert f"/photos/{added[4]}" in photo


async def _customer(db: Database, count: int) -> tuple[Actor, list[uuid.UUID]]:
    begun = await story.begin(db, most=None)
    await story.ready_order(db, MemoryStore(), begun, 1)
    return await story.customer(db, begun), await add_photos(db, begun, count, sections=SECTIONS, first=10)


async def test_parts_counts_and_neighbours_are_right_on_each_engine(db: Database) -> None:
    customer, ids = await _customer(db, 130)
    gallery_id = customer.gallery_id
    async with db.write() as session:
        for photo_id in (ids[3], ids[70], ids[129]):
            await galleries.pick(session, customer, gallery_id, photo_id)
    async with db.read() as session:
        view = await galleries.gallery_page(session, customer, gallery_id)
        assert (view.counts.total, view.counts.chosen, view.counts.mine, view.counts.undecided) == (131, 3, 3, 128)
        assert [(one.name, one.count) for one in view.counts.sections] == [
            ("", 1),
            ("海边", 44),
            ("旧城", 43),
            ("室内", 43),
        ]
        assert len(view.photos) == 48
        part = await galleries.gallery_part(session, customer, gallery_id, Lens(), after=view.later)
        assert part.photos[0].photo_id == ids[47]
        above = await galleries.gallery_part(session, customer, gallery_id, Lens(), before=ids[60])
        assert [one.photo_id for one in above.photos] == ids[12:60]
        photo = await galleries.photo_page(session, customer, gallery_id, ids[70], filter="chosen")
        assert (photo.previous_id, photo.next_id, photo.position, photo.total) == (ids[3], ids[129], 2, 3)
        left = await galleries.photo_page(session, customer, gallery_id, ids[71], filter="chosen")
        assert (left.previous_id, left.next_id) == (ids[70], ids[129])
        undecided = await galleries.gallery_page(session, customer, gallery_id, filter="undecided", section="海边")
        assert ids[3] not in {one.photo_id for one in undecided.photos}
        assert len(undecided.photos) == 43

import io
import re
import zipfile

from app.galleries import service as galleries
from app.orders import service as orders
from tests import story
from tests.portal.customer.conftest import Visit


async def finish(visit: Visit) -> None:
    """Retouch, accept, approve, pay and release what was sent."""
    begun, store = visit.begun, visit.client.app.state.store
    await story.retouch(visit.db, store, begun, "finished")
    await story.accept(visit.db, begun)
    async with visit.db.write() as session:
        await galleries.skip_review(session, begun.actor("consultant"), begun.order_id, "approved by telephone")
        owed = (await orders.account(session, begun.actor("consultant"), begun.order_id)).owed.minor
        await orders.record_payment(session, begun.actor("consultant"), begun.order_id, owed, "cash", source_key="t:1")
        await galleries.release(session, begun.actor("consultant"), begun.order_id)


async def test_before_the_release_there_is_nothing_to_fetch(visit: Visit) -> None:
    await visit.enter()
    answer = await visit.client.get(f"{visit.home}/downloads")
    assert "Nothing to fetch yet" in answer.text
    assert (await visit.client.get(f"{visit.home}/download.zip")).status_code == 404


async def test_released_photos_come_one_by_one_and_as_a_zip_of_the_size_that_was_told(visit: Visit) -> None:
    await visit.enter()
    await visit.post(f"/photos/{visit.photos[0]}/pick")
    await visit.post("/submit")
    await finish(visit)
    finished = f"finished SLT_0001.JPG {visit.begun.number}".encode()
    home = await visit.client.get(visit.home)
    assert "Your photo is ready." in home.text
    page = (await visit.client.get(f"{visit.home}/downloads")).text
    for address in re.findall(r'src="(/files/[^"]+)"', page):
        assert (await visit.client.get(address)).status_code == 200, address
    (original,) = re.findall(r'href="(/files/[^"]+/original)"', page)
    assert (await visit.client.get(original)).content == finished
    archive = await visit.client.get(f"{visit.home}/download.zip")
    told = re.search(r"exactly ([\d,]+) bytes", page)
    assert told is not None
    assert int(told[1].replace(",", "")) == len(archive.content) == int(archive.headers["content-length"])
    with zipfile.ZipFile(io.BytesIO(archive.content)) as opened:
        assert [opened.read(name) for name in opened.namelist()] == [finished]
    part = await visit.client.get(f"{visit.home}/download.zip", headers={"range": "bytes=10-19"})
    assert part.status_code == 206
    assert part.content == archive.content[10:20]
    photo = await visit.client.get(f"{visit.home}/photos/{visit.photos[0]}")
    assert "Retouched" in photo.text
    for address in re.findall(r'src="(/files/[^"]+)"', photo.text):
        assert (await visit.client.get(address)).status_code == 200, address

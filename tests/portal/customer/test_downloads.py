import io
import re
import zipfile

from app.core.access import SYSTEM
from app.galleries import service as galleries
from app.orders import service as orders
from app.photos import service as photos
from app.production import service as production
from tests import story
from tests.portal.customer.conftest import Visit

FINISHED = b"finished by hand"


async def finish(visit: Visit) -> None:
    """Retouch, accept, pay and release what was sent."""
    begun, store = visit.begun, visit.client.app.state.store
    retoucher = begun.actor("retoucher", begun.order_id)
    async with visit.db.write() as session:
        task = await production.take_next_job(session, begun.actor("retoucher"))
    incoming = (await production.prepare_hand_in(visit.db, retoucher, task.id, "SLT_0001_精修.jpg")).with_bytes(
        story.hashes(FINISHED)
    )
    store.put(incoming.key, io.BytesIO(FINISHED), size=incoming.size, sha256=incoming.sha256)
    async with visit.db.write() as session:
        await production.hand_in_file(session, retoucher, task.id, incoming)
        finals = await photos.finished_of_order(session, SYSTEM, begun.order_id)
    for final in finals.values():
        await story.prepare(visit.db, store, final.version_id)
    async with visit.db.write() as session:
        await production.hand_in(session, retoucher, task.id)
        (waiting,) = await production.quality_queue(session, begun.actor("quality_lead"))
        await production.accept(session, begun.actor("quality_lead"), waiting.id)
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
    home = await visit.client.get(visit.home)
    assert "Your photo is ready." in home.text
    page = (await visit.client.get(f"{visit.home}/downloads")).text
    for address in re.findall(r'src="(/files/[^"]+)"', page):
        assert (await visit.client.get(address)).status_code == 200, address
    (original,) = re.findall(r'href="(/files/[^"]+/original)"', page)
    assert (await visit.client.get(original)).content == FINISHED
    archive = await visit.client.get(f"{visit.home}/download.zip")
    told = re.search(r"exactly ([\d,]+) bytes", page)
    assert told is not None
    assert int(told[1].replace(",", "")) == len(archive.content) == int(archive.headers["content-length"])
    with zipfile.ZipFile(io.BytesIO(archive.content)) as opened:
        assert [opened.read(name) for name in opened.namelist()] == [FINISHED]
    part = await visit.client.get(f"{visit.home}/download.zip", headers={"range": "bytes=10-19"})
    assert part.status_code == 206
    assert part.content == archive.content[10:20]
    photo = await visit.client.get(f"{visit.home}/photos/{visit.photos[0]}")
    assert "Retouched" in photo.text
    for address in re.findall(r'src="(/files/[^"]+)"', photo.text):
        assert (await visit.client.get(address)).status_code == 200, address

"""The packet: originals, what is to be changed, sidecars every program reads, and what is wanted as text and paper."""

import io
import xml.etree.ElementTree as ET
import zipfile
from pathlib import Path

import pypdf
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image
from sqlalchemy import select

from app.core import documents, i18n
from app.core.access import SYSTEM, Actor
from app.core.db import Database
from app.core.documents import Document, Made
from app.galleries import service as galleries
from app.orders import service as orders
from app.photos import service as photos
from app.production import rules
from app.production import service as production
from app.production.models import Round
from app.production.schemas import BriefPhoto, as_brief
from app.production.service.sidecars import Sidecar, write_xmp
from storage.memory import MemoryStore
from tests import story
from workers import pdf

HOSTILE = "<script>alert(1)</script> & \"]]> '碎发' \u202e🙂"
NS = {
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#", "dc": "http://purl.org/dc/elements/1.1/",
    "xmp": "http://ns.adobe.com/xap/1.0/", "photoshop": "http://ns.adobe.com/photoshop/1.0/",
}  # fmt: skip


class Desk:
    """A retoucher with a job of two photos; the first one has a remark that means harm."""

    def __init__(self, db: Database, store: MemoryStore, begun: story.Story) -> None:
        self.db, self.store, self.begun = db, store, begun
        self.hand: Actor = begun.actor("retoucher", begun.order_id)
        self.photos: list = []

    async def begin(self) -> None:
        self.photos = await story.ready_order(self.db, self.store, self.begun, 2)
        customer = await story.customer(self.db, self.begun)
        async with self.db.write() as session:
            shown = await photos.photos_of_order(session, SYSTEM, self.begun.order_id)
            for photo_id in self.photos:
                await galleries.pick(session, customer, customer.gallery_id, photo_id)
            await galleries.add_remark(
                session, customer, customer.gallery_id, self.photos[0], version_id=shown[0].version_id, body=HOSTILE,
                chips=["hair"], x=0.25, y=0.5,
            )  # fmt: skip
            await galleries.submit(session, customer, customer.gallery_id)

    async def take(self) -> None:
        async with self.db.write() as session:
            self.task = await production.take_next_job(session, self.begun.actor("retoucher"))

    async def bring(self, name: str, data: bytes) -> None:
        incoming = await production.prepare_hand_in(self.db, self.hand, self.task.id, name)
        incoming = incoming.with_bytes(story.hashes(data))
        self.store.put(incoming.key, io.BytesIO(data), size=incoming.size, sha256=incoming.sha256)
        taken = await production.write_down_hand_in(self.db, self.store, self.hand, self.task.id, incoming)
        assert taken.photo_name
        async with self.db.read() as session:
            found = await photos.finished_of_order(session, SYSTEM, self.begun.order_id)
            newest = next(one for one in found.values() if one.camera_name == name)
        await story.prepare(self.db, self.store, newest.version_id)

    async def unzip(self) -> zipfile.ZipFile:
        plan, _ = await production.packet(self.db, self.store, self.hand, self.task.id)
        data = b"".join(plan.read())
        assert len(data) == plan.size
        assert b"".join(plan.read(100, 1000)) == data[100:1100]
        found = zipfile.ZipFile(io.BytesIO(data))
        assert found.testzip() is None
        return found


@pytest.fixture
async def desk(db: Database) -> Desk:
    made = Desk(db, MemoryStore(), await story.begin(db))
    await made.begin()
    await made.take()
    return made


async def test_the_first_packet_has_originals_with_sidecars_and_the_brief(desk: Desk) -> None:
    packet = await desk.unzip()
    assert packet.namelist() == [
        "originals/SLT_0001.JPG", "originals/SLT_0002.JPG", "brief.txt", "brief.json",
        "originals/SLT_0001.xmp", "originals/SLT_0002.xmp",
    ]  # fmt: skip
    about = ET.fromstring(packet.read("originals/SLT_0001.xmp")).find(".//rdf:Description", NS)
    assert about is not None
    assert about.get(f"{{{NS['xmp']}}}Rating") == "5"
    assert about.get(f"{{{NS['xmp']}}}Label") == "Yellow"
    said = about.get(f"{{{NS['photoshop']}}}Instructions")
    assert said is not None
    assert "<script>alert(1)</script> & \"]]> '碎发'" in said
    assert said.startswith("1. 碎发 · ")
    subjects = [one.text for one in about.findall(".//dc:subject/rdf:Bag/rdf:li", NS)]
    assert subjects == [desk.begun.number, i18n.gettext_("Retouched photo")]
    plain = ET.fromstring(packet.read("originals/SLT_0002.xmp")).find(".//rdf:Description", NS)
    assert plain is not None
    assert plain.get(f"{{{NS['xmp']}}}Label") == "Green"
    text = packet.read("brief.txt").decode("utf-8-sig")
    assert "(25%, 50%)" in text


async def test_the_paper_comes_into_the_packet_when_it_is_made(desk: Desk) -> None:
    async with desk.db.write() as session:
        paper = (await session.execute(select(Document))).scalar_one()
        assert (paper.template, set(paper.pictures)) == ("remarks", {"p0", "p1"})
        data = b"%PDF-1.7 made"
        hashed = story.hashes(data)
        desk.store.put("paper", io.BytesIO(data), size=hashed.size, sha256=hashed.sha256)
        made = Made(key="paper", size=hashed.size, sha256=hashed.sha256, crc32=hashed.crc32)
        await documents.record_made(session, paper.id, made)
    assert (await desk.unzip()).read("remarks.pdf") == data


async def test_the_paper_has_a_page_for_each_photo_with_its_words(desk: Desk, tmp_path: Path) -> None:
    async with desk.db.read() as session:
        paper = (await session.execute(select(Document))).scalar_one()
    for name in paper.pictures:
        Image.new("RGB", (60, 40), "gray").save(tmp_path / f"{name}.jpg")
    files = {name: f"{name}.jpg" for name in paper.pictures}
    pdf.write_pdf(pdf.Order(paper.template, paper.language, paper.content, files), tmp_path, b"one")
    pages = pypdf.PdfReader(tmp_path / "out.pdf").pages
    assert len(pages) == 3
    assert desk.begun.number in pages[0].extract_text()
    first = pages[1].extract_text()
    assert "SLT_0001.JPG" in first
    assert "<script>alert(1)</script>" in first
    assert "SLT_0002.JPG" in pages[2].extract_text()
    assert len(pages[1].images) == len(paper.pictures)


async def test_work_that_came_back_brings_what_is_to_be_changed_and_what_was_said(desk: Desk) -> None:
    await desk.bring("SLT_0001-Edit.JPG", b"first")
    await desk.bring("SLT_0002-Edit.tif", b"second")
    lead = desk.begun.actor("quality_lead")
    async with desk.db.write() as session:
        await production.hand_in(session, desk.hand, desk.task.id)
        check = await production.first_waiting(session, lead)
        assert check is not None
        await production.mark(session, lead, check, desk.photos[0], ["skin"])
        finished = await photos.finished_of_order(session, SYSTEM, desk.begun.order_id)
        await production.pin(
            session, lead, check, version_id=finished[desk.photos[0]].version_id, body="too smooth", x=0.1, y=0.2
        )
        await production.send_back(session, lead, check, [], "一点点")
    await desk.take()
    packet = await desk.unzip()
    assert packet.read("current/SLT_0001.JPG") == b"first"
    assert packet.read("current/SLT_0002.tif") == b"second"
    text = packet.read("brief.txt").decode("utf-8-sig")
    assert "too smooth" in text
    assert "一点点" in text
    about = ET.fromstring(packet.read("originals/SLT_0001.xmp")).find(".//rdf:Description", NS)
    assert about is not None
    assert about.get(f"{{{NS['xmp']}}}Label") == "Purple"
    assert "too smooth" in str(about.get(f"{{{NS['photoshop']}}}Instructions"))
    async with desk.db.read() as session:
        page = await production.task_page(session, desk.hand, desk.task.id)
    assert [item.state for item in page.items] == ["redo", "finished"]
    await desk.bring("SLT_0001-Edit2.JPG", b"third")
    again = await desk.unzip()
    assert again.read("current/SLT_0001.JPG") == b"first"
    async with desk.db.read() as session:
        page = await production.task_page(session, desk.hand, desk.task.id)
    assert [side.key for side in page.items[0].sides] == ["original", "checked", "after"]


async def test_a_revision_brings_the_finished_version_the_customer_saw(desk: Desk) -> None:
    await desk.bring("SLT_0001-Edit.jpg", b"first")
    await desk.bring("SLT_0002-Edit.jpg", b"second")
    async with desk.db.write() as session:
        await production.hand_in(session, desk.hand, desk.task.id)
        lead = desk.begun.actor("quality_lead")
        check = await production.first_waiting(session, lead)
        assert check is not None
        await production.accept(session, lead, check)
        finished = await photos.finished_of_order(session, SYSTEM, desk.begun.order_id)
        first = as_brief((await session.execute(select(Round.brief))).scalar_one())
        wanted = BriefPhoto(
            photo_id=desk.photos[0], version_id=first.photos[0].version_id, packet_name="SLT_0001.JPG",
            finished_id=finished[desk.photos[0]].version_id, products=["retouch"], remarks=[],
        )  # fmt: skip
        brief = type(first)(order_number=first.order_number, wishes="", look=None, photos=[wanted])
        order = await orders.order_of_system(session, desk.begun.order_id)
        await production.open_round(session, SYSTEM, order, "revision", brief)
    await desk.take()
    packet = await desk.unzip()
    assert packet.read("current/SLT_0001.jpg") == b"first"
    async with desk.db.read() as session:
        page = await production.task_page(session, desk.hand, desk.task.id)
    (item,) = page.items
    assert page.revision
    assert (item.state, [side.key for side in item.sides]) == ("missing", ["original", "base"])


@given(st.text(max_size=40), st.text(max_size=40))
def test_a_sidecar_is_well_formed_whatever_is_said(words: str, subject: str) -> None:
    made = write_xmp(Sidecar(rating=3, label="Green", subjects=[subject], instructions=words, title="S-1"))
    about = ET.fromstring(made).find(".//rdf:Description", NS)
    assert about is not None
    said = about.get(f"{{{NS['photoshop']}}}Instructions")
    assert said is not None
    assert len(said) == len(words)


def test_two_photos_never_share_a_sidecar() -> None:
    names = rules.sidecar_names(["IMG_1.JPG", "img_1.CR3", "IMG_2.JPG"])
    assert names == ["IMG_1.JPG.xmp", "img_1.CR3.xmp", "IMG_2.xmp"]


@pytest.mark.parametrize(
    ("after", "codes"),
    [
        ((6000, 4000), []),
        ((5900, 3933), []),
        ((3000, 2000), ["final_smaller"]),
        ((4000, 6000), ["final_other_shape"]),
        ((1000, 1000), ["final_smaller", "final_other_shape"]),
    ],
)
def test_a_finished_file_of_another_size_is_said_not_refused(after: tuple[int, int], codes: list[str]) -> None:
    assert [code for code, _ in rules.differs((6000, 4000), after)] == codes

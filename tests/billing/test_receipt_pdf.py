"""A receipt on paper: its words, its Chinese, its sums."""

import io
import uuid
from pathlib import Path

import pypdf
import pytest
from sqlalchemy import update

from app.billing import service as billing
from app.core.access import SYSTEM
from app.core.db import Database
from app.core.documents import Document
from app.crm.models import Customer
from app.identity import service as identity
from app.identity.schemas import StudioDetails
from app.orders import service as orders
from tests import story
from workers import pdf


async def paper(db: Database, begun: story.Story, *, undo: bool = False) -> Document:
    """Ask for the receipt of a payment of 1,680.50."""
    owner = begun.actor("owner")
    details = StudioDetails(
        name="拾光影坊", address="西湖区南山路 18 号", phone="0571-8888", tax_id="91330100", version=1
    )
    async with db.write() as session:
        await identity.change_studio(session, owner, details)
        await billing.add_charge(session, owner, begun.order_id, 5_000, "加急 <b>出片</b>", source_key="c")
        await orders.record_payment(
            session, SYSTEM, begun.order_id, 168_050, "transfer", source_key="p", reference="B-7"
        )
    async with db.write() as session:
        payment = (await billing.account_page(session, owner, begun.order_id)).payments[0]
        receipt = await billing.ask_for_receipt(session, owner, begun.order_id, payment.id)
        if undo:
            await billing.reverse(session, owner, begun.order_id, payment.id, "金额录错")
            line = (await billing.account_page(session, owner, begun.order_id)).payments[-1]
            assert line.receipt
            receipt_id: uuid.UUID = line.receipt.id
        else:
            receipt_id = receipt.id
        return (await billing.get_receipt(session, owner, begun.order_id, receipt_id))[1]


def words(folder: Path, document: Document) -> str:
    """Write the PDF the way a worker does, and read its text."""
    order = pdf.Order(
        template=document.template, language=document.language, content=document.content, pictures=document.pictures
    )
    pdf.write_pdf(order, folder, b"one")
    pages = pypdf.PdfReader(io.BytesIO((folder / "out.pdf").read_bytes())).pages
    assert len(pages) == 1
    return pages[0].extract_text()


@pytest.fixture
async def begun(db: Database) -> story.Story:
    return await story.begin(db)


async def test_a_receipt_says_who_paid_what_in_figures_and_capitals(db, begun, tmp_path):
    document = await paper(db, begun)
    text = words(tmp_path, document)
    for said in (
        "收款收据", "拾光影坊", "西湖区南山路 18 号", "91330100", "林夏 & 陈屿", "海边与旧城", "¥1,680.50", "B-7",
        "人民币壹仟陆佰捌拾元伍角整", "加急 <b>出片</b>", "¥3,999", "¥2,368.50", begun.number, document.name[:-4],
    ):  # fmt: skip
        assert said in text, said


async def test_a_customer_may_have_it_in_english(db, begun, tmp_path):
    async with db.write() as session:
        await session.execute(update(Customer).values(locale="en"))
    text = words(tmp_path, await paper(db, begun))
    for said in ("Receipt", "林夏 & 陈屿", "¥1,680.50", "Still owed", "Transfer"):
        assert said in text, said
    assert "大写" not in text


async def test_what_voids_a_receipt_says_so(db, begun, tmp_path):
    document = await paper(db, begun, undo=True)
    text = words(tmp_path, document)
    assert "收据作废单" in text
    assert document.content["voids"] in text
    assert "金额录错" in text

"""The front desk's pages: what staff see, what comes back from a refused form, how many questions a page asks."""

import contextlib
import csv
import io
import re
import uuid
from collections.abc import AsyncIterator, Iterator
from typing import Any

import msgspec
import pytest
from litestar import Litestar
from sqlalchemy import event, select

from app.core.access import SYSTEM
from app.core.db import Database
from app.core.settings import Settings
from app.crm import service as crm
from app.main import create_app
from app.orders import service as orders
from app.orders.models import Package
from tests import story
from tests.web.conftest import ORIGIN, Browser
from tests.web.helpers import sign_in

KEY = "0" * 32


class Desk(msgspec.Struct):
    """A consultant's browser at the studio's pages."""

    browser: Browser
    site: Litestar
    begun: story.Story
    customer_id: uuid.UUID
    csrf: str

    @property
    def account(self) -> str:
        return f"/studio/orders/{self.begun.order_id}/account"

    @property
    def customer(self) -> str:
        return f"/studio/customers/{self.customer_id}"

    async def page(self, path: str, status: int = 200) -> str:
        answer = await self.browser.page(path)
        assert answer.status_code == status, answer.text
        return answer.text

    async def post(self, path: str, status: int = 303, **data: str) -> str:
        answer = await self.browser.form(path, {"csrf": self.csrf, **data})
        assert answer.status_code == status, answer.text
        return answer.text if status != 303 else answer.headers["location"]


@pytest.fixture
async def desk(settings: Settings, sqlite_url: str) -> AsyncIterator[Desk]:
    site = create_app(msgspec.structs.replace(settings, database_url=sqlite_url, base_url=ORIGIN))
    async with Browser(app=site, base_url=ORIGIN) as browser:
        db: Database = site.state.db
        begun = await story.begin(db)
        async with db.read() as session:
            customer_id = (await orders.order_of_system(session, begun.order_id)).customer_id
        yield Desk(browser, site, begun, customer_id, await sign_in(site, browser, begun.staff["owner"]))


def value(page: str, id_: str) -> str:
    """Read what stands in a field."""
    found = re.search(rf'<input id="{id_}"[^>]* value="([^"]*)"', page)
    assert found, id_
    return found[1]


async def test_a_refused_payment_keeps_what_was_typed(desk):
    path = f"/studio/orders/{desk.begun.order_id}/payments"
    page = await desk.post(
        path, 422, amount="99999999999", method="card", paid_on="2026-01-02", reference="B<7>", form_key=KEY
    )
    assert (value(page, "pay-amount"), value(page, "pay-day")) == ("99999999999", "2026-01-02")
    assert value(page, "pay-reference") == "B&lt;7&gt;"
    assert '<option value="card" selected>' in page


async def test_each_deed_on_the_account_shows_on_it(desk):
    path = f"/studio/orders/{desk.begun.order_id}"
    assert await desk.post(f"{path}/payments", amount="1000", method="cash", form_key=KEY) == desk.account
    assert await desk.post(f"{path}/payments", amount="1", method="cash", form_key=KEY, back="order") == f"{path}#money"
    await desk.post(f"{path}/charges", kind="other", amount="50", note="rush", form_key=KEY)
    await desk.post(f"{path}/charges", kind="discount", amount="20", note="friend", form_key=KEY)
    await desk.post(f"{path}/refunds", amount="10.50", method="cash", note="rain", form_key=KEY)
    page = await desk.page(desk.account)
    for said in ("rush", "friend", "rain", "-¥20", "-¥10.50", "¥3,038.50"):
        assert said in page, said
    page = await desk.post(f"{path}/refunds", 409, amount="991", method="cash", note="too much", form_key=KEY)
    assert value(page, "refund-amount") == "991"
    assert "At most ¥990.50" in page
    order = await desk.page(path)
    assert "Refund: Cash" in order
    assert "¥3,038.50" in order


async def test_a_receipt_is_asked_for_and_says_it_is_being_made(desk):
    path = f"/studio/orders/{desk.begun.order_id}"
    await desk.post(f"{path}/payments", amount="1000", method="cash", form_key=KEY)
    payment = re.search(r'name="payment_id" value="([^"]+)"', await desk.page(desk.account))
    assert payment
    for _ in range(2):
        await desk.post(f"{path}/receipts", payment_id=payment[1])
    page = await desk.page(desk.account)
    assert "is being made" in page
    (receipt,) = set(re.findall(r'class="paper-of" id="r-([^"]+)"', page))
    assert f'data-topic="order:{desk.begun.order_id}"' in page  # it comes by itself
    waiting = await desk.browser.page(f"{path}/receipts/{receipt}")
    assert waiting.status_code == 409


async def test_two_windows_that_disagree_show_both(desk):
    first = {"name": "林夏", "phone": "139 0000 0001", "email": "", "locale": "", "version": "1"}
    await desk.post(desk.customer, **first)
    page = await desk.post(desk.customer, 409, **{**first, "phone": "021 5555", "email": "x@y.example"})
    assert (value(page, "f-phone"), value(page, "f-email")) == ("021 5555", "x@y.example")
    assert "Saved meanwhile: “139 0000 0001”" in page
    assert 'name="version" value="2"' in page
    await desk.post(desk.customer, **{**first, "phone": "021 5555", "version": "2"})
    settings = {"name": "Shiguang", "address": "Seaside 1", "phone": "", "tax_id": "", "version": "1"}
    await desk.post("/studio/settings", **settings)
    page = await desk.post("/studio/settings", 409, **{**settings, "address": "Hill 2"})
    assert value(page, "f-address") == "Hill 2"
    assert "Seaside 1" in page


async def test_a_known_number_is_asked_about_first(desk):
    new = {"branch_id": str(desk.begun.branch_id), "name": "Another", "phone": "+86 138-0000-0000"}
    page = await desk.post("/studio/customers", 422, **new)
    assert f'href="{desk.customer}"' in page
    assert value(page, "f-name") == "Another"
    assert await desk.post("/studio/customers", **new, anyway="1") != desk.customer


async def test_an_order_is_written_down_for_somebody_who_was_here_before(desk):
    async with desk.site.state.db.read() as session:
        package = (await session.execute(select(Package.id))).scalar_one()
    form = {"branch_id": str(desk.begun.branch_id), "package_id": str(package), "title": "Garden"}
    found = await desk.post("/studio/orders", 200, **form, q="林夏", find="1")
    assert f'value="{desk.customer_id}"' in found
    assert value(found, "f-title") == "Garden"
    page = await desk.post("/studio/orders", 422, **form, customer_id=str(desk.customer_id))
    assert f'value="{desk.customer_id}" checked' in page
    page = await desk.post("/studio/orders", 422, **form, shoot_on="2026-07-01", name="New", phone="13800000000")
    assert 'name="anyway"' in page
    assert value(page, "f-name") == "New"
    form |= {"shoot_on": "2026-07-01", "customer_id": str(desk.customer_id), "form_key": "0" * 32}
    made = [await desk.post("/studio/orders", **form) for _ in range(2)]
    assert made[0] == made[1]  # a button that was pressed twice
    page = await desk.page(desk.customer)
    assert page.count('class="order card"') == 2
    async with desk.site.state.db.read() as session:
        assert len(await crm.find_customers(session, desk.begun.actor("owner"), "")) == 1


async def test_a_change_of_a_package_is_a_new_edition(desk):
    async with desk.site.state.db.read() as session:
        package = (await session.execute(select(Package.id))).scalar_one()
    page = await desk.page(f"/studio/packages?edit={package}")
    assert (value(page, "f-price"), value(page, "f-included")) == ("3999", "2")
    form = {"name": "Classic", "price": "4199.5", "included": "3", "extra": "80", "included_album": "20",
            "extra_album": "30", "rounds": "2"}  # fmt: skip
    await desk.post("/studio/packages", **form, replaces=str(package))
    page = await desk.post("/studio/packages", 422, **form, replaces=str(package))
    assert "changed or taken off sale meanwhile" in page
    page = await desk.page("/studio/packages")
    assert page.count('class="card package"') == 1
    for said in ("¥4,199.50", "3 retouched photos", "Album: 20", "each one more ¥30", "2 free rounds"):
        assert said in page, said


async def test_a_table_opens_right_and_runs_nothing(desk):
    async with desk.site.state.db.write() as session:
        house = await crm.get_customer(session, desk.customer_id)
        house.name = '=HYPERLINK("http://x")'
        await orders.record_payment(
            session, SYSTEM, desk.begun.order_id, 123_456, "card", source_key="x", reference="@SUM(A1)"
        )
    answer = await desk.browser.page("/studio/money/payments.csv")
    assert answer.content.startswith(b"\xef\xbb\xbf")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert rows[1][2] == '\'=HYPERLINK("http://x")'
    assert rows[1][5:8] == ["1234.56", "CNY", "'@SUM(A1)"]
    unpaid = (await desk.browser.page("/studio/money/unpaid.csv")).content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(unpaid)))[1][6] == "2764.44"


@pytest.mark.parametrize(
    "query", ["since=soon", "since=2026-02-30", "since=2026-02-02&until=2026-01-01", "until=0001-01-01"]
)
async def test_a_period_that_cannot_be_is_said(desk, query):
    assert "Traceback" not in await desk.page(f"/studio/money?{query}", 422)


async def test_a_script_in_a_name_a_note_or_a_tag_is_words(desk):
    bad = "<script>alert(1)</script>"
    await desk.post(f"{desk.customer}/notes", body=bad, form_key=KEY)
    await desk.post(f"{desk.customer}/tags", tag="<b>x</b>")
    await desk.post(f"{desk.customer}/people", name=bad, relation="", birthday="", version="1")
    for page in (await desk.page(desk.customer), await desk.page("/studio/customers?q=<script>")):
        assert "<script>alert" not in page
        assert "<b>x</b>" not in page


async def test_finance_sees_a_customers_orders_and_none_of_their_photos(desk):
    await story.ready_order(desk.site.state.db, desk.site.state.store, desk.begun, 2)
    assert "/files/" in await desk.page(desk.customer)
    desk.browser.cookies.clear()
    await sign_in(desk.site, desk.browser, desk.begun.staff["finance"])
    page = await desk.page(desk.customer)
    assert "¥3,999 still owed" in page
    assert "/files/" not in page
    assert f'action="{desk.customer}/notes"' not in page


@contextlib.contextmanager
def counted(db: Database) -> Iterator[list[str]]:
    """Write down each question to the database; how a transaction begins is none."""
    asked: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not statement.startswith(("PRAGMA", "BEGIN", "SET ")):
            asked.append(statement)

    event.listen(db.engine.sync_engine, "before_cursor_execute", note)
    yield asked
    event.remove(db.engine.sync_engine, "before_cursor_execute", note)


async def test_no_page_of_the_front_desk_asks_more_than_twelve_questions(desk):
    path = f"/studio/orders/{desk.begun.order_id}"
    await desk.post(f"{path}/payments", amount="1000", method="cash", form_key=KEY)
    await desk.post(f"{desk.customer}/tags", tag="VIP")
    await desk.post(f"{desk.customer}/notes", body="hello", form_key=KEY)
    pages = (
        "/studio/customers", "/studio/customers?q=138", desk.customer, f"{desk.customer}/edit", "/studio/customers/new",
        "/studio/orders/new", f"/studio/orders/new?customer={desk.customer_id}", desk.account, "/studio/money",
        "/studio/money/payments", "/studio/money/unpaid", "/studio/packages", "/studio/settings",
    )  # fmt: skip
    found = {}
    for address in pages:
        with counted(desk.site.state.db) as asked:
            await desk.page(address)
        found[address] = len(asked)
    print(found)
    assert max(found.values()) <= 12, found

"""The front desk in Chromium: nothing axe complains of, nothing wider than the screen, whoever looks at it and how."""

import uuid

import pytest
from playwright.async_api import Page, expect

from app.billing import service as billing
from app.core.access import SYSTEM
from app.crm import service as crm
from app.identity import service as identity
from app.orders import service as orders
from tests.browser import DESKTOP, PHONE, OpenPage, axe_findings
from tests.portal.customer.house import Studio

pytestmark = pytest.mark.browser
LOOKS = [(PHONE, "zh-CN", "light"), (PHONE, "en", "dark"), (DESKTOP, "zh-CN", "dark"), (DESKTOP, "en", "light")]


async def fill(studio: Studio) -> tuple[str, str]:
    """Put something on each page: lines, a receipt, a tag, a talk. Gives the customer and a sign-in token."""
    begun, owner = studio.begun, studio.begun.actor("owner")
    async with studio.database() as db, db.write() as session:
        order = await orders.order_of_system(session, begun.order_id)
        await orders.record_payment(session, SYSTEM, order.id, 168_050, "card", source_key="p", reference="B-7")
        await billing.give_discount(session, owner, order.id, 9_900, "老客户优惠", source_key="d")
        payment = (await billing.account_page(session, owner, order.id)).payments[0]
        await billing.ask_for_receipt(session, owner, order.id, payment.id)
        await billing.refund(session, owner, order.id, 50, "cash", "找零", source_key="r")
        await crm.add_tag(session, owner, order.customer_id, "老客户")
        await crm.add_note(session, owner, order.customer_id, "想要傍晚的光。", form_key=uuid.uuid4())
        return str(order.customer_id), await identity.make_sign_in_link(session, SYSTEM, begun.staff["owner"])


async def enter(page: Page, studio: Studio, token: str) -> None:
    await page.goto(f"{studio.url}/sign-in/link/{token}")
    await page.locator("main button").click()
    await page.wait_for_url("**/studio**")


@pytest.mark.parametrize(("size", "locale", "scheme"), LOOKS, ids=str)
async def test_every_page_is_fit_for_everybody(studio: Studio, open_page: OpenPage, size, locale, scheme) -> None:
    customer, token = await fill(studio)
    page = await open_page(size, locale=locale, color_scheme=scheme)
    await enter(page, studio, token)
    account = f"/studio/orders/{studio.begun.order_id}/account"
    for path in (
        "/studio/customers", f"/studio/customers/{customer}", f"/studio/customers/{customer}/edit",
        "/studio/customers/new", f"/studio/orders/new?customer={customer}", account, "/studio/money",
        "/studio/money/payments", "/studio/money/unpaid", "/studio/packages", "/studio/settings",
    ):  # fmt: skip
        await page.goto(studio.url + path)
        assert await axe_findings(page) == [], path
        assert await page.evaluate("document.documentElement.scrollWidth <= innerWidth"), path
    await page.goto(studio.url + account)
    for summary in await page.locator("main details > summary").all():
        await summary.click()
    assert await axe_findings(page) == []


async def test_somebody_who_was_here_before_is_found_while_typing(studio: Studio, open_page: OpenPage) -> None:
    _, token = await fill(studio)
    page = await open_page(PHONE, locale="en")
    await enter(page, studio, token)
    await page.goto(f"{studio.url}/studio/orders/new")
    await page.locator("#f-q").press_sequentially("1380")
    await page.get_by_text("林夏 & 陈屿").click()
    await expect(page.locator("#f-name")).to_be_hidden()
    await page.get_by_text("Somebody new").click()
    await expect(page.locator("#f-name")).to_be_visible()

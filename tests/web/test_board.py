"""The board, the morning page and narrowed lists, as pages; moving and taking back by plain forms."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date

import pytest
from sqlalchemy import event

from tests import story as stories
from tests.production.test_board import stand
from tests.production.test_events import finish, take
from tests.web.helpers import sign_in, token

MOST_QUERIES = 12
FRAGMENT = {"hx-request": "true", "hx-request-type": "partial"}


@pytest.fixture
async def house(site, story):
    """The studio's order in the quality check, one that is late, one that waits for its customer."""
    db, store = site.state.db, site.state.store
    shown = await stories.ready_order(db, store, story, 1)
    customer = await stories.customer(db, story)
    async with db.write() as session:
        await stories.galleries.pick(session, customer, customer.gallery_id, shown[0])
        await stories.galleries.submit(session, customer, customer.gallery_id)
    retoucher = story.actor("retoucher", story.order_id)
    await finish(db, store, retoucher, await take(db, retoucher), b"one")
    late = await stories.another_order(db, story, "Garden", "Late & <b>co</b>")
    waiting = await stories.another_order(db, story, "Room", "Waiting")
    await stand(db, late.order_id, "retouch", 9, date(2026, 1, 2))
    await stand(db, waiting.order_id, "selection", 5)
    return {"quality": story, "late": late, "waiting": waiting}


@asynccontextmanager
async def counted(site) -> AsyncIterator[list[str]]:
    """Count what is asked of the database."""
    asked: list[str] = []

    def note(_connection, _cursor, statement, *_more):
        if not statement.startswith(("PRAGMA", "BEGIN", "INSERT INTO topic")):
            asked.append(statement)

    event.listen(site.state.db.engine.sync_engine, "before_cursor_execute", note)
    yield asked
    event.remove(site.state.db.engine.sync_engine, "before_cursor_execute", note)


@pytest.mark.parametrize(
    "path", ["/studio", "/studio?days=365", "/studio/board", "/studio/orders", "/studio/orders?show=late&q=a"]
)
async def test_a_page_asks_the_database_little(site, browser, story, house, path):
    await sign_in(site, browser, story.staff["manager"])

    async with counted(site) as asked:
        answer = await browser.page(path)

    assert answer.status_code == 200
    assert len(asked) <= MOST_QUERIES, "\n".join(asked)


async def test_the_morning_says_what_is_not_as_it_should_be(site, browser, story, house):
    await sign_in(site, browser, story.staff["manager"])

    page = (await browser.page("/studio")).text

    assert re.search(r'<a href="/studio/orders\?show=late">2 orders</a> are late\.', page)
    assert re.search(r'<a href="/studio/orders\?show=waiting">1 order</a> has been waiting', page)
    assert "need a look" not in page, "what is well is not said"
    assert page.count('<svg class="chart') >= 3
    assert page.count('role="img"') == 3
    assert page.count("As a table") == 3
    assert "style=" not in page


async def test_a_calm_day_is_said_kindly(site, browser, story):
    await stand(site.state.db, story.order_id, "selection", 1, date(2199, 1, 1))
    await sign_in(site, browser, story.staff["owner"])

    page = (await browser.page("/studio")).text
    chinese = (await browser.page("/studio", **{"accept-language": "zh-CN"})).text

    assert "All is well" in page
    assert "一切正常" in chinese


async def test_a_studio_without_orders_is_told_how_to_begin(site, browser, story):
    other = await stories.begin(site.state.db, "Empty")
    await stand(site.state.db, other.order_id, "delivery")
    await sign_in(site, browser, other.staff["owner"])

    page = (await browser.page("/studio")).text

    assert "No order is in the house" in page


async def test_an_unknown_period_is_refused(site, browser, story):
    await sign_in(site, browser, story.staff["owner"])

    assert (await browser.page("/studio?days=31")).status_code == 422


async def test_the_board_shows_columns_and_says_late_in_words(site, browser, story, house):
    await sign_in(site, browser, story.staff["manager"])

    page = (await browser.page("/studio/board")).text

    assert page.index(">Retouching<") < page.index("Late &amp; &lt;b&gt;co") < page.index(">Quality check</h2>")
    assert re.search(r'class="late nowrap">\d+ days late', page)
    assert page.count("data-move>") == 2, "what waits for its customer is moved by nobody"


async def test_live_pages_ask_for_the_columns_alone(site, browser, story, house):
    await sign_in(site, browser, story.staff["manager"])

    part = (await browser.page("/studio/board?show=late", **FRAGMENT)).text

    assert part.lstrip().startswith('<div id="columns"')
    assert "Late &amp;" in part
    assert "Waiting" not in part


async def test_a_consultant_sees_the_board_and_moves_nothing(site, browser, story, house):
    await sign_in(site, browser, story.staff["consultant"])

    assert "data-move>" not in (await browser.page("/studio/board")).text
    assert (await browser.page(f"/studio/orders/{story.order_id}/move")).status_code == 403


async def moved(site, browser, order_id, **data):
    data = {"csrf": await token(site, browser), "back": "/studio/board?show=late#x", **data}
    return await browser.form(f"/studio/orders/{order_id}/move", data)


async def test_an_order_is_moved_and_taken_back_by_plain_forms(site, browser, story, house):
    await sign_in(site, browser, story.staff["manager"])
    asked = (await browser.page(f"/studio/orders/{story.order_id}/move?back=//evil.example")).text
    assert 'name="back" value="/studio/board"' in asked

    answer = await moved(site, browser, story.order_id, to="retouch", reason="customer", note="greener")

    assert answer.status_code == 303
    assert answer.headers["location"] == f"/studio/board?show=late#o-{story.order_id}"
    await browser.page("/studio/board", **FRAGMENT)
    page = (await browser.page("/studio/board")).text
    assert "is moved" in page, "a live part in between does not swallow the word"
    undo = re.search(r'name="event" value="([^"]+)"', page)
    told = (await browser.page(f"/studio/orders/{story.order_id}")).text
    assert "greener" in told

    sent = {"csrf": await token(site, browser), "event": undo[1], "back": "/studio/board"}
    await browser.form(f"/studio/orders/{story.order_id}/undo-move", sent)
    assert "Taken back" in (await browser.page("/studio/board")).text
    await browser.form(f"/studio/orders/{story.order_id}/undo-move", sent)
    assert "Too late" in (await browser.page("/studio/board")).text


async def test_a_move_that_makes_no_sense_is_refused_with_a_sentence(site, browser, story, house):
    await sign_in(site, browser, story.staff["manager"])

    nowhere = await moved(site, browser, house["waiting"].order_id, to="retouch", reason="mistake")
    silent = await moved(site, browser, story.order_id, to="retouch", reason="")
    part = await browser.page(f"/studio/orders/{story.order_id}/move?to=delivery", **FRAGMENT)

    assert nowhere.status_code == 422
    assert "has not handed a choice over" in nowhere.text
    assert "Say why" in silent.text
    assert "The quality check decides" in part.text
    assert part.text.lstrip().startswith("<form")


async def test_a_list_is_narrowed_by_its_address(site, browser, story, house):
    await sign_in(site, browser, story.staff["manager"])

    page = (await browser.page("/studio/orders?show=waiting&q=wait")).text
    nothing = (await browser.page("/studio/orders?stage=delivery&q=%3Cscript%3E")).text

    assert "Waiting" in page
    assert "Garden" not in page
    assert 'aria-current="true">Waiting for the customer' in page
    assert "No order fits" in nothing
    assert "<script>" not in nothing


async def test_older_orders_are_narrowed_too(site, browser, story, house, monkeypatch):
    monkeypatch.setattr("app.core.pages.read_limit", lambda _wanted: 1)
    await sign_in(site, browser, story.staff["manager"])

    first = (await browser.page("/studio/orders?show=late")).text
    older = re.search(r'href="(/studio/orders\?[^"]*after=[^"]+)"', first)[1].replace("&amp;", "&")

    assert "show=late" in older
    assert story.number in (await browser.page(older)).text

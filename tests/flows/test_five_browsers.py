"""The story played by five at once, on each deployment: upload, choosing together, two rounds, payment, download."""

import asyncio
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests import story as stories
from tests.browser import OpenPage
from tests.flows import together
from tests.flows.conftest import EMBEDDED, SERVERS
from tests.flows.studio_process import House
from tests.flows.together import Board, Cast
from tests.flows.whole_story import (
    accept,
    approve,
    change,
    download,
    release,
    retouch_again,
    retouch_job,
    review,
    send_back,
)

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("house"), pytest.mark.timeout(600)]
ZH, EN = "zh-CN", "en"
MIXED = {"customer": ZH, "partner": EN, "retoucher": ZH, "quality_lead": EN, "manager": ZH}
SWAPPED = {who: EN if language == ZH else ZH for who, language in MIXED.items()}


@pytest.mark.parametrize(
    ("house", "languages"),
    [
        pytest.param(EMBEDDED, MIXED, id="embedded"),
        pytest.param(*SERVERS.values, SWAPPED, id="servers", marks=SERVERS.marks),
    ],
    indirect=["house"],
)
async def test_five_people_bring_a_shoot_from_the_card_to_the_couple(
    house: House, shoot: Path, tmp_path: Path, open_page: OpenPage, languages: dict[str, str]
) -> None:
    async with house.database() as db:
        begun = await stories.begin(db, f"five-{languages['customer']}")
    cast = Cast(house, open_page, begun, languages)
    manager = await cast.desk("manager")
    board = await Board.open(manager, open_page, begun.order_id)
    await board.shows("intake")
    retoucher, lead = await cast.desk("retoucher"), await cast.desk("quality_lead")

    await together.bring_in(manager, begun.order_id, shoot)
    await board.shows("selection")
    links = [await together.make_link(manager, begun.order_id, name) for name in ("林夏", "陈屿")]
    customer, partner = await cast.phone("customer"), await cast.phone("partner")
    await asyncio.gather(customer.enter(*links[0]), partner.enter(*links[1]))
    for one, language in ((customer, languages["customer"]), (partner, languages["partner"])):
        await expect(one.page.locator("html")).to_have_attribute("lang", language)
        await expect(one.page.locator(".tile")).to_have_count(7)
    await together.choose_together(customer, partner)
    await together.sees_it_is_sent(partner)
    await board.shows("retouch")
    await together.is_owed(manager, begun.order_id, "4,079")

    way_in = together.mine(links[0], begun)
    await retoucher.go("/studio/job")
    made = await retouch_job(retoucher, way_in, tmp_path)
    await board.shows("quality")
    await lead.go("/studio/quality")
    await send_back(lead)
    await board.shows("retouch")
    await retouch_again(retoucher, made)
    await board.shows("quality")
    await accept(lead)
    await board.shows("review")

    await together.comes_to_see(partner, "Look at the finished photos")
    await review(customer)
    await board.shows("retouch")
    await change(retoucher, made)
    await accept(lead)
    await board.shows("review")
    await approve(customer)
    await board.shows("release")
    await manager.go("/studio/orders")
    await release(manager, way_in)
    await board.shows("delivery")
    await asyncio.gather(download(customer, made), together.comes_to_see(partner, "Fetch the finished photos"))
    assert cast.problems == []

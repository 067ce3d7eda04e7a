"""The whole thread in Chromium, on a running studio: with and without script, in both languages."""

from pathlib import Path

import pytest

from tests.browser import OpenPage
from tests.flows.people import no_look
from tests.flows.studio_process import House
from tests.flows.whole_story import Teller, tell

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.xdist_group("house")]


@pytest.mark.parametrize(("locale", "js"), [("zh-CN", True), ("en", False)])
async def test_a_shoot_goes_from_the_customers_link_to_the_download(
    house: House, shoot: Path, tmp_path: Path, open_page: OpenPage, locale: str, js: bool
) -> None:
    begun = await house.begin(f"story-{locale}", shoot)
    teller = Teller(house, open_page, locale, js=js, look=no_look)
    await tell(teller, begun, tmp_path)
    assert teller.problems == []

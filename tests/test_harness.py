"""The tests' own tools do what they promise."""

import subprocess
import sys
import uuid

import pytest
from sqlalchemy import text

from tests import leftovers
from tests.browser import DESKTOP, PHONE, axe_findings, layout_shift

PAGE = """<!doctype html><html lang="en"><title>A page</title><main><h1>Photos</h1>%s</main></html>"""


async def test_a_database_is_migrated_and_empty_on_each_engine(db):
    async with db.read() as session:
        assert (await session.execute(text("select count(*) from job"))).scalar_one() == 0


async def test_each_test_has_a_database_of_its_own(db):
    async with db.write() as session:
        await session.execute(text("create table mine (id integer)"))


@pytest.mark.skipif(sys.platform != "linux", reason="processes are told by /proc")
def test_a_process_left_behind_is_found_by_the_name_of_its_run():
    name = uuid.uuid4().hex
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE, env={leftovers.NAME: name})

    with child:
        assert list(leftovers.of_run(name)) == [child.pid]
        child.kill()

    assert leftovers.of_run(name) == {}


@pytest.mark.browser
@pytest.mark.parametrize(("size", "width"), [(PHONE, 390), (DESKTOP, 1440)])
async def test_the_browser_opens_a_page_of_the_wanted_size(open_page, size, width):
    page = await open_page(size, locale="en")
    await page.set_content(PAGE % "<p>One</p>")

    assert await page.evaluate("innerWidth") == width
    assert await axe_findings(page) == []
    assert await layout_shift(page) == 0


@pytest.mark.browser
async def test_axe_finds_a_picture_without_words(open_page):
    page = await open_page()
    await page.set_content(PAGE % "<img src='data:,'>")

    assert [line.partition(":")[0] for line in await axe_findings(page)] == ["image-alt"]


@pytest.mark.browser
async def test_a_page_can_be_opened_without_scripts(open_page):
    page = await open_page(js=False)
    await page.set_content(PAGE % "<p>plain</p><script>document.querySelector('p').remove()</script>")

    assert await page.get_by_text("plain").is_visible()

"""Whom an address is for, and who of a browser's sessions is meant."""

from datetime import timedelta

import pytest
from litestar import get

from app.core.access import SYSTEM
from app.core.clock import shifted
from app.core.web.cookies import gallery_cookie
from app.core.web.given import GivenActor, GivenActors
from app.galleries import service as galleries
from tests.story import begin
from tests.web.helpers import sign_in


@pytest.fixture
def probe(site, browser):
    def told(actors):
        return [[actor.kind, str(actor.gallery_id or "")] for actor in actors]

    @get("/studio/probe")
    async def studio(actor: GivenActor, actors: GivenActors) -> list[list[str]]:
        return told([actor, *actors])

    @get("/gallery/{gallery_id:uuid}/probe")
    async def gallery(actor: GivenActor, actors: GivenActors) -> list[list[str]]:
        return told([actor, *actors])

    @get("/probe/any")
    async def anywhere(actor: GivenActor, actors: GivenActors) -> list[list[str]]:
        return told([actor, *actors])

    for handler in (studio, gallery, anywhere):
        site.register(handler)
    return browser


async def open_gallery(site, browser, story, *, unlock=True):
    """Open a link of the story's order in this browser; returns the gallery's id and the link's row id."""
    db = site.state.db
    pin, pin_hash = await galleries.new_pin()
    async with db.write() as session:
        link = await galleries.make_link(session, SYSTEM, story.order_id, pin_hash=pin_hash, pin=pin)
    token, gallery_id = await galleries.open_link(db, link.key)
    if unlock:
        token = await galleries.unlock(db, token, pin)
    browser.cookies.set(gallery_cookie(site.state.settings, gallery_id), token, domain="127.0.0.1")
    return gallery_id


async def test_each_address_sees_the_session_it_is_for(site, probe, story):
    await sign_in(site, probe, story.staff["owner"])
    first = str(await open_gallery(site, probe, story))
    second = str(await open_gallery(site, probe, await begin(site.state.db, "Other")))

    assert (await probe.page("/studio/probe")).json() == [["staff", ""], ["staff", ""]]
    for gallery in (first, second):
        assert (await probe.page(f"/gallery/{gallery}/probe")).json() == [["customer", gallery]] * 2
    told = (await probe.page("/probe/any")).json()
    assert told[0] == told[1] == ["staff", ""]
    assert {one[1] for one in told[2:]} == {first, second}


async def test_a_customers_cookie_is_nobody_in_the_studio(site, probe, story):
    await open_gallery(site, probe, story)

    assert (await probe.page("/studio/probe")).json() == [["anonymous", ""]]


async def test_a_session_of_one_gallery_does_not_open_another(site, probe, story):
    mine = await open_gallery(site, probe, story)
    other = await open_gallery(site, probe, await begin(site.state.db, "Other"))
    settings = site.state.settings
    token = probe.cookies[gallery_cookie(settings, mine)]
    probe.cookies.clear()
    probe.cookies.set(gallery_cookie(settings, other), token, domain="127.0.0.1")

    assert (await probe.page(f"/gallery/{other}/probe")).json() == [["anonymous", ""]]


async def test_before_the_pin_nobody_is_there(site, probe, story):
    gallery = await open_gallery(site, probe, story, unlock=False)

    assert (await probe.page(f"/gallery/{gallery}/probe")).json() == [["anonymous", ""]]
    assert (await probe.page("/probe/any")).json() == [["anonymous", ""]]


async def test_an_expired_link_is_told_apart_from_an_unknown_one(site, probe, story):
    gallery = await open_gallery(site, probe, story)

    with shifted(timedelta(days=29)):
        assert (await probe.page(f"/gallery/{gallery}/probe")).status_code == 200
    async with site.state.db.write() as session:
        from sqlalchemy import update

        from app.core import clock
        from app.galleries.models import Link

        await session.execute(update(Link).values(expires_at=clock.now()))

    gone = await probe.page(f"/gallery/{gallery}/probe")
    assert gone.status_code == 410
    assert "expired" in gone.text
    assert str(gallery) not in gone.text.replace(f"/gallery/{gallery}/probe", "")
    assert (await probe.page("/probe/any")).json() == [["anonymous", ""]]


async def test_a_browser_with_many_galleries_is_asked_for_eight(site, probe, story):
    for number in range(10):
        await open_gallery(site, probe, await begin(site.state.db, f"S{number}"))

    assert len((await probe.page("/probe/any")).json()) == 1 + 8


@pytest.mark.parametrize("path", ["/gallery/not-a-uuid", "/gallery/", "/galleryx", "/studiox"])
async def test_odd_addresses_are_no_crash(site, probe, story, path):
    await sign_in(site, probe, story.staff["owner"])

    assert (await probe.page(path)).status_code == 404

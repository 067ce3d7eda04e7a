"""An address for another browser: one thing, a few minutes, taken back at will; and WeChat's own way."""

import re
from datetime import timedelta

import pytest
from sqlalchemy import update

from app.core import clock
from app.core.access import SYSTEM
from app.galleries import service as galleries
from app.galleries.models import FileGrant
from app.identity.models import AuthSession
from app.photos import service as photos
from tests.portal.customer.conftest import Visit
from tests.portal.customer.test_downloads import finish

WECHAT = "Mozilla/5.0 (iPhone) AppleWebKit/605 Mobile/15E148 MicroMessenger/8.0.44 NetType/WIFI Language/zh_CN"


@pytest.fixture
async def done(visit: Visit) -> Visit:
    """A customer whose two photos are released."""
    await visit.enter()
    for photo in visit.photos[:2]:
        await visit.post(f"/photos/{photo}/pick")
    await visit.post("/submit")
    await finish(visit)
    return visit


async def grant(visit: Visit, **data: str) -> str:
    page = (await visit.post("/grants", **data)).text
    return re.search(r'value="[^"]*(/fetch/[^"]+)"', page)[1]


async def without_cookies(visit: Visit, path: str, **more):
    kept = dict(visit.client.cookies)
    visit.client.cookies.clear()
    answer = await visit.client.get(path, **more)
    for name, value in kept.items():
        visit.client.cookies.set(name, value)
    return answer


async def test_a_key_fetches_the_zip_without_a_cookie_in_any_parts(done: Visit) -> None:
    address = await grant(done)
    whole = await done.client.get(f"{done.home}/download.zip")
    answer = await without_cookies(done, address)
    assert (answer.status_code, answer.content) == (200, whole.content)
    part = await without_cookies(done, address, headers={"range": "bytes=5-9"})
    assert (part.status_code, part.content) == (206, whole.content[5:10])
    assert "no-store" not in part.headers["cache-control"]


async def test_a_key_for_one_photo_fetches_that_one(done: Visit) -> None:
    async with done.db.read() as session:
        first = next(iter((await photos.finished_of_order(session, SYSTEM, done.begun.order_id)).values()))
    address = await grant(done, version_id=str(first.version_id))
    answer = await without_cookies(done, address)
    assert answer.content == f"finished SLT_0001.JPG {done.begun.number}".encode()
    assert answer.headers["content-disposition"].startswith("attachment")
    original = (await done.client.get(f"{done.home}/photos/{done.photos[2]}")).text
    stranger = re.search(r"/files/([0-9a-f-]{36})/look", original)[1]
    assert (await done.post("/grants", version_id=stranger)).status_code == 404


@pytest.mark.parametrize("how", ["late", "taken back", "link withdrawn", "signed out", "never"])
async def test_a_key_ends_with_what_it_hangs_on(done: Visit, how: str) -> None:
    address = await grant(done)
    if how == "never":
        assert (await without_cookies(done, "/fetch/unknown")).status_code == 404
        return
    if how == "taken back":
        page = (await done.post("/grants")).text
        address = re.search(r'value="[^"]*(/fetch/[^"]+)"', page)[1]
        (way,) = re.findall(r"(/grants/[0-9a-f-]+/withdraw)", page)
        assert "no longer works" in (await done.post(way)).text
    async with done.db.write() as session:
        if how == "late":
            await session.execute(update(FileGrant).values(expires_at=clock.now() - timedelta(seconds=1)))
        elif how == "signed out":
            await session.execute(update(AuthSession).values(ended_at=clock.now()))
        elif how == "link withdrawn":
            status = await galleries.status_of_order(session, SYSTEM, done.begun.order_id)
            await galleries.withdraw_link(session, SYSTEM, status.links[0].id)
    answer = await without_cookies(done, address)
    assert answer.status_code == 410
    assert done.begun.number not in answer.text
    assert "Your photos are safe" in answer.text


async def test_there_is_no_key_for_what_is_not_released(visit: Visit) -> None:
    await visit.enter()
    assert (await visit.post("/grants")).status_code == 404


async def test_old_keys_are_swept(done: Visit) -> None:
    await grant(done)
    async with done.db.write() as session:
        assert await galleries.sweep_grants(session) == 0
        await session.execute(update(FileGrant).values(expires_at=clock.now() - timedelta(days=2)))
        assert await galleries.sweep_grants(session) == 1


async def test_wechat_is_told_how_to_save_there_and_offered_an_address(done: Visit) -> None:
    done.client.headers["user-agent"] = WECHAT
    page = (await done.client.get(f"{done.home}/downloads")).text
    assert "Saving in WeChat" in page
    assert "download.zip" not in page
    assert " download=" not in page
    (first, *_) = re.findall(rf'href="({done.home}/downloads/[^"]+)"', page)
    photo = (await done.client.get(first)).text
    assert "Touch and hold" in photo
    (full,) = re.findall(r'src="(/files/[^"]+/original)"', photo)
    assert (await done.client.get(full)).status_code == 200
    made = (await done.post("/grants")).text
    assert "data:image/svg+xml" in made
    assert "/fetch/" in made


async def test_the_checksums_are_those_of_the_files(done: Visit) -> None:
    answer = await done.client.get(f"{done.home}/checksums.txt")
    assert answer.headers["content-type"].startswith("text/plain")
    assert "-sha256.txt" in answer.headers["content-disposition"]
    lines = [line.split("  ", 1) for line in answer.text.splitlines()]
    assert [name for _, name in lines] == ["SLT_0001.JPG", "SLT_0002.JPG"]
    assert all(re.fullmatch(r"[0-9a-f]{64}", digest) for digest, _ in lines)

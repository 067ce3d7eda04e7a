"""Orders, photos, galleries and tasks for programs: by key, by scope, page by page."""

import hashlib

import pytest
from sqlalchemy import func, select

from app.core import clock
from app.galleries.models import Pick
from app.identity import service as identity
from app.orders.models import Order, Package
from app.photos import service as photos
from storage.memory import MemoryStore
from tests import story as stories
from tests.web.conftest import ORIGIN
from tests.web.helpers import sign_in

BYTES = b"the camera's own bytes"


async def key_for(site, story, *scopes: str, **more) -> dict[str, str]:
    """Make a key with these scopes; returns the header that shows it."""
    async with site.state.db.write() as session:
        _, key = await identity.add_key(session, story.actor("owner"), "Website", scopes, **more)
    return {"authorization": f"Bearer {key}"}


@pytest.fixture
def store(site) -> MemoryStore:
    site.state.store = MemoryStore()
    return site.state.store


async def package_of(site, story) -> str:
    async with site.state.db.read() as session:
        found = await session.execute(select(Package.id).where(Package.studio_id == story.studio_id))
        return str(found.scalars().first())


async def test_a_failed_photo_is_told_by_name_and_with_a_sentence(site, browser, story, store) -> None:
    db = site.state.db
    versions = await stories.bring_in(db, store, story, ["a.jpg", "b.jpg"])
    await stories.prepare(db, store, versions[0])
    async with db.write() as session:
        await photos.record_refusal(session, versions[1], "truncated", {})
    shown = await key_for(site, story, "photos:read")

    order = (await browser.get(f"/api/v1/orders/{story.order_id}", headers=shown)).json()
    listed = await browser.get(
        f"/api/v1/orders/{story.order_id}/photos?in_state=refused", headers={**shown, "accept-language": "zh-CN"}
    )

    assert order["health"] == {"total": 2, "ready": 1, "waiting": 0, "failed": 1}
    (photo,) = listed.json()["items"]
    assert (photo["versions"][0]["name"], photo["versions"][0]["why"]["code"]) == ("b.jpg", "truncated")
    assert photo["versions"][0]["why"]["detail"].startswith("文件")


async def test_a_program_without_a_key_is_told_so(browser, story) -> None:
    answer = await browser.get(f"/api/v1/orders/{story.order_id}")

    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.json()["code"] == "sign_in_needed"


@pytest.mark.parametrize("shown", ["Bearer sl_unknown", "Bearer ", "bearer x y"])
async def test_a_key_that_is_none_opens_nothing(browser, story, shown) -> None:
    answer = await browser.get("/api/v1/orders", headers={"authorization": shown})

    assert (answer.status_code, answer.json()["code"]) == (401, "bad_api_key")


async def test_a_withdrawn_or_expired_key_opens_nothing(site, browser, story) -> None:
    withdrawn, expired = await key_for(site, story, "orders:read"), await key_for(site, story, "orders:read", days=1)
    async with site.state.db.write() as session:
        for row in await identity.list_keys(session, story.actor("owner")):
            if row.expires_at is None:
                await identity.withdraw_key(session, story.actor("owner"), row.id)
            else:
                row.expires_at = clock.now()

    for shown in (withdrawn, expired):
        assert (await browser.get("/api/v1/orders", headers=shown)).status_code == 401


async def test_a_key_does_what_its_scopes_say_and_nothing_else(site, browser, story) -> None:
    orders_only = await key_for(site, story, "orders:read")
    nothing_here = await key_for(site, story, "tasks:read")

    assert (await browser.get("/api/v1/orders", headers=orders_only)).status_code == 200
    assert (await browser.get("/api/v1/galleries", headers=orders_only)).status_code == 403
    assert (await browser.get("/api/v1/tasks", headers=nothing_here)).status_code == 200
    wanted = {"customer": {"name": "A"}, "package_id": await package_of(site, story), "title": "T",
              "shoot_on": "2026-08-01"}  # fmt: skip
    assert (await browser.post("/api/v1/orders", headers=orders_only, json=wanted)).status_code == 403


async def test_a_key_does_not_open_the_studios_pages(site, browser, story) -> None:
    shown = await key_for(site, story, "orders:read")

    assert (await browser.get("/studio/orders", headers=shown)).status_code == 401


async def test_a_cookie_beside_a_key_counts_for_nothing(site, browser, story) -> None:
    await sign_in(site, browser, story.staff["owner"])
    shown = await key_for(site, story, "tasks:read")

    assert (await browser.get("/api/v1/galleries", headers=shown)).status_code == 403
    assert (await browser.get("/api/v1/galleries")).status_code == 200


async def test_another_studios_key_sees_nothing_of_ours(site, browser, story) -> None:
    abroad = await stories.begin(site.state.db, "Abroad")
    shown = await key_for(site, abroad, "orders:read", "photos:read")

    assert (await browser.get(f"/api/v1/orders/{story.order_id}", headers=shown)).status_code == 404
    listed = (await browser.get("/api/v1/orders", headers=shown)).json()["items"]
    assert [order["id"] for order in listed] == [str(abroad.order_id)]


async def test_a_list_goes_on_where_the_page_before_ended(site, browser, story, store) -> None:
    await stories.bring_in(site.state.db, store, story, [f"{n}.jpg" for n in range(5)])
    shown = await key_for(site, story, "photos:read")
    address, seen, after = f"/api/v1/orders/{story.order_id}/photos?limit=2", [], ""

    while True:
        page = (await browser.get(address + after, headers=shown)).json()
        seen += [photo["name"] for photo in page["items"]]
        if page["next"] is None:
            break
        after = f"&after={page['next']}"

    assert seen == ["0", "1", "2", "3", "4"]


@pytest.mark.parametrize("query", ["limit=0", "limit=201", "limit=x", "after=%00", "after=nowhere"])
async def test_a_strange_page_is_refused_with_a_sentence(site, browser, story, query) -> None:
    shown = await key_for(site, story, "orders:read")

    answer = await browser.get(f"/api/v1/orders?{query}", headers=shown)

    assert answer.status_code in {400, 422}
    assert answer.json()["detail"]


async def test_picks_are_told_with_their_product(site, browser, story, store) -> None:
    db = site.state.db
    shown = await stories.ready_order(db, store, story, 2)
    actor = await stories.customer(db, story)
    from app.galleries import service as galleries

    async with db.write() as session:
        await galleries.pick(session, actor, actor.gallery_id, shown[0])
    key = await key_for(site, story, "galleries:read")

    listed = (await browser.get("/api/v1/galleries?in_state=open", headers=key)).json()["items"]
    one = (await browser.get(f"/api/v1/galleries/{listed[0]['id']}", headers=key)).json()

    assert [(pick["photo_id"], pick["product"]) for pick in one["picks"]] == [(str(shown[0]), "retouch")]
    async with db.read() as session:
        assert (await session.execute(select(func.count()).select_from(Pick))).scalar_one() == 1


async def test_an_order_is_written_down_once_for_each_key(site, browser, story) -> None:
    shown = {**await key_for(site, story, "orders:write"), "idempotency-key": "web-1"}
    wanted = {
        "customer": {"name": "赵小满", "people": ["赵小满", "钱程"]}, "package_id": await package_of(site, story),
        "title": "湖边", "shoot_on": "2026-08-01",
    }  # fmt: skip

    first = await browser.post("/api/v1/orders", headers=shown, json=wanted)
    again = await browser.post("/api/v1/orders", headers=shown, json=wanted)
    other = await browser.post("/api/v1/orders", headers=shown, json={**wanted, "title": "海边"})

    assert (first.status_code, again.json()) == (201, first.json())
    assert (other.status_code, other.json()["code"]) == (422, "idempotency_key_used")
    async with site.state.db.read() as session:
        titles = (await session.execute(select(Order.title))).scalars().all()
    assert titles.count("湖边") == 1
    assert "海边" not in titles


async def test_a_photo_is_brought_in_whole_and_known_again(site, browser, story, store) -> None:
    shown = await key_for(site, story, "photos:write", "photos:originals")
    address = f"/api/v1/orders/{story.order_id}/photos?name=DSC_0001.JPG"

    first = await browser.post(address, headers=shown, content=BYTES)
    again = await browser.post(address, headers=shown, content=BYTES)
    fetched = await browser.get(f"/files/{first.json()['version_id']}/original", headers=shown)

    assert (first.status_code, first.json()["known"]) == (201, False)
    assert (again.status_code, again.json()["photo_id"]) == (200, first.json()["photo_id"])
    assert hashlib.sha256(fetched.content).digest() == hashlib.sha256(BYTES).digest()


@pytest.mark.parametrize(("name", "content"), [("DSC_0001.JPG", b""), ("notes.exe", BYTES), ("..%2f", BYTES)])
async def test_what_is_no_photo_is_refused_and_leaves_nothing(site, browser, story, store, name, content) -> None:
    shown = await key_for(site, story, "photos:write")

    answer = await browser.post(f"/api/v1/orders/{story.order_id}/photos?name={name}", headers=shown, content=content)

    assert answer.status_code == 422
    assert store._objects == {}


async def test_a_browser_cannot_bring_photos_in_without_its_pages_token(site, browser, story, store) -> None:
    await sign_in(site, browser, story.staff["owner"])
    ours = {"origin": ORIGIN, "sec-fetch-site": "same-origin"}

    answer = await browser.post(f"/api/v1/orders/{story.order_id}/photos?name=a.jpg", headers=ours, content=BYTES)

    assert (answer.status_code, answer.json()["code"]) == (403, "stale_page")


async def test_a_key_remembers_when_it_was_used(site, browser, story) -> None:
    shown = await key_for(site, story, "orders:read")
    await browser.get("/api/v1/orders", headers=shown)

    async with site.state.db.read() as session:
        (row,) = await identity.list_keys(session, story.actor("owner"))
    assert row.used_at is not None
    assert shown["authorization"].removeprefix("Bearer ") not in (row.key_hash, row.hint)


async def test_the_api_describes_itself_with_its_key(browser) -> None:
    described = (await browser.get("/schema/openapi.json")).json()

    assert {"/api/v1/orders", "/api/v1/tasks", "/api/v1/galleries/{gallery_id}", "/healthz"} <= set(described["paths"])
    assert described["components"]["securitySchemes"]["key"]["scheme"] == "bearer"

"""Orders for programs."""

from app.photos import service as photos
from storage.memory import MemoryStore
from tests import story as stories
from tests.web.helpers import sign_in


async def test_orders_and_their_failures_are_told_by_name(site, browser, story) -> None:
    db, store = site.state.db, MemoryStore()
    versions = await stories.bring_in(db, store, story, ["a.jpg", "b.jpg"])
    await stories.prepare(db, store, versions[0])
    async with db.write() as session:
        await photos.record_refusal(session, versions[1], "truncated", {})
    await sign_in(site, browser, story.staff["manager"])

    listed = (await browser.get("/api/v1/orders")).json()
    assert [order["number"] for order in listed["orders"]] == [story.number]
    answer = await browser.get(f"/api/v1/orders/{story.order_id}", headers={"accept-language": "zh-CN"})
    order = answer.json()
    assert order["health"] == {"total": 2, "ready": 1, "waiting": 0, "failed": 1}
    failed = next(photo for photo in order["photos"] if photo["state"] == "refused")
    assert (failed["name"], failed["code"]) == ("b.jpg", "truncated")
    assert failed["detail"].startswith("文件")


async def test_a_program_without_a_session_is_told_so(browser, story) -> None:
    answer = await browser.get(f"/api/v1/orders/{story.order_id}")
    assert (answer.status_code, answer.headers["content-type"]) == (401, "application/problem+json")
    assert answer.json()["code"] == "sign_in_needed"


async def test_the_api_describes_itself(browser) -> None:
    described = (await browser.get("/schema/openapi.json")).json()
    assert {"/api/v1/orders", "/api/v1/orders/{order_id}", "/healthz", "/readyz"} <= set(described["paths"])

from app.core.access import SYSTEM
from app.galleries import service as galleries
from tests.portal.customer.conftest import Visit


async def test_a_link_leads_to_an_address_without_its_key(visit: Visit) -> None:
    answer = await visit.client.get(f"/g/{visit.link.key}", follow_redirects=False)
    assert answer.status_code == 303
    assert answer.headers["location"] == f"{visit.home}/pin"
    assert visit.link.key not in answer.headers["location"]


async def test_the_right_pin_opens_the_gallery(visit: Visit) -> None:
    answer = await visit.enter()
    assert answer.status_code == 200
    assert "林夏 &amp; 陈屿" in answer.text
    assert "Please choose 2 photos by" in answer.text
    assert answer.text.count('class="heart"') == 5


async def test_a_wrong_pin_says_how_many_tries_are_left_and_then_when_to_come_back(visit: Visit) -> None:
    await visit.client.get(f"/g/{visit.link.key}", headers={"accept-language": "en"})
    wrong = "000000" if visit.link.pin != "000000" else "111111"
    visit.client.headers["accept-language"] = "en"
    first = await visit.client.post(f"{visit.home}/pin", data={"pin": wrong})
    assert first.status_code == 403
    assert "4 tries are left" in first.text
    for _ in range(5):
        last = await visit.client.post(f"{visit.home}/pin", data={"pin": wrong})
    assert last.status_code == 429
    assert "Please come back in" in last.text
    assert 'name="pin"' not in last.text


async def test_before_the_pin_the_gallery_asks_for_it(visit: Visit) -> None:
    await visit.client.get(f"/g/{visit.link.key}")
    answer = await visit.client.get(visit.home, follow_redirects=False)
    assert answer.headers["location"] == f"{visit.home}/pin"


async def test_a_stranger_sees_nothing_of_a_gallery(visit: Visit) -> None:
    for path in ("", "/pin", f"/photos/{visit.photos[0]}", "/submit", "/downloads", "/download.zip"):
        answer = await visit.client.get(f"{visit.home}{path}", follow_redirects=False)
        assert answer.status_code in {401, 404}, path
        assert "林夏" not in answer.text


async def test_a_withdrawn_link_is_gone_and_says_nothing_of_the_photos(visit: Visit) -> None:
    await visit.enter()
    async with visit.db.write() as session:
        status = await galleries.status_of_order(session, SYSTEM, visit.begun.order_id)
        assert status is not None
        await galleries.withdraw_link(session, SYSTEM, status.links[0].id)
    answer = await visit.client.get(f"/g/{visit.link.key}")
    assert answer.status_code == 410
    assert "林夏" not in answer.text


async def test_a_pick_without_script_leads_back_to_its_place(visit: Visit) -> None:
    await visit.enter()
    photo = visit.photos[0]
    answer = await visit.post(f"/photos/{photo}/pick?view=tile&filter=undecided")
    assert str(answer.url).endswith(f"{visit.home}?filter=undecided&at={photo}#p-{photo}")
    answer = await visit.post(f"/photos/{photo}/unpick?view=photo")
    assert str(answer.url).endswith(f"{visit.home}/photos/{photo}")


async def test_a_pick_with_htmx_answers_with_heart_and_meter(visit: Visit) -> None:
    await visit.enter()
    answer = await visit.post(f"/photos/{visit.photos[0]}/pick?view=tile", htmx=True)
    assert answer.status_code == 200
    assert 'aria-pressed="true"' in answer.text
    assert '<hx-partial hx-target="#meter"' in answer.text
    assert "1 more is included" in answer.text
    assert "<html" not in answer.text


async def test_the_price_of_an_extra_stands_there_before_it_is_chosen(visit: Visit) -> None:
    await visit.enter()
    for photo in visit.photos[:2]:
        await visit.post(f"/photos/{photo}/pick")
    grid = (await visit.client.get(visit.home)).text
    assert "data-extra" in grid
    assert "All chosen. Each further one ¥80" in grid
    assert "+¥80" in (await visit.client.get(f"{visit.home}/photos/{visit.photos[2]}")).text


async def test_a_pick_beyond_the_limit_says_so_and_keeps_the_rest(visit: Visit) -> None:
    await visit.enter()
    for photo in visit.photos[:4]:
        await visit.post(f"/photos/{photo}/pick?extra=yes")
    refused = await visit.post(f"/photos/{visit.photos[4]}/pick?extra=yes", htmx=True)
    assert refused.status_code == 409
    assert '<hx-partial hx-target="#flash"' in refused.text
    assert "At most 4 photos" in refused.text
    assert "2 extra × ¥80 = ¥160" in (await visit.client.get(visit.home)).text


async def test_the_customers_own_limit_holds_until_it_is_lifted(visit: Visit) -> None:
    await visit.enter()
    kept = await visit.post("/cap", cap="0")
    assert "Your limit is kept" in kept.text
    for photo in visit.photos[:2]:
        await visit.post(f"/photos/{photo}/pick")
    assert (await visit.post(f"/photos/{visit.photos[2]}/pick?extra=yes")).status_code == 409
    assert (await visit.post("/cap", cap="many")).status_code == 422
    assert "no limit any more" in (await visit.post("/cap", cap="0", none="1")).text
    assert (await visit.post(f"/photos/{visit.photos[2]}/pick?extra=yes")).status_code == 200


async def test_a_remark_without_script_points_at_one_of_nine_fields(visit: Visit) -> None:
    await visit.enter()
    here = f"/photos/{visit.photos[0]}"
    page = (await visit.client.get(f"{visit.home}{here}")).text
    version = page.partition('name="version_id" value="')[2].partition('"')[0]
    answer = await visit.post(f"{here}/remarks", version_id=version, body="softer", chips=["hair", "slim"], place="23")
    assert "#r-" in str(answer.url)
    assert "Your remark is saved" in answer.text
    assert "Stray hair, Slimmer face · softer" in answer.text
    assert 'cx="83.33%" cy="50.0%"' in answer.text


async def test_a_tapped_remark_comes_back_as_list_and_rings_and_can_be_taken_back(visit: Visit) -> None:
    await visit.enter()
    here = f"/photos/{visit.photos[0]}"
    page = (await visit.client.get(f"{visit.home}{here}")).text
    version = page.partition('name="version_id" value="')[2].partition('"')[0]
    added = await visit.post(
        f"{here}/remarks", htmx=True, version_id=version, body="<b>brighter</b>", x="0.25", y="0.5"
    )
    assert 'cx="25.0%" cy="50.0%"' in added.text
    assert "&lt;b&gt;brighter" in added.text
    remark = added.text.partition('id="r-')[2].partition('"')[0]
    removed = await visit.post(f"{here}/remarks/{remark}/remove", htmx=True)
    assert "No remarks yet" in removed.text
    assert (await visit.post(f"{here}/remarks", version_id=version)).status_code == 422


async def test_sending_settles_the_choice_and_the_page_says_what_happens_now(visit: Visit) -> None:
    await visit.enter()
    assert "Nothing chosen yet" in (await visit.client.get(f"{visit.home}/submit")).text
    for photo in visit.photos[:3]:
        await visit.post(f"/photos/{photo}/pick?extra=yes")
    summary = (await visit.client.get(f"{visit.home}/submit")).text
    assert "1 × ¥80" in summary
    assert "Send this choice, ¥80 extra" in summary
    sent = await visit.post("/submit")
    assert "Thank you. Your choice is with us" in sent.text
    assert str(sent.url).endswith("/sent")
    assert "1 × ¥80" in sent.text
    home = (await visit.client.get(visit.home)).text
    assert "Your 3 photos are with our retoucher." in home
    assert 'class="heart"' not in home
    assert (await visit.post(f"/photos/{visit.photos[4]}/pick")).status_code == 409


async def test_the_pages_are_chinese_for_a_chinese_browser(visit: Visit) -> None:
    answer = await visit.enter("zh-CN")
    assert '<html lang="zh-CN"' in answer.text
    assert "前选出 2 张。" in answer.text
    assert "还可以选 2 张" in answer.text

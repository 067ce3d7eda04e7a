"""Products, prices, the household's limit, what the others chose, and what goes wrong: as the pages answer."""

import re
import uuid

import pytest
from sqlalchemy import select

from app.core.access import SYSTEM
from app.core.db import Database
from app.core.errors import Forbidden, Gone
from app.galleries import service as galleries
from app.galleries.errors import CapReached, ExtraCosts
from app.galleries.models import Submission
from app.orders import service as orders
from app.photos import service as photos
from storage.memory import MemoryStore
from tests import story
from tests.portal.customer.conftest import Visit
from tests.portal.customer.shoots import add_product


async def partner_picks(visit: Visit, photo_id: uuid.UUID, product: str = "retouch") -> None:
    partner = await story.customer(visit.db, visit.begun, 1)
    async with visit.db.write() as session:
        await galleries.pick(session, partner, visit.gallery_id, photo_id, product=product)


def version_of(page: str) -> str:
    return re.search(r'data-version="(\d+)"', page)[1]  # type: ignore[index]


async def test_the_first_extra_is_asked_about_and_costs_what_the_package_says(visit: Visit) -> None:
    await visit.enter()
    for photo in visit.photos[:2]:
        await visit.post(f"/photos/{photo}/pick")
    asked = await visit.post(f"/photos/{visit.photos[2]}/pick?price=1&each=0", price="1", htmx=True)
    assert asked.status_code == 409
    assert 'data-code="extra_costs"' in asked.text
    assert "+¥80" in asked.text
    assert "2 / 2" in (await visit.client.get(visit.home)).text
    page = await visit.post(f"/photos/{visit.photos[2]}/pick")
    assert "Choose it, +¥80" in page.text
    assert "extra=yes" in page.text
    agreed = await visit.post(f"/photos/{visit.photos[2]}/pick?extra=yes&price=1", price="1", htmx=True)
    assert "1 extra × ¥80 = ¥80" in agreed.text
    assert 'data-priced="retouch"' in agreed.text


async def test_a_photo_is_chosen_for_each_product_on_its_own(visit: Visit) -> None:
    await add_product(visit.db, visit.begun, "album", included=1, extra_minor=5000)
    await add_product(visit.db, visit.begun, "frame", included=1, most=1)
    await visit.enter()
    here = f"/photos/{visit.photos[0]}"
    await visit.post(f"{here}/pick?product=album&view=photo")
    page = (await visit.client.get(f"{visit.home}{here}")).text
    assert "Album 1/1" in page
    assert "0 / 2" in page
    assert "Album" in (await visit.client.get(visit.home)).text
    await visit.post(f"/photos/{visit.photos[1]}/pick?product=frame")
    full = await visit.post(f"/photos/{visit.photos[2]}/pick?product=frame&extra=yes", htmx=True)
    assert full.status_code == 409
    assert "At most 1 photo" in full.text
    assert (await visit.post(f"{here}/pick?product=castle")).status_code == 404
    extra = await visit.post(f"/photos/{visit.photos[3]}/pick?product=album&extra=yes", htmx=True)
    assert "Album 2/1 (+¥50)" in extra.text
    chosen = await visit.client.get(f"{visit.home}?filter=chosen")
    assert chosen.text.count('class="tile ') == 3
    await visit.post(f"{here}/unpick?product=album")
    assert (await visit.client.get(f"{visit.home}?filter=chosen")).text.count('class="tile ') == 2


async def test_extras_of_every_product_are_charged_and_stand_in_the_brief(visit: Visit) -> None:
    await add_product(visit.db, visit.begun, "album", included=0, extra_minor=5000)
    await visit.enter()
    await visit.post(f"/photos/{visit.photos[0]}/pick?product=album&extra=yes")
    await visit.post(f"/photos/{visit.photos[0]}/pick")
    await visit.post(f"/photos/{visit.photos[1]}/pick?product=album&extra=yes")
    await visit.post("/submit")
    async with visit.db.read() as session:
        account = await orders.account(session, SYSTEM, visit.begun.order_id)
        snapshot = (await session.execute(select(Submission.snapshot))).scalar_one()
    assert [(entry.reason, entry.amount.minor) for entry in account.entries][1:] == [("extra_picks", 10000)]
    assert len(snapshot["picks"]) == 3


async def test_what_the_partner_chose_comes_as_a_few_parts_and_names_them(visit: Visit) -> None:
    await visit.enter()
    since = version_of((await visit.client.get(visit.home)).text)
    nothing = (await visit.client.get(f"{visit.home}/changes?since={since}")).text
    assert "#h-" not in nothing
    await partner_picks(visit, visit.photos[3])
    news = (await visit.client.get(f"{visit.home}/changes?since={since}")).text
    assert re.findall(r'hx-target="#h-([^"]+)"', news) == [str(visit.photos[3])]
    assert "Chosen by 陈屿" in news
    assert "1 / 2" in news
    assert "<html" not in news
    now = version_of(news)
    await visit.post(f"/photos/{visit.photos[3]}/unpick")
    back = (await visit.client.get(f"{visit.home}/changes?since={now}&photo={visit.photos[3]}")).text
    assert f'hx-target="#c-{visit.photos[3]}"' in back
    assert 'aria-pressed="true"' not in back
    assert "By me" in (await visit.client.get(visit.home)).text


async def test_a_choice_sent_by_the_partner_meanwhile_is_said(visit: Visit) -> None:
    await visit.enter()
    await visit.post(f"/photos/{visit.photos[0]}/pick")
    partner = await story.customer(visit.db, visit.begun, 1)
    async with visit.db.write() as session:
        await galleries.submit(session, partner, visit.gallery_id)
    late = await visit.post(f"/photos/{visit.photos[1]}/pick", htmx=True)
    assert late.status_code == 409
    assert "has been sent already" in late.text
    news = (await visit.client.get(f"{visit.home}/changes?since=0")).text
    assert "sent meanwhile" in news
    assert "See where it stands" in news


async def test_a_withdrawn_photo_is_said_to_be_and_leads_back(visit: Visit) -> None:
    await visit.enter()
    photo, here = visit.photos[0], f"{visit.home}/photos/{visit.photos[0]}"
    await visit.post(f"/photos/{photo}/pick")
    page = (await visit.client.get(here)).text
    file = re.search(r'src="(/files/[^"]+/look)"', page)[1]  # type: ignore[index]
    consultant = visit.begun.actor("consultant")
    async with visit.db.write() as session:
        await galleries.withdraw_photo(session, consultant, visit.begun.order_id, photo, withdrawn=True)
    gone = await visit.client.get(here)
    assert gone.status_code == 410
    assert "taken this photo back" in gone.text
    assert f'href="{visit.home}"' in gone.text
    assert (await visit.client.get(file)).status_code == 410
    assert (await visit.post(f"/photos/{photo}/pick", htmx=True)).status_code == 410
    assert (await visit.client.get(f"{visit.home}/compare?one={photo}&other={visit.photos[1]}")).status_code == 410
    grid = (await visit.client.get(visit.home)).text
    assert str(photo) not in grid
    assert "0 / 2" in grid
    async with visit.db.write() as session:
        await galleries.withdraw_photo(session, consultant, visit.begun.order_id, photo, withdrawn=False)
    assert (await visit.client.get(here)).status_code == 200


async def test_a_remark_is_said_in_other_words_by_its_author_alone(visit: Visit) -> None:
    await visit.enter()
    here = f"/photos/{visit.photos[0]}"
    page = (await visit.client.get(f"{visit.home}{here}")).text
    version = page.partition('name="version_id" value="')[2].partition('"')[0]
    await visit.post(f"{here}/remarks", version_id=version, body="softer", x="0.25", y="0.5")
    page = (await visit.client.get(f"{visit.home}{here}")).text
    remark = page.partition('id="r-')[2].partition('"')[0]
    plain = (await visit.client.get(f"{visit.home}{here}?remark={remark}")).text
    assert f'action="{visit.home}{here}/remarks/{remark}"' in plain
    assert ">softer</textarea>" in plain
    changed = await visit.post(f"{here}/remarks/{remark}", htmx=True, body="<script>1</script>", chips=["hair"])
    assert "Stray hair · &lt;script&gt;" in changed.text
    assert 'cx="25.0%"' in changed.text
    assert (await visit.post(f"{here}/remarks/{remark}", body=" ")).status_code == 422
    partner = await story.customer(visit.db, visit.begun, 1)
    with pytest.raises(Forbidden):
        async with visit.db.write() as session:
            await galleries.change_remark(
                session, partner, visit.gallery_id, visit.photos[0], uuid.UUID(remark), body="no", chips=[]
            )


async def test_two_photos_lie_beside_each_other_and_can_be_swapped(visit: Visit) -> None:
    await visit.enter()
    one, other, third = visit.photos[:3]
    page = (await visit.client.get(f"{visit.home}/compare?one={one}&other={other}")).text
    assert page.count('class="side"') == 2
    assert f"one={one}&amp;other={third}" in page
    back = await visit.post(f"/photos/{one}/pick?view=compare&one={one}&other={other}")
    assert str(back.url).endswith(f"{visit.home}/compare?one={one}&other={other}")
    for pair in (f"one={one}&other={one}", "one=x&other=y", f"one={one}"):
        assert (await visit.client.get(f"{visit.home}/compare?{pair}", follow_redirects=False)).status_code == 303
    assert (await visit.client.get(f"{visit.home}/compare?one={one}&other={uuid.uuid4()}")).status_code == 404


async def test_the_households_limit_holds_for_all_products_together(db: Database) -> None:
    begun = await story.begin(db, included=1, most=None)
    await add_product(db, begun, "album", included=0, extra_minor=5000)
    await add_product(db, begun, "card", included=0)
    shown = await story.ready_order(db, MemoryStore(), begun, 4)
    customer = await story.customer(db, begun)
    gallery_id = customer.gallery_id
    async with db.write() as session:
        await galleries.set_cap(session, customer, gallery_id, 1)
        await galleries.pick(session, customer, gallery_id, shown[0], product="album")
        await galleries.pick(session, customer, gallery_id, shown[0], product="card")  # it costs nothing
        await galleries.pick(session, customer, gallery_id, shown[0])
    with pytest.raises(CapReached):
        async with db.write() as session:
            await galleries.pick(session, customer, gallery_id, shown[1])
    async with db.write() as session:
        await galleries.set_cap(session, customer, gallery_id, None)
    with pytest.raises(ExtraCosts):
        async with db.write() as session:
            await galleries.pick(session, customer, gallery_id, shown[1], told=False)
    async with db.read() as session:
        choice = await galleries.choice(session, customer, gallery_id)
    assert [(one.product, one.chosen) for one in choice.meters] == [("retouch", 1), ("album", 1), ("card", 1)]
    assert choice.owed.minor == 5000


async def test_a_photo_withdrawn_and_a_change_are_told_on_each_engine(db: Database) -> None:
    begun = await story.begin(db)
    shown = await story.ready_order(db, MemoryStore(), begun, 3)
    one, other = [await story.customer(db, begun, person) for person in (0, 1)]
    async with db.write() as session:
        await galleries.pick(session, one, one.gallery_id, shown[0])
        await galleries.pick(session, other, one.gallery_id, shown[1])
    async with db.read() as session:
        news = await galleries.changes(session, one, one.gallery_id, 1, photo_id=shown[0])
    assert [(card.photo_id, card.picked_by) for card in news.cards] == [(shown[1], "陈屿")]
    assert news.photo is not None
    assert news.photo.picked_by == ""
    async with db.write() as session:
        await galleries.withdraw_photo(session, begun.actor("consultant"), begun.order_id, shown[1], withdrawn=True)
    async with db.read() as session:
        view = await galleries.gallery_page(session, one, one.gallery_id)
        assert (view.total, view.meter.chosen) == (2, 1)
        assert len(await photos.photos_of_order(session, SYSTEM, begun.order_id)) == 3
        with pytest.raises(Gone):
            await galleries.photo_page(session, one, one.gallery_id, shown[1])
    for again in (False, True):  # shown again, chosen again, and shown again by somebody whose page is old
        async with db.write() as session:
            await galleries.withdraw_photo(
                session, begun.actor("consultant"), begun.order_id, shown[1], withdrawn=False
            )  # fmt: skip
            if not again:
                await galleries.pick(session, other, one.gallery_id, shown[1])
    async with db.read() as session:
        assert (await galleries.choice(session, one, one.gallery_id)).meter.chosen == 2

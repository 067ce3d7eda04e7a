"""Pages that have grown old: what is pressed on them does no harm."""

import io
import zipfile

import pytest

from app.galleries import service as galleries
from app.galleries.errors import NewerVersion
from app.production import service as production
from tests.galleries.cases import Case


async def test_a_wish_taken_back_twice_takes_no_approval_back(case: Case) -> None:
    remark = await case.wish(0)
    async with case.db.write() as session:
        await galleries.remove_wish(session, case.customer, case.gallery_id, case.shown[0], remark)
    await case.approve(0)
    async with case.db.write() as session:  # another tab, which did not know
        await galleries.remove_wish(session, case.customer, case.gallery_id, case.shown[0], remark)
    assert (await case.item(0)).decision == "approved"


async def test_nobody_approves_what_they_were_not_shown(case: Case) -> None:
    seen = await case.seen()
    await case.wish(0)
    await case.send()
    await case.again()
    with pytest.raises(NewerVersion):
        await case.approve_all(seen)
    assert await case.stage() == "review"
    await case.approve_all()
    assert await case.stage() == "release"


async def test_a_photo_the_studio_took_back_is_neither_judged_nor_handed_out(case: Case) -> None:
    consultant = case.begun.actor("consultant")

    async def shown(place: int, *, withdrawn: bool) -> None:
        async with case.db.write() as session:
            await galleries.withdraw_photo(
                session, consultant, case.begun.order_id, case.shown[place], withdrawn=withdrawn
            )  # fmt: skip

    await shown(0, withdrawn=True)
    assert [item.photo_id for item in (await case.page()).items] == [case.shown[1]]
    await case.approve_all()
    await case.pay()
    await case.work()
    async with case.db.read() as session:
        left = await galleries.downloads(session, case.customer, case.gallery_id)
    assert [one.photo_id for one in left] == [case.shown[1]]
    await shown(0, withdrawn=False)
    await shown(1, withdrawn=True)
    plan, _ = await galleries.download_plan(case.db, case.store, case.customer, case.gallery_id)
    names = zipfile.ZipFile(io.BytesIO(b"".join(plan.read()))).namelist()
    assert len(names) == 1
    assert "SLT_0001" in names[0]


async def test_a_move_that_was_a_slip_does_not_hold_the_release_back(case: Case) -> None:
    await case.approve_all()
    manager = case.begun.actor("manager")
    async with case.db.write() as session:
        event = await production.move(session, manager, case.begun.order_id, "retouch", "mistake")
    async with case.db.write() as session:
        await production.undo_move(session, manager, case.begun.order_id, event.id)
    await case.pay()
    await case.work()
    assert await case.stage() == "delivery"

"""What is expected holds an order in its intake; what was begun is taken up again; what is here is not sent twice."""

import asyncio
import io
from datetime import timedelta

import pytest

import storage
from app.core import clock
from app.core.access import SYSTEM
from app.core.errors import Forbidden, NotFound, TooLarge
from app.galleries import service as galleries
from app.orders.errors import OrderClosed
from app.orders.models import Order
from app.photos import queries
from app.photos import service as photos
from app.photos.errors import NoPhotoName, UploadGone, UploadLocked
from app.photos.models import Upload
from app.photos.schemas import Wanted
from app.photos.service.tus import Sent, append
from app.photos.service.uploads import object_key
from app.production import service as production
from tests import story as stories
from tests.photos.serving import until


@pytest.fixture
async def story(db):
    return await stories.begin(db)


@pytest.fixture
def store(db):
    return storage.from_url(db.settings.storage_url)


async def announced(db, story, *files, role="photographer"):
    async with db.write() as session:
        return await photos.announce(session, story.actor(role), story.order_id, files)


def wanted(name, size=10, **more):
    return Wanted(name=name, size=size, path=more.pop("path", name), **more)


async def stage(db, story):
    async with db.write() as session:
        await production.complete_step(session, story.order_id)
    async with db.read() as session:
        return await production.stage_of(session, story.order_id)


async def ready_photo(db, store, story):
    (version,) = await stories.bring_in(db, store, story, ["SLT_1.jpg"])
    await stories.prepare(db, store, version)


async def test_an_order_waits_in_its_intake_for_what_was_announced(db, store, story):
    told = await announced(db, story, wanted("SLT_2.jpg"))
    await ready_photo(db, store, story)
    assert await stage(db, story) == "intake"
    await photos.cancel_upload(db, store, SYSTEM, story.order_id, told[0].id)
    assert await stage(db, story) == "selection"


async def test_the_word_that_nothing_more_comes_lets_the_order_go_on(db, store, story):
    await announced(db, story, wanted("SLT_2.jpg"), wanted("SLT_3.jpg"))
    await ready_photo(db, store, story)
    async with db.write() as session:
        assert await photos.complete_shoot(session, story.actor("photographer"), story.order_id) == 2
    assert await stage(db, story) == "selection"
    async with db.read() as session:
        assert (await photos.expected(session, story.order_id)).count == 0


async def test_what_never_came_holds_nobody_back_when_its_time_is_over(db, store, story):
    await announced(db, story, wanted("SLT_2.jpg"))
    await ready_photo(db, store, story)
    with clock.shifted(timedelta(days=8)):
        assert await stage(db, story) == "selection"
        async with db.write() as session:
            assert len(await photos.expire_uploads(session)) == 1


async def test_what_ended_long_ago_is_forgotten_and_what_is_open_is_not(db, store, story):
    told = await announced(db, story, wanted("1.jpg"), wanted("2.jpg"))
    await photos.cancel_upload(db, store, SYSTEM, story.order_id, told[0].id)
    for days, gone in ((8, 0), (40, 1)):
        with clock.shifted(timedelta(days=days)):
            assert await photos.forget_uploads(db, store) == gone
    async with db.read() as session:
        assert await session.get(Upload, told[0].id) is None
        assert await session.get(Upload, told[1].id) is not None


async def test_files_of_unknown_number_hold_the_order_until_the_last_is_here(db, store, story):
    async with photos.shoot_held(db, story.order_id) as still:
        await ready_photo(db, store, story)
        await still()
        assert await stage(db, story) == "intake"
        with clock.shifted(timedelta(minutes=10)):
            await still()  # it is held on
        with clock.shifted(timedelta(minutes=20)):
            assert await stage(db, story) == "intake"
        async with db.read() as session:
            assert (await photos.expected(session, story.order_id)).count == 0, "a hold is no file"
    assert await stage(db, story) == "selection"


async def test_what_was_begun_is_taken_up_again(db, story):
    first = await announced(db, story, wanted("1.jpg", path="a/1.jpg"), wanted("1.jpg", path="b/1.jpg"))
    again = await announced(db, story, wanted("1.jpg", path="b/1.jpg"), wanted("1.jpg", path="a/1.jpg"))
    assert [one.state for one in first] == ["new", "new"]
    assert [(one.state, one.id) for one in again] == [("open", first[1].id), ("open", first[0].id)]
    other = await announced(db, story, wanted("1.jpg", 11, path="a/1.jpg"))
    assert other[0].state == "new", "another size is another file"
    async with db.read() as session:
        assert (await photos.expected(session, story.order_id)).count == 3


async def test_two_pictures_of_one_name_and_one_size_stay_two(db, story):
    """Two bodies, or one whose counter began anew: nothing but the bytes tells them apart."""
    card_a, card_b = (wanted("DSC00123.ARW", mark=mark) for mark in ("aa", "bb"))
    first = await announced(db, story, card_a)
    assert [one.state for one in await announced(db, story, card_b, card_a)] == ["new", "open"]
    assert (await announced(db, story, card_a))[0].id == first[0].id
    known, other = (wanted("2.jpg", sha256=letter * 64) for letter in "ab")
    begun = await announced(db, story, known)
    assert [one.state for one in await announced(db, story, other, known)] == ["new", "open"]
    assert (await announced(db, story, known))[0].id == begun[0].id


async def test_nobody_else_finishes_an_upload_that_is_being_written_down(db, store, story):
    data = b"the only picture of the first kiss"
    upload_id = (await announced(db, story, wanted("kiss.jpg", len(data))))[0].id

    async def body():
        yield data

    def send():
        sent = Sent(offset=0, body=body(), length=len(data))
        return append(db, store, story.actor("photographer"), story.order_id, upload_id, sent)

    async with db.write() as session:
        row = await queries.locked_upload(session, upload_id)
        key = object_key(row)
        first = asyncio.ensure_future(send())
        await asyncio.to_thread(until, lambda: store.exists(key))
        with pytest.raises(UploadLocked):  # the same file from another tab, or sent again after a lost answer
            await send()
    assert (await first).done
    with pytest.raises(TooLarge):
        await append(db, store, story.actor("photographer"), story.order_id, upload_id,
                     Sent(offset=len(data), body=body(), length=len(data)))  # fmt: skip
    assert b"".join(store.open(key)) == data


async def test_what_a_dead_process_left_is_removed_once_nobody_can_name_it(db, store, story):
    data = b"left behind"
    upload_id = (await announced(db, story, wanted("left.jpg", len(data))))[0].id
    async with db.read() as session:
        key = object_key(await session.get_one(Upload, upload_id))
    store.put(key, io.BytesIO(data), size=len(data), sha256=stories.hashes(data).sha256)
    await photos.forget_object(db, store, upload_id)
    assert store.exists(key), "somebody may be writing it down"
    await photos.cancel_upload(db, store, SYSTEM, story.order_id, upload_id)
    assert not store.exists(key)


async def test_a_name_twice_in_one_list_is_two_files(db, story):
    told = await announced(db, story, wanted("1.jpg"), wanted("1.jpg"))
    assert told[0].id != told[1].id


async def test_what_is_here_is_recognised_by_its_hash_and_asked_about_by_name_and_size(db, store, story):
    await stories.bring_in(db, store, story, ["SLT_1.jpg"])
    data = f"original SLT_1.jpg {story.number}".encode()
    sha256 = stories.hashes(data).sha256
    like = wanted("SLT_1.jpg", len(data))
    assert [(one.state, one.sha256) for one in await announced(db, story, like)] == [("like", sha256)]
    known = await announced(db, story, wanted("SLT_1.jpg", len(data), sha256=sha256))
    assert known[0].state == "known"
    for other in (wanted("SLT_1.jpg", len(data), sure=True), wanted("SLT_1.jpg", len(data), sha256="0" * 64)):
        assert (await announced(db, story, other))[0].state in {"new", "open"}


@pytest.mark.parametrize(
    ("file", "fault"),
    [(wanted("notes.txt"), NoPhotoName), (wanted("a.jpg", 0), NoPhotoName), (wanted("a.jpg", -1), NoPhotoName),
     (wanted("a.jpg", 5 << 30), TooLarge)],
)  # fmt: skip
async def test_what_cannot_be_a_photo_is_not_expected(db, story, file, fault):
    with pytest.raises(fault):
        await announced(db, story, wanted("good.jpg"), file)
    async with db.read() as session:
        assert (await photos.expected(session, story.order_id)).count == 0


async def test_a_list_without_end_is_refused(db, story):
    with pytest.raises(TooLarge):
        await announced(db, story, *(wanted(f"{n}.jpg") for n in range(photos.MOST_AT_ONCE + 1)))


async def test_only_who_may_bring_photos_in_announces_them(db, story):
    for role in ("quality_lead", "finance"):
        with pytest.raises(Forbidden):
            await announced(db, story, wanted("1.jpg"), role=role)
    with pytest.raises(NotFound):
        await announced(db, story, wanted("1.jpg"), role="retoucher")


async def test_a_closed_order_expects_nothing(db, story):
    async with db.write() as session:
        (await session.get_one(Order, story.order_id)).closed_at = clock.now()
    with pytest.raises(OrderClosed):
        await announced(db, story, wanted("1.jpg"))


async def test_what_was_given_up_cannot_be_taken_up(db, store, story):
    told = await announced(db, story, wanted("1.jpg"))
    await photos.cancel_upload(db, store, SYSTEM, story.order_id, told[0].id)
    with pytest.raises(UploadGone):
        await photos.upload_progress(db, SYSTEM, story.order_id, told[0].id)
    again = await announced(db, story, wanted("1.jpg"))
    assert (again[0].state, again[0].id != told[0].id) == ("new", True)
    async with db.read() as session:
        assert (await session.get_one(Upload, told[0].id)).state == "cancelled"


async def test_the_gallery_opens_when_the_last_expected_photo_is_ready(db, store, story):
    told = await announced(db, story, wanted("SLT_2.jpg"))
    await ready_photo(db, store, story)
    await stage(db, story)
    async with db.read() as session:
        assert await galleries.status_of_order(session, SYSTEM, story.order_id) is None
    await photos.cancel_upload(db, store, SYSTEM, story.order_id, told[0].id)
    assert await stage(db, story) == "selection"

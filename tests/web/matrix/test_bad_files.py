"""Finished files as they may really come: strange names, wrong bytes, a full store, a browser that goes away."""

import io
import json
import zipfile
from html import escape

import pytest
from sqlalchemy import event

from app.core.access import SYSTEM
from app.core.locales.sentences import sentence
from app.core.zips import ZipEntry, ZipPlan
from app.orders import service as orders
from app.photos import service as photos
from storage.errors import IntegrityError, StoreFull, StoreUnavailable
from tests import story
from tests.web.asgi import Answer, multipart
from tests.web.matrix.house import HTML, House

pytestmark = pytest.mark.asyncio(loop_scope="module")
LANGUAGES = {"en": "en", "zh-CN": "zh_Hans_CN"}
NASTY = [
    "../../etc/SLT_0001.JPG",
    "<img src=x onerror=alert(1)>.jpg",
    'a"b.jpg',
    "..",
    "CON",
    "x" * 900 + ".jpg",
    "\u202egpj.exe",
]


def rested(house: House) -> str:
    """Fingerprint the house; that somebody is at work on their job is no change."""
    house.execute("UPDATE task SET touched_at = NULL")
    return house.state()


async def send(house: House, files, *, language: str = "en", cut: int | None = None, gone: bool = False) -> Answer:
    """Hand files in as the retoucher whose job it is."""
    visitor = house.world.staff["own_retoucher"]
    head, body = multipart({"csrf": visitor.csrf}, [("files", name, content) for name, content in files])
    path = f"/studio/job/{house.world.places['retouching'].task_id}/files"
    more = {"headers": {**HTML, **head, "accept-language": language}, "gone": gone}
    return await house.ask(visitor, "POST", path, body=body if cut is None else [body[:cut]], **more)


def staged(house: House) -> list[str]:
    """List what was left half-written."""
    return [path.name for path in house.store._folder().iterdir()]


def file_rows(house: House) -> int:
    return house.count("SELECT count(*) FROM file")


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_file_that_fits_no_photo_is_kept_and_shown(house: House, language):
    before = file_rows(house)

    answer = await send(house, [("holiday.jpg", b"the sea")], language=language)
    page = await house.page(house.world.staff["own_retoucher"], "/studio/job", **{"accept-language": language})

    assert answer.status == 303
    assert file_rows(house) == before + 1
    assert "holiday.jpg" in page.text


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(("content", "code"), [(b"", "empty_file"), (None, "same_as_original")])
async def test_a_file_nobody_worked_on_is_refused_by_name(house: House, language, content, code):
    begun = house.world.places["retouching"].begun
    same = f"original SLT_0001.JPG {begun.number}".encode()
    before = rested(house)

    answer = await send(house, [("SLT_0001.JPG", same if content is None else content)], language=language)

    assert answer.status == 422
    assert "SLT_0001.JPG" in answer.text
    assert escape(sentence(code, {}, LANGUAGES[language])) in answer.text
    assert rested(house) == before
    assert staged(house) == []


async def test_a_bad_file_does_not_hold_the_others_back(house: House):
    before = file_rows(house)

    answer = await send(house, [("SLT_0001.JPG", b"one"), ("empty.jpg", b""), ("SLT_0002.JPG", b"two")])

    assert answer.status == 422
    assert "empty.jpg" in answer.text
    assert file_rows(house) == before + 2


async def test_two_files_of_one_name_are_two_versions_and_the_same_twice_is_one(house: House):
    before = file_rows(house)

    answer = await send(house, [("SLT_0001.JPG", b"one"), ("SLT_0001.JPG", b"two"), ("SLT_0001.JPG", b"one")])

    assert answer.status == 303
    assert file_rows(house) == before + 2
    assert len(house.store._objects) == len(house.world.objects) + 2


async def test_no_file_chosen_is_said(house: House):
    for files in ([], [("", b"")]):
        answer = await send(house, files)
        assert answer.status == 422
        assert "No file was chosen" in answer.text


@pytest.mark.parametrize("name", NASTY)
async def test_a_name_is_shown_and_never_followed(house: House, name):
    answer = await send(house, [(name, f"bytes of {name}".encode())])
    page = await house.page(house.world.staff["own_retoucher"], "/studio/job")

    assert answer.status in {303, 422}
    assert "<img src=x" not in page.text
    assert all(".." not in key for key in house.store._objects)
    kept = [row[0] for row in house.rows("SELECT camera_name FROM file WHERE source = 'hand_in'")]
    assert all("/" not in row and len(row) <= 200 and "\u202e" not in row for row in kept)


@pytest.mark.parametrize("share", [0.02, 0.3, 0.6, 0.9, 0.999])
@pytest.mark.parametrize("gone", [True, False])
async def test_an_upload_that_breaks_off_leaves_nothing_half_written(house: House, share, gone):
    before, rows = rested(house), file_rows(house)
    files = [("SLT_0001.JPG", b"0" * 200_000)]
    size = len(multipart({"csrf": "0" * 64}, [("files", *files[0])])[1])

    answer = await send(house, files, cut=int(size * share), gone=gone)

    assert answer.status in {403, 422}
    assert file_rows(house) == rows
    assert rested(house) == before
    assert staged(house) == []


async def test_what_came_whole_before_the_break_is_kept(house: House):
    files = [("SLT_0001.JPG", b"0" * 1000), ("SLT_0002.JPG", b"1" * 100_000)]

    answer = await send(house, files, cut=50_000, gone=True)

    assert answer.status == 422
    kept = [row[0] for row in house.rows("SELECT size FROM file WHERE source = 'hand_in' ORDER BY rowid DESC LIMIT 1")]
    assert kept == [1000]
    assert staged(house) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("fault", "status", "code"),
    [
        ("full", 507, "store_full"),
        ("full late", 507, "store_full"),
        ("down", 503, "store_unavailable"),
        ("damaged", 422, "object_damaged"),
    ],
)
async def test_a_store_that_cannot_take_it_says_so_on_the_same_page(house: House, fault, status, code, language):
    before = rested(house)
    house.store.full = fault == "full"
    house.store.fail_next_put = {
        "full late": StoreFull(place="store"), "down": StoreUnavailable(reason="network"),
        "damaged": IntegrityError(key="k", size=1),
    }.get(fault)  # fmt: skip

    answer = await send(house, [("SLT_0001.JPG", b"finished")], language=language)
    house.store.full, house.store.fail_next_put = False, None

    assert answer.status == status
    assert escape(sentence(code, {}, LANGUAGES[language])) in answer.text
    assert 'enctype="multipart/form-data"' in answer.text, "the form is still there"
    assert rested(house) == before
    assert staged(house) == []
    assert (await send(house, [("SLT_0001.JPG", b"finished")])).status == 303


async def test_a_program_is_told_of_a_full_store_too(house: House):
    visitor = house.world.staff["own_retoucher"]
    head, body = multipart({"csrf": visitor.csrf}, [("files", "SLT_0001.JPG", b"x")])
    house.store.full = True

    path = f"/studio/job/{house.world.places['retouching'].task_id}/files"
    answer = await house.ask(visitor, "POST", path, headers=head, body=body)

    assert answer.status == 507


async def test_a_store_that_is_down_is_an_answer_for_a_reader(house: House):
    place = house.world.places["delivered"]
    house.store.down = True

    for path in (f"/files/{place.finals[0]}/original", f"/files/{place.originals[0]}/grid"):
        page = await house.page(place.customers["customer"], path)
        assert page.status == 503
        assert "What was saved is safe" in page.text


@pytest.mark.parametrize("language", LANGUAGES)
async def test_a_full_disk_under_the_database_is_said_and_changes_nothing(house: House, language):
    def narrow(connection) -> None:
        connection.exec_driver_sql("PRAGMA max_page_count=1")  # what is there stays, nothing more fits

    engine = house.app.state.db.engine.sync_engine
    place, before = house.world.places["choosing"], rested(house)
    path = f"/gallery/{place.gallery_id}/photos/{place.photos[0]}/remarks"
    data = {"version_id": str(place.originals[0])}
    event.listen(engine, "begin", narrow)
    try:
        for n in range(20):
            said = data | {"body": f"{n}" + "长" * 990}
            answer = await house.post(place.customers["customer"], path, said, **{"accept-language": language})
            if answer.status != 303:
                break
            before = rested(house)
    finally:
        event.remove(engine, "begin", narrow)
        async with house.app.state.db.engine.connect() as connection:
            await connection.exec_driver_sql("PRAGMA max_page_count=1073741823")
        await house.app.state.db.engine.dispose()

    assert answer.status == 507
    assert escape(sentence("store_full", {}, LANGUAGES[language])) in answer.text
    assert rested(house) == before


async def test_a_lost_object_is_an_answer_for_a_reader(house: House):
    place = house.world.places["delivered"]
    house.store._objects.clear()

    page = await house.page(place.customers["customer"], f"/files/{place.finals[0]}/original")

    assert page.status == 404


@pytest.fixture(scope="session")
def names(samples) -> list[str]:
    return json.loads((samples / "hostile" / "names.json").read_text())


async def test_hostile_names_are_taken_in_as_names(house: House, names):
    """Through the intake, the page, the download's header: nothing escapes, nothing breaks."""
    place, db = house.world.places["choosing"], house.app.state.db
    versions = {}
    for name in names:
        data = f"bytes of {name!r}".encode()
        async with db.write() as session:
            order = await orders.order_of_system(session, place.order_id)
            incoming = photos.make_incoming(order, name=name, source="ingest").with_bytes(story.hashes(data))
            house.store.put(incoming.key, io.BytesIO(data), size=incoming.size, sha256=incoming.sha256)
            accepted = await photos.accept_upload(session, SYSTEM, order, incoming)
        versions[accepted.version_id] = data
        await story.prepare(db, house.store, accepted.version_id)

    owner = house.world.staff["owner"]
    for path in (f"/studio/orders/{place.order_id}", f"/gallery/{place.gallery_id}"):
        page = await house.page(place.customers["customer"] if "gallery" in path else owner, path)
        assert page.status == 200
        assert "<img src=x" not in page.text
        assert not set(page.text) & {"\0", "\u202e", "\u200b"}
    for version, data in versions.items():
        answer = await house.ask(owner, "GET", f"/files/{version}/original")
        assert (answer.status, answer.body) == (200, data)
        header = answer.headers["content-disposition"]
        assert header.isprintable()
        assert not set(header) & set("/\\<>\r\n\0")
        assert header.startswith("attachment; filename=")


async def test_hostile_names_in_an_archive_stay_in_their_folder(names, tmp_path):
    plan = ZipPlan([ZipEntry(f"originals/{name}", 1, 0x8CDC1683, lambda _s, _n: iter([b"x"])) for name in names])

    archive = zipfile.ZipFile(io.BytesIO(b"".join(plan.read())))

    assert len({name.casefold() for name in archive.namelist()}) == len(names)
    for info in archive.infolist():
        target = (tmp_path / info.filename).resolve()
        assert target.is_relative_to(tmp_path)
        assert not set(info.filename) & set('\\<>:"|?*\0\n\t')


async def test_hostile_names_are_handed_in(house: House, names):
    answer = await send(house, [(name, f"retouched {name!r}".encode()) for name in names])
    page = await house.page(house.world.staff["own_retoucher"], "/studio/job")

    assert answer.status in {303, 422}
    assert page.status == 200
    assert "<img src=x" not in page.text
    assert house.count("SELECT count(*) FROM file WHERE source = 'hand_in' AND camera_name LIKE '%/%'") == 0

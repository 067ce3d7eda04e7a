"""The tus 1.0 protocol against a real server, as its specification words it."""

import base64
import hashlib
import zlib
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from sqlalchemy import select, update

from app.core import clock
from app.photos import service as photos
from app.photos.models import File, Photo, Upload, Version
from tests.photos.serving import BYTES, TUS, another_order, create, made, offset, patch, photo, row, told


def counts(sender):
    async def read(db):
        async with db.read() as session:
            return [
                len((await session.execute(select(table.id).where(table.order_id == sender.story.order_id))).all())
                for table in (File, Photo, Version)
            ]

    return sender.ask(read)


def test_the_server_says_what_it_can_do(sender):
    for address in (sender.uploads, made(sender, "a.jpg", 1)):
        answer = sender.client.options(address)
        assert answer.status_code == 204
        assert answer.headers["tus-version"] == answer.headers["tus-resumable"] == "1.0.0"
        assert answer.headers["tus-extension"] == "creation,creation-with-upload,checksum,termination,expiration"
        assert answer.headers["tus-checksum-algorithm"] == "sha1,sha256,crc32"
        assert int(answer.headers["tus-max-size"]) == 4 << 30


def test_a_file_in_parts_becomes_a_photo_with_its_last_byte(sender):
    data = photo("parts", 9000)
    where = made(sender, "花园/SLT_0001.jpg", len(data))
    before = counts(sender)
    for start in (0, 3000, 6000):
        assert offset(sender, where) == start
        answer = patch(sender, where, start, data[start : start + 3000])
        assert (answer.status_code, answer.headers["upload-offset"]) == (204, str(start + 3000)), answer.text
        assert answer.headers["tus-resumable"] == "1.0.0"
        grown = [now - then for now, then in zip(counts(sender), before, strict=True)]
        assert grown == ([1, 1, 1] if start == 6000 else [0, 0, 0])
    assert "upload-expires" not in answer.headers
    assert offset(sender, where) == len(data)
    done = row(sender, where)
    assert (done.state, done.sha256, done.section, done.name) == (
        "done", hashlib.sha256(data).hexdigest(), "花园", "SLT_0001.jpg",
    )  # fmt: skip
    assert hashlib.sha256(data).hexdigest() in sender.stored().values()


def test_a_look_tells_length_offset_metadata_and_expiry_and_is_not_kept(sender):
    where = made(sender, "b.jpg", 10)
    answer = sender.client.head(where, headers=TUS)
    assert answer.headers["upload-length"] == "10"
    assert answer.headers["upload-metadata"] == told(filename="b.jpg")
    assert answer.headers["cache-control"] == "no-store"
    expires = parsedate_to_datetime(answer.headers["upload-expires"])
    assert timedelta(days=6) < expires - clock.now() < timedelta(days=8)
    assert answer.content == b""


def test_bytes_that_do_not_begin_where_ours_end_are_refused(sender):
    where = made(sender, "c.jpg", 10)
    assert patch(sender, where, 0, b"12345").status_code == 204
    for wrong in (0, 4, 6, 10):
        answer = patch(sender, where, wrong, b"x")
        assert (answer.status_code, answer.json()["code"]) == (409, "offset_mismatch")
        assert answer.headers["tus-resumable"] == "1.0.0"
    assert offset(sender, where) == 5


@pytest.mark.parametrize("version", [None, "0.2.2", "1.0", "2.0.0"])
def test_another_version_of_the_protocol_is_refused(sender, version):
    where = made(sender, "d.jpg", 10)
    headers = {**BYTES, "upload-offset": "0", "upload-length": "1", **({"tus-resumable": version} if version else {})}
    for method, address in (("POST", sender.uploads), ("HEAD", where), ("PATCH", where), ("DELETE", where)):
        answer = sender.client.request(method, address, headers=headers, content=b"1" if method == "PATCH" else None)
        assert answer.status_code == 412, method
        assert answer.headers["tus-version"] == "1.0.0"
    assert offset(sender, where) == 0


def test_a_body_of_another_type_is_refused(sender):
    where = made(sender, "e.jpg", 10)
    for kind in ("application/octet-stream", "text/plain", ""):
        assert patch(sender, where, 0, b"12345", **{"content-type": kind}).status_code == 415
    assert offset(sender, where) == 0


@pytest.mark.parametrize("length", ["-1", "x", "", "1e3", "９", "99999999999999999999"])
def test_lengths_and_offsets_that_are_no_numbers_are_refused(sender, length):
    sent = length.encode()
    headers = [
        (b"tus-resumable", b"1.0.0"),
        (b"upload-length", sent),
        (b"upload-metadata", told(filename="f.jpg").encode()),
    ]
    assert sender.client.post(sender.uploads, headers=headers).status_code == 400
    where = made(sender, "f.jpg", 10)
    headers = [
        (b"tus-resumable", b"1.0.0"),
        (b"upload-offset", sent),
        *((k.encode(), v.encode()) for k, v in BYTES.items()),
    ]
    assert sender.client.patch(where, headers=headers, content=b"1").status_code == 400
    assert sender.client.patch(where, headers={**TUS, **BYTES}, content=b"1").status_code == 400


@pytest.mark.parametrize(
    "wrong", ["filename", "filename !!!", "filename YQ==,filename YQ==", "filename /w==", "x " + "A" * 5000]
)
def test_metadata_that_cannot_be_read_is_refused(sender, wrong):
    headers = {**TUS, "upload-length": "1", "upload-metadata": wrong}
    assert sender.client.post(sender.uploads, headers=headers).status_code in {400, 422}


@pytest.mark.parametrize(
    ("name", "kept"),
    [("../../etc/passwd.jpg", "passwd.jpg"), ("a\x00b\u202egpj.jpg", "abgpj.jpg"), ("C:\\card\\DSC_1.NEF", "DSC_1.NEF"),
     ("<script>.jpg", "<script>.jpg"), ("名" * 300 + ".jpg", None)],
)  # fmt: skip
def test_names_are_hostile_and_never_paths(sender, name, kept):
    found = row(sender, made(sender, name, 1))
    assert len(found.name) <= 200
    assert kept is None or found.name == kept
    assert "/" not in found.name


def test_folders_become_sections(sender):
    answer = sender.client.post(
        sender.uploads,
        headers={
            **TUS, "upload-length": "1", "upload-metadata": told(filename="1.jpg", relativePath="../花园/夜 景/1.jpg"),
        },
    )  # fmt: skip
    assert row(sender, answer.headers["location"]).section == "花园 · 夜 景"


@pytest.mark.parametrize(("name", "size", "code"), [
    ("notes.txt", 5, "not_a_photo_name"), ("..", 5, "not_a_photo_name"), ("a.jpg", 0, "empty_file"),
])  # fmt: skip
def test_what_is_no_photo_is_refused_before_a_byte_is_sent(sender, name, size, code):
    answer = create(sender, name, size)
    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_too_much_is_refused(sender):
    assert create(sender, "a.jpg", (4 << 30) + 1).status_code == 413
    where = made(sender, "g.jpg", 10)
    assert patch(sender, where, 0, b"x" * 11).status_code == 413
    assert patch(sender, where, 0, iter([b"x" * 6, b"x" * 6])).status_code == 413
    assert offset(sender, where) == 0


def test_the_first_bytes_may_come_with_the_creation(sender):
    data = photo("with creation")
    answer = create(sender, "h.jpg", len(data), data[:100], **BYTES)
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, "100")
    assert patch(sender, answer.headers["location"], 100, data[100:]).status_code == 204
    whole = photo("whole with creation")
    answer = create(sender, "i.jpg", len(whole), whole, **BYTES)
    assert (answer.status_code, answer.headers["upload-offset"]) == (201, str(len(whole)))
    assert hashlib.sha256(whole).hexdigest() in sender.stored().values()


def checksum(algorithm, data):
    found = zlib.crc32(data).to_bytes(4, "big") if algorithm == "crc32" else hashlib.new(algorithm, data).digest()
    return {"upload-checksum": f"{algorithm} {base64.b64encode(found).decode()}"}


@pytest.mark.parametrize("algorithm", ["sha1", "sha256", "crc32"])
def test_a_part_that_is_not_what_its_checksum_says_leaves_nothing(sender, algorithm):
    data = photo(algorithm)
    where = made(sender, f"{algorithm}.jpg", len(data))
    answer = patch(sender, where, 0, b"?" + data[1:1000], **checksum(algorithm, data[:1000]))
    assert (answer.status_code, answer.json()["code"]) == (460, "checksum_mismatch")
    assert offset(sender, where) == 0
    assert patch(sender, where, 0, data[:1000], **checksum(algorithm, data[:1000])).status_code == 204
    answer = patch(sender, where, 1000, b"?" * (len(data) - 1000), **checksum(algorithm, data[1000:]))
    assert answer.status_code == 460
    assert offset(sender, where) == 1000
    assert patch(sender, where, 1000, data[1000:], **checksum(algorithm, data[1000:])).status_code == 204
    assert hashlib.sha256(data).hexdigest() in sender.stored().values()


@pytest.mark.parametrize("wrong", ["md5 AAAA", "sha1", "sha1 !!", "sha256 AA=="])
def test_an_unknown_checksum_is_refused(sender, wrong):
    where = made(sender, "j.jpg", 10)
    assert patch(sender, where, 0, b"12345", **{"upload-checksum": wrong}).status_code in {400, 460}
    assert offset(sender, where) == 0


def test_a_file_that_is_not_what_was_announced_is_sent_again(sender):
    data = photo("announced")
    headers = {**TUS, "upload-length": str(len(data)),
               "upload-metadata": told(filename="k.jpg", sha256=hashlib.sha256(data).hexdigest())}  # fmt: skip
    where = sender.client.post(sender.uploads, headers=headers).headers["location"]
    assert patch(sender, where, 0, b"?" + data[1:]).status_code == 460
    assert offset(sender, where) == 0
    assert patch(sender, where, 0, data).status_code == 204


def test_what_is_given_up_is_gone(sender):
    where = made(sender, "l.jpg", 10)
    patch(sender, where, 0, b"12345")
    staged = list(sender.settings.data.rglob(f"*{where.rpartition('/')[2].replace('-', '')}*"))
    assert len(staged) == 1
    answer = sender.client.delete(where, headers=TUS)
    assert (answer.status_code, answer.headers["tus-resumable"]) == (204, "1.0.0")
    assert not staged[0].exists()
    assert sender.client.head(where, headers=TUS).status_code == 410
    assert patch(sender, where, 5, b"x").status_code == 410
    assert sender.client.delete(where, headers=TUS).status_code == 410


def test_a_network_that_knows_only_post_may_name_the_method(sender):
    data = photo("override")
    where = made(sender, "m.jpg", len(data))
    headers = {**TUS, **BYTES, "upload-offset": "0", "x-http-method-override": "PATCH"}
    assert sender.client.post(where, headers=headers, content=data).status_code == 204
    other = made(sender, "n.jpg", 10)
    assert sender.client.post(other, headers={**TUS, "x-http-method-override": "DELETE"}).status_code == 204
    assert sender.client.post(other, headers=TUS).status_code == 400


def test_an_upload_expires(sender):
    where = made(sender, "o.jpg", 10)
    patch(sender, where, 0, b"12345")

    async def age(db):
        async with db.write() as session:
            aged = update(Upload).where(Upload.name == "o.jpg")
            await session.execute(aged.values(expires_at=clock.now() - timedelta(days=1)))

    sender.ask(age)
    assert sender.client.head(where, headers=TUS).status_code == 410
    assert patch(sender, where, 5, b"67890").status_code == 410

    async def sweep(db):
        async with db.write() as session:
            return await photos.expire_uploads(session)

    assert [str(one) for one in sender.ask(sweep)] == [where.rpartition("/")[2]]
    assert sender.ask(sweep) == []


def test_the_same_bytes_are_one_photo(sender):
    data = photo("twice")
    for name in ("p.jpg", "another name.jpg"):
        where = made(sender, name, len(data))
        assert patch(sender, where, 0, data).status_code == 204
        assert offset(sender, where) == len(data)
    assert row(sender, where).duplicate
    assert list(sender.stored().values()).count(hashlib.sha256(data).hexdigest()) == 1


def test_a_complete_upload_takes_nothing_more(sender):
    data = photo("complete")
    where = made(sender, "q.jpg", len(data))
    patch(sender, where, 0, data)
    assert patch(sender, where, len(data), b"").status_code == 204
    assert patch(sender, where, 0, data).status_code == 409
    assert sender.client.delete(where, headers=TUS).status_code == 409


def test_a_photo_belongs_to_the_order_it_was_announced_for(sender):
    where = made(sender, "t.jpg", 10)
    foreign = where.replace(str(sender.story.order_id), str(another_order(sender)))
    assert sender.client.head(foreign, headers=TUS).status_code == 404
    assert patch(sender, foreign, 0, b"12345").status_code == 404
    assert sender.client.delete(foreign, headers=TUS).status_code == 404


def test_a_page_of_another_site_and_a_page_without_its_token_change_nothing(sender):
    where = made(sender, "u.jpg", 10)
    for headers in ({"origin": "https://evil.example"}, {"sec-fetch-site": "cross-site"}, {"x-csrf-token": "no"}):
        assert create(sender, "v.jpg", 10, **headers).status_code == 403
        assert patch(sender, where, 0, b"12345", **headers).status_code == 403
        assert sender.client.delete(where, headers={**TUS, **headers}).status_code == 403
    assert offset(sender, where) == 0

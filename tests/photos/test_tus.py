"""The tus 1.0 protocol against a real server, as its specification words it."""

import asyncio
import base64
import hashlib
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import uuid
import zlib
from datetime import timedelta
from email.utils import parsedate_to_datetime

import pytest
from sqlalchemy import select, update

from app.core import clock
from app.core.access import SYSTEM
from app.photos import service as photos
from app.photos.models import File, Photo, Upload, Version
from app.production import service as production
from tests.photos.serving import Sender, another_order, begin, client_of, photo, settings_for, web

TUS = {"tus-resumable": "1.0.0"}
BYTES = {"content-type": "application/offset+octet-stream"}
GUARD_S = 60


@pytest.fixture(scope="module")
def sender(tmp_path_factory, sqlite_template):
    folder = tmp_path_factory.mktemp("tus")
    (folder / "var").mkdir()
    shutil.copy(sqlite_template, folder / "var" / "safelight.db")
    settings = settings_for(folder / "var", f"sqlite+aiosqlite:///{folder / 'var' / 'safelight.db'}")
    story, cookie, token = begin(settings)
    with web(settings, folder / "web.log") as pid, client_of(settings, cookie, token) as client:
        yield Sender(settings, story, client, pid)


def told(**pairs):
    return ",".join(f"{key} {base64.b64encode(value.encode()).decode()}" for key, value in pairs.items())


def create(sender, name, size, body=None, **headers):
    sent = {**TUS, "upload-length": str(size), "upload-metadata": told(filename=name), **headers}
    return sender.client.post(sender.uploads, headers=sent, content=body)


def made(sender, name, size):
    answer = create(sender, name, size)
    assert answer.status_code == 201, answer.text
    return answer.headers["location"]


def patch(sender, where, offset, body, **headers):
    return sender.client.patch(where, headers={**TUS, **BYTES, "upload-offset": str(offset), **headers}, content=body)


def offset(sender, where):
    answer = sender.client.head(where, headers=TUS)
    assert answer.status_code == 200, answer.status_code
    return int(answer.headers["upload-offset"])


def row(sender, where):
    async def read(db):
        async with db.read() as session:
            return await session.get_one(Upload, uuid.UUID(where.rpartition("/")[2]))

    return sender.ask(read)


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
    headers = [(b"tus-resumable", b"1.0.0"), (b"upload-length", sent), (b"upload-metadata", told(filename="f.jpg").encode())]
    assert sender.client.post(sender.uploads, headers=headers).status_code == 400
    where = made(sender, "f.jpg", 10)
    headers = [(b"tus-resumable", b"1.0.0"), (b"upload-offset", sent), *((k.encode(), v.encode()) for k, v in BYTES.items())]
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
    ("notes.txt", 5, "no_photo_name"), ("jpg", 5, "no_photo_name"), ("a.jpg", 0, "file_empty"),
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


def raw_patch(sender, where, start, length):
    """Open a PATCH by hand; the caller sends the bytes."""
    out = socket.create_connection(("127.0.0.1", sender.settings.port), timeout=GUARD_S)
    headers = {
        **TUS, **BYTES, "upload-offset": str(start), "content-length": str(length), "host": "x",
        "cookie": f"sl_staff={sender.client.cookies['sl_staff']}", **dict(sender.client.headers),
    }  # fmt: skip
    headers["host"] = f"127.0.0.1:{sender.settings.port}"
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
    out.sendall(f"PATCH {where} HTTP/1.1\r\n{lines}\r\n".encode())
    return out


def until(true):
    end = time.monotonic() + GUARD_S
    while not true():
        assert time.monotonic() < end
        time.sleep(0.05)


def test_what_came_before_a_connection_broke_is_kept(sender):
    data = photo("broken", 200_000)
    where = made(sender, "r.jpg", len(data))
    with raw_patch(sender, where, 0, len(data)) as out:
        out.sendall(data[:150_000])
        time.sleep(0.3)
    until(lambda: offset(sender, where) == 150_000)
    assert patch(sender, where, 150_000, data[150_000:]).status_code == 204
    assert hashlib.sha256(data).hexdigest() in sender.stored().values()


def test_two_writers_of_one_upload_never_interleave(sender):
    data = photo("two writers", 200_000)
    where = made(sender, "s.jpg", len(data))
    with raw_patch(sender, where, 0, len(data)) as out:
        out.sendall(data[:100_000])
        until(lambda: patch(sender, where, 0, b"!" * 10).status_code == 423)
        assert patch(sender, where, 0, b"!" * 10).json()["code"] == "upload_busy"
        out.sendall(data[100_000:])
        assert b" 204 " in out.recv(100)
    assert hashlib.sha256(data).hexdigest() in sender.stored().values()


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


def test_a_server_killed_in_the_middle_loses_nothing_it_acknowledged(tmp_path, sqlite_template):
    (tmp_path / "var").mkdir()
    shutil.copy(sqlite_template, tmp_path / "var" / "safelight.db")
    settings = settings_for(tmp_path / "var", f"sqlite+aiosqlite:///{tmp_path / 'var' / 'safelight.db'}")
    story, cookie, token = begin(settings)
    data = photo("killed", 300_000)
    environment = {**os.environ, "SAFELIGHT_DATA": str(settings.data), "SAFELIGHT_SECRET": settings.secret,
                   "SAFELIGHT_DATABASE_URL": settings.database_url, "SAFELIGHT_RESERVE_BYTES": "0",
                   "PORT": str(settings.port)}  # fmt: skip
    command = [sys.executable, "-m", "uvicorn", "app.main:create_app", "--factory", "--port", str(settings.port)]

    def start():
        server = subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL)
        until(lambda: not_refused(settings.port))
        return server

    with client_of(settings, cookie, token) as client:
        sender = Sender(settings, story, client, 0)
        server = start()
        where = made(sender, "w.jpg", len(data))
        assert patch(sender, where, 0, data[:100_000]).status_code == 204
        with raw_patch(sender, where, 100_000, 200_000) as out:
            out.sendall(data[100_000:250_000])
            time.sleep(0.3)
            server.send_signal(signal.SIGKILL)
            server.wait()
        server = start()
        try:
            safe = offset(sender, where)
            assert 100_000 <= safe <= 250_000
            assert patch(sender, where, safe, data[safe:]).status_code == 204
            assert list(sender.stored().values()) == [hashlib.sha256(data).hexdigest()]
        finally:
            server.terminate()
            server.wait()


def not_refused(port):
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True

"""What S3 promises beyond the contract, on a real server that checks its keys."""

import os
import random
import signal
from pathlib import Path

import pytest

from storage import IntegrityError, StoreUnavailable, from_url
from storage import minio as minio_module
from storage.errors import KeyTaken
from storage.minio import MinioStore, part_size, take_prints
from storage.s3_client import S3Address, connect
from tests.servers import S3
from tests.servers.process import free_port
from tests.storage.help import get, put, sha

pytestmark = pytest.mark.s3
KEY = "s/o/p/v/original-1.cr3"


def make(server: S3, tmp_path: Path, **options: str) -> MinioStore:
    store = from_url(server.url(f"b-{random.randrange(1 << 40)}", staging=str(tmp_path / "staging"), **options))
    assert isinstance(store, MinioStore)
    return store


def test_a_wrong_secret_is_refused_and_never_told(s3_server: S3, tmp_path: Path) -> None:
    url = f"s3://{s3_server.access_key}:wrong-secret@{s3_server.endpoint}/bucket?secure=0&staging={tmp_path}"
    store = from_url(url)
    for call in (
        store.check,
        lambda: put(store, KEY, b"x"),
        lambda: store.open(KEY),
        lambda: store.stat(KEY),
        lambda: list(store.keys("")),
    ):
        with pytest.raises(StoreUnavailable) as caught:
            call()
        assert caught.value.params["reason"] == "refused"
        assert "wrong-secret" not in repr(caught.value) + str(caught.value) + repr(store) + repr(caught.value.__cause__)


def test_a_server_that_is_not_there_is_said(tmp_path: Path) -> None:
    address = S3Address(
        endpoint=f"127.0.0.1:{free_port()}", bucket="bucket", access_key="key", secret_key="hidden-one", secure=False
    )
    store = MinioStore(connect(address, connect_s=0.5, read_s=0.5), "bucket", staging=tmp_path)
    with pytest.raises(StoreUnavailable) as caught:
        store.check()
    assert caught.value.params["reason"] == "network"
    assert "hidden-one" not in repr(address) + repr(caught.value)


def test_a_missing_bucket_is_said_when_we_may_not_make_it(s3_server: S3, tmp_path: Path) -> None:
    store = make(s3_server, tmp_path, make_bucket="0")
    with pytest.raises(StoreUnavailable) as caught:
        store.check()
    assert caught.value.params["reason"] == "no_bucket"
    with pytest.raises(StoreUnavailable):
        put(store, KEY, b"x")


@pytest.mark.parametrize("verify", ["etag", "read"])
def test_bytes_damaged_on_the_way_are_not_kept(
    s3_server: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, verify: str
) -> None:
    store = make(s3_server, tmp_path, verify=verify)
    honest = store._client.put_object

    def damaging(bucket: str, key: str, stream: object, size: int, **more: object) -> object:
        import io

        return honest(bucket, key, io.BytesIO(b"?" * size), size, **more)

    monkeypatch.setattr(store._client, "put_object", damaging)
    with pytest.raises(IntegrityError):
        put(store, KEY, b"true bytes")
    assert not store.exists(KEY)


def test_many_parts_come_back_whole(s3_server: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(minio_module, "PART_SIZE", 5 << 20)
    store = make(s3_server, tmp_path)
    data = os.urandom(12 << 20)
    put(store, KEY, data)
    assert sha(get(store, KEY, chunk=1 << 20)) == sha(data)
    put(store, KEY, data)
    with pytest.raises(KeyTaken):
        put(store, KEY, data[:-1] + b"?")


@pytest.mark.parametrize("size", [0, 1, 999, 1000, 1001, 2000, 2500])
def test_prints_know_the_tag_of_a_part_upload(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, size: int) -> None:
    import hashlib

    monkeypatch.setattr(minio_module, "PART_SIZE", 1000)
    data = os.urandom(size)
    path = tmp_path / "f"
    path.write_bytes(data)
    with path.open("rb") as stream:
        prints = take_prints(stream)
    parts = [data[n : n + 1000] for n in range(0, size, 1000)] or [b""]
    joined = hashlib.md5(b"".join(hashlib.md5(p).digest() for p in parts)).hexdigest()
    assert (prints.size, prints.sha256) == (size, sha(data))
    assert prints.etags == {hashlib.md5(data).hexdigest(), f"{joined}-{len(parts)}"}


def test_no_object_needs_more_parts_than_s3_allows() -> None:
    assert -(-(5 << 40) // part_size(5 << 40)) <= 10_000


def test_writes_ask_not_to_replace(s3_server: S3, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import urllib3

    asked: list[tuple[str, str | None]] = []
    honest = urllib3.PoolManager.urlopen

    def spy(self: object, method: str, url: str, redirect: bool = True, **kw: object) -> object:
        headers = kw["headers"]
        asked.append((method, headers.get("If-None-Match")))  # type: ignore[attr-defined]
        return honest(self, method, url, redirect, **kw)  # type: ignore[arg-type]

    monkeypatch.setattr(urllib3.PoolManager, "urlopen", spy)
    monkeypatch.setattr(minio_module, "PART_SIZE", 5 << 20)
    store = make(s3_server, tmp_path)
    put(store, "one", b"small")
    put(store, "two", bytes(6 << 20))
    puts = [tag for method, tag in asked if method == "PUT"]
    assert puts == [None, "*", None, None]  # the bucket, the small one, two parts
    assert [tag for method, tag in asked if method == "POST"] == [None, "*"]  # begin, complete


def test_a_server_gone_in_mid_stream_is_said(s3_server: S3, tmp_path: Path) -> None:
    from tests.servers import running_s3

    with running_s3() as server:
        store = make(server, tmp_path)
        put(store, KEY, bytes(30 << 20))
        chunks = store.open(KEY, chunk=1 << 16)
        next(chunks)
        os.kill(server.pid, signal.SIGKILL)
    with pytest.raises(StoreUnavailable):
        list(chunks)

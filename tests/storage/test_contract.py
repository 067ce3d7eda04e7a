"""What every store promises: a local folder, S3 on a real server, and the twin."""

import io
import tracemalloc
import zlib
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from storage import BadKey, IntegrityError, KeyTaken, NotFound, Store, Stored, UploadBusy
from tests.storage.help import get, put, sha

KEY = "studio/order/photo/version/proof-abc123.jpg"
DATA = bytes(range(256)) * 5
HOSTILE = [
    "", "/", "/etc/passwd", "a/", "a//b", "..", "../a", "a/../b", "a/..", "./a", "a/./b", ".incoming/x", "a/.hidden", "a\\b",
    "A.jpg", "a b", "a\0b", "a\nb", "a:b", "ä", "照片.jpg", "a?x=1", "a%2e%2e", "a*", "x" * 513, "x" * 201, "a/" * 300 + "a",
]  # fmt: skip


def test_what_was_put_comes_back(store: Store) -> None:
    assert put(store, KEY, DATA) == Stored(KEY, len(DATA), sha(DATA))
    assert get(store, KEY) == DATA
    assert store.exists(KEY)
    found = store.stat(KEY)
    assert found.size == len(DATA)
    assert abs(datetime.now(UTC) - found.modified) < timedelta(minutes=5)


def test_a_path_is_a_source_and_stays(store: Store, tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.write_bytes(DATA)
    store.put(KEY, source, size=len(DATA), sha256=sha(DATA), content_type="image/jpeg")
    assert get(store, KEY) == DATA
    assert source.read_bytes() == DATA


def test_an_empty_object_is_an_object(store: Store) -> None:
    put(store, KEY, b"")
    assert store.stat(KEY).size == 0
    assert get(store, KEY) == b""
    assert get(store, KEY, 0, 10) == b""


def test_the_same_bytes_again_are_fine(store: Store) -> None:
    assert put(store, KEY, DATA) == put(store, KEY, DATA)


def test_other_bytes_do_not_replace(store: Store) -> None:
    put(store, KEY, DATA)
    for other in (b"other", DATA[:-1] + b"?", b""):
        with pytest.raises(KeyTaken):
            put(store, KEY, other)
    assert get(store, KEY) == DATA


def test_a_copy_lies_under_both_keys_and_outlives_the_first(store: Store) -> None:
    put(store, KEY, DATA)

    store.copy(KEY, "studio/other/copy.jpg")
    store.copy(KEY, "studio/other/copy.jpg")
    store.delete(KEY)

    assert get(store, "studio/other/copy.jpg") == DATA
    assert not store.exists(KEY)


def test_a_copy_replaces_nothing_and_needs_an_original(store: Store) -> None:
    put(store, KEY, DATA)
    put(store, "studio/other/copy.jpg", b"other")

    with pytest.raises(KeyTaken):
        store.copy(KEY, "studio/other/copy.jpg")
    with pytest.raises(NotFound):
        store.copy("studio/nothing.jpg", "studio/other/new.jpg")
    with pytest.raises(BadKey):
        store.copy(KEY, "../out")

    assert get(store, "studio/other/copy.jpg") == b"other"
    assert not store.exists("studio/other/new.jpg")


@pytest.mark.parametrize("size", [len(DATA) - 1, len(DATA) + 1, 0])
def test_a_source_of_another_length_leaves_nothing(store: Store, size: int) -> None:
    with pytest.raises(IntegrityError):
        store.put(KEY, io.BytesIO(DATA), size=size, sha256=sha(DATA))
    assert not store.exists(KEY)
    assert list(store.keys("")) == []


def test_a_source_of_another_hash_leaves_nothing(store: Store) -> None:
    with pytest.raises(IntegrityError) as caught:
        store.put(KEY, io.BytesIO(DATA), size=len(DATA), sha256=sha(b"promised"))
    assert caught.value.code == "object_damaged"
    assert not store.exists(KEY)


def test_a_broken_source_leaves_nothing(store: Store) -> None:
    class Broken(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            if self.tell():
                raise TimeoutError("the phone went away")
            return super().read(3)

    with pytest.raises(TimeoutError):
        store.put(KEY, Broken(DATA), size=len(DATA), sha256=sha(DATA))
    assert not store.exists(KEY)


def test_ranges_are_slices(store: Store) -> None:
    put(store, KEY, DATA)
    end = len(DATA)
    for start in (0, 1, 6, 7, end - 1, end, end + 1, end + 999):
        for length in (None, 0, 1, 7, end - 1, end, end + 1):
            stop = None if length is None else start + length
            assert get(store, KEY, start, length) == DATA[start:stop], (start, length)


@pytest.mark.parametrize(("start", "length"), [(-1, None), (0, -1)])
def test_a_negative_range_is_a_mistake_of_the_caller(store: Store, start: int, length: int | None) -> None:
    put(store, KEY, DATA)
    with pytest.raises(ValueError):
        store.open(KEY, start, length)


def test_what_is_not_there_is_said_at_once(store: Store, tmp_path: Path) -> None:
    put(store, "a/b/c", DATA)
    for key in ("nothing", "a/b", "a", "a/b/c/d"):
        for ask in (
            store.open,
            store.stat,
            lambda key: store.open(key, 3, 0),
            lambda key: store.fetch(key, tmp_path / "t"),
        ):
            with pytest.raises(NotFound) as caught:
                ask(key)
            assert caught.value.code == "object_not_found"
        assert not store.exists(key)
    store.delete("nothing")
    assert not (tmp_path / "t").exists()
    assert get(store, "a/b/c") == DATA


def test_deleting_twice_is_fine(store: Store) -> None:
    put(store, KEY, DATA)
    store.delete(KEY)
    store.delete(KEY)
    assert not store.exists(KEY)
    put(store, KEY, b"a new one")
    assert get(store, KEY) == b"a new one"


def test_keys_lists_by_prefix(store: Store) -> None:
    assert list(store.keys("")) == []
    keys = ["s/o/p1/a.jpg", "s/o/p1/b.jpg", "s/o/p10/a.jpg", "s/o2/x", "t"]
    for key in keys:
        put(store, key, key.encode())
    for prefix in ("", "s/", "s/o", "s/o/", "s/o/p1", "s/o/p1/", "s/o/p1/a", "nothing/here", "t", "t/"):
        assert sorted(store.keys(prefix)) == sorted(k for k in keys if k.startswith(prefix)), prefix


@pytest.mark.parametrize("key", HOSTILE)
def test_a_hostile_key_is_refused_by_every_call(store: Store, tmp_path: Path, key: str) -> None:
    calls: list[Any] = [
        lambda: put(store, key, DATA), lambda: store.open(key), lambda: store.stat(key), lambda: store.exists(key),
        lambda: store.delete(key), lambda: store.fetch(key, tmp_path / "t"),
    ]  # fmt: skip
    for call in calls:
        with pytest.raises(BadKey):
            call()
    with store.incoming() as upload:
        upload.write(DATA)
        with pytest.raises(BadKey):
            upload.keep(key)


@pytest.mark.parametrize("prefix", ["../", "/etc", ".incoming", "a/../b", "A", "照"])
def test_a_hostile_prefix_is_refused(store: Store, prefix: str) -> None:
    with pytest.raises(BadKey):
        list(store.keys(prefix))


def test_fetch_makes_a_private_copy(store: Store, tmp_path: Path) -> None:
    put(store, KEY, DATA)
    target = tmp_path / "copy"
    target.write_bytes(b"from before")
    store.fetch(KEY, target)
    assert target.read_bytes() == DATA
    assert target.stat().st_mode & 0o777 == 0o600
    target.write_bytes(b"scribbled over")
    assert get(store, KEY) == DATA


def test_of_many_parallel_writers_exactly_one_wins(store: Store) -> None:
    bodies = [f"writer {n}".encode() * 50 for n in range(64)]

    def write(body: bytes) -> bool:
        try:
            put(store, KEY, body)
        except KeyTaken:
            return False
        return True

    with ThreadPoolExecutor(16) as pool:
        won = list(pool.map(write, bodies))
    assert won.count(True) == 1
    assert get(store, KEY) == bodies[won.index(True)]
    assert list(store.keys("")) == [KEY]


def test_parallel_writers_of_the_same_bytes_all_win(store: Store) -> None:
    with ThreadPoolExecutor(8) as pool:
        assert len(set(pool.map(lambda _: put(store, KEY, DATA), range(16)))) == 1


def test_check_is_silent_when_all_is_well(store: Store) -> None:
    store.check()
    store.check()
    assert list(store.keys("")) == []


def test_an_open_stream_can_be_dropped(store: Store) -> None:
    put(store, KEY, DATA)
    chunks = store.open(KEY, chunk=10)
    assert next(chunks) == DATA[:10]
    assert chunks.left == len(DATA) - 10
    chunks.close()
    chunks.close()
    assert list(chunks) == []
    del chunks
    store.open(KEY)  # never read: nothing leaks (a warning would fail the test)
    assert get(store, KEY) == DATA


def test_a_large_object_passes_in_bounded_memory(store: Store, tmp_path: Path) -> None:
    block = bytes(range(256)) * 4096
    source = tmp_path / "large"
    with source.open("wb") as out:
        for _ in range(40):
            out.write(block)
    data_sha = sha(block * 40)
    if type(store).__name__ == "MemoryStore":
        pytest.skip("the twin keeps objects in memory")
    tracemalloc.start()
    try:
        store.put(KEY, source, size=40 << 20, sha256=data_sha)
        with store.open(KEY) as chunks:
            assert sum(map(len, chunks)) == 40 << 20
        store.fetch(KEY, tmp_path / "back")
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak < 36 << 20
    assert sha((tmp_path / "back").read_bytes()) == data_sha


def test_an_upload_of_unknown_hash_is_kept(store: Store) -> None:
    with store.incoming() as upload:
        for n in range(0, len(DATA), 100):
            upload.write(DATA[n : n + 100])
        assert (upload.size, upload.sha256, upload.crc32) == (len(DATA), sha(DATA), zlib.crc32(DATA))
        assert upload.keep(KEY) == Stored(KEY, len(DATA), sha(DATA))
    assert get(store, KEY) == DATA
    assert store.sweep(-60) == 0


def test_an_upload_that_is_left_leaves_nothing(store: Store) -> None:
    with store.incoming() as upload:
        upload.write(DATA)
    with store.incoming() as upload:
        upload.write(DATA)
        upload.discard()
    assert store.sweep(-60) == 0
    assert list(store.keys("")) == []


def test_a_named_upload_is_taken_up_where_it_was_left(store: Store) -> None:
    for n in range(3):
        with store.incoming("0190-upload") as upload:
            assert upload.size == n * 100
            upload.write(DATA[n * 100 : n * 100 + 100])
    with store.incoming("0190-upload") as upload:
        assert upload.sha256 == sha(DATA[:300])
        upload.write(DATA[300:])
        assert upload.crc32 == zlib.crc32(DATA)
        upload.keep(KEY, sha256=sha(DATA))
    assert get(store, KEY) == DATA
    with store.incoming("0190-upload") as upload:
        assert upload.size == 0
        upload.discard()


def test_an_upload_has_one_writer(store: Store) -> None:
    with store.incoming("one") as upload:
        with pytest.raises(UploadBusy):
            store.incoming("one")
        upload.discard()


def test_a_kept_upload_can_be_held_until_it_is_written_down(store: Store) -> None:
    with store.incoming("held") as upload:
        upload.write(DATA)
        assert upload.keep(KEY, hold=True) == Stored(KEY, len(DATA), sha(DATA))
        assert (upload.held, upload.size) == (True, 0)
        with pytest.raises(UploadBusy):
            store.incoming("held")
        upload.discard()
    assert get(store, KEY) == DATA
    with store.incoming("held") as again:
        assert again.size == 0
        again.discard()


def test_an_upload_that_is_not_what_was_promised_is_not_kept(store: Store) -> None:
    with store.incoming() as upload:
        upload.write(DATA)
        with pytest.raises(IntegrityError):
            upload.keep(KEY, sha256=sha(b"other"))
    assert not store.exists(KEY)


def test_an_upload_onto_other_bytes_is_refused(store: Store) -> None:
    put(store, KEY, DATA)
    with store.incoming() as upload:
        upload.write(b"other")
        with pytest.raises(KeyTaken):
            upload.keep(KEY)
    with store.incoming() as upload:
        upload.write(DATA)
        upload.keep(KEY)
    assert get(store, KEY) == DATA


def test_sweep_takes_what_is_old_and_leaves_what_is_in_use(store: Store) -> None:
    with store.incoming("old") as upload:
        upload.write(DATA)
    assert store.sweep(3600) == 0
    with store.incoming("busy") as busy:
        busy.write(DATA)
        assert store.sweep(-60) == 1
        busy.keep(KEY)
    assert get(store, KEY) == DATA


@pytest.mark.parametrize("name", ["../x", "a/b", "", "A", ".x", "x" * 101])
def test_a_hostile_upload_name_is_refused(store: Store, name: str) -> None:
    with pytest.raises(BadKey):
        store.incoming(name)

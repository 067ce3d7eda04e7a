"""What the folder promises beyond the contract: nothing half-written, whatever happens."""

import errno
import io
import os
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from storage import IntegrityError, KeyTaken, NotFound, StoreFull, StoreUnavailable
from storage import disk as disk_module
from storage import local as local_module
from storage.local import LocalStore
from tests.storage.help import files, get, put, sha

KEY = "s/o/p/v/original-1.cr3"
DATA = os.urandom(300_000)
WRITER = """
import io, sys, hashlib
from pathlib import Path
from storage.local import LocalStore
store, data = LocalStore(Path(sys.argv[1])), bytes(range(256)) * 40_000
print("ready", flush=True)
for n in range(int(sys.argv[2])):
    store.put(f"s/o/p/v/{n}", io.BytesIO(data), size=len(data), sha256=hashlib.sha256(data).hexdigest())
    print(n, flush=True)
"""
WRITTEN = bytes(range(256)) * 40_000


@pytest.fixture
def store(tmp_path: Path) -> LocalStore:
    return LocalStore(tmp_path / "store")


@pytest.mark.parametrize("call", ["write", "fsync", "link", "chmod"])
@pytest.mark.parametrize("number", [errno.EIO, errno.ENOSPC])
def test_a_failing_disk_leaves_nothing(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch, call: str, number: int
) -> None:
    def fail(*_: Any, **__: Any) -> Any:
        raise OSError(number, os.strerror(number))

    with monkeypatch.context() as patch:
        patch.setattr(Path if call == "chmod" else os, call, fail)
        with pytest.raises(StoreFull if number == errno.ENOSPC else StoreUnavailable):
            put(store, KEY, DATA)
    assert files(store.root) == []
    put(store, KEY, DATA)
    assert get(store, KEY, chunk=65536) == DATA


def test_bytes_that_lie_otherwise_than_written_are_not_kept(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    honest = disk_module.write_all
    monkeypatch.setattr(local_module, "write_all", lambda fd, data: honest(fd, data[:-1] + b"?"))
    with pytest.raises(IntegrityError):
        put(store, KEY, DATA)
    assert files(store.root) == []


def test_a_writer_killed_at_any_moment_leaves_whole_objects_only(tmp_path: Path, record_property: Any) -> None:
    seed = random.randrange(1 << 32)
    record_property("seed", seed)
    dice = random.Random(seed)
    for trial in range(5):
        root = tmp_path / str(trial)
        with subprocess.Popen([sys.executable, "-c", WRITER, root, "100"], stdout=subprocess.PIPE) as writer:
            assert writer.stdout is not None
            writer.stdout.readline()
            for _ in range(dice.randrange(3)):
                writer.stdout.readline()
            with pytest.raises(subprocess.TimeoutExpired):
                writer.wait(dice.random() * 0.1)
            writer.kill()
            told = writer.stdout.read().split()
        store = LocalStore(root)
        kept = sorted(store.keys(""))
        assert {f"s/o/p/v/{int(n)}" for n in told} <= set(kept)
        for key in kept:
            assert get(store, key, chunk=1 << 20) == WRITTEN
        store.sweep(-60)
        assert files(root) == kept


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("call", ["?fsync", "?link,?linkat", "?mkdir,?mkdirat"])
def test_a_writer_killed_in_a_system_call_leaves_whole_objects_only(tmp_path: Path, call: str) -> None:
    probe = subprocess.run(["strace", "-f", "-o", "/dev/null", "true"], capture_output=True, check=False)
    if probe.returncode:
        pytest.skip("strace may not trace here")
    for n in (1, 2, 3):
        root = tmp_path / str(n)
        inject = f"inject={call}:signal=KILL:when={n}"
        command = [
            "strace",
            "-f",
            "-qq",
            "-o",
            "/dev/null",
            "-e",
            f"trace={call}",
            "-e",
            inject,
            sys.executable,
            "-c",
            WRITER,
        ]
        done = subprocess.run([*command, root, "2"], capture_output=True, check=False)
        assert n > 1 or done.returncode, "the kill never came"
        told = done.stdout.split()[1:]
        if not root.exists():
            assert "mkdir" in call
            continue
        store = LocalStore(root)
        kept = sorted(store.keys(""))
        assert {f"s/o/p/v/{int(n)}" for n in told} <= set(kept)
        for key in kept:
            assert get(store, key, chunk=1 << 20) == WRITTEN
        put(store, "s/o/p/v/1", WRITTEN)
        store.sweep(-60)
        assert set(files(root)) == {*kept, "s/o/p/v/1"}


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if sys.platform != "linux" or os.getuid() != 0:
        pytest.skip("a small disk needs root on Linux")
    folder = tmp_path / "disk"
    folder.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", folder], capture_output=True, check=False
    ).returncode:
        pytest.skip("mount is not allowed here")
    yield folder
    subprocess.run(["umount", folder], check=True)


def test_a_full_disk_is_said_and_loses_nothing(small_disk: Path) -> None:
    store = LocalStore(small_disk / "store")
    put(store, "before", DATA)
    for _ in range(3):
        with pytest.raises(StoreFull) as caught:
            put(store, KEY, DATA * 4)
        assert caught.value.code == "store_full"
    assert files(store.root) == ["before"]
    assert get(store, "before", chunk=65536) == DATA
    put(store, KEY, DATA)


def test_an_upload_onto_a_full_disk_keeps_its_true_size(small_disk: Path) -> None:
    store = LocalStore(small_disk / "store")
    with store.incoming("up") as upload:
        upload.write(DATA)
        upload.write(DATA)
        upload.write(DATA)
        with pytest.raises(StoreFull):
            upload.write(DATA)
        reached = upload.size
        assert reached % len(DATA) == 0
    with store.incoming("up") as upload:
        assert upload.size == reached
        assert upload.sha256 == sha(DATA * (reached // len(DATA)))
        upload.discard()


def test_a_limit_on_file_size_is_a_full_store(tmp_path: Path) -> None:
    limited = "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, 1 << 20))"
    done = subprocess.run(
        [sys.executable, "-c", limited + WRITER, tmp_path / "store", "1"], capture_output=True, check=False
    )
    assert b"StoreFull" in done.stderr
    assert files(tmp_path / "store") == []


def test_the_reserve_is_left_free(tmp_path: Path) -> None:
    store = LocalStore(tmp_path / "store", reserve_bytes=1 << 62)
    with pytest.raises(StoreFull):
        put(store, KEY, DATA)
    with pytest.raises(StoreFull):
        store.incoming()
    with pytest.raises(StoreUnavailable) as caught:
        store.check()
    assert caught.value.params["reason"] == "low_space"


def test_check_notices_a_folder_that_is_gone(store: LocalStore) -> None:
    shutil.rmtree(store.root)
    with pytest.raises(StoreUnavailable):
        store.check()
    with pytest.raises(StoreUnavailable):
        put(store, KEY, DATA)


def test_deleting_prunes_empty_folders_only(store: LocalStore) -> None:
    put(store, "s/o/p/a", DATA)
    put(store, "s/o2/p/b", DATA)
    store.delete("s/o/p/a")
    assert not (store.root / "s/o").exists()
    assert get(store, "s/o2/p/b", chunk=65536) == DATA
    store.check()


def test_a_file_system_without_hard_links_still_replaces_nothing(
    store: LocalStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_links(*_: Any) -> None:
        raise OSError(errno.EPERM, "no links here")

    monkeypatch.setattr(os, "link", no_links)
    put(store, KEY, DATA)
    with store.incoming() as upload:
        upload.write(b"other")
        with pytest.raises(KeyTaken):
            upload.keep(KEY)
    assert get(store, KEY, chunk=65536) == DATA
    assert files(store.root) == [KEY]


def test_a_staged_file_whose_process_died_while_keeping_it_is_never_written_to(store: LocalStore) -> None:
    with store.incoming("tus-1") as upload:
        upload.write(DATA)
    (staged,) = store.root.rglob("up-tus-1.part")
    staged.chmod(0o440)  # killed here: what was sent is taken up again
    with store.incoming("tus-1") as upload:
        assert upload.size == len(DATA)
        assert staged.stat().st_mode & 0o600 == 0o600
    staged.chmod(0o440)
    path = store.root / KEY
    path.parent.mkdir(parents=True)
    os.link(staged, path)  # killed here: it is an object
    with store.incoming("tus-1") as upload:
        assert upload.size == 0
        upload.write(b"other")
    assert get(store, KEY, chunk=65536) == DATA


def test_symbolic_links_are_not_followed(store: LocalStore, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    (store.root / "link").symlink_to(secret)
    os.mkfifo(store.root / "fifo")
    for key in ("link", "fifo"):
        with pytest.raises((NotFound, StoreUnavailable)):
            store.open(key)
        assert not store.exists(key)


def test_originals_are_read_only_and_fetched_ones_are_copies(store: LocalStore, tmp_path: Path) -> None:
    put(store, KEY, DATA)
    store.fetch(KEY, tmp_path / "t")
    assert (store.root / KEY).stat().st_mode & 0o777 == 0o440
    assert (store.root / KEY).stat().st_nlink == 1
    assert (store.root / KEY).stat().st_ino != (tmp_path / "t").stat().st_ino
    assert (tmp_path / "t").read_bytes() == DATA


def test_every_folder_on_the_way_is_synced(store: LocalStore, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[Path] = []
    honest = disk_module.sync_folder
    monkeypatch.setattr(disk_module, "sync_folder", lambda folder: (synced.append(folder), honest(folder)))
    put(store, KEY, DATA)
    assert [p.relative_to(store.root).as_posix() for p in synced] == ["s/o/p/v", "s/o/p", "s/o", "s", "."]


def test_a_file_cut_short_behind_our_back_is_noticed(store: LocalStore) -> None:
    put(store, KEY, DATA)
    chunks = store.open(KEY, chunk=1000)
    next(chunks)
    (store.root / KEY).chmod(0o600)
    os.truncate(store.root / KEY, 1500)
    with pytest.raises(IntegrityError):
        list(chunks)


def test_a_key_below_another_object_is_taken(store: LocalStore) -> None:
    put(store, "a/b", DATA)
    for key in ("a/b/c", "a"):
        with pytest.raises(KeyTaken):
            store.put(key, io.BytesIO(b"x"), size=1, sha256=sha(b"x"))
    assert files(store.root) == ["a/b"]

import io
import shutil
import subprocess
import zipfile
import zlib
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.core.zips import ZipDamagedError, ZipEntry, ZipPlan


def entry(name: str, data: bytes, *, crc: int | None = None, size: int | None = None) -> ZipEntry:
    def read(start: int, length: int) -> Iterator[bytes]:
        part = data[start : start + length]
        for n in range(0, len(part), 7):
            yield part[n : n + 7]

    return ZipEntry(name, len(data) if size is None else size, zlib.crc32(data) if crc is None else crc, read)


def whole(plan: ZipPlan) -> bytes:
    data = b"".join(plan.read())
    assert len(data) == plan.size
    return data


FILES = st.lists(st.tuples(st.text(max_size=20), st.binary(max_size=60)), max_size=8)


@settings(max_examples=150, deadline=None)
@given(FILES, st.data())
def test_every_range_is_a_slice_of_the_whole(files: list[tuple[str, bytes]], data: st.DataObject) -> None:
    plan = ZipPlan([entry(name, body) for name, body in files])
    archive = whole(plan)
    start = data.draw(st.integers(0, plan.size + 3))
    length = data.draw(st.one_of(st.none(), st.integers(0, plan.size + 3)))
    assert b"".join(plan.read(start, length)) == archive[start : None if length is None else start + length]


@settings(max_examples=150, deadline=None)
@given(FILES)
def test_zipfile_reads_what_went_in(files: list[tuple[str, bytes]]) -> None:
    plan = ZipPlan([entry(name, body) for name, body in files])
    with zipfile.ZipFile(io.BytesIO(whole(plan))) as archive:
        assert archive.testzip() is None
        assert archive.namelist() == plan.names
        assert [archive.read(name) for name in plan.names] == [body for _, body in files]


def test_the_same_plan_gives_the_same_bytes() -> None:
    files = [("b.jpg", b"two"), ("a.jpg", b"one")]
    assert whole(ZipPlan([entry(*f) for f in files])) == whole(ZipPlan([entry(*f) for f in files]))


def test_an_empty_archive_is_an_archive() -> None:
    with zipfile.ZipFile(io.BytesIO(whole(ZipPlan([])))) as archive:
        assert archive.namelist() == []


def test_names_are_cleaned_and_told_apart() -> None:
    names = [
        "../../etc/passwd",
        "/abs/IMG_1.JPG",
        "a\\..\\b.jpg",
        "IMG_1.jpg",
        "img_1.JPG",
        "IMG_1 (2).jpg",
        "照片.jpg",
        "",
        "con.txt",
    ]
    plan = ZipPlan([entry(name, name.encode()) for name in names])
    assert plan.names == [
        "etc/passwd", "abs/IMG_1.JPG", "a/b.jpg", "IMG_1.jpg", "img_1 (3).JPG", "IMG_1 (2).jpg", "照片.jpg", "file", "_con.txt",
    ]  # fmt: skip


def test_only_touched_entries_are_opened_and_all_are_closed() -> None:
    opened: list[str] = []
    closed: list[str] = []

    def make(name: str) -> ZipEntry:
        def read(start: int, length: int) -> Iterator[bytes]:
            opened.append(name)
            try:
                yield bytes(length)
            finally:
                closed.append(name)

        return ZipEntry(name, 100, zlib.crc32(bytes(100)), read)

    plan = ZipPlan([make(name) for name in "abc"])
    reading = plan.read(170, 20)
    next(reading)
    reading.close()  # type: ignore[attr-defined]
    assert opened == closed == ["b"]


@pytest.mark.parametrize("bad", [
    entry("a", b"short", size=9), entry("a", b"other bytes", crc=1),
    ZipEntry("a", 3, 0, lambda start, length: iter([b"too long"])),
])  # fmt: skip
def test_a_source_that_is_not_as_announced_breaks_off(bad: ZipEntry) -> None:
    with pytest.raises(ZipDamagedError):
        whole(ZipPlan([bad, entry("b", b"b")]))


def test_more_than_four_gigabytes_and_the_tail_are_addressed_without_reading() -> None:
    huge = 5 << 30

    def zeros(start: int, length: int) -> Iterator[bytes]:
        yield bytes(length)

    plan = ZipPlan([ZipEntry("huge.tif", huge, 1, zeros), entry("after.txt", b"after")])
    central = Sparse(plan)
    with zipfile.ZipFile(central) as archive:
        assert [info.file_size for info in archive.infolist()] == [huge, 5]
        assert archive.infolist()[1].header_offset > huge
        assert archive.read("after.txt") == b"after"


class Sparse(io.RawIOBase):
    """A file that is never whole: every read is a range of the plan."""

    def __init__(self, plan: ZipPlan) -> None:
        self.plan, self.at = plan, 0

    def seekable(self) -> bool:
        return True

    def seek(self, to: int, whence: int = 0) -> int:
        self.at = to + {0: 0, 1: self.at, 2: self.plan.size}[whence]
        return self.at

    def tell(self) -> int:
        return self.at

    def read(self, size: int = -1) -> bytes:
        data = b"".join(self.plan.read(self.at, None if size is None or size < 0 else size))
        self.at += len(data)
        return data


def test_more_than_65535_entries_are_counted_right() -> None:
    plan = ZipPlan([entry(f"{n}", b"") for n in range(65_536)])
    with zipfile.ZipFile(io.BytesIO(whole(plan))) as archive:
        assert len(archive.namelist()) == 65_536


@pytest.mark.parametrize("many", [3, 65_536], ids=["plain", "zip64"])
@pytest.mark.parametrize("command", [("unzip", "-tq"), ("7z", "t")], ids=["unzip", "7z"])
def test_common_programs_find_nothing_wrong(tmp_path: Path, command: tuple[str, str], many: int) -> None:
    program = shutil.which(command[0]) or shutil.which("7zz" if command[0] == "7z" else command[0])
    if program is None:
        pytest.skip(f"{command[0]} is not installed")
    path = tmp_path / "t.zip"
    path.write_bytes(whole(ZipPlan([entry(f"照片/IMG_{n}.jpg", b"data") for n in range(many)])))
    done = subprocess.run([program, command[1], path], capture_output=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr

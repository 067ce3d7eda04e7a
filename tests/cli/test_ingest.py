"""`safelight ingest`: a folder into an order, as scripts use it."""

import asyncio
import json
import unicodedata
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

import pytest

from app.core.access import SYSTEM
from app.core.db import Database
from app.core.settings import Settings, read_settings
from app.photos import rules
from app.photos import service as photos
from app.photos.schemas import Shown
from tests import story
from tests.flows.studio_process import clean_env, safelight, safelight_here
from tests.pipelines.pictures import scene

T = TypeVar("T")


class Studio:
    """A studio that nobody runs: a database, a folder, an order."""

    def __init__(self, data: Path, sqlite_url: str) -> None:
        self.env = clean_env(data, 8000, SAFELIGHT_DATABASE_URL=sqlite_url)
        self.settings: Settings = read_settings(self.env)
        self.story = self.do(story.begin)

    def do(self, work: Callable[[Database], Awaitable[T]]) -> T:
        async def run() -> T:
            db = Database(self.settings)
            try:
                return await work(db)
            finally:
                await db.close()

        with ThreadPoolExecutor(1) as pool:
            return pool.submit(asyncio.run, run()).result()

    def photos(self) -> list[Shown]:
        async def look(db: Database) -> list[Shown]:
            async with db.read() as session:
                return await photos.photos_of_order(session, SYSTEM, self.story.order_id)

        return self.do(look)

    def stored(self) -> list[Path]:
        return [path for path in (self.settings.data / "store").rglob("*") if path.is_file()]

    def ingest(self, folder: Path, *words: str, order: str = "") -> tuple[int, dict[str, Any]]:
        number = order or self.story.number
        done = safelight_here("ingest", str(folder), "--order", number, "--json", *words, env=self.env)
        return done.exit_code, json.loads(done.stdout)


@pytest.fixture
def studio(tmp_path: Path, sqlite_url: str) -> Studio:
    return Studio(tmp_path / "var", sqlite_url)


def photo(path: Path, shade: int = 0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    scene(90 + shade, 60).save(path, "JPEG")
    return path


def test_a_folder_goes_in_once_whatever_lies_in_it(studio: Studio, tmp_path: Path) -> None:
    folder = tmp_path / "shoot"
    photo(folder / "DSC_0001.JPG")
    photo(folder / "beach" / "DSC_0002.JPG", 1)
    photo(folder / ".hidden.jpg", 2)
    (folder / "empty.jpg").touch()
    (folder / "text.jpg").write_text("I am no photo")
    (folder / "notes.txt").write_text("shot list")
    code, told = studio.ingest(folder)
    assert code == 0
    assert told == {
        "safe": 4, "known": 0, "failed": 0, "failures": [], "not_photos": ["notes.txt"], "health": None,
    }  # fmt: skip
    stored = studio.stored()
    again = safelight("ingest", str(folder), "--order", studio.story.number, "--json", env=studio.env)
    told = json.loads(again.stdout)
    assert (again.returncode, told["safe"], told["known"]) == (0, 0, 4)
    assert studio.stored() == stored
    shown = studio.photos()
    assert sorted(one.camera_name for one in shown) == ["DSC_0001.JPG", "DSC_0002.JPG", "empty.jpg", "text.jpg"]
    assert {one.section for one in shown} == {"", "beach"}


def test_one_file_may_be_named_instead_of_a_folder(studio: Studio, tmp_path: Path) -> None:
    code, told = studio.ingest(photo(tmp_path / "DSC_0001.JPG"))
    assert (code, told["safe"]) == (0, 1)
    assert [one.section for one in studio.photos()] == [""]


def test_an_unknown_order_is_a_sentence_and_nothing_is_stored(studio: Studio, tmp_path: Path) -> None:
    photo(tmp_path / "shoot" / "a.jpg")
    code, told = studio.ingest(tmp_path / "shoot", order="X-1")
    assert (code, told["error"]) == (1, "no_such_order")
    assert "X-1" in told["detail"]
    said = safelight("ingest", str(tmp_path / "shoot"), "--order", "X-1", env=studio.env)
    assert (said.returncode, said.stdout, said.stderr.strip()) == (1, "", told["detail"])
    assert studio.stored() == []


def test_a_folder_without_pictures_says_so(studio: Studio, tmp_path: Path) -> None:
    (tmp_path / "shoot").mkdir()
    code, told = studio.ingest(tmp_path / "shoot")
    assert (code, told["error"]) == (1, "no_photos_in_folder")


def test_an_unreadable_file_is_told_and_the_others_are_safe(studio: Studio, tmp_path: Path) -> None:
    folder = tmp_path / "shoot"
    photo(folder / "good.jpg")
    (folder / "gone.jpg").symlink_to("nowhere")  # left alone: links are not followed
    code, told = studio.ingest(folder)
    assert (code, told["safe"], told["failed"]) == (0, 1, 0)


def test_a_full_disk_is_told_for_each_file_and_nothing_is_lost(studio: Studio, tmp_path: Path) -> None:
    folder = tmp_path / "shoot"
    photo(folder / "a.jpg")
    studio.env["SAFELIGHT_RESERVE_BYTES"] = str(10**18)
    code, told = studio.ingest(folder)
    assert (code, told["failed"]) == (1, 1)
    assert told["failures"][0]["name"] == "a.jpg"
    assert len(told["failures"][0]["detail"]) > 20
    assert studio.photos() == []
    assert studio.stored() == []
    del studio.env["SAFELIGHT_RESERVE_BYTES"]
    assert studio.ingest(folder)[1]["safe"] == 1


def test_hostile_names_are_only_names(studio: Studio, tmp_path: Path, samples: Path) -> None:
    folder = tmp_path / "shoot"
    folder.mkdir()
    taken = 0
    for name in json.loads((samples / "hostile" / "names.json").read_text()):
        if "/" in name or "\0" in name or name.startswith(".") or not rules.is_photo_name(name):
            continue
        try:
            (folder / name).write_bytes(b"bytes of " + name.encode())
        except OSError:
            continue  # longer than this file system takes
        taken += 1
    code, told = studio.ingest(folder)
    assert (code, told["safe"]) == (0, taken)
    shown = studio.photos()
    assert len(shown) == taken > 10
    for one in shown:
        assert not {"/", "\\", "\0"} & set(one.camera_name)
        assert not any(unicodedata.category(char)[0] == "C" for char in one.camera_name)
    assert all(path.is_relative_to(studio.settings.data) for path in studio.stored())
    assert len(studio.stored()) == taken

import importlib
import io
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import pytest
import typer
from PIL import Image
from typer.testing import CliRunner, Result

from app.cli.render_names import find_sources, output_stems
from pipelines.errors import Strike
from pipelines.model import Result as Rendered
from pipelines.recipes import Recipe
from pipelines.run import render as render_here

command = importlib.import_module("app.cli.render")  # the package gives this name to the command itself


class InProcess:
    """Stands in for the sandbox; a file called crash.jpg kills it."""

    def render(self, source: Path, recipes: Sequence[Recipe], out: Path, *, develop: bool = False) -> Rendered:
        if source.name == "crash.jpg":
            raise Strike("decoder_crashed", {"signal": 11})
        return render_here(source, recipes, out, develop=develop)


@pytest.fixture(autouse=True)
def _in_process(monkeypatch: pytest.MonkeyPatch) -> None:
    @contextmanager
    def renderer() -> Iterator[InProcess]:
        yield InProcess()

    monkeypatch.setattr(command, "open_renderer", renderer)


def photo(path: Path, colour: tuple[int, int, int] = (180, 120, 60)) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    out = io.BytesIO()
    Image.new("RGB", (90, 60), colour).save(out, "JPEG")
    path.write_bytes(out.getvalue())
    return path


def run(*words: object) -> Result:
    app = typer.Typer()
    app.command()(command.render)
    return CliRunner().invoke(app, [str(word) for word in words])


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_photo_gets_its_renditions(tmp_path: Path) -> None:
    done = run(photo(tmp_path / "DSC_0001.JPG"), "--out", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert names(tmp_path / "out") == [f"DSC_0001.{recipe}.jpg" for recipe in ("grid", "look-phone", "look", "proof")]
    assert "1 of 1" in done.stderr


def test_only_the_recipes_asked_for_are_made(tmp_path: Path) -> None:
    run(photo(tmp_path / "a.jpg"), "--out", tmp_path / "out", "--recipe", "grid", "--recipe", "look", "--look", "mono")
    assert names(tmp_path / "out") == ["a.grid.jpg", "a.look.jpg"]


@pytest.mark.parametrize("words", [("--recipe", "poster"), ("--look", "neon")])
def test_an_unknown_recipe_or_look_is_told_before_any_work(tmp_path: Path, words: tuple[str, str]) -> None:
    done = run(photo(tmp_path / "a.jpg"), "--out", tmp_path / "out", *words)
    assert done.exit_code == 2
    assert not (tmp_path / "out").exists()


def test_bad_files_are_told_with_their_reason_and_hold_nothing_back(tmp_path: Path) -> None:
    good = photo(tmp_path / "good.jpg")
    empty, text = tmp_path / "empty.jpg", tmp_path / "text.jpg"
    empty.write_bytes(b"")
    text.write_text("no photo")
    crash, missing = photo(tmp_path / "crash.jpg"), tmp_path / "missing.jpg"
    done = run(empty, text, crash, missing, good, "--out", tmp_path / "out", "--json")
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert done.exit_code == 1
    assert [answer.get("code") for answer in answers] == [
        "empty_file",
        "not_an_image",
        "decoder_crashed",
        "no_such_file",
        None,
    ]
    assert answers[0]["reason"].startswith("The file is empty.")
    assert answers[4]["ok"]
    assert [rendition["recipe"] for rendition in answers[4]["renditions"]] == ["grid", "proof", "look", "look-phone"]
    assert all(Path(rendition["path"]).is_file() for rendition in answers[4]["renditions"])
    assert len(names(tmp_path / "out")) == 4
    plain = run(empty, good, "--out", tmp_path / "out")
    assert plain.exit_code == 1
    assert plain.stdout == ""
    assert "empty.jpg: The file is empty." in plain.stderr.replace("\n", "")


def test_files_of_one_name_never_overwrite_each_other(tmp_path: Path) -> None:
    for number, name in enumerate(["a/DSC_0001.JPG", "a/dsc_0001.jpeg", "b/DSC_0001.jpg", "b/DSC_0001-2.jpg"]):
        photo(tmp_path / "in" / name, (40 * number, 90, 90))
    done = run(tmp_path / "in", "--out", tmp_path / "out", "--recipe", "grid", "--json")
    paths = [json.loads(line)["renditions"][0]["path"] for line in done.stdout.splitlines()]
    assert len({path.casefold() for path in paths}) == len(names(tmp_path / "out")) == 4
    assert (tmp_path / "out" / "DSC_0001-2.grid.jpg").is_file()


@pytest.mark.parametrize(
    "name", ["..jpg", "...jpg", "a\nb.jpg", "con:aux?.jpg", "长" * 80 + ".jpg", "\u202egpj.jpg", "a'b\"$(x).jpg"]
)
def test_a_strange_name_stays_inside_the_folder(tmp_path: Path, name: str) -> None:
    done = run(photo(tmp_path / "in" / name), "--out", tmp_path / "out" / "deep", "--recipe", "grid")
    assert done.exit_code == 0, done.output
    assert len(names(tmp_path / "out" / "deep")) == 1
    assert names(tmp_path / "out") == ["deep"]


def test_a_name_of_broken_bytes_is_rendered(tmp_path: Path) -> None:
    source = os.fsdecode(os.fsencode(tmp_path) + b"/\xff\xfe.jpg")
    photo(tmp_path / "plain.jpg").rename(source)
    done = run(tmp_path, "--out", tmp_path / "out", "--recipe", "grid", "--json")
    assert done.exit_code == 0, done.output
    assert json.loads(done.stdout)["ok"]


def test_a_folder_is_walked_for_photos_but_not_for_what_was_made_before(tmp_path: Path) -> None:
    photo(tmp_path / "in" / "sub" / "a.jpg")
    photo(tmp_path / "in" / "b.JPG")
    photo(tmp_path / "in" / ".hidden" / "c.jpg")
    (tmp_path / "in" / "notes.txt").write_text("x")
    for _ in range(2):
        run(tmp_path / "in", "--out", tmp_path / "in" / "out", "--recipe", "grid")
    assert names(tmp_path / "in" / "out") == ["a.grid.jpg", "b.grid.jpg"]


def test_a_folder_that_is_its_own_out_can_be_rendered_twice(tmp_path: Path) -> None:
    photo(tmp_path / "a.jpg")
    for _ in range(2):
        run(tmp_path, "--out", tmp_path, "--recipe", "grid")
    assert names(tmp_path) == ["a.grid.jpg", "a.jpg"]


def test_a_file_named_twice_is_rendered_once(tmp_path: Path) -> None:
    source = photo(tmp_path / "a.jpg")
    assert find_sources([source, tmp_path, source], tmp_path / "out", ["grid"]) == [source]
    assert output_stems([Path("x/a.jpg"), Path("y/A.jpg"), Path("a-2.jpg")]) == ["a", "A-3", "a-2"]


def test_a_full_disk_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object, **__: object) -> Rendered:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(InProcess, "render", full)
    done = run(photo(tmp_path / "a.jpg"), "--out", tmp_path / "out", "--json")
    assert (done.exit_code, json.loads(done.stdout)["code"]) == (1, "disk_full")
    assert names(tmp_path / "out") == []

"""`safelight render`: the photo pipeline without a server, for one file or a thousand."""

import errno
import json
import os
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Protocol

import msgspec
import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from app.cli.render_names import find_sources, output_stems, printable
from pipelines.model import Result
from pipelines.recipes import DEFAULT_LOOK, LOOKS, Recipe, standard_recipes

_SUFFIXES = {"image/jpeg": ".jpg", "image/webp": ".webp", "image/png": ".png"}
_REASONS = {
    "empty_file": "The file is empty.",
    "not_an_image": "This is not a picture.",
    "unsupported_format": "Pictures of the format {format} are not accepted.",
    "truncated": "The file ends too early: a part of the picture is missing. Copy it again.",
    "too_many_pixels": "The picture has {megapixels} megapixels; at most {limit} are accepted.",
    "zero_size": "The picture has no width or no height.",
    "unreadable": "The file is damaged and cannot be read ({reason}).",
    "decoder_crashed": "The decoder crashed on this file.",
    "decoder_timeout": "The file takes too long to decode.",
    "decoder_memory": "The file needs too much memory to decode.",
    "not_found": "There is no such file.",
    "cannot_open": "The file cannot be opened ({reason}).",
    "sandbox_lost": "The process that reads pictures failed ({reason}). Try again.",
    "disk_full": "There is no space left on the disk.",
    "wrong_extension": "The name does not fit the contents: this is {format}.",
    "odd_exif": "The camera's notes in the file are damaged; some are missing.",
    "bad_icc": "The colour profile is broken; colours are shown as sRGB.",
    "cmyk_without_profile": "A CMYK picture without a profile: colours are approximate.",
    "damaged": "The file is damaged; parts of the picture may look wrong.",
    "clipped_hdr": "A high-dynamic-range picture; its brightest parts are toned down.",
    "odd_preview": "The preview in the RAW file had swapped colours; they were put right.",
    "raw_preview_only": "The RAW data cannot be developed; the preview from the camera is shown.",
    "raw_dark": "The RAW development is black.",
    "raw_differs": "The RAW development does not resemble the preview from the camera, which is shown instead.",
}


class Renderer(Protocol):
    """What renders one file: the sandbox, or a stand-in."""

    def render(self, source: Path, recipes: Sequence[Recipe], out: Path, *, develop: bool = False) -> Result:
        """Render as `pipelines.run.render` does."""
        ...


class _Blank(dict[str, object]):
    def __missing__(self, key: str) -> str:
        return "?"


def reason_of(code: str, params: Mapping[str, object]) -> str:
    """Say in plain English what a code means."""
    return _REASONS.get(code, code).format_map(_Blank(params))


@contextmanager
def open_renderer() -> Iterator[Renderer]:
    """Start the sandbox; any number of threads may use it."""
    from pipelines.sandbox import Sandbox  # noqa: PLC0415  # brings a process of its own: only when one is needed

    with Sandbox() as sandbox:
        yield sandbox


def cores() -> int:
    """Count the processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _failure(error: Exception) -> tuple[str, dict[str, Any]]:
    """Tell any failure of one file as a code with parameters."""
    code, params = getattr(error, "code", None), dict(getattr(error, "params", {}))
    if isinstance(code, str):  # a Refused, a Strike, or the sandbox's own failure
        return ("disk_full", {}) if params.get("reason") == "disk" else (code, params)
    if isinstance(error, FileNotFoundError):
        return "not_found", {}
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "disk_full", {}
    return "cannot_open", {"reason": (error.strerror if isinstance(error, OSError) else None) or type(error).__name__}


def _told(code: str, params: Mapping[str, Any]) -> dict[str, Any]:
    return {"code": code, "params": dict(params), "reason": reason_of(code, params)}


def _render_one(renderer: Renderer, source: Path, stem: str, recipes: Sequence[Recipe], out: Path) -> dict[str, Any]:
    """Render one file and put its renditions under their final names; the answer is what `--json` prints."""
    with source.open("rb"):  # a missing or locked file is told as that, not as a fault of the sandbox
        pass
    with tempfile.TemporaryDirectory(prefix=".rendering-", dir=out) as scratch:
        result = renderer.render(source, recipes, Path(scratch), develop=True)
        renditions = []
        for made in result.renditions:
            final = out / f"{stem}.{made.recipe}{_SUFFIXES[made.content_type]}"
            Path(made.path).replace(final)
            renditions.append(msgspec.to_builtins(made) | {"path": printable(final)})
    told: dict[str, Any] = msgspec.to_builtins(result)
    warnings = [_told(warning.code, warning.params) for warning in result.warnings]
    return {"file": printable(source), "ok": True} | told | {"warnings": warnings, "renditions": renditions}


def render_all(sources: Sequence[Path], recipes: Sequence[Recipe], out: Path, jobs: int) -> Iterator[dict[str, Any]]:
    """Render every source, several at once, and give their answers in the order of the sources."""
    out.mkdir(parents=True, exist_ok=True)

    def answer(source: Path, stem: str) -> dict[str, Any]:
        try:
            return _render_one(renderer, source, stem, recipes, out)
        except Exception as error:  # noqa: BLE001  # one file's fault must not hold back the others
            return {"file": printable(source), "ok": False} | _told(*_failure(error))

    with open_renderer() as renderer, ThreadPoolExecutor(jobs) as pool:
        futures = [pool.submit(answer, *pair) for pair in zip(sources, output_stems(sources), strict=True)]
        try:
            for future in futures:
                yield future.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def _chosen(names: Sequence[str], watermark: str, look: str) -> list[Recipe]:
    """Pick the recipes asked for; BadParameter for an unknown name."""
    if look not in LOOKS:
        raise typer.BadParameter(f"unknown look {look!r}; there are {', '.join(LOOKS)}", param_hint="--look")
    recipes = standard_recipes(watermark_text=watermark, look=LOOKS[look])
    unknown = set(names) - {recipe.name for recipe in recipes}
    if unknown:
        known = ", ".join(recipe.name for recipe in recipes)
        raise typer.BadParameter(f"unknown recipe {min(unknown)!r}; there are {known}", param_hint="--recipe")
    return [recipe for recipe in recipes if not names or recipe.name in names]


def _report(answer: Mapping[str, Any], console: Console, *, as_json: bool) -> None:
    """Print one file's answer: JSON on stdout, remarks for people on stderr."""
    if as_json:
        sys.stdout.write(json.dumps(answer, ensure_ascii=False) + "\n")
        sys.stdout.flush()
        return
    if not answer["ok"]:
        console.print(f"✗ {answer['file']}: {answer['reason']}", style="red", markup=False, highlight=False)
    for warning in answer.get("warnings", ()):
        console.print(f"! {answer['file']}: {warning['reason']}", style="yellow", markup=False, highlight=False)


def render(
    files: Annotated[list[Path], typer.Argument(help="Photos, or folders of photos.", metavar="FILE…")],
    out: Annotated[Path, typer.Option("--out", help="Folder for the renditions; made if missing.", file_okay=False)],
    recipe: Annotated[list[str] | None, typer.Option("--recipe", help="grid, proof or look; default: all.")] = None,
    watermark: Annotated[str, typer.Option("--watermark", help="Text over proofs; empty for none.")] = "影坊 Safelight",
    look: Annotated[str, typer.Option("--look", help=f"Preset of the look: {', '.join(LOOKS)}.")] = DEFAULT_LOOK,
    as_json: Annotated[bool, typer.Option("--json", help="One JSON object per file on stdout.")] = False,
    jobs: Annotated[int, typer.Option("--jobs", help="Files at once; default: one per core.", min=0)] = 0,
) -> None:
    """Make the renditions of photos, without a server. Exit status 1 if any file could not be rendered."""
    recipes = _chosen(recipe or [], watermark, look)
    sources = find_sources(files, out, [each.name for each in recipes])
    console = Console(stderr=True)
    if not sources:
        console.print("No photos found.")
        raise typer.Exit(1)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    failed = 0
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task("Rendering", total=len(sources))
        for answer in render_all(sources, recipes, out, jobs or cores()):
            failed += not answer["ok"]
            _report(answer, progress.console, as_json=as_json)
            progress.advance(task)
    if not as_json:
        console.print(f"{len(sources) - failed} of {len(sources)} photos rendered to {printable(out)}", highlight=False)
    if failed:
        raise typer.Exit(1)

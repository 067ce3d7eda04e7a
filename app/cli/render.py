"""`safelight render`: the photo pipeline without a server, for one file or a thousand."""

import contextvars
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

from app.cli.common import use_language
from app.cli.render_names import find_sources, output_stems, printable
from app.core.i18n import gettext_ as _
from app.core.locales.sentences import sentence
from pipelines.model import Result
from pipelines.recipes import DEFAULT_LOOK, LOOKS, Recipe, standard_recipes

_SUFFIXES = {"image/jpeg": ".jpg", "image/webp": ".webp", "image/png": ".png"}


class Renderer(Protocol):
    """What renders one file: the sandbox, or a stand-in."""

    def render(self, source: Path, recipes: Sequence[Recipe], out: Path, *, develop: bool = False) -> Result:
        """Render as `pipelines.run.render` does."""
        ...


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
        return "no_such_file", {}
    if isinstance(error, OSError) and error.errno == errno.ENOSPC:
        return "disk_full", {}
    return "cannot_open", {"reason": (error.strerror if isinstance(error, OSError) else None) or type(error).__name__}


def _told(code: str, params: Mapping[str, Any]) -> dict[str, Any]:
    return {"code": code, "params": dict(params), "reason": sentence(code, params)}


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
        futures = [
            pool.submit(contextvars.copy_context().run, answer, source, stem)  # a thread has no language
            for source, stem in zip(sources, output_stems(sources), strict=True)
        ]
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
    use_language()
    recipes = _chosen(recipe or [], watermark, look)
    sources = find_sources(files, out, [each.name for each in recipes])
    console = Console(stderr=True)
    if not sources:
        console.print(_("No photos found."))
        raise typer.Exit(1)
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn()
    failed = 0
    with Progress(*columns, console=console, transient=True, disable=not console.is_terminal) as progress:
        task = progress.add_task(_("Rendering"), total=len(sources))
        for answer in render_all(sources, recipes, out, jobs or cores()):
            failed += not answer["ok"]
            _report(answer, progress.console, as_json=as_json)
            progress.advance(task)
    if not as_json:
        done = len(sources) - failed
        said = _(
            "%(done)s of %(total)s photos rendered to %(folder)s", done=done, total=len(sources), folder=printable(out)
        )
        console.print(said, highlight=False, markup=False)
    if failed:
        raise typer.Exit(1)

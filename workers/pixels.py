"""The workers' way into the pipelines: one call, in a thread, stopped when nobody wants the result any more."""

import threading
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from app.core.settings import Settings
from pipelines.model import Limits, Result
from pipelines.recipes import Recipe
from pipelines.sandbox import Sandbox, Terms

PATIENCE = 10  # niceness of what nobody waits for


class Pixels(Protocol):
    """Makes renditions. Raises Refused, Strike; whatever else is nobody's fault but ours."""

    def render(
        self, source: Path, recipes: Sequence[Recipe], out: Path, *,
        develop: bool, patient: bool, cancelled: threading.Event,
    ) -> Result:  # fmt: skip
        """Make every rendition of `source` in the folder `out`; a `patient` run leaves the machine to others."""


class SandboxPixels:
    """Renders in confined children of one zygote, which is started before there is any thread."""

    def __init__(self, settings: Settings, sandbox: Sandbox | None = None) -> None:
        self._sandbox = sandbox or Sandbox()
        self._limits = Limits(camera_megapixels=settings.max_megapixels)

    def __enter__(self) -> Self:
        self._sandbox.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sandbox.close()

    def render(
        self, source: Path, recipes: Sequence[Recipe], out: Path, *,
        develop: bool, patient: bool, cancelled: threading.Event,
    ) -> Result:  # fmt: skip
        """Render in a child; a cancelled one is killed."""
        terms = Terms(nice=PATIENCE if patient else 0, cancelled=cancelled)
        return self._sandbox.render(source, recipes, out, develop=develop, limits=self._limits, terms=terms)

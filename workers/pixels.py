"""The workers' way into the pipelines: one call, in a thread, stopped when nobody wants the result any more."""

import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Protocol

from pipelines.model import Result
from pipelines.recipes import Recipe


class Pixels(Protocol):
    """Makes renditions. Raises Refused, Strike; whatever else is nobody's fault but ours."""

    def render(
        self, source: Path, recipes: Sequence[Recipe], out: Path, *,
        develop: bool, patient: bool, cancelled: threading.Event,
    ) -> Result:  # fmt: skip
        """Make every rendition of `source` in the folder `out`; a `patient` run leaves the machine to others."""

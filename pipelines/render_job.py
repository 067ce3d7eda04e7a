"""The work of one child: a photo's renditions, asked for and answered as plain data."""

from pathlib import Path
from typing import Any

import msgspec

from pipelines.recipes import Recipe
from pipelines.run import Limits, render


def render_job(payload: dict[str, Any]) -> dict[str, Any]:
    """Render the recipes of a payload {source, recipes, out, develop, limits}. Raises Refused."""
    result = render(
        Path(payload["source"]),
        msgspec.convert(payload["recipes"], list[Recipe]),
        Path(payload["out"]),
        limits=msgspec.convert(payload["limits"], Limits),
        develop=payload["develop"],
    )
    answer: dict[str, Any] = msgspec.to_builtins(result)
    return answer

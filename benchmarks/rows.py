"""The rows of the table, and the file they are kept in."""

import json
from collections.abc import Iterable
from pathlib import Path

import msgspec
from rich.console import Console
from rich.table import Table

AREA = "main"
PLACE = Path("var/bench.json")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One promise: what was measured, what must be, whether it holds."""

    name: str
    figure: str
    bar: str
    holds: bool
    area: str = AREA


def at_most(name: str, figure: float, most: float, unit: str = "", *, digits: int = 2, note: str = "") -> Row:
    """Make a row whose figure must not be larger."""
    said = f"{figure:.{digits}f}{unit}{f' ({note})' if note else ''}"
    return Row(name=name, figure=said, bar=f"≤ {most:g}{unit}", holds=figure <= most)


def at_least(name: str, figure: float, least: float, unit: str = "", *, digits: int = 2, note: str = "") -> Row:
    """Make a row whose figure must not be smaller."""
    said = f"{figure:.{digits}f}{unit}{f' ({note})' if note else ''}"
    return Row(name=name, figure=said, bar=f"≥ {least:g}{unit}", holds=figure >= least)


def failed(name: str, why: str, bar: str) -> Row:
    """Make the row of something that could not be measured: it does not hold."""
    return Row(name=name, figure=why, bar=bar, holds=False)


def save(rows: Iterable[Row], place: Path = PLACE) -> None:
    """Keep the rows; those of an earlier run with the same area and name make room."""
    fresh = {(row.area, row.name): msgspec.to_builtins(row) for row in rows}
    known = json.loads(place.read_text()) if place.exists() else []
    kept = [row for row in known if (row["area"], row["name"]) not in fresh]
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_suffix(".tmp")
    part.write_text(json.dumps([*kept, *fresh.values()], ensure_ascii=False, indent=1) + "\n")
    part.replace(place)


def show(rows: Iterable[Row], console: Console) -> None:
    """Print the table."""
    table = Table("", "what", "measured", "must be")
    for row in rows:
        table.add_row("✓" if row.holds else "✗", row.name, row.figure, row.bar, style=None if row.holds else "red")
    console.print(table)

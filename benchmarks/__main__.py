"""Measure everything and print the table: `python -m benchmarks`, or a part of it: `python -m benchmarks load`."""

import argparse
import asyncio
import sys
import tempfile
import traceback
from collections.abc import Callable
from pathlib import Path

from rich.console import Console

from benchmarks import browser, intake, lighthouse, load, queries
from benchmarks.rows import Row, failed, save, show
from benchmarks.studio import Studio, served

PARTS: dict[str, Callable[[Studio, Path], list[Row]]] = {
    "lighthouse": lighthouse.measure,
    "browser": lambda studio, _folder: asyncio.run(browser.measure(studio)),
    "load": lambda studio, _folder: asyncio.run(load.measure(studio)),
    "queries": lambda studio, _folder: asyncio.run(queries.measure(studio)),
    "intake": lambda _studio, folder: asyncio.run(intake.measure(folder)),
}


def measured(name: str, part: Callable[[Studio, Path], list[Row]], studio: Studio, folder: Path) -> list[Row]:
    """Measure a part; one that breaks is a row that does not hold."""
    try:
        return part(studio, folder)
    except Exception as wrong:  # noqa: BLE001 - the other parts are measured all the same
        traceback.print_exc()
        return [failed(name, f"{type(wrong).__name__}: {wrong}"[:200], "measured")]


def main() -> int:
    """Measure, print, keep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], help="all of them, unless some are named")
    wanted = parser.parse_args().parts or list(PARTS)
    console, rows = Console(), []
    with tempfile.TemporaryDirectory(prefix="safelight-bench-") as place:
        folder = Path(place)
        console.print("Filling a studio …")
        with served(folder / "studio") as studio:
            for name in wanted:
                console.print(f"Measuring: {name} …")
                rows += measured(name, PARTS[name], studio, folder)
    save(rows)
    show(rows, console)
    return 0 if all(row.holds for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())

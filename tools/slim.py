"""Remove from this environment what the program does not need to run: tools of developers, and pip itself."""

import re
import shutil
import sys
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

PROGRAM = "safelight"


def _name(given: str) -> str:
    return re.sub(r"[-_.]+", "-", given).lower()


def needed(program: str) -> set[str]:
    """Name the program and everything it requires here, directly or not."""
    found: set[str] = set()
    waiting: list[tuple[str, frozenset[str]]] = [(_name(program), frozenset())]
    seen: set[tuple[str, frozenset[str]]] = set()
    while waiting:
        name, extras = waiting.pop()
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            requires = metadata.requires(name) or []
        except metadata.PackageNotFoundError:
            continue
        found.add(name)
        for line in requires:
            one = Requirement(line)
            if one.marker is None or any(one.marker.evaluate({"extra": extra}) for extra in extras | {""}):
                waiting.append((_name(one.name), frozenset(one.extras)))
    return found


def main() -> None:
    """Remove the rest."""
    kept, inside = needed(PROGRAM), Path(sys.prefix).resolve()
    for one in list(metadata.distributions()):
        name = _name(one.metadata["Name"])
        if name in kept or not Path(str(one.locate_file(""))).resolve().is_relative_to(inside):
            continue
        folders = set()
        for file in one.files or ():
            path = Path(str(one.locate_file(file))).resolve()
            if path.is_relative_to(inside) and path.is_file():
                path.unlink()
                folders.add(path.parent)
        for folder in sorted(folders, key=lambda path: -len(path.parts)):
            if folder.name.endswith(".dist-info") or (folder.is_dir() and not any(folder.iterdir())):
                shutil.rmtree(folder, ignore_errors=True)
        print(f"removed {name}")


if __name__ == "__main__":
    main()

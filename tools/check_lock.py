"""requirements.lock fits pyproject.toml: every dependency pinned, hashed, of a wanted version; no host is named."""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
PIN = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^]]*\])?==([^ ;\\]+)")


def wanted(project: dict[str, object]) -> Iterator[Requirement]:
    """Give what pyproject.toml asks for, the developers' part too."""
    table = project["project"]
    assert isinstance(table, dict)
    for line in [*table["dependencies"], *table["optional-dependencies"]["dev"]]:
        yield Requirement(line)


def pins(lock: str) -> dict[str, list[tuple[str, bool]]]:
    """Give each pinned name its versions, and whether a hash follows."""
    found: dict[str, list[tuple[str, bool]]] = {}
    for entry in re.split(r"\n(?=\S)", lock):
        if match := PIN.match(entry):
            found.setdefault(canonicalize_name(match[1]), []).append((match[2], "--hash=sha256:" in entry))
    return found


def complaints(project: dict[str, object], lock: str) -> Iterator[str]:
    """Say what does not fit."""
    found = pins(lock)
    for need in wanted(project):
        versions = found.get(canonicalize_name(need.name), [])
        if not any(need.specifier.contains(version, prereleases=True) for version, _ in versions):
            have = ", ".join(version for version, _ in versions) or "nothing"
            yield f"pyproject.toml wants {need}, the lock has {have}: run `make lock`"
    for name, versions in found.items():
        if not all(hashed for _, hashed in versions):
            yield f"{name} has no hash in the lock: run `make lock`"
    if "://" in lock or re.search(r"^--(?!hash)", lock, re.MULTILINE):
        yield "the lock names a host or an index: run `make lock`"


if __name__ == "__main__":
    said = list(
        complaints(
            tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8")),
            (ROOT / "requirements.lock").read_text(encoding="utf-8"),
        )
    )
    print("\n".join(said))
    sys.exit(1 if said else 0)

"""Who runs in a data folder: a lock that dies with its holder, and a file for those who ask."""

import contextlib
import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

FORMER_CHILDREN_S = 5.0


class AlreadyRunning(Exception):
    """Another supervisor holds this data folder; `found` is what it wrote about itself."""

    def __init__(self, found: Mapping[str, Any]) -> None:
        super().__init__(f"already running as process {found.get('pid', '?')}")
        self.found = found


def _place(data: Path) -> Path:
    return data / "run" / "supervisor.json"


def read(data: Path) -> dict[str, Any]:
    """Read what the (last) supervisor wrote; empty when there was none."""
    try:
        found = json.loads(_place(data).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def write(data: Path, about: Mapping[str, Any]) -> None:
    """Write who runs, in one piece."""
    place = _place(data)
    fresh = place.with_suffix(".tmp")
    fresh.write_text(json.dumps(about))
    fresh.replace(place)


def held(data: Path) -> bool:
    """Tell whether a supervisor holds the data folder now."""
    place = _place(data).with_suffix(".lock")
    if not place.exists():
        return False
    lock = os.open(place, os.O_RDWR)
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


@contextlib.contextmanager
def only_one(data: Path) -> Iterator[list[str]]:
    """Hold the data folder; yields the owners of leases that a killed predecessor's children left behind.

    Raises AlreadyRunning.
    """
    place = _place(data)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = os.open(place.with_suffix(".lock"), os.O_CREAT | os.O_RDWR, 0o600)
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(read(data)) from None
        yield _dead_owners(read(data))
        place.unlink(missing_ok=True)
    finally:
        os.close(lock)


def _dead_owners(former: Mapping[str, Any]) -> list[str]:
    """Wait a moment for a killed supervisor's children to follow it; who is still there keeps its leases."""
    children = [child for child in former.get("children", ()) if child.get("owner")]
    until = time.monotonic() + FORMER_CHILDREN_S
    while any(_alive(child["pid"]) for child in children) and time.monotonic() < until:
        time.sleep(0.05)
    return [child["owner"] for child in children if not _alive(child["pid"])]


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True

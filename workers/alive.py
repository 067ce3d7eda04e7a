"""Whether a worker of this data folder lives: `python -m workers.alive`, quick enough to be asked often."""

import os
import sys
import time
from pathlib import Path

LONGEST_S = 60.0


def _place(data: Path) -> Path:
    return data / "run" / "worker.alive"


def show(data: Path) -> None:
    """Say that a worker lives and reaches the database."""
    place = _place(data)
    place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    place.touch()


def seen_lately(data: Path) -> bool:
    """Tell whether one said so within the last minute."""
    try:
        return time.time() - _place(data).stat().st_mtime < LONGEST_S
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(0 if seen_lately(Path(os.environ.get("SAFELIGHT_DATA") or "var")) else 1)

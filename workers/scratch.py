"""Private folders for files on their way through a worker, removed whatever happens."""

import contextlib
import fcntl
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

from app.core.settings import Settings

LOCK = ".lock"


def _home(settings: Settings) -> Path:
    return settings.data / "run" / "scratch"


@contextlib.contextmanager
def own_folder(settings: Settings) -> Iterator[Path]:
    """Give this process a folder of its own, after removing what dead processes left."""
    home = _home(settings)
    home.mkdir(mode=0o700, parents=True, exist_ok=True)
    sweep(home)
    folder, lock = _made(home)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(lock)


def _made(home: Path) -> tuple[Path, int]:
    """Make a folder and lock it as long as we live; the kernel lets go when we do not."""
    while True:
        folder = Path(tempfile.mkdtemp(prefix="worker-", dir=home))
        with contextlib.suppress(FileNotFoundError):  # swept at once by a process that starts beside us
            lock = os.open(folder / LOCK, os.O_CREAT | os.O_RDWR, 0o600)
            fcntl.flock(lock, fcntl.LOCK_EX)
            if os.fstat(lock).st_nlink:
                return folder, lock
            os.close(lock)


def sweep(home: Path) -> None:
    """Remove the folders whose process is dead."""
    for folder in home.glob("worker-*"):
        try:
            lock = os.open(folder / LOCK, os.O_RDWR)
        except OSError:
            continue  # just being made, or just gone
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except BlockingIOError:
            continue  # alive
        finally:
            os.close(lock)


@contextlib.contextmanager
def job_folder(parent: Path) -> Iterator[Path]:
    """Give one run of one job a folder, and remove it when the run ends."""
    with tempfile.TemporaryDirectory(prefix="job-", dir=parent, ignore_cleanup_errors=True) as folder:
        yield Path(folder)

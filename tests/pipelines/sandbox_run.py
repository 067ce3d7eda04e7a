"""What the sandbox's tests share."""

import contextlib
import time
from pathlib import Path

from pipelines.sandbox import Sandbox

TASKS = "tests.pipelines.sandbox_tasks"


def do(sandbox: Sandbox, name: str, out: Path, *, read=(), wall_s=None, **payload):
    """Run a task of the helper module in a private folder."""
    out.mkdir(exist_ok=True)
    return sandbox.run(f"{TASKS}:{name}", {"out": str(out), **payload}, read=read, write=out, wall_s=wall_s)


def wait_until(true, guard_s=20.0) -> bool:
    """Wait for something to become true; the guard is against hanging only."""
    end = time.monotonic() + guard_s
    while not true():
        if time.monotonic() > end:
            return False
        time.sleep(0.02)
    return True


def alive(pid: int) -> bool:
    """Say whether a process runs; a zombie does not."""
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] not in "ZX"
    return False


def children_of(pid: int) -> list[int]:
    return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def open_files(pid: int) -> int:
    return len(list(Path(f"/proc/{pid}/fd").iterdir()))

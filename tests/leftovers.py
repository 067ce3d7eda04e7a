"""A test run leaves no process behind: each one it starts carries the run's name in its environment."""

import os
import signal
import sys
import time
import uuid
from contextlib import suppress
from pathlib import Path

import pytest

NAME = "SAFELIGHT_TEST_RUN"
PATIENCE_S = 10.0
found = pytest.StashKey[list[str]]()
run = pytest.StashKey[str]()


def mark(config: pytest.Config) -> None:
    """Name this run for all its children."""
    config.stash[run] = os.environ[NAME] = uuid.uuid4().hex


def of_run(name: str) -> dict[int, str]:
    """Find the living processes of a run: their ids and command lines."""
    return carrying(f"{NAME}={name}")


def carrying(setting: str) -> dict[int, str]:
    """Find the living processes with a NAME=value in their environment. Linux only, elsewhere none."""
    if sys.platform != "linux":
        return {}
    needle = setting.encode()
    processes = {}
    for folder in Path("/proc").glob("[0-9]*"):
        with suppress(OSError):
            if int(folder.name) != os.getpid() and needle in (folder / "environ").read_bytes():
                state = (folder / "stat").read_text().rpartition(")")[2].split()[0]
                if state not in "ZX":
                    line = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
                    processes[int(folder.name)] = line.strip()[:160]
    return processes


def look(session: pytest.Session) -> None:
    """Give late ones a moment to end; end those that stay, and let the run fail."""
    name = session.config.stash[run]
    until = time.monotonic() + PATIENCE_S
    while (alive := of_run(name)) and time.monotonic() < until:
        time.sleep(0.1)
    session.config.stash[found] = [f"{pid} {line}" for pid, line in alive.items()]
    for pid in alive:
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    if alive:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def tell(reporter: pytest.TerminalReporter, config: pytest.Config) -> None:
    """Name what stayed behind."""
    if left := config.stash.get(found, []):
        reporter.section("processes left behind", red=True)
        for line in left:
            reporter.line(line)

"""A Redis without persistence."""

import contextlib
import shutil
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.servers.process import free_port, hint, running


@dataclass(frozen=True)
class Redis:
    url: str
    port: int
    pid: int


def missing() -> str | None:
    """What is missing and how to get it, or None."""
    return None if shutil.which("redis-server") else hint("Redis (redis-server)", "redis-server", "redis")


@contextlib.contextmanager
def running_redis() -> Iterator[Redis]:
    port = free_port()
    with tempfile.TemporaryDirectory(prefix="test-redis-") as folder:
        command = ["redis-server", "--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no",
                   "--dir", folder]  # fmt: skip
        with running(command, port, Path(folder, "log")) as pid:
            yield Redis(f"redis://127.0.0.1:{port}/0", port, pid)

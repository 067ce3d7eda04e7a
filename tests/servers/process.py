"""Start a server, wait until it answers, end it by its process id, also when the test run is killed."""

import contextlib
import os
import pwd
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

READY_S = 60.0
END_S = 15.0
# A parent that dies takes its children along. The watchdog is a tiny process of its own, because a signal on the
# parent's death (Linux only) is bound to the thread that started the child and lost over a change of user.
WATCHDOG = """
import os, shutil, signal, sys, time
child = int(sys.argv[1])
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
if sys.stdin.buffer.read(1) == b"":  # the pipe closed without a word: the test run is gone
    for number in (signal.SIGINT, signal.SIGKILL):
        try:
            os.kill(child, number)
        except ProcessLookupError:
            break
        if number == signal.SIGINT:
            for _ in range(50):
                time.sleep(0.1)
                try:
                    os.kill(child, 0)
                except ProcessLookupError:
                    break
    shutil.rmtree(sys.argv[2], ignore_errors=True)
"""


def free_port() -> int:
    """A port nobody listens on right now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answers(port: int) -> bool:
    """Whether something accepts connections there."""
    with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
        return True
    return False


@contextlib.contextmanager
def running(command: Sequence[str], port: int, log: Path, *, user: str | None = None) -> Iterator[int]:
    """Run `command` until the block is left; yields its process id once `port` answers."""
    with log.open("ab") as out:
        server = subprocess.Popen(
            command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd=log.parent, user=user,
            group=pwd.getpwnam(user).pw_gid if user else None,
            extra_groups=[] if user else None, start_new_session=True,
        )  # fmt: skip
    watchdog = subprocess.Popen(
        [sys.executable, "-S", "-c", WATCHDOG, str(server.pid), str(log.parent)], stdin=subprocess.PIPE, start_new_session=True,
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        wait_ready(server, port, log)
        yield server.pid
    finally:
        end(server)
        with contextlib.suppress(BrokenPipeError):
            watchdog.communicate(b".")


def wait_ready(server: subprocess.Popen[bytes], port: int, log: Path) -> None:
    """Wait for the port; a server that ends or stays silent raises with its last words."""
    until = time.monotonic() + READY_S
    while not answers(port):
        if server.poll() is not None or time.monotonic() > until:
            words = log.read_text(errors="replace")[-2000:]
            raise RuntimeError(f"{server.args!r} did not start: {words}")
        time.sleep(0.05)


def end(server: subprocess.Popen[bytes]) -> None:
    """SIGINT (PostgreSQL's fast stop), then SIGKILL; always reaped."""
    if server.poll() is None:
        server.send_signal(signal.SIGINT)
        try:
            server.wait(END_S)
        except subprocess.TimeoutExpired:
            server.kill()
    server.wait()


def on_debian() -> bool:
    """Whether apt is how one gets a server here."""
    return Path("/etc/debian_version").exists()


def hint(what: str, apt: str, brew: str) -> str:
    """One sentence: what is missing and how to get it."""
    if sys.platform == "darwin":
        return f"{what} is missing: brew install {brew}"
    sudo = "" if os.getuid() == 0 else "sudo "
    how = f"{sudo}apt-get install -y --no-install-recommends {apt}" if on_debian() else f"install the package {apt}"
    return f"{what} is missing: {how}"

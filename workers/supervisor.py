"""`safelight up`: one web process and N workers, kept alive. No database, no threads, no asyncio.

A dead child costs only what it was doing: the next one is told whom it follows and frees those rows at once. All
children end with the supervisor, however it ends: it holds the writing end of a pipe they watch.
"""

import contextlib
import os
import secrets
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import structlog

from workers import leash, runfile
from workers.owners import PREDECESSOR, TOKEN, UNUSABLE, owner_name

log = structlog.get_logger()

LIVED_S = 10.0  # a child that lived so long is started again at once
LONGEST_WAIT_S = 30.0
END_S = 15.0
WORKER = (sys.executable, "-m", "workers.run")


def web_command(host: str, port: int, *, grace_s: int = 5) -> tuple[str, ...]:
    """Give the command of the web process."""
    return (
        sys.executable, "-m", "workers.leash", "uvicorn", "app.main:create_app", "--factory",
        "--host", host, "--port", str(port), "--no-server-header", "--log-level", "warning",
        "--no-access-log",  # the application writes its own, with the keys of links masked
        "--timeout-graceful-shutdown", str(grace_s),  # pages that listen for events would never hang up
    )  # fmt: skip


@dataclass
class Child:
    """A place in the tree, and the process that fills it now."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    token: str = ""
    started_at: float = 0.0
    start_at: float = 0.0
    deaths: int = 0  # in a row
    predecessors: list[str] = field(default_factory=list)
    unread: bytes = b""

    @property
    def owner(self) -> str:
        """Name its leases."""
        return owner_name(self.process.pid, self.token) if self.process else ""


class Supervisor:
    """Starts, restarts and ends the children."""

    def __init__(self, data: Path, commands: Mapping[str, Sequence[str]], *, about: Mapping[str, str | int]) -> None:
        self._data = data
        self._about = dict(about)
        self._children = [Child(name, command) for name, command in commands.items()]
        self._selector = selectors.DefaultSelector()
        self._pipe = os.pipe()  # reading end for the children; nobody ever writes
        self._code: int | None = None

    def run(self, started: Callable[[], None] = lambda: None) -> int:
        """Keep the tree alive until a signal comes; returns the exit code. Raises runfile.AlreadyRunning."""
        with runfile.only_one(self._data) as dead_owners, self._signals():
            first = next((child for child in self._children if child.name != "web"), None)
            if first is not None:
                first.predecessors = dead_owners
            try:
                self._start_due()
                started()
                while self._code is None:
                    self._wait(self._next_start())
                    self._bury()
                    self._start_due()
            finally:
                self._end()
        return self._code or 0

    @contextlib.contextmanager
    def _signals(self) -> Iterator[None]:
        reading, writing = os.pipe()
        os.set_blocking(writing, False)
        os.set_blocking(reading, False)
        before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
        numbers = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGCHLD)
        handlers = {number: signal.signal(number, self._hear) for number in numbers}
        self._selector.register(reading, selectors.EVENT_READ, None)
        try:
            yield
        finally:
            for number, handler in handlers.items():
                signal.signal(number, handler)
            signal.set_wakeup_fd(before)
            self._selector.close()
            os.close(reading)
            os.close(writing)

    def _hear(self, number: int, _frame: object) -> None:
        if number != signal.SIGCHLD:
            self._code = 0

    def _next_start(self) -> float | None:
        waiting = [child.start_at for child in self._children if child.process is None]
        return max(0.0, min(waiting) - time.monotonic()) if waiting else None

    def _wait(self, seconds: float | None) -> None:
        """Pass on the children's words until something happens."""
        for key, _ in self._selector.select(seconds):
            words = b""
            with contextlib.suppress(BlockingIOError):
                words = os.read(key.fd, 1 << 16)
            if key.data is not None:
                self._pass_on(key.data, words)
                if not words:
                    self._selector.unregister(key.fileobj)

    @staticmethod
    def _pass_on(child: Child, words: bytes) -> None:
        *lines, child.unread = (child.unread + words).split(b"\n")
        if not words and child.unread:
            lines, child.unread = [child.unread], b""
        with contextlib.suppress(OSError):
            for line in lines:
                sys.stderr.buffer.write(b"%-9s| %s\n" % (child.name.encode(), line))
            sys.stderr.buffer.flush()

    def _start_due(self) -> None:
        for child in self._children:
            if child.process is None and child.start_at <= time.monotonic() and self._code is None:
                self._start(child)
        self._write_file()

    def _start(self, child: Child) -> None:
        child.token = secrets.token_hex(4)
        child.process = subprocess.Popen(
            child.command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            pass_fds=(self._pipe[0],),
            process_group=0,  # Ctrl-C is the supervisor's to hear
            env={
                **os.environ,
                leash.PIPE: str(self._pipe[0]),
                TOKEN: child.token,
                PREDECESSOR: ",".join(child.predecessors),
            },
        )
        child.started_at = time.monotonic()
        assert child.process.stdout is not None  # noqa: S101 - for the type checker: a pipe was asked for
        os.set_blocking(child.process.stdout.fileno(), False)
        self._selector.register(child.process.stdout, selectors.EVENT_READ, child)

    def _bury(self) -> None:
        """Note who died, and when the next one starts."""
        for child in self._children:
            if child.process is None or child.process.poll() is None:
                continue
            code = child.process.returncode
            self._release(child)
            if self._code is not None:
                continue
            log.warning("child_died", child=child.name, code=code)
            if code == UNUSABLE:
                self._code = UNUSABLE
                continue
            now = time.monotonic()
            child.deaths = 1 if now - child.started_at > LIVED_S else child.deaths + 1
            wait = 0.0 if child.deaths == 1 else min(LONGEST_WAIT_S, 0.25 * 2**child.deaths)
            child.start_at = now + wait

    def _release(self, child: Child) -> None:
        process = child.process
        if process is None:
            return
        if child.name != "web":
            freed = time.monotonic() - child.started_at > LIVED_S  # it had the time to free those it followed
            child.predecessors = [child.owner] if freed else [*child.predecessors, child.owner]
        if process.stdout is not None:
            with contextlib.suppress(KeyError, ValueError):
                self._selector.unregister(process.stdout)
            with contextlib.suppress(OSError):
                while words := os.read(process.stdout.fileno(), 1 << 16):
                    self._pass_on(child, words)
            self._pass_on(child, b"")
            process.stdout.close()
        child.process = None

    def _write_file(self) -> None:
        children = [
            {"name": child.name, "pid": child.process.pid, "owner": child.owner if child.name != "web" else ""}
            for child in self._children
            if child.process is not None
        ]
        runfile.write(self._data, {**self._about, "pid": os.getpid(), "children": children})

    def _end(self) -> None:
        """End the tree in order: first nobody comes in any more, then the work is put down."""
        for children in (
            [c for c in self._children if c.name == "web"],
            [c for c in self._children if c.name != "web"],
        ):
            for child in children:
                if child.process is not None:
                    child.process.terminate()
            until = time.monotonic() + END_S
            while any(child.process is not None for child in children):
                self._wait(0.1)
                for child in children:
                    if child.process is None:
                        continue
                    if time.monotonic() > until:
                        child.process.kill()
                        child.process.wait()
                    if child.process.poll() is not None:
                        self._release(child)
        os.close(self._pipe[1])
        os.close(self._pipe[0])

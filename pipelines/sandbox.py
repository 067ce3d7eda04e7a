"""A photo is decoded in a process of its own, so that a hostile file costs one photo one attempt."""

import contextlib
import json
import os
import selectors
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

import msgspec

from pipelines import wire
from pipelines.confine import SandboxLimits, strength
from pipelines.errors import Param, Refused, Strike
from pipelines.model import Limits, Result
from pipelines.recipes import Recipe
from pipelines.zygote_child import speaks_of_memory

__all__ = [
    "Sandbox",
    "SandboxCrashed",
    "SandboxLimit",
    "SandboxLimits",
    "SandboxLost",
    "SandboxTimeout",
    "Terms",
    "strength",
]

_START_S = 60.0
_GRACE_S = 30.0  # beyond the wall limit, before the zygote itself is held to be hung
_LISTEN_S = 0.1  # between two looks whether a call is cancelled
_FULL = 0.9  # of the memory limit: a SIGKILL up there was for memory
# What a child may know of its parent's environment: no keys, no passwords.
_KEPT = ("PATH", "LANG", "TZ", "TMPDIR", "VIRTUAL_ENV", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "HOME")
_KEPT_PREFIXES = ("LC_", "PYTHON", "VIPS_")
_ENV = {
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "VIPS_CONCURRENCY": "1",
    "OBJC_DISABLE_INITIALIZE_FORK_SAFETY": "YES",
}


_DEFAULT = SandboxLimits()


class SandboxCrashed(Strike):
    """The child died of a signal, or left without an answer."""


class SandboxTimeout(Strike):
    """The child used up its time: by the wall clock or of the processor."""


class SandboxLimit(Strike):
    """The child asked for more memory, or wrote a larger file, than it may."""


class SandboxLost(Exception):
    """The sandbox itself failed; the photo knows nothing of it and may be tried again."""

    def __init__(self, reason: str, detail: str = "") -> None:
        super().__init__(f"{reason}: {detail}" if detail else reason)
        self.code = "sandbox_lost"
        self.params: dict[str, Param] = {"reason": reason}


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """How a call is to be treated: `nice` leaves the processor to others, `cancelled` ends the child when it is set."""

    nice: int = 0
    cancelled: threading.Event | None = None


USUAL = Terms()


class _NotStartedError(Exception):
    """The zygote was gone before it forked: the call may be made again."""


class Sandbox:
    """One zygote and its children; any number of threads may call at once."""

    def __init__(self, limits: SandboxLimits = _DEFAULT, *, task: str = "pipelines.render_job:render_job") -> None:
        self._limits = limits
        self._task = task
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._control: socket.socket | None = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def zygote_pid(self) -> int | None:
        """The zygote's process id; None while there is none."""
        return self._process.pid if self._process else None

    def start(self) -> None:
        """Start the zygote if none lives (0.5 s: the image libraries are imported). Raises SandboxLost."""
        with self._lock:
            self._ensure()

    def close(self) -> None:
        """End the zygote and every child; calls in flight raise SandboxLost."""
        with self._lock:
            self._drop()

    def run(
        self,
        task: str,
        payload: dict[str, Any],
        *,
        read: Sequence[Path],
        write: Path,
        wall_s: float | None = None,
        terms: Terms = USUAL,
    ) -> dict[str, Any]:
        """Call "module:function" with the payload in a child that sees `read` and writes in `write` alone.

        Raises Refused, a Strike (SandboxCrashed, SandboxTimeout, SandboxLimit), SandboxLost, or FileNotFoundError for
        a path that is not there. What comes back was written by a process that met a stranger's bytes: check it.
        """
        wall = self._limits.wall_s if wall_s is None else wall_s
        request = {
            "task": task,
            "payload": payload,
            "read": [str(path.resolve(strict=True)) for path in read],
            "write": str(write.resolve(strict=True)),
            "wall_s": wall,
            "nice": terms.nice,
            "limits": msgspec.to_builtins(self._limits),
        }
        try:
            return self._call(request, wall, terms)
        except _NotStartedError:
            pass
        try:
            return self._call(request, wall, terms)
        except _NotStartedError as error:
            raise SandboxLost("zygote_died") from error

    def render(
        self,
        source: Path,
        recipes: Sequence[Recipe],
        out: Path,
        *,
        develop: bool = False,
        limits: Limits | None = None,
        terms: Terms = USUAL,
    ) -> Result:
        """Make every rendition of one file in the folder `out`, confined. Raises what `run` raises."""
        out.mkdir(parents=True, exist_ok=True)
        source, out = source.resolve(strict=True), out.resolve()
        payload = {
            "source": str(source),
            "recipes": msgspec.to_builtins(list(recipes)),
            "out": str(out),
            "develop": develop,
            "limits": msgspec.to_builtins(limits or Limits()),
        }
        answer = self.run(self._task, payload, read=[source], write=out, terms=terms)
        try:
            result = msgspec.convert(answer, Result)
        except msgspec.ValidationError as error:
            raise SandboxCrashed("decoder_crashed", {"reason": "garbled"}) from error
        for rendition in result.renditions:
            _must_lie_in(out, Path(rendition.path))
        return result

    def _call(self, request: dict[str, Any], wall: float, terms: Terms) -> dict[str, Any]:
        ours, theirs = socket.socketpair()
        with ours:
            with theirs, self._lock:
                process = self._ensure()
                try:
                    socket.send_fds(self._control_line(), [b"+"], [theirs.fileno()])
                except OSError as error:
                    self._drop()
                    raise _NotStartedError from error
            self._begin(ours, request, process)
            if terms.cancelled is not None:
                _wait_for(ours, wall + _GRACE_S, terms.cancelled)
            return self._finish(ours, wall, process)

    def _begin(self, line: socket.socket, request: dict[str, Any], process: subprocess.Popen[bytes]) -> None:
        """Hand over the request and hear that the child lives."""
        line.settimeout(_GRACE_S)
        try:
            wire.send(line, request)  # lint: allow send - a socket of our own child
            wire.receive(line)
        except TimeoutError as error:
            self._discard(process)
            raise SandboxLost("zygote_hung") from error
        except ConnectionError as error:
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(1)
                raise _NotStartedError from error
            raise SandboxLost("no_child", str(error)) from error

    def _finish(self, line: socket.socket, wall: float, process: subprocess.Popen[bytes]) -> dict[str, Any]:
        """Wait for the child's end and judge it."""
        line.settimeout(wall + _GRACE_S)
        try:
            end = wire.receive(line)
        except TimeoutError as error:
            self._discard(process)
            raise SandboxLost("zygote_hung") from error
        except ConnectionError as error:
            raise SandboxLost("zygote_died") from error
        try:
            body = wire.receive_bytes(line) if end["answered"] else b""
        except ConnectionError:
            body = b""  # cut short by the child itself
        return judge(end, body, self._limits)

    def _control_line(self) -> socket.socket:
        if self._control is None:
            raise BrokenPipeError
        return self._control

    def _ensure(self) -> subprocess.Popen[bytes]:
        if self._process is not None and self._process.poll() is None:
            return self._process
        self._drop()
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "pipelines.zygote"], stdin=theirs.fileno(), env=_environment()
            )
        self._control = ours
        try:
            ours.settimeout(_START_S)
            wire.send(  # lint: allow send - a socket of our own child
                ours, {"path": [each or str(Path.cwd()) for each in sys.path], "preload": [self._task.split(":")[0]]}
            )
            wire.receive(ours)
        except OSError as error:
            self._drop()
            raise SandboxLost("zygote_does_not_start", str(error)) from error
        return self._process

    def _discard(self, process: subprocess.Popen[bytes]) -> None:
        """Put away a zygote that has failed a call, unless another thread has replaced it already."""
        with self._lock:
            if self._process is process:
                process.kill()
                self._drop()

    def _drop(self) -> None:
        if self._control is not None:
            self._control.close()
            self._control = None
        if self._process is not None:
            try:
                self._process.wait(10)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
            self._process = None


def _wait_for(line: socket.socket, seconds: float, cancelled: threading.Event) -> None:
    """Wait until the line speaks or the time is over; a cancelled call hangs up, and the zygote ends its child."""
    until = time.monotonic() + seconds
    with selectors.DefaultSelector() as selector:
        selector.register(line, selectors.EVENT_READ)
        while not selector.select(_LISTEN_S) and time.monotonic() < until:
            if cancelled.is_set():
                raise SandboxLost("cancelled")


def judge(end: dict[str, Any], body: bytes, limits: SandboxLimits) -> dict[str, Any]:
    """Turn the facts of a child's end into its result, or raise what they amount to."""
    _judge_limits(end, limits)
    if end["signal"] or end["exit"] or not body:
        how: dict[str, Param] = (
            {"signal": signal.Signals(end["signal"]).name} if end["signal"] else {"exit": end["exit"]}
        )
        raise _noted(SandboxCrashed("decoder_crashed", how), end["words"])
    try:
        answer = json.loads(body)
        if "result" in answer:
            result: dict[str, Any] = answer["result"]
            return result
        if "refused" in answer:
            raise Refused(str(answer["refused"]["code"]), dict(answer["refused"]["params"]))
        error = answer["error"]
        kind, reason, detail = (str(error[key]) for key in ("kind", "reason", "detail"))
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise SandboxCrashed("decoder_crashed", {"reason": "garbled"}) from error
    if kind == "memory":
        raise _noted(SandboxLimit("decoder_memory", {"resource": "memory"}), detail)
    if kind in {"setup", "disk"}:
        raise SandboxLost(kind, f"{reason}: {detail}")
    raise _noted(Refused("unreadable", {"reason": reason}), detail)


def _judge_limits(end: dict[str, Any], limits: SandboxLimits) -> None:
    """Raise if the child was ended by one of its limits."""
    number, why = end["signal"], end["ended_for"]
    if not number:
        return
    killed = number == signal.SIGKILL
    if why == "wall":
        raise SandboxTimeout("decoder_timeout", {"limit": "wall"})
    if number == signal.SIGXCPU or (killed and not why and end["cpu_s"] >= limits.cpu_s):
        raise SandboxTimeout("decoder_timeout", {"limit": "cpu"})
    if number == signal.SIGXFSZ:
        raise SandboxLimit("decoder_memory", {"resource": "file"})
    starved = killed and not why and (end["oom"] or end["peak_bytes"] >= _FULL * limits.memory_bytes)
    if why == "memory" or starved or (not killed and speaks_of_memory(end["words"])):
        raise SandboxLimit("decoder_memory", {"resource": "memory"})


_E = TypeVar("_E", bound=Exception)


def _noted(error: _E, note: str) -> _E:
    if note:
        error.add_note(note)
    return error


def _must_lie_in(folder: Path, path: Path) -> None:
    """Refuse a path a child made up: outside its folder, a link, or nothing at all."""
    if path.is_symlink() or not path.is_file() or not path.resolve().is_relative_to(folder):
        raise SandboxCrashed("decoder_crashed", {"reason": "garbled"})


def _environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if name in _KEPT or name.startswith(_KEPT_PREFIXES)}
    return kept | _ENV

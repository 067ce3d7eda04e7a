"""The zygote: imports the image libraries once, then forks one confined child for each photo.

It reads no photo, runs one thread and holds no secret. Its parent hands it, over one socket, the socket of each call;
it ends when that line ends.
"""

import contextlib
import gc
import os
import resource
import selectors
import signal
import socket
import sys
import time
from dataclasses import dataclass, field
from typing import Any

from pipelines.confine import library_paths
from pipelines.confine.limits import out_of_memory_kills, resident_bytes
from pipelines.wire import LARGEST, TornError, receive, send
from pipelines.zygote_child import preload, run_child

LIBRARIES = (
    "numpy",
    "PIL.Image",
    "PIL.ImageCms",
    "PIL.ImageDraw",
    "PIL.ImageFont",
    "pillow_heif",
    "simplejpeg",
    "rawpy",
    "pyvips",
)
_OPEN_FILES = 1024
_WATCH_S = 0.03  # between two looks at the memory and the clock
_LINE_S = 20.0  # a parent that does not take its answer is not waited for longer
_COMPLAINT_BYTES = 4096


@dataclass
class _Child:
    """One photo being worked on."""

    pid: int
    call: socket.socket
    answer: int
    complaints: int
    deadline: float
    memory_bytes: int
    oom_before: int
    body: bytearray = field(default_factory=bytearray)
    ended_for: str = ""  # why the zygote itself ended it: wall, memory, answer, caller

    def end(self, reason: str) -> None:
        """Kill it; the reaper does the rest."""
        if not self.ended_for:
            self.ended_for = reason
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGKILL)

    def take(self) -> None:
        """Take what has come through the answer's pipe."""
        with contextlib.suppress(BlockingIOError):
            while part := os.read(self.answer, 1 << 16):
                self.body += part
                if len(self.body) > LARGEST + 4:
                    self.end("answer")
                    return

    def words(self) -> str:
        """The last of what it wrote to its standard error."""
        said = b""
        with contextlib.suppress(BlockingIOError):
            while part := os.read(self.complaints, 1 << 16):
                said = (said + part)[-_COMPLAINT_BYTES:]
        return said.decode("utf-8", "backslashreplace")


class Zygote:
    """Forks, watches and reaps."""

    def __init__(self, control: socket.socket) -> None:
        self._control = control
        self._children: dict[int, _Child] = {}
        self._pid = os.getpid()
        self._selector = selectors.DefaultSelector()
        wake_read, wake_write = os.pipe()
        for end in (wake_read, wake_write):
            os.set_blocking(end, False)
        signal.set_wakeup_fd(wake_write, warn_on_full_buffer=False)
        signal.signal(signal.SIGCHLD, lambda *_: None)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        self._wake = wake_read
        self._selector.register(wake_read, selectors.EVENT_READ, self._woken)
        self._selector.register(control, selectors.EVENT_READ, self._accept)

    def serve(self) -> None:
        """Work until the parent's line ends, then leave no child behind."""
        try:
            while True:
                for key, _ in self._selector.select(_WATCH_S if self._children else None):
                    key.data()
                self._watch()
                self._reap()
        except (EOFError, TornError):
            pass
        finally:
            if os.getpid() == self._pid:
                self._end_all()

    def _woken(self) -> None:
        with contextlib.suppress(BlockingIOError):
            os.read(self._wake, 4096)

    def _accept(self) -> None:
        """Take the socket of a new call, read the request, fork."""
        try:
            _, handles, _, _ = socket.recv_fds(self._control, 1, 1)
        except ConnectionError as error:
            raise EOFError from error
        if not handles:
            raise EOFError
        call = socket.socket(fileno=handles[0])
        call.settimeout(_LINE_S)
        try:
            request = receive(call)
            child = self._fork(request, call)
        except (OSError, TornError):
            call.close()
            return
        self._children[child.pid] = child
        self._selector.register(child.answer, selectors.EVENT_READ, child.take)
        self._selector.register(call, selectors.EVENT_READ, lambda: child.end("caller"))
        with contextlib.suppress(OSError):
            send(call, {"started": child.pid})

    def _fork(self, request: dict[str, Any], call: socket.socket) -> _Child:
        answer, answer_end = os.pipe()
        complaints, complaints_end = os.pipe()
        oom_before = out_of_memory_kills()
        try:
            pid = os.fork()
            if pid == 0:
                # A child that chatters finds a full pipe, never a parent that waits.
                os.set_blocking(complaints_end, False)
                run_child(request, answer_end, complaints_end, self._pid)
        finally:
            os.close(answer_end)
            os.close(complaints_end)
        os.set_blocking(answer, False)
        os.set_blocking(complaints, False)
        deadline = time.monotonic() + float(request["wall_s"])
        memory = int(request["limits"]["memory_bytes"])
        return _Child(pid, call, answer, complaints, deadline, memory, oom_before)

    def _watch(self) -> None:
        """End the children that have held on too long or hold too much."""
        now = time.monotonic()
        for child in self._children.values():
            if now > child.deadline:
                child.end("wall")
            elif resident_bytes(child.pid) > child.memory_bytes:
                child.end("memory")

    def _reap(self) -> None:
        for child in tuple(self._children.values()):
            pid, status, usage = os.wait4(child.pid, os.WNOHANG)
            if pid:
                del self._children[pid]
                self._report(child, status, usage)

    def _report(self, child: _Child, status: int, usage: resource.struct_rusage) -> None:
        """Tell the caller how its child ended and what it left; judging is the caller's."""
        child.take()
        code = os.waitstatus_to_exitcode(status)
        end = {
            "signal": max(-code, 0),
            "exit": max(code, 0),
            "ended_for": child.ended_for,
            "cpu_s": usage.ru_utime + usage.ru_stime,
            "peak_bytes": usage.ru_maxrss * (1 if sys.platform == "darwin" else 1024),
            "oom": out_of_memory_kills() > child.oom_before,
            "words": child.words(),
            "answered": len(child.body),
        }
        for each in (child.answer, child.call):
            self._selector.unregister(each)
        os.close(child.answer)
        os.close(child.complaints)
        try:
            send(child.call, end)
            child.call.sendall(child.body)
        except OSError:
            pass  # the caller has gone, and with it the wish to know
        finally:
            child.call.close()

    def _end_all(self) -> None:
        for child in self._children.values():
            child.end("caller")
        for child in self._children.values():
            with contextlib.suppress(ChildProcessError):
                os.waitpid(child.pid, 0)


def main() -> None:
    """Serve the parent whose socket is standard input."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    control = socket.socket(fileno=os.dup(0))
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    most = _OPEN_FILES if hard == resource.RLIM_INFINITY else min(_OPEN_FILES, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))
    hello = receive(control)
    sys.path[:] = hello["path"]
    preload([*LIBRARIES, *hello["preload"]])
    library_paths()
    gc.collect()
    gc.freeze()  # the children share these pages instead of copying them
    zygote = Zygote(control)
    send(control, {"ready": os.getpid()})
    zygote.serve()


if __name__ == "__main__":
    main()

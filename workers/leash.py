"""A child ends when its parent ends, however that ended.

The parent keeps the writing end of a pipe and never writes; the child reads: the end of the file is the parent's end.
`python -m workers.leash MODULE ARGUMENT…` runs any module on such a leash.
"""

import contextlib
import ctypes
import io
import os
import runpy
import signal
import sys
import threading
import time
from collections.abc import Callable

PIPE = "SAFELIGHT_PARENT_PIPE"
GRACE_S = 10.0
_PR_SET_PDEATHSIG = 1


def hold(ended: Callable[[], None], grace_s: float = GRACE_S) -> None:
    """Call `ended` (in a thread) when the parent is gone; after `grace_s` more end this process by force.

    Does nothing for a process that nobody holds.
    """
    number = os.environ.pop(PIPE, None)
    if number is None:
        return
    pipe = int(number)
    os.set_inheritable(pipe, False)

    def watch() -> None:
        with contextlib.suppress(OSError):
            while os.read(pipe, 1):
                pass
        ended()
        time.sleep(grace_s)
        os._exit(1)

    threading.Thread(target=watch, name="leash", daemon=True).start()
    if sys.platform == "linux":  # a second belt; the pipe covers what happened before this line
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


class _Lasting(io.TextIOWrapper):
    """Standard error whose reader may be gone: then words are lost, not work."""

    def write(self, words: str) -> int:
        """Write if somebody listens."""
        with contextlib.suppress(OSError):
            return super().write(words)
        return len(words)

    def flush(self) -> None:
        """Flush if somebody listens."""
        with contextlib.suppress(OSError):
            super().flush()


def outlive_listener() -> None:
    """Let what is said to standard error never raise: the supervisor that reads it may die first."""
    sys.stderr = _Lasting(open(2, "wb", closefd=False), encoding="utf-8", line_buffering=True)  # noqa: SIM115 - as long as we live


def main() -> None:
    """Run a module on the leash."""
    outlive_listener()
    hold(lambda: os.kill(os.getpid(), signal.SIGTERM))
    del sys.argv[0]
    runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()

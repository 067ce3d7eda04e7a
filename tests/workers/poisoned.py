"""Real workers with a decoder that dies of some files: `python -m tests.workers.poisoned`."""

import os
import signal
import sys
from pathlib import Path

from pipelines.render_job import render_job
from pipelines.sandbox import Sandbox
from workers.pixels import SandboxPixels
from workers.registry import ALL
from workers.run import serve

POISON = b"poison for the decoder"


def fragile_job(payload):
    """Render, unless the file is poisoned."""
    if POISON in Path(payload["source"]).read_bytes():
        os.kill(os.getpid(), signal.SIGSEGV)
    return render_job(payload)


if __name__ == "__main__":
    sandbox = Sandbox(task="tests.workers.poisoned:fragile_job")
    sys.exit(serve(ALL, lambda settings: SandboxPixels(settings, sandbox)))

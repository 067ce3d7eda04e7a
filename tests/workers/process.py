"""A worker process that serves the small kinds: `python -m tests.workers.process`."""

import contextlib
import sys

from tests.workers.fakes import FAKES
from workers.run import serve

if __name__ == "__main__":
    sys.exit(serve(FAKES, lambda _settings: contextlib.nullcontext(None)))

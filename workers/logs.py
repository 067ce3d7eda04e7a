"""Logs of the processes: one line an event, to stderr, ids and never names."""

import contextlib
import logging
import sys
from typing import TextIO

import structlog


class _LastingStream:
    """A stream whose reader may be gone (its supervisor died): then words are lost, not work."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, words: str) -> int:
        """Write if somebody listens."""
        with contextlib.suppress(OSError, ValueError):
            return self._stream.write(words)
        return len(words)

    def flush(self) -> None:
        """Flush if somebody listens."""
        with contextlib.suppress(OSError, ValueError):
            self._stream.flush()


def set_up_logs() -> None:
    """Send structlog's events and the libraries' warnings to stderr."""
    stream = _LastingStream(sys.stderr)
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"], sort_keys=True),
        ],
        logger_factory=structlog.PrintLoggerFactory(stream),  # type: ignore[arg-type] # write and flush are all it uses
        cache_logger_on_first_use=True,
    )
    logging.basicConfig(
        level=logging.WARNING, stream=stream, format="%(asctime)s %(levelname)s %(name)s %(message)s", force=True
    )

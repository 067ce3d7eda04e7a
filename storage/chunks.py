"""A stream of an object's bytes that knows how many it owes and lets go of its source."""

from collections.abc import Callable, Iterator
from types import TracebackType
from typing import Self

from storage.errors import IntegrityError


class Chunks(Iterator[bytes]):
    """Iterate over exactly `length` bytes; a source that ends early raises IntegrityError. Close it, or use `with`."""

    def __init__(self, read: Callable[[int], bytes], close: Callable[[], None], length: int, chunk: int) -> None:
        self._read: Callable[[int], bytes] | None = read
        self._close = close
        self._left = length
        self._chunk = chunk

    @property
    def left(self) -> int:
        """How many bytes are still to come."""
        return self._left

    def __next__(self) -> bytes:
        if self._read is None or self._left == 0:
            self.close()
            raise StopIteration
        try:
            data = self._read(min(self._chunk, self._left))
        except BaseException:
            self.close()
            raise
        if not data:
            self.close()
            raise IntegrityError(missing=self._left)
        self._left -= len(data)
        return data

    def close(self) -> None:
        """Let go of the source; more than once is fine."""
        if self._read is not None:
            self._read = None
            self._close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()


def slice_length(size: int, start: int, length: int | None) -> int:
    """How many bytes [start:start+length] holds of an object of `size`; ValueError for a negative number."""
    if start < 0 or (length is not None and length < 0):
        raise ValueError("start and length count bytes from the beginning")
    rest = max(0, size - start)
    return rest if length is None else min(rest, length)

"""Length-prefixed JSON between a worker, its zygote and the zygote's children."""

import json
import socket
import struct
from typing import Any

LENGTH = struct.Struct("!I")
LARGEST = 16 * 1024 * 1024  # bytes of one frame


class TornError(ConnectionError):
    """The other side is gone, or speaks nonsense."""


def pack(body: bytes) -> bytes:
    """Put the length before a body."""
    if len(body) > LARGEST:
        raise ValueError(f"a frame of {len(body)} bytes")
    return LENGTH.pack(len(body)) + body


def send(link: socket.socket, message: dict[str, Any]) -> None:
    """Send one message."""
    link.sendall(pack(json.dumps(message).encode()))


def receive_bytes(link: socket.socket) -> bytes:
    """Read one frame. Raises TornError at the end of the line, TimeoutError when it is slow."""
    (length,) = LENGTH.unpack(_exactly(link, LENGTH.size))
    if length > LARGEST:
        raise TornError(f"a frame of {length} bytes")
    return _exactly(link, length)


def receive(link: socket.socket) -> dict[str, Any]:
    """Read one message from a trusted side."""
    message: dict[str, Any] = json.loads(receive_bytes(link))
    return message


def _exactly(link: socket.socket, count: int) -> bytes:
    parts = bytearray()
    while len(parts) < count:
        try:
            part = link.recv(min(count - len(parts), 1 << 20))
        except ConnectionError as error:
            raise TornError(str(error)) from error
        if not part:
            raise TornError("the line ended")
        parts += part
    return bytes(parts)

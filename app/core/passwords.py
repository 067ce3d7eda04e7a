"""Passwords and PINs: argon2id, in threads of its own and never inside a transaction."""

import asyncio
import functools
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

T = TypeVar("T")
LONGEST = 1024
_HASHER = PasswordHasher()  # argon2id, 64 MiB, 3 passes (RFC 9106, second choice)
_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")  # two at a time bound the memory


@functools.cache
def _nobodys_hash() -> str:
    return _HASHER.hash("nobody has this password")


def hash_secret(text: str) -> str:
    """Hash a password or a PIN; takes about 50 ms of one core."""
    return _HASHER.hash(text)


def secret_fits(known: str | None, text: str) -> bool:
    """Compare a text with a hash; without one, the same work is done and the answer is no."""
    try:
        _HASHER.verify(known or _nobodys_hash(), text[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return known is not None and len(text) <= LONGEST


async def in_thread(work: Callable[[], T]) -> T:
    """Do such work beside the event loop."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, work)

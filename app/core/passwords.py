"""Passwords and PINs: argon2id, in threads of its own and never inside a transaction."""

import asyncio
import functools
from concurrent.futures import ThreadPoolExecutor

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

LONGEST = 1024
_HASHER = PasswordHasher()  # argon2id, 64 MiB, 3 passes (RFC 9106, second choice)
_THREADS = ThreadPoolExecutor(max_workers=2, thread_name_prefix="argon2")  # two at a time bound the memory


@functools.cache
def _nobodys_hash() -> str:
    return _HASHER.hash("nobody has this password")


def _check(known: str | None, text: str) -> bool:
    try:
        _HASHER.verify(known or _nobodys_hash(), text[:LONGEST])
    except (VerificationError, InvalidHashError):
        return False
    return known is not None and len(text) <= LONGEST


async def hash_secret(text: str) -> str:
    """Hash a password or a PIN."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _HASHER.hash, text)


async def check_secret(known: str | None, text: str) -> bool:
    """Compare a text with a hash; without one, the same work is done and the answer is no."""
    return await asyncio.get_running_loop().run_in_executor(_THREADS, _check, known, text)

"""Landlock: a decoder sees its source and the libraries, and writes one folder."""

import ctypes
import errno
import os
import stat
import struct
import sys
from collections.abc import Iterable
from pathlib import Path

_CREATE, _ADD, _RESTRICT = 444, 445, 446
_VERSION_FLAG, _PATH_BENEATH = 1, 1
_PR_SET_NO_NEW_PRIVS = 38

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1, 2, 4, 8
_TRUNCATE = 1 << 14
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE
# Everything the kernel can watch, by the version that brought it.
_RIGHTS_BY_VERSION = ((1, (1 << 13) - 1), (2, 1 << 13), (3, _TRUNCATE), (5, 1 << 15))
_NET_RIGHTS, _NET_VERSION = 0b11, 4
_SCOPES, _SCOPE_VERSION = 0b11, 6
# Devices and programs are never made, nor run, from the private folder.
_MAKE_DEVICES = (1 << 6) | (1 << 9) | (1 << 10) | (1 << 11) | (1 << 12)
_READ = _READ_FILE | _READ_DIR


def version() -> int:
    """The Landlock version of this kernel; 0 where there is none."""
    if sys.platform != "linux":
        return 0
    found: int = ctypes.CDLL(None, use_errno=True).syscall(_CREATE, None, 0, _VERSION_FLAG)
    return max(found, 0)


def apply(read: Iterable[Path], write: Iterable[Path]) -> None:
    """Shut every other path away from this thread and the threads it starts, for good. Raises OSError."""
    kernel = version()
    watched = 0
    for since, rights in _RIGHTS_BY_VERSION:
        watched |= rights if kernel >= since else 0
    attributes = struct.pack(
        "=QQQ",
        watched,
        _NET_RIGHTS if kernel >= _NET_VERSION else 0,
        _SCOPES if kernel >= _SCOPE_VERSION else 0,
    )
    size = 24 if kernel >= _SCOPE_VERSION else 16 if kernel >= _NET_VERSION else 8
    libc = ctypes.CDLL(None, use_errno=True)
    ruleset: int = libc.syscall(_CREATE, attributes, size, 0)
    _check(ruleset)
    try:
        for path in read:
            _allow(libc, ruleset, path, _READ & watched)
        for path in write:
            _allow(libc, ruleset, path, watched & ~_MAKE_DEVICES & ~_EXECUTE)
        _check(libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
        _check(libc.syscall(_RESTRICT, ruleset, 0))
    finally:
        os.close(ruleset)


def _allow(libc: ctypes.CDLL, ruleset: int, path: Path, rights: int) -> None:
    """Open one path; one that does not exist here needs no rule."""
    try:
        handle = os.open(path, os.O_PATH | os.O_CLOEXEC)
    except (FileNotFoundError, NotADirectoryError, PermissionError):
        return
    try:
        if not stat.S_ISDIR(os.fstat(handle).st_mode):
            rights &= _FILE_RIGHTS
        _check(libc.syscall(_ADD, ruleset, _PATH_BENEATH, struct.pack("=Qi", rights, handle), 0))
    finally:
        os.close(handle)


def _check(answer: int) -> None:
    if answer < 0:
        code = ctypes.get_errno()
        raise OSError(code, f"landlock: {errno.errorcode.get(code, code)}")

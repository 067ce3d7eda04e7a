"""A seccomp filter: no network, no other program, no hand on another process."""

import ctypes
import errno
import os
import platform
import struct
import sys

from pipelines.confine.syscalls import COMMON_ALLOWED, COMMON_FROM, DENIED, GUARDED

_MACHINES = {"x86_64": (0, 0xC000003E), "aarch64": (1, 0xC00000B7)}
_SECCOMP = {"x86_64": 317, "aarch64": 277}

_LOAD, _JEQ, _JGE, _JSET, _RET = 0x20, 0x15, 0x35, 0x45, 0x06
_ALLOW, _KILL, _ERRNO = 0x7FFF0000, 0x80000000, 0x00050000
_REFUSE, _NO_SUCH_CALL = _ERRNO | errno.EPERM, _ERRNO | errno.ENOSYS
_NR, _ARCH, _ARG = 0, 4, 16

_X32_BIT = 0x40000000
_CLONE_THREAD = 0x00010000
_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE = 1, 4
_F_SETOWN, _F_SETSIG, _F_SETOWN_EX = 8, 10, 15
_PR_SET_NO_NEW_PRIVS = 38
_SET_MODE_FILTER, _FLAG_TSYNC, _GET_ACTION_AVAIL = 1, 1, 2

Instruction = tuple[int, int, int, int]


class _Program(ctypes.Structure):
    _fields_ = (("length", ctypes.c_ushort), ("filter", ctypes.c_void_p))


def available() -> bool:
    """Say whether this machine can hold a decoder by seccomp."""
    if sys.platform != "linux" or platform.machine() not in _MACHINES or sys.maxsize < 2**32:
        return False
    action = ctypes.c_uint32(_KILL)
    libc = ctypes.CDLL(None, use_errno=True)
    return bool(libc.syscall(_SECCOMP[platform.machine()], _GET_ACTION_AVAIL, 0, ctypes.byref(action)) == 0)


def _on(number: int, then: list[Instruction]) -> list[Instruction]:
    """Run `then` (which returns in every case) when the call has this number; the number stays loaded otherwise."""
    return [(_JEQ, 0, len(then), number), *then]


def _argument_is(index: int, values: tuple[int, ...], hit: int, miss: int) -> list[Instruction]:
    """Return `hit` if the low word of an argument is one of the values, else `miss`."""
    code: list[Instruction] = [(_LOAD, 0, 0, _ARG + 8 * index)]
    for value in values:
        code += [(_JEQ, 0, 1, value & 0xFFFFFFFF), (_RET, 0, 0, hit)]
    return [*code, (_RET, 0, 0, miss)]


def program(machine: str, pid: int) -> list[Instruction]:
    """Write the filter for a machine and the process it will hold."""
    column, architecture = _MACHINES[machine]
    code: list[Instruction] = [
        (_LOAD, 0, 0, _ARCH),
        (_JEQ, 1, 0, architecture),
        (_RET, 0, 0, _KILL),
        (_LOAD, 0, 0, _NR),
    ]
    if machine == "x86_64":
        code += [(_JGE, 0, 1, _X32_BIT), (_RET, 0, 0, _KILL)]
    threads_only: list[Instruction] = [
        (_LOAD, 0, 0, _ARG),
        (_JSET, 0, 1, _CLONE_THREAD),
        (_RET, 0, 0, _ALLOW),
        (_RET, 0, 0, _REFUSE),
    ]
    guards = {
        "clone": threads_only,
        "kill": _argument_is(0, (pid,), _ALLOW, _REFUSE),
        "tgkill": _argument_is(0, (pid,), _ALLOW, _REFUSE),
        "prctl": _argument_is(0, (_PR_SET_PDEATHSIG, _PR_SET_DUMPABLE), _REFUSE, _ALLOW),
        "prlimit64": _argument_is(0, (0, pid), _ALLOW, _REFUSE),
        "fcntl": _argument_is(1, (_F_SETOWN, _F_SETSIG, _F_SETOWN_EX), _REFUSE, _ALLOW),
    }
    for name, guard in guards.items():
        code += _on(GUARDED[name][column], guard)
    for numbers in DENIED.values():
        number = numbers[column]
        if number is not None:
            code += _on(number, [(_RET, 0, 0, _REFUSE)])
    for number in COMMON_ALLOWED.values():
        code += _on(number, [(_RET, 0, 0, _ALLOW)])
    return [*code, (_JGE, 0, 1, COMMON_FROM), (_RET, 0, 0, _NO_SUCH_CALL), (_RET, 0, 0, _ALLOW)]


def apply() -> None:
    """Hold every thread of this process by the filter, for good. Raises OSError if the kernel will not."""
    machine = platform.machine()
    code = b"".join(struct.pack("HBBI", *each) for each in program(machine, os.getpid()))
    buffer = ctypes.create_string_buffer(code, len(code))
    held = _Program(len(code) // 8, ctypes.addressof(buffer))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "no_new_privs")
    if libc.syscall(_SECCOMP[machine], _SET_MODE_FILTER, _FLAG_TSYNC, ctypes.byref(held)) != 0:
        raise OSError(ctypes.get_errno(), "seccomp")

"""What one decoder may use up, and the ways to measure and hold it."""

import ctypes
import os
import resource
import sys
from pathlib import Path

import msgspec

_OPEN_FILES = 256
_PROC_PIDTASKINFO, _TASKINFO_BYTES = 4, 96


class SandboxLimits(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What one child may use; the memory lets a 220-megapixel photo through (a RAW takes about 14 bytes a pixel)."""

    memory_bytes: int = 3_500_000_000
    cpu_s: int = 60
    wall_s: float = 90.0
    file_bytes: int = 2 * 1024**3


def apply(limits: SandboxLimits) -> None:
    """Set the kernel's limits on this process; they cannot be raised again."""
    _lower(resource.RLIMIT_CORE, 0, 0)
    _lower(resource.RLIMIT_CPU, limits.cpu_s, limits.cpu_s + 2)
    _lower(resource.RLIMIT_FSIZE, limits.file_bytes, limits.file_bytes)
    _lower(resource.RLIMIT_NOFILE, _OPEN_FILES, _OPEN_FILES)
    # Not RLIMIT_AS: a mapped source file and reserved, untouched address space are no memory.
    _lower(resource.RLIMIT_DATA, limits.memory_bytes, limits.memory_bytes)


def _lower(which: int, soft: int, hard: int) -> None:
    _, ceiling = resource.getrlimit(which)
    if ceiling != resource.RLIM_INFINITY:
        soft, hard = min(soft, ceiling), min(hard, ceiling)
    resource.setrlimit(which, (soft, hard))


def resident_bytes(pid: int) -> int:
    """The memory a process holds right now; 0 if it has just ended."""
    if sys.platform == "darwin":
        return _resident_bytes_darwin(pid)
    try:
        fields = Path(f"/proc/{pid}/statm").read_bytes().split()
    except OSError:
        return 0
    return int(fields[1]) * os.sysconf("SC_PAGE_SIZE") if len(fields) > 1 else 0


def _resident_bytes_darwin(pid: int) -> int:
    buffer = ctypes.create_string_buffer(_TASKINFO_BYTES)
    libproc = ctypes.CDLL("/usr/lib/libproc.dylib")
    taken: int = libproc.proc_pidinfo(pid, _PROC_PIDTASKINFO, ctypes.c_uint64(0), buffer, _TASKINFO_BYTES)
    return int.from_bytes(buffer.raw[8:16], sys.byteorder) if taken == _TASKINFO_BYTES else 0


def out_of_memory_kills() -> int:
    """How many processes the kernel has ended for want of memory since it started; 0 where it does not say."""
    try:
        for line in Path("/proc/vmstat").read_text(encoding="ascii").splitlines():
            if line.startswith("oom_kill "):
                return int(line.split()[1])
    except OSError:
        pass
    return 0

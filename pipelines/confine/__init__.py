"""Confine this process, for good, before it looks at a stranger's bytes."""

import ctypes
import os
import signal
import struct
import sys
import sysconfig
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pipelines.confine import landlock, limits, seccomp
from pipelines.confine.limits import SandboxLimits

__all__ = ["SandboxLimits", "confine", "library_paths", "strength"]

_PR_SET_PDEATHSIG = 1
_CAPABILITY_VERSION_3 = 0x20080522
_PACKAGE = Path(__file__).resolve().parent.parent
_LIBRARIES = ("/lib", "/lib64", "/usr/lib", "/usr/lib64", "/usr/local/lib", "/etc/ld.so.cache")
_FONTS = ("/usr/share/fonts", "/usr/local/share/fonts", "/etc/fonts", "/usr/share/fontconfig", "/var/cache/fontconfig")
_FACTS = (
    "/proc/self",
    "/proc/meminfo",
    "/proc/cpuinfo",
    "/proc/stat",
    "/sys/devices/system/cpu",
    "/dev/zero",
    "/dev/urandom",
    "/etc/localtime",
    "/usr/share/zoneinfo",
)


def strength() -> str:
    """How well this machine can hold a decoder: "full", "no-landlock" or "weaker" (resource limits alone)."""
    if not seccomp.available():
        return "weaker"
    return "full" if landlock.version() else "no-landlock"


@cache
def library_paths() -> tuple[Path, ...]:
    """The folders Python and the image libraries load from; the rest of the disk stays shut."""
    python = [sysconfig.get_path(key) for key in ("stdlib", "platstdlib", "purelib", "platlib")]
    base = Path(sys.base_prefix) / "lib"
    return (base, _PACKAGE, *map(Path, (*python, *_LIBRARIES, *_FONTS, *_FACTS)))


def confine(bounds: SandboxLimits, *, read: Sequence[Path], write: Path, parent: int) -> None:
    """Bind this process to its parent, its limits, its source and its one folder. Raises OSError where it fails."""
    limits.apply(bounds)
    if sys.platform != "linux":
        return
    libc = ctypes.CDLL(None, use_errno=True)
    libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)
    # When memory runs short the kernel should take the decoder, never the database.
    Path("/proc/self/oom_score_adj").write_text("1000", encoding="ascii")
    header = struct.pack("=Ii", _CAPABILITY_VERSION_3, 0)
    if libc.capset(header, bytes(24)) != 0:
        raise OSError(ctypes.get_errno(), "capset")
    if landlock.version():
        landlock.apply([*library_paths(), *read], [write, Path("/dev/null")])
    if seccomp.available():
        seccomp.apply()

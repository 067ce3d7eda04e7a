"""What a child of the zygote does: confine itself, work, answer, end."""

import errno
import fcntl
import importlib
import json
import os
import signal
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import msgspec

from pipelines.confine import SandboxLimits, confine
from pipelines.errors import Refused
from pipelines.wire import LARGEST, pack

ANSWER_FD = 3
_ABOVE = 64
_TOLD_CHARACTERS = 500
_MEMORY_WORDS = ("out of memory", "insufficient memory", "cannot allocate", "bad_alloc", "failed to allocate")
_DISK_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EROFS, errno.EIO}


def speaks_of_memory(text: str) -> bool:
    """Say whether a library's complaint is about memory that it could not have."""
    lowered = text.lower()
    return any(word in lowered for word in _MEMORY_WORDS)


def run_child(request: dict[str, Any], answer: int, complaints: int, parent: int) -> None:
    """Work on one request and never return: the answer goes through a pipe, loose words through another."""
    status = 1
    try:
        _keep_only(answer, complaints)
        body = json.dumps(_answer_to(request, parent)).encode()
        if len(body) > LARGEST:
            body = json.dumps(_error("other", "AnswerTooLong", f"{len(body)} bytes")).encode()
        view = memoryview(pack(body))
        while view:
            view = view[os.write(ANSWER_FD, view) :]
        status = 0
    finally:
        os._exit(status)


def _keep_only(answer: int, complaints: int) -> None:
    """Leave this process three standard files and the answer; nothing of its parent's or its siblings'."""
    answer, complaints = (fcntl.fcntl(each, fcntl.F_DUPFD_CLOEXEC, _ABOVE) for each in (answer, complaints))
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(complaints, 1)
    os.dup2(complaints, 2)
    os.dup2(answer, ANSWER_FD)
    os.closerange(ANSWER_FD + 1, os.sysconf("SC_OPEN_MAX"))
    signal.set_wakeup_fd(-1)
    # Python ignores SIGXFSZ, and a library may take a short write for a whole one.
    for each in (signal.SIGCHLD, signal.SIGTERM, signal.SIGPIPE, signal.SIGXFSZ):
        signal.signal(each, signal.SIG_DFL)


def _answer_to(request: dict[str, Any], parent: int) -> dict[str, Any]:
    try:
        task = _find(request["task"])
        write = Path(request["write"])
        os.chdir(write)
        os.nice(int(request["nice"]))
        os.environ["TMPDIR"] = tempfile.tempdir = str(write)
        limits = msgspec.convert(request["limits"], SandboxLimits)
        confine(limits, read=[Path(each) for each in request["read"]], write=write, parent=parent)
    except Exception as error:  # noqa: BLE001 - nothing of the photo has been touched: our own trouble
        return _error("setup", type(error).__name__, str(error))
    try:
        return {"result": task(request["payload"])}
    except Refused as refused:
        return {"refused": {"code": refused.code, "params": refused.params}}
    except MemoryError as error:
        return _error("memory", "MemoryError", str(error))
    except OSError as error:
        kind = "memory" if error.errno == errno.ENOMEM else "disk" if error.errno in _DISK_FULL else _kind_of(error)
        return _error(kind, type(error).__name__, str(error))
    except Exception as error:  # noqa: BLE001 - whatever a decoder says of a stranger's bytes
        return _error(_kind_of(error), type(error).__name__, str(error))


def _find(task: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    module, _, name = task.partition(":")
    found: Callable[[dict[str, Any]], dict[str, Any]] = getattr(importlib.import_module(module), name)
    return found


def _kind_of(error: Exception) -> str:
    """Libraries tell of memory and disk in words only."""
    told = f"{type(error).__name__} {error}"
    if speaks_of_memory(told) or "MemoryError" in told:
        return "memory"
    return "disk" if "no space left" in told.lower() else "other"


def _error(kind: str, reason: str, detail: str) -> dict[str, Any]:
    return {"error": {"kind": kind, "reason": reason, "detail": detail[:_TOLD_CHARACTERS]}}


def preload(modules: list[str]) -> None:
    """Import what every child will need; a module that is not there is left to the child that asks for it."""
    for module in modules:
        try:
            importlib.import_module(module)
        except ImportError as error:
            print(f"sandbox: {module} is not loaded ahead: {error}", file=sys.stderr)  # noqa: T201 - the zygote has no log

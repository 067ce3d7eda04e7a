"""Folders into orders: several files at a time, each proved in the store before it counts."""

import asyncio
import uuid
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import msgspec

from app.core.access import SYSTEM
from app.core.db import Database
from app.core.errors import SafelightError
from app.photos import rules
from app.photos import service as photos
from storage.errors import StorageError
from storage.store import Store

AT_ONCE = 3


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one file: safe, known (the order has these bytes already), or failed with its code."""

    name: str
    state: str
    code: str | None = None
    params: dict[str, Any] = {}


def find_photos(folder: Path) -> tuple[list[Path], list[Path]]:
    """Find a folder's pictures, in the order of their names, and what else lies there; hidden files are left out."""
    found: list[Path] = []
    others: list[Path] = []
    for path in sorted(_walk(folder), key=lambda path: (str(path.parent), path.name)):
        (found if rules.is_photo_name(path.name) else others).append(path)
    return found, others


def _walk(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name.startswith(".") or path.is_symlink():
            continue
        if path.is_dir():
            yield from _walk(path)
        elif path.is_file():
            yield path


async def take_in_one(db: Database, store: Store, order_id: uuid.UUID, path: Path, section: str) -> Outcome:
    """Bring one file in; whatever goes wrong is told, not raised, and the file stays where it is."""
    try:
        accepted = await photos.take_in(db, store, SYSTEM, order_id, path, section)
    except (SafelightError, StorageError) as wrong:
        return Outcome(name=path.name, state="failed", code=wrong.code, params=dict(wrong.params))
    except OSError as wrong:
        return Outcome(name=path.name, state="failed", code="file_unreadable", params={"reason": wrong.strerror or ""})
    return Outcome(name=path.name, state="known" if accepted.duplicate else "safe")


async def take_in(
    db: Database,
    store: Store,
    order_id: uuid.UUID,
    root: Path,
    paths: Iterable[Path],
    *,
    on_done: Callable[[Outcome], None],
) -> list[Outcome]:
    """Bring files in, three at a time; a folder below `root` becomes a section of the shoot."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(path: Path) -> Outcome:
        async with gate:
            below = path.parent.relative_to(root).as_posix() if path.is_relative_to(root) else "."
            section = "" if below == "." else rules.clean_name(below.replace("/", " · "))
            outcome = await take_in_one(db, store, order_id, path, section)
            await still()
        on_done(outcome)
        return outcome

    async with photos.shoot_held(db, order_id) as still:  # the order waits for the last of them
        return list(await asyncio.gather(*(one(path) for path in paths)))

"""The photos' jobs: fetch a file, let the pipelines render it, keep the renditions, write them down."""

import asyncio
import re
from datetime import datetime
from pathlib import Path
from typing import Any

from app.core.db import Session
from app.photos import service as photos
from app.photos.jobs import DevelopVersion, PrepareVersion
from app.photos.schemas import Prepared, RenditionMade, RenditionOrder, Said
from pipelines.model import Metadata, RenditionFile, Result
from storage import IntegrityError, keys
from workers import scratch
from workers.context import JobContext, Kind

DETAILS = (
    "camera_make",
    "camera_model",
    "lens",
    "iso",
    "shutter",
    "aperture",
    "focal",
    "rating",
    "has_gps",
    "has_serial",
)
_OFFSET = re.compile(r"([+-])(\d\d):(\d\d)")


async def prepare_version(context: JobContext, task: PrepareVersion) -> None:
    """Make all renditions of a version."""
    await _render(context, task, develop=False)


async def develop_version(context: JobContext, task: DevelopVersion) -> None:
    """Replace a RAW's preview by its development."""
    await _render(context, task, develop=True)


async def _render(context: JobContext, task: PrepareVersion | DevelopVersion, *, develop: bool) -> None:
    async with context.db.read() as session:
        order = await photos.rendition_order(session, task.version_id, develop=develop)
    if order is None:
        return  # done already, or gone
    prepared = await asyncio.to_thread(_work, context, order, develop)
    async with context.settle() as session:
        await photos.record_renditions(session, task.version_id, prepared)


def _work(context: JobContext, order: RenditionOrder, develop: bool) -> Prepared:
    """Fetch, render and keep, in a thread; the scratch folder goes whatever happens."""
    with scratch.job_folder(context.scratch) as folder:
        source = folder / f"source{_suffix(order.camera_name)}"
        context.store.fetch(order.file_key, source)
        if photos.hash_file(source).sha256 != order.sha256:
            raise IntegrityError(key=order.file_key)
        context.stop_if_cancelled()
        result = context.pixels.render(
            source, order.recipes, folder / "out", develop=develop, patient=develop, cancelled=context.cancelled
        )
        made = []
        for file in result.renditions:
            context.stop_if_cancelled()
            made.append(_keep(context, order, file))
    return _prepared(result, tuple(made))


def _suffix(camera_name: str) -> str:
    """Keep the ending, which some formats are told apart by; nothing else of a user's name becomes part of a path."""
    suffix = Path(camera_name).suffix.lower()
    return suffix if re.fullmatch(r"\.[a-z0-9]{1,8}", suffix, re.ASCII) else ""


def _keep(context: JobContext, order: RenditionOrder, file: RenditionFile) -> RenditionMade:
    key = keys.rendition_key(
        order.studio_id, order.order_id, order.photo_id, order.version_id, file.recipe, file.recipe_hash
    )
    context.store.put(key, Path(file.path), size=file.size, sha256=file.sha256, content_type=file.content_type)
    return RenditionMade(
        recipe=file.recipe, recipe_hash=file.recipe_hash, key=key, sha256=file.sha256, size=file.size,
        width=file.width, height=file.height, content_type=file.content_type,
    )  # fmt: skip


def _prepared(result: Result, made: tuple[RenditionMade, ...]) -> Prepared:
    known = result.metadata
    details = {name: value for name in DETAILS if (value := getattr(known, name)) not in {None, "", False}}
    return Prepared(
        basis=result.basis, wants_development=result.wants_development, format=result.format,
        width=result.width, height=result.height, thumbhash=result.thumbhash,
        captured_wall=datetime.fromisoformat(known.captured_at) if known.captured_at else None,
        captured_offset_min=_offset(known), details=details,
        warnings=tuple(Said(said.code, dict(said.params)) for said in result.warnings), renditions=made,
    )  # fmt: skip


def _offset(known: Metadata) -> int | None:
    """Turn "+08:00" into minutes."""
    found = _OFFSET.fullmatch(known.utc_offset or "")
    if found is None:
        return None
    minutes = int(found[2]) * 60 + int(found[3])
    return -minutes if found[1] == "-" else minutes


async def _refused(session: Session, task: PrepareVersion, code: str, params: dict[str, Any]) -> None:
    await photos.record_refusal(session, task.version_id, code, params)


async def _quarantined(session: Session, task: PrepareVersion, code: str, params: dict[str, Any]) -> None:
    await photos.quarantine(session, task.version_id, code, params)


async def _not_developed(session: Session, task: DevelopVersion, code: str, params: dict[str, Any]) -> None:
    """The preview goes on serving; the photo says why it is not better."""
    await photos.record_warning(session, task.version_id, Said(code, params))


PREPARE = Kind(task=PrepareVersion, run=prepare_version, refused=_refused, dead=_quarantined)
DEVELOP = Kind(task=DevelopVersion, run=develop_version, refused=_not_developed, dead=_not_developed)

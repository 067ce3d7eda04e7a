"""What the workers ask and report: recipes out, renditions in."""

import uuid
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.core import audit, clock, jobs, live
from app.core.access import Actor, require
from app.core.db import Session
from app.core.errors import NotFound
from app.core.ids import new_id
from app.identity import service as identity
from app.orders import service as orders
from app.photos import queries, rules
from app.photos.errors import NothingToRetry
from app.photos.jobs import AdvanceOrder, DevelopVersion, PrepareVersion
from app.photos.models import Photo, Rendition, Version
from app.photos.schemas import Prepared, RenditionOrder, Said

SETTLED = frozenset({"ready", "refused"})
FAILED = frozenset({"refused", "quarantined"})


async def rendition_order(session: Session, version_id: uuid.UUID, *, develop: bool = False) -> RenditionOrder | None:
    """Say what a worker must render; None when there is nothing (left) to do."""
    row = await queries.version_with_file(session, version_id)
    if row is None or row.File.purged_at is not None:
        return None
    version, photo, file = row.Version, row.Photo, row.File
    if not develop and version.state in SETTLED:
        return None
    if develop and version.basis != "preview":
        return None
    order = await orders.order_of_system(session, version.order_id)
    studio = await identity.get_studio(session, version.studio_id)
    return RenditionOrder(
        version_id=version.id,
        studio_id=version.studio_id,
        order_id=version.order_id,
        photo_id=photo.id,
        file_key=file.key,
        size=file.size,
        sha256=file.sha256,
        camera_name=file.camera_name,
        recipes=rules.recipes_for(version.kind, studio.watermark_text, order.look),
    )


async def record_renditions(session: Session, version_id: uuid.UUID, prepared: Prepared) -> None:
    """Write down renditions that lie in the store; the version is ready. A second time changes nothing."""
    row = await queries.version_with_file(session, version_id)
    if row is None:
        return
    version, photo = row.Version, row.Photo
    for made in prepared.renditions:
        await _add_rendition(session, version, prepared, made)
    version.state, version.reason, version.reason_params = "ready", None, None
    version.basis, version.format = prepared.basis, prepared.format
    version.width, version.height, version.thumbhash = prepared.width, prepared.height, prepared.thumbhash
    version.details = prepared.details
    version.warnings = [
        *({"code": said.code, "params": said.params} for said in prepared.warnings),
        *({"code": code, "params": {}} for code in rules.carried(version.kind, prepared.details)),
    ]
    version.ready_at = version.ready_at or clock.now()
    if version.kind == rules.ORIGINAL:
        _place(photo, prepared.captured_wall, prepared.captured_offset_min)
    if prepared.wants_development:
        await jobs.enqueue(session, DevelopVersion(version.id), studio_id=version.studio_id, order_id=version.order_id)
    await _tell(session, version)


def _place(photo: Photo, wall: datetime | None, offset_min: int | None) -> None:
    """Give a photo its place in the shoot. A wall time has no zone: it is written as if it were UTC."""
    photo.captured_wall = wall.replace(tzinfo=UTC) if wall else None
    photo.captured_offset_min = offset_min
    photo.sort_key = rules.sort_key(photo.name, wall, photo.clock_shift_s)


async def _add_rendition(session: Session, version: Version, prepared: Prepared, made: Any) -> None:
    insert = (sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert)(Rendition)
    values = {
        "id": new_id(), "created_at": clock.now(), "studio_id": version.studio_id, "branch_id": version.branch_id,
        "order_id": version.order_id, "version_id": version.id, "recipe": made.recipe,
        "recipe_hash": made.recipe_hash, "basis": prepared.basis, "key": made.key, "sha256": made.sha256,
        "size": made.size, "width": made.width, "height": made.height, "content_type": made.content_type,
    }  # fmt: skip
    await session.execute(  # a recipe that comes back serves again
        insert.values(values).on_conflict_do_update(
            index_elements=["version_id", "recipe_hash"], set_={"replaced_at": None}
        )
    )
    await session.execute(
        update(Rendition)
        .where(
            Rendition.version_id == version.id, Rendition.recipe == made.recipe,
            Rendition.recipe_hash != made.recipe_hash, Rendition.replaced_at.is_(None),
        )
        .values(replaced_at=clock.now())
    )  # fmt: skip


async def _tell(session: Session, version: Version) -> None:
    """Let the order's production look, once for many photos."""
    await jobs.enqueue(session, AdvanceOrder(version.order_id), studio_id=version.studio_id, order_id=version.order_id)
    live.touch(session, live.order(version.order_id))


async def _fail(session: Session, version_id: uuid.UUID, state: str, code: str, params: dict[str, Any]) -> None:
    version = await session.get(Version, version_id)
    if version is None or version.state == "ready":  # a RAW that serves its preview stays shown
        return
    version.state, version.reason, version.reason_params = state, code, params
    await _tell(session, version)


async def record_refusal(session: Session, version_id: uuid.UUID, code: str, params: dict[str, Any]) -> None:
    """Write down why a file is no photo that can be shown."""
    await _fail(session, version_id, "refused", code, params)


async def quarantine(session: Session, version_id: uuid.UUID, code: str, params: dict[str, Any]) -> None:
    """Set a file aside that broke its decoder three times (or that the installation could not work on)."""
    await _fail(session, version_id, "quarantined", code, params)


async def record_warning(session: Session, version_id: uuid.UUID, said: Said) -> None:
    """Add a remark of the pipeline to a version that is shown all the same."""
    version = await session.get(Version, version_id)
    if version is not None and said.code not in {known["code"] for known in version.warnings}:
        version.warnings = [*version.warnings, {"code": said.code, "params": said.params}]


async def retry(session: Session, actor: Actor, version_id: uuid.UUID, *, order_id: uuid.UUID | None = None) -> Version:
    """Try a failed photo once more, with three new strikes. Raises NotFound, NothingToRetry."""
    version = await session.get(Version, version_id, with_for_update=True, populate_existing=True)
    require(actor, "photo.retry", version)
    assert version is not None  # noqa: S101 - `require` let it pass
    if order_id not in {None, version.order_id}:
        raise NotFound
    if version.state not in FAILED:
        raise NothingToRetry
    version.state, version.reason, version.reason_params = "waiting", None, None
    dead = await session.execute(
        select(jobs.Job.id).where(jobs.Job.subject_id == version.id, jobs.Job.state == jobs.State.DEAD)
    )
    dead_id = dead.scalars().first()
    if dead_id is not None:
        await jobs.retry(session, dead_id)
    else:
        await jobs.enqueue(
            session, PrepareVersion(version.id), studio_id=version.studio_id, order_id=version.order_id,
            lane=jobs.Lane.INTERACTIVE,
        )  # fmt: skip
    audit.record(session, actor, "photo.retry", version)
    live.touch(session, live.order(version.order_id))
    return version


async def retry_all(session: Session, actor: Actor, order_id: uuid.UUID) -> int:
    """Try every failed photo of an order once more; returns how many."""
    order = await orders.get_order(session, actor, order_id, "photo.retry")
    failed = (
        select(Version.id)
        .where(Version.order_id == order.id, Version.state.in_(FAILED))
        .order_by(Version.id)
        .with_for_update()  # who presses second waits, and finds nothing left to do
    )
    ids = (await session.execute(failed)).scalars().all()
    for version_id in ids:
        await retry(session, actor, version_id)
    return len(ids)

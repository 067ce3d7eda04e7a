"""Photos as pages show them, and the bytes the file route may send."""

import uuid
from collections.abc import Collection
from datetime import datetime

from app.core import audit, clock
from app.core.access import Actor, require
from app.core.db import Session
from app.core.errors import Gone, NotFound, SignInNeeded
from app.orders import service as orders
from app.photos import queries, rules
from app.photos.errors import NotReadyYet
from app.photos.models import File, Photo, Version
from app.photos.schemas import Health, Said, ServedFile, Shown


def shown(photo: Photo, version: Version, file: File) -> Shown:
    """Put together what a page needs of a photo."""
    return Shown(
        photo_id=photo.id, version_id=version.id, name=photo.name, camera_name=file.camera_name,
        section=photo.section, state=version.state,
        reason=Said(version.reason, version.reason_params or {}) if version.reason else None,
        warnings=[Said(said["code"], said.get("params") or {}) for said in version.warnings],
        width=version.width or 3, height=version.height or 2, thumbhash=version.thumbhash, recipe=rules.SCREEN.name,
        developing=version.basis == "preview", size=file.size, captured_wall=photo.captured_wall,
        details=rules.describe(version.details or {}), n=version.n, format=version.format,
        rating=rules.stars(version.details or {}),
        withdrawn=photo.withdrawn_at is not None,
    )  # fmt: skip


async def photos_of_order(session: Session, actor: Actor, order_id: uuid.UUID) -> list[Shown]:
    """List an order's photos (their originals), in the order of the shoot."""
    await orders.get_order(session, actor, order_id)
    rows = await queries.photos_with_first(session, actor, order_id)
    return [shown(row.Photo, row.Version, row.File) for row in rows]


async def finished_of_order(session: Session, actor: Actor, order_id: uuid.UUID) -> dict[uuid.UUID, Shown]:
    """Map photos to their newest finished version."""
    await orders.get_order(session, actor, order_id)
    rows = await queries.latest_retouched(session, order_id)
    for row in rows.values():
        require(actor, "photo.read", row.Version)
    return {photo_id: shown(row.Photo, row.Version, row.File) for photo_id, row in rows.items()}


async def versions_of_photos(
    session: Session, actor: Actor, photo_ids: Collection[uuid.UUID]
) -> dict[uuid.UUID, list[Shown]]:
    """Map photos to all their versions, oldest first."""
    found: dict[uuid.UUID, list[Shown]] = {}
    for row in await queries.versions_of_photos(session, actor, photo_ids) if photo_ids else ():
        found.setdefault(row.Photo.id, []).append(shown(row.Photo, row.Version, row.File))
    return found


async def rendition_keys(
    session: Session, version_ids: Collection[uuid.UUID], recipe: str = rules.SCREEN.name
) -> dict[uuid.UUID, str]:
    """Map versions to where one of their renditions lies (the caller has passed the door)."""
    rows = await queries.renditions(session, version_ids, recipe) if version_ids else []
    return {row.version_id: row.key for row in rows}


async def released_of_order(session: Session, actor: Actor, order_id: uuid.UUID) -> list[tuple[Shown, File]]:
    """List what a customer may download."""
    rows = await queries.latest_retouched(session, order_id)
    for row in rows.values():
        require(actor, "photo.read", row.Version)
    return [
        (shown(row.Photo, row.Version, row.File), row.File)
        for row in rows.values()
        if row.Version.released_at is not None and row.Photo.withdrawn_at is None
    ]


async def released_of_photos(session: Session, photo_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Shown]:
    """Map photos to their newest released version (the caller has passed the door)."""
    rows = await queries.released_of_photos(session, photo_ids)
    return {row.Photo.id: shown(row.Photo, row.Version, row.File) for row in rows}


async def health(session: Session, order_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Health]:
    """Count the photos of orders (the caller has passed the door)."""
    counts: dict[uuid.UUID, dict[str, int]] = {order_id: {} for order_id in order_ids}
    for order_id, state, count in await queries.states(session, order_ids):
        counts[order_id][state] = count
    return {
        order_id: Health(
            total=sum(states.values()),
            ready=states.get("ready", 0),
            waiting=states.get("waiting", 0),
            failed=states.get("refused", 0) + states.get("quarantined", 0),
        )
        for order_id, states in counts.items()
    }


def health_of(found: Collection[Shown]) -> Health:
    """Count photos that were fetched already."""
    states = [photo.state for photo in found]
    ready, waiting = states.count("ready"), states.count("waiting")
    return Health(total=len(states), ready=ready, waiting=waiting, failed=len(states) - ready - waiting)


async def strips(session: Session, order_ids: Collection[uuid.UUID], count: int = 6) -> dict[uuid.UUID, list[Version]]:
    """Take the first few ready photos of each order, for a strip (the caller has passed the door)."""
    found: dict[uuid.UUID, list[Version]] = {order_id: [] for order_id in order_ids}
    for version in await queries.strip(session, order_ids, count):
        found[version.order_id].append(version)
    return found


async def get_photo(session: Session, actor: Actor, photo_id: uuid.UUID) -> Photo:
    """Fetch a photo. Raises NotFound."""
    photo = await session.get(Photo, photo_id)
    require(actor, "photo.read", photo)
    assert photo is not None  # noqa: S101 - `require` let it pass
    return photo


async def withdraw_photo(session: Session, actor: Actor, photo_id: uuid.UUID, *, withdrawn: bool) -> Photo:
    """Keep a photo from the customer, or show it again."""
    photo = await session.get(Photo, photo_id)
    require(actor, "photo.withdraw", photo)
    assert photo is not None  # noqa: S101 - `require` let it pass
    if withdrawn != (photo.withdrawn_at is not None):
        photo.withdrawn_at = clock.now() if withdrawn else None
        audit.record(session, actor, "photo.withdraw" if withdrawn else "photo.show", photo)
    return photo


async def require_shown(session: Session, photo: Photo) -> None:
    """Make sure that a photo can be shown. Raises NotReadyYet."""
    if await queries.original_state(session, photo.id) != "ready":
        raise NotReadyYet


async def find_served(session: Session, actors: Collection[Actor], version_id: uuid.UUID, recipe: str) -> ServedFile:
    """Find the bytes one of a browser's actors may have. Raises NotFound, NotReadyYet and what the door raises."""
    if not actors:
        raise SignInNeeded
    if not rules.is_recipe_name(recipe):
        raise NotFound
    row = await queries.version_with_file(session, version_id)
    if row is None:
        raise NotFound
    problem: Exception = NotFound()
    for actor in actors:
        try:
            _let_pass(actor, row.Version, recipe)
            _not_withdrawn(actor, row.Photo)
            break
        except Exception as closed:  # noqa: BLE001 - the next of a browser's actors may pass
            problem = closed
    else:
        raise problem
    if recipe == "original":
        file: File = row.File
        if file.purged_at is not None:
            raise NotFound
        return ServedFile(
            key=file.key, size=file.size, sha256=file.sha256, content_type=_type_of(row.Version.format),
            name=file.camera_name, is_original=True,
        )  # fmt: skip
    found = await queries.rendition(session, version_id, recipe)
    if found is None and (larger := rules.stand_in(recipe)):
        found = await queries.rendition(session, version_id, larger)
    if found is None:
        raise NotReadyYet
    return ServedFile(
        key=found.key, size=found.size, sha256=found.sha256, content_type=found.content_type,
        name=f"{row.Photo.name}-{recipe}.jpg", is_original=False,
    )  # fmt: skip


def _let_pass(actor: Actor, version: Version, recipe: str) -> None:
    """Ask the door, then the customer's own rule: what is not for them does not exist."""
    offered, released = version.offered_at is not None, version.released_at is not None
    if actor.kind == "customer":
        require(actor, "photo.read", version)
        if not rules.customer_may_see(version.kind, recipe, offered=offered, released=released):
            raise NotFound
        return
    require(actor, "photo.original" if recipe == "original" else "photo.read", version)


def _not_withdrawn(actor: Actor, photo: Photo) -> None:
    """Keep what the studio took back from its customer. Raises Gone."""
    if actor.kind == "customer" and photo.withdrawn_at is not None:
        raise Gone("photo_withdrawn")


def _type_of(image_format: str | None) -> str:
    return {
        "jpeg": "image/jpeg", "png": "image/png", "webp": "image/webp", "tiff": "image/tiff", "heic": "image/heic",
        "avif": "image/avif",
    }.get(image_format or "", "application/octet-stream")  # fmt: skip


async def release_finals(session: Session, version_ids: Collection[uuid.UUID]) -> None:
    """Let the customer have these finished versions (called by the gallery's release, which asked the door)."""
    await queries.mark_released(session, version_ids)


async def offer_finals(session: Session, version_ids: Collection[uuid.UUID]) -> None:
    """Let the customer look at these finished versions, marked (called by the quality check, which asked the door)."""
    await queries.mark_offered(session, version_ids)


async def take_offer_back(session: Session, order_id: uuid.UUID, since: datetime) -> None:
    """Let the customer see no more what was offered since a moment (its check was taken back)."""
    await queries.unmark_offered(session, order_id, since)


async def offered_of_order(session: Session, actor: Actor, order_id: uuid.UUID) -> dict[uuid.UUID, list[Shown]]:
    """Map photos, in the order of the shoot, to the finished versions their customer is shown, oldest first."""
    found: dict[uuid.UUID, list[Shown]] = {}
    for row in await queries.offered(session, actor, order_id):
        found.setdefault(row.Photo.id, []).append(shown(row.Photo, row.Version, row.File))
    return found


async def get_file(session: Session, file_id: uuid.UUID) -> File:
    """Fetch a file's row (the caller has passed the door). Raises NotFound."""
    row = await session.get(File, file_id)
    if row is None:
        raise NotFound
    return row


async def get_files(session: Session, file_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, File]:
    """Fetch files' rows (the caller has passed the door)."""
    return await queries.files(session, file_ids) if file_ids else {}


async def files_of_versions(session: Session, version_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, File]:
    """Map versions to their files (the caller has passed the door)."""
    rows = await queries.version_ids_and_files(session, version_ids)
    return {version_id: row.File for version_id, row in rows.items()}

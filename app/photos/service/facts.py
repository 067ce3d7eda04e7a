"""Photos as programs get them: every version by number, and where its files are fetched."""

import uuid
from collections.abc import Sequence
from datetime import datetime

import msgspec

from app.core import pages
from app.core.access import Actor, allows, require
from app.core.db import Session
from app.core.locales.sentences import sentence
from app.core.pages import Page
from app.orders import service as orders
from app.photos import queries
from app.photos.models import File, Photo, Version


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """Why a version cannot be shown: a stable code and a sentence in the reader's language."""

    code: str
    detail: str


class VersionFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A state of a photo; 1 is the original. `files` maps recipes to addresses; sizes are upright pixels and bytes."""

    id: uuid.UUID
    n: int
    kind: str
    state: str
    name: str
    size: int
    sha256: str
    width: int | None
    height: int | None
    why: Why | None
    released_at: datetime | None
    files: dict[str, str]


class PhotoFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A photo with its versions, the original first."""

    id: uuid.UUID
    order_id: uuid.UUID
    name: str
    section: str
    captured_wall: datetime | None
    versions: list[VersionFacts]


async def list_photos(
    session: Session, actor: Actor, order_id: uuid.UUID, *, after: str | None, limit: int | None, state: str | None
) -> Page[PhotoFacts]:
    """List an order's photos as they came in."""
    await orders.get_order(session, actor, order_id, "photo.read")
    count = pages.read_limit(limit)
    found = await queries.photos_page(
        session, actor, order_id, after=pages.read_cursor(after), limit=count + 1, state=state
    )
    rows, following = pages.cut(found, count, lambda row: row.id)
    return Page(await _facts(session, actor, rows), following)


async def photo_facts(session: Session, actor: Actor, photo_id: uuid.UUID) -> PhotoFacts:
    """Give one photo. Raises NotFound."""
    photo = await session.get(Photo, photo_id)
    require(actor, "photo.read", photo)
    assert photo is not None  # noqa: S101 - `require` let it pass
    return (await _facts(session, actor, [photo]))[0]


async def _facts(session: Session, actor: Actor, rows: Sequence[Photo]) -> list[PhotoFacts]:
    versions = await queries.versions_with_files(session, [row.id for row in rows]) if rows else []
    served = await queries.served_recipes(session, [row.Version.id for row in versions]) if versions else []
    recipes: dict[uuid.UUID, list[str]] = {}
    for version_id, recipe in served:
        recipes.setdefault(version_id, []).append(recipe)
    of_photo: dict[uuid.UUID, list[VersionFacts]] = {}
    for row in versions:
        names = list(recipes.get(row.Version.id, []))
        if allows(actor, "photo.original", row.Version):
            names.append("original")
        of_photo.setdefault(row.Version.photo_id, []).append(_version(row.Version, row.File, names))
    return [
        PhotoFacts(
            id=row.id, order_id=row.order_id, name=row.name, section=row.section, captured_wall=row.captured_wall,
            versions=of_photo.get(row.id, []),
        )
        for row in rows
    ]  # fmt: skip


def _version(version: Version, file: File, recipes: Sequence[str]) -> VersionFacts:
    why = None
    if version.reason:
        why = Why(code=version.reason, detail=sentence(version.reason, version.reason_params or {}))
    return VersionFacts(
        id=version.id, n=version.n, kind=version.kind, state=version.state, name=file.camera_name, size=file.size,
        sha256=file.sha256, width=version.width, height=version.height, why=why, released_at=version.released_at,
        files={name: f"/files/{version.id}/{name}" for name in recipes},
    )  # fmt: skip

"""Cards of photos, put together from the few columns a page needs."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Row

from app.core.access import Actor
from app.core.db import Session
from app.galleries import queries
from app.galleries.models import Gallery
from app.galleries.schemas import PhotoCard
from app.photos import service as photos
from app.photos.schemas import Shown


class Maker:
    """Makes cards of rows: who chose them, and what was released takes the place of its proof."""

    def __init__(self, session: Session, actor: Actor, gallery: Gallery, names: Mapping[uuid.UUID, str]) -> None:
        self.session, self.actor, self.gallery, self.names = session, actor, gallery, names

    async def cards(self, rows: Sequence[Row[Any]]) -> list[PhotoCard]:
        """Make the cards of some rows."""
        ids = [row.id for row in rows]
        finals = await photos.released_of_photos(self.session, ids) if ids and self.gallery.state == "released" else {}
        picks: dict[uuid.UUID, list[tuple[str, uuid.UUID]]] = {}
        for photo_id, product, participant_id in await queries.picks_of(self.session, self.gallery.id, ids):
            picks.setdefault(photo_id, []).append((product, participant_id))
        return [self._card(row, finals.get(row.id), picks.get(row.id, [])) for row in rows]

    def _card(self, row: Row[Any], final: Shown | None, picks: list[tuple[str, uuid.UUID]]) -> PhotoCard:
        others = (self.names.get(who, "") for _, who in picks if who != self.actor.id)
        return PhotoCard(
            photo_id=row.id, name=row.name, section=row.section,
            version_id=final.version_id if final else row.version_id,
            width=final.width if final else row.width or 3, height=final.height if final else row.height or 2,
            thumbhash=final.thumbhash if final else row.thumbhash,
            recipe=final.recipe if final else self.gallery.shows,
            picked=frozenset(product for product, _ in picks),
            picked_by=" · ".join(name for name in dict.fromkeys(others) if name),
            remarks=0 if final else row.remarks,  # they hang on the proof
        )  # fmt: skip

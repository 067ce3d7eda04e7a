"""The board: orders by stage, those promised first on top; and how many of them are not as they should be."""

import uuid
from datetime import date, timedelta
from typing import Any

from app.core import clock
from app.core.access import Actor, allows, require_role
from app.core.db import Session
from app.core.words import clean_words
from app.photos import service as photos
from app.photos.models import Version
from app.photos.schemas import Health
from app.production import queries
from app.production.schemas import LAST, SHOWN, STAGES, Card, Column, StageCount, Wanted

PER_COLUMN = 8
PICTURES = 3
DELIVERED_DAYS = 7  # the last column shows what left the house lately


async def board(session: Session, actor: Actor, wanted: Wanted) -> list[Column]:
    """Show the board: a column for each stage, bounded, with how many it holds in all."""
    require_role(actor, "board.read")
    since = wanted.now - timedelta(days=DELIVERED_DAYS)
    rows = await queries.board_rows(session, actor, wanted, most=PER_COLUMN, delivered_since=since)
    ids = [row.Order.id for row in rows]
    seen = [row.Order.id for row in rows if allows(actor, "photo.read", row.Order)]
    strips = await photos.strips(session, seen, PICTURES) if seen else {}
    health = await photos.health(session, ids) if ids else {}
    columns = {stage: Column(stage=stage, total=0, cards=[]) for stage in STAGES}
    for row in rows:
        column = columns.get(row.stage) or Column(stage=row.stage, total=0, cards=[])
        card = _card(row, wanted.today, health[row.Order.id], strips.get(row.Order.id, []))
        columns[row.stage] = Column(stage=row.stage, total=row.total, cards=[*column.cards, card])
    return list(columns.values())


def _card(row: Any, today: date, health: Health, strip: list[Version]) -> Card:
    order = row.Order
    left = (order.promised_on - today).days if order.promised_on else None
    return Card(
        id=order.id, number=order.number, customer=row.customer or "", title=order.title, package=order.package_name,
        stage=row.stage, promised_on=order.promised_on, days_left=None if row.stage == LAST else left,
        since_days=max(0, (clock.now() - row.entered_at).days), hand=row.hand or "", health=health,
        strip=[(one.id, one.thumbhash, one.width or 3, one.height or 2) for one in strip],
    )  # fmt: skip


async def counts(session: Session, actor: Actor, wanted: Wanted) -> list[StageCount]:
    """Count running orders by stage, and those of them that are due, late, waiting, unpaid or in trouble."""
    require_role(actor, "order.read")
    return [
        StageCount(
            stage=row.stage, orders=row.orders, due=row.due, late=row.late, waiting=row.waiting, unpaid=row.unpaid,
            trouble=row.trouble, earliest=row.earliest,
        )
        for row in await queries.counts(session, actor, wanted)
    ]  # fmt: skip


def read_wanted(today: date, *, show: str = "", stage: str = "", branch: str = "", text: str = "") -> Wanted:
    """Read what a list is narrowed to from an address; what is unknown there narrows nothing."""
    try:
        branch_id = uuid.UUID(branch) if branch else None
    except ValueError:
        branch_id = None
    return Wanted(
        today=today, now=clock.now(), show=show if show in SHOWN else "", stage=stage if stage in STAGES else "",
        branch_id=branch_id, text=clean_words(text, 80).strip(),
    )  # fmt: skip

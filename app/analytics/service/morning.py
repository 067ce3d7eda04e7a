"""What the day begins with."""

from collections.abc import Sequence
from datetime import date

from app.analytics.schemas import Morning
from app.production.schemas import StageCount


def morning(counts: Sequence[StageCount], today: date) -> Morning:
    """Sum the exceptions of all stages up."""
    earliest = min((row.earliest for row in counts if row.earliest is not None), default=None)
    return Morning(
        due=sum(row.due for row in counts),
        due_in_quality=sum(row.due for row in counts if row.stage == "quality"),
        late=sum(row.late for row in counts),
        late_days=(today - earliest).days if earliest is not None else 0,
        waiting=sum(row.waiting for row in counts),
        unpaid=sum(row.unpaid for row in counts),
        trouble=sum(row.trouble for row in counts),
        running=sum(row.orders for row in counts),
    )

"""Figures as pages get them."""

from datetime import date, datetime
from typing import NamedTuple

import msgspec

from app.core.money import Money

PERIODS = (30, 90, 365)  # days a page may look back


class Move(NamedTuple):
    """An order moved. Ids are text: there are tens of thousands, and only their sameness is asked."""

    order_id: str
    at: datetime
    id: str
    event: str
    to_stage: str


class Deed(NamedTuple):
    """Something happened to a task."""

    order_id: str
    at: datetime
    id: str
    task_id: str
    kind: str
    attempt: int
    event: str
    person_id: str | None


class Span(msgspec.Struct, frozen=True):
    """A typical length: half of all are shorter than `median`, nine of ten shorter than `most`; in seconds."""

    median: float
    most: float
    count: int


class StageFigures(msgspec.Struct, frozen=True, kw_only=True):
    """How long orders stay in a stage, and how much of it somebody works."""

    stage: str
    stay: Span
    waiting: Span
    working: Span
    now: int  # orders that are there


class PersonFigures(msgspec.Struct, frozen=True, kw_only=True):
    """One person's finished work."""

    name: str
    finished: int
    working: Span
    judged: int  # first attempts the quality check judged
    passed: int


class Yield(msgspec.Struct, frozen=True):
    """First attempts that were judged, and those of them that passed at once."""

    judged: int
    passed: int

    @property
    def share(self) -> float | None:
        """Passed of judged; none when nothing was judged."""
        return self.passed / self.judged if self.judged else None


class WeekCount(msgspec.Struct, frozen=True):
    """A week by its first day, what was in progress at its end, and what was delivered in it."""

    begins: date
    in_progress: int
    delivered: int


class WeekMoney(msgspec.Struct, frozen=True):
    """A week by its first day, what came in, and what came in a year before or was planned."""

    begins: date
    came: Money
    before: Money | None


class Figures(msgspec.Struct, frozen=True, kw_only=True):
    """A period in figures."""

    days: int
    stages: list[StageFigures]
    turnaround: Span  # from the first photo to delivery
    turnaround_before: Span  # of the period before
    weeks: list[WeekCount]
    passed: Yield
    rounds: float | None  # changes the customer asked for, per delivered order
    people: list[PersonFigures]


class MoneyIn(msgspec.Struct, frozen=True):
    """Payments by week, beside the same weeks a year before."""

    weeks: list[WeekMoney]


class Morning(msgspec.Struct, frozen=True, kw_only=True):
    """What the day begins with: exceptions only."""

    due: int
    due_in_quality: int
    late: int
    late_days: int  # of the latest
    waiting: int
    unpaid: int
    trouble: int
    running: int

    @property
    def calm(self) -> bool:
        """Nothing asks for anybody."""
        return not (self.due or self.late or self.waiting or self.unpaid or self.trouble)

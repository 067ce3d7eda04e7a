"""Pure reckoning: from what happened to how long it took. No clock, no database."""

import itertools
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from app.analytics.schemas import Deed, Move, Span, WeekCount, Yield
from app.production.rules import UNDONE

LAST = "delivery"  # an order that came here is out of the house
ENDS = frozenset({"given_back", "lease_lost", "handed_in", "accepted", "sent_back", "cancelled"})
JUDGED = frozenset({"accepted", "sent_back"})
ASKED = "change_asked"


class Stay(NamedTuple):
    """An order's time in a stage; open while it is still there."""

    order_id: str
    stage: str
    begin: datetime
    end: datetime | None


class Work(NamedTuple):
    """Somebody's time at a task; open while they still have it."""

    order_id: str
    kind: str
    person_id: str | None
    begin: datetime
    end: datetime | None
    how: str  # the event that ended it


def without_slips(moves: Iterable[Move]) -> list[Move]:
    """Sort moves by order and time, and drop those that were undone at once."""
    kept: list[Move] = []
    for move in sorted(moves, key=lambda one: (one.order_id, one.at, one.id)):
        if move.event in UNDONE and kept and kept[-1].order_id == move.order_id and kept[-1].event != "begun":
            kept.pop()
        else:
            kept.append(move)
    return kept


def stays(moves: Iterable[Move]) -> list[Stay]:
    """Tell when orders came into each stage and left it; in whatever order the events come."""
    found: list[Stay] = []
    for _, events in itertools.groupby(without_slips(moves), key=lambda one: one.order_id):
        row = list(events)
        for event, after in itertools.zip_longest(row, row[1:]):
            found.append(Stay(event.order_id, event.to_stage, event.at, after.at if after else None))
    return found


def works(deeds: Iterable[Deed]) -> list[Work]:
    """Tell when tasks were taken and let go; in whatever order the events come."""
    found: list[Work] = []
    ordered = sorted(deeds, key=lambda one: (one.task_id, one.at, one.id))
    for _, events in itertools.groupby(ordered, key=lambda one: one.task_id):
        taken: Deed | None = None
        for event in events:
            if event.event == "taken" and taken is None:
                taken = event
            elif event.event in ENDS and taken is not None:
                found.append(Work(event.order_id, event.kind, taken.person_id, taken.at, event.at, event.event))
                taken = None
        if taken is not None:
            found.append(Work(taken.order_id, taken.kind, taken.person_id, taken.at, None, ""))
    return found


def seconds_worked(stay: Stay, spells: Iterable[Work]) -> float:
    """Add up the time in a finished stay in which somebody worked; two at once count once."""
    if stay.end is None:
        return 0.0
    total, reached = 0.0, stay.begin
    for spell in sorted(spells, key=lambda one: one.begin):
        begin, end = max(spell.begin, reached), min(spell.end or stay.end, stay.end)
        if end > begin:
            total += (end - begin).total_seconds()
            reached = end
    return total


def quantile(values: Sequence[float], part: float) -> float:
    """Find the value that a part (0 … 1) of all lie below, between the two nearest; 0 of nothing."""
    if not values:
        return 0.0
    ordered = sorted(values)
    place = part * (len(ordered) - 1)
    low = int(place)
    high = min(low + 1, len(ordered) - 1)
    return ordered[low] + (ordered[high] - ordered[low]) * (place - low)


def span(values: Sequence[float]) -> Span:
    """Sum lengths up: their median and what nine of ten stay below."""
    return Span(quantile(values, 0.5), quantile(values, 0.9), len(values))


class Lengths(NamedTuple):
    """The finished stays of a stage, in seconds: as a whole, waiting, worked on."""

    stay: list[float]
    waiting: list[float]
    working: list[float]


def lengths(found: Iterable[Stay], spells: Iterable[Work], since: datetime) -> dict[str, Lengths]:
    """Measure the stays that ended since a moment, by stage: whole = waiting + working."""
    by_order: dict[str, list[Work]] = {}
    for spell in spells:
        by_order.setdefault(spell.order_id, []).append(spell)
    result: dict[str, Lengths] = {}
    for stay in found:
        if stay.end is None or stay.end < since:
            continue
        whole = (stay.end - stay.begin).total_seconds()
        own = [spell for spell in by_order.get(stay.order_id, ()) if spell.kind == stay.stage]
        worked = seconds_worked(stay, own)
        kept = result.setdefault(stay.stage, Lengths([], [], []))
        kept.stay.append(whole)
        kept.waiting.append(whole - worked)
        kept.working.append(worked)
    return result


def turnarounds(found: Iterable[Stay], begin: datetime, end: datetime) -> list[float]:
    """Measure, in seconds, how long orders took that came to the last stage for the first time between two moments."""
    first: dict[str, datetime] = {}
    last: dict[str, datetime] = {}
    for stay in found:
        first[stay.order_id] = min(stay.begin, first.get(stay.order_id, stay.begin))
        if stay.stage == LAST:
            last[stay.order_id] = min(stay.begin, last.get(stay.order_id, stay.begin))
    return [(done - first[order]).total_seconds() for order, done in last.items() if begin <= done < end]


def first_pass(deeds: Iterable[Deed], since: datetime) -> Yield:
    """Count the first attempts that the quality check judged since a moment, and those that passed."""
    judged: dict[str, Deed] = {}
    for deed in sorted(deeds, key=lambda one: (one.task_id, one.at, one.id)):
        if deed.kind == "quality" and deed.attempt == 1 and deed.event in JUDGED:
            judged[deed.task_id] = deed
        elif deed.event in UNDONE:
            judged.pop(deed.task_id, None)
    recent = [deed for deed in judged.values() if deed.at >= since]
    return Yield(len(recent), sum(1 for deed in recent if deed.event == "accepted"))


def rounds_per_order(moves: Sequence[Move], since: datetime) -> float | None:
    """Tell how many changes customers asked for, per order delivered since a moment; none when none was."""
    delivered = {move.order_id for move in moves if move.to_stage == LAST and move.at >= since}
    if not delivered:
        return None
    asked = Counter(move.order_id for move in moves if move.event == ASKED)
    return sum(asked[order] for order in delivered) / len(delivered)


def week_of(moment: datetime, zone: str) -> date:
    """Name a week by its Monday, in a zone."""
    return monday(moment.astimezone(ZoneInfo(zone)).date())


def monday(day: date) -> date:
    """Name a day's week by its first day."""
    return day - timedelta(days=day.weekday())


def weeks_between(first: date, last: date) -> list[date]:
    """List the Mondays from one week to another."""
    return [first + timedelta(weeks=n) for n in range((last - first).days // 7 + 1)]


def weekly(found: Iterable[Stay], weeks: Sequence[date], zone: str, resting: int) -> list[WeekCount]:
    """Count what was in progress at the end of each week and what was delivered in it.

    `resting` orders were in progress all the time and moved at no time.
    """
    begun: Counter[date] = Counter()
    out: Counter[date] = Counter()
    delivered: Counter[date] = Counter()
    for _, row in itertools.groupby(found, key=lambda one: one.order_id):
        own = list(row)
        begun[week_of(own[0].begin, zone)] += 1 if own[0].stage != LAST else 0
        for before, after in itertools.pairwise(own):
            week = week_of(after.begin, zone)
            if after.stage == LAST and before.stage != LAST:
                out[week] += 1
            if before.stage == LAST and after.stage != LAST:
                begun[week] += 1
        first = next((stay for stay in own if stay.stage == LAST), None)
        if first is not None:
            delivered[week_of(first.begin, zone)] += 1
    counts, running = [], resting + sum(n for week, n in begun.items() if weeks and week < weeks[0])
    running -= sum(n for week, n in out.items() if weeks and week < weeks[0])
    for week in weeks:
        running += begun[week] - out[week]
        counts.append(WeekCount(week, running, delivered[week]))
    return counts


def by_week(amounts: Iterable[tuple[date, int]]) -> Mapping[date, int]:
    """Add the amounts of days up by week."""
    sums: Counter[date] = Counter()
    for day, minor in amounts:
        sums[monday(day)] += minor
    return sums

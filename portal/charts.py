"""Where the parts of a chart lie: numbers for templates to draw, nothing of colours or words.

Across, places are per cent of the chart's width, so that it fits every screen; down, they are pixels of its height.
"""

import math
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

HEIGHT = 168  # of the room in which values are drawn
MARKS = 4  # at most so many words below a chart


class Tick(NamedTuple):
    """A line across the chart and the value it stands for."""

    y: float
    value: float


class Mark(NamedTuple):
    """A word below the chart; `anchor` keeps the outer ones inside it."""

    x: float
    day: date
    anchor: str


class Box(NamedTuple):
    """A stage's lengths as parts of the longest, in per cent."""

    median: float
    most: float


class Bar(NamedTuple):
    """A column: its place across, its top and height, and the height of what it is compared with."""

    x: float
    width: float
    y: float
    height: float
    before: float | None


class Plot(NamedTuple):
    """A chart over weeks: an area or columns, lines with values, words below."""

    path: str
    bars: list[Bar]
    ticks: list[Tick]
    marks: list[Mark]


def nice_ticks(most: float, count: int = 4) -> list[float]:
    """Choose round values from 0 to at least `most`: steps of 1, 2 or 5 times a power of ten, whole below ten."""
    rough = max(most, 1) / count
    power = 10 ** math.floor(math.log10(rough))
    step = next(times * power for times in (1, 2, 5, 10) if times * power >= rough)
    step = max(1.0, step)
    return [step * n for n in range(math.ceil(max(most, 1) / step) + 1)]


def boxes(lengths: Sequence[tuple[float, float]]) -> list[Box]:
    """Draw (median, nine of ten) of each stage against the longest of all."""
    longest = max((most for _, most in lengths), default=0) or 1
    return [Box(round(100 * median / longest, 2), round(100 * most / longest, 2)) for median, most in lengths]


def _marks(days: Sequence[date], centred: bool) -> list[Mark]:
    count = len(days)
    if not count:
        return []
    step = max(1, math.ceil(count / MARKS))
    width = 100 / count
    found = []
    for place in range(0, count, step):
        x = (place + 0.5) * width if centred else 100 * place / max(1, count - 1)
        found.append(Mark(round(x, 2), days[place], "start" if x < 12 else "end" if x > 88 else "middle"))
    return found


def _ticks(values: Sequence[float]) -> tuple[list[Tick], float]:
    steps = nice_ticks(max(values, default=0))
    top = steps[-1]
    return [Tick(round(HEIGHT * (1 - value / top), 1), value) for value in steps], top


def area(points: Sequence[tuple[date, float]]) -> Plot:
    """Draw a value at the end of each week as an area; the path lies in a room of 100 by HEIGHT."""
    ticks, top = _ticks([value for _, value in points])
    last = max(1, len(points) - 1)
    places = [(round(100 * n / last, 2), round(HEIGHT * (1 - value / top), 1)) for n, (_, value) in enumerate(points)]
    line = " ".join(f"L{x} {y}" for x, y in places)
    path = f"M0 {HEIGHT} {line} L{places[-1][0]} {HEIGHT} Z" if places else ""
    return Plot(path, [], ticks, _marks([day for day, _ in points], centred=False))


def columns(points: Sequence[tuple[date, float, float | None]]) -> Plot:
    """Draw a sum of each week as a column, with what it is compared with as a line over it."""
    ticks, top = _ticks([value for _, now, before in points for value in (now, before or 0)])
    width = 100 / max(1, len(points))
    bars = []
    for place, (_, now, before) in enumerate(points):
        height = round(HEIGHT * max(0, now) / top, 1)
        bars.append(
            Bar(
                round((place + 0.15) * width, 2), round(0.7 * width, 2), round(HEIGHT - height, 1), height,
                None if not before else round(HEIGHT * (1 - max(0, before) / top), 1),
            )
        )  # fmt: skip
    return Plot("", bars, ticks, _marks([day for day, _, _ in points], centred=True))

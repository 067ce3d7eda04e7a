"""Where the parts of a chart lie."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import charts

MONDAY = date(2026, 3, 2)
amounts = st.lists(st.integers(0, 10**9), max_size=60)


def weeks(values: list[int]) -> list[tuple[date, float]]:
    return [(MONDAY + timedelta(weeks=n), value) for n, value in enumerate(values)]


@pytest.mark.parametrize(("most", "wanted"), [
    (0, [0, 1]), (3, [0, 1, 2, 3]), (7, [0, 2, 4, 6, 8]), (112, [0, 50, 100, 150]), (1_000_000, [0, 500_000, 1_000_000]),
])  # fmt: skip
def test_values_beside_a_chart_are_round(most: float, wanted: list[float]) -> None:
    assert charts.nice_ticks(most) == wanted


@given(st.floats(0, 1e12))
def test_there_are_a_few_lines_and_the_last_is_above_all(most: float) -> None:
    ticks = charts.nice_ticks(most)

    assert ticks[0] == 0
    assert ticks[-1] >= most
    assert 2 <= len(ticks) <= 6


@given(amounts)
def test_everything_lies_inside_the_chart(values: list[int]) -> None:
    area = charts.area(weeks(values))
    columns = charts.columns([(day, value, value / 2) for day, value in weeks(values)])

    for plot in (area, columns):
        assert len(plot.marks) <= charts.MARKS
        assert all(0 <= mark.x <= 100 for mark in plot.marks)
        assert all(0 <= tick.y <= charts.HEIGHT for tick in plot.ticks)
    for bar in columns.bars:
        assert 0 <= bar.x <= bar.x + bar.width <= 100.01
        assert 0 <= bar.y <= charts.HEIGHT
        assert bar.y + bar.height == pytest.approx(charts.HEIGHT, abs=0.2)
        assert bar.before is None or bar.y - 0.2 <= bar.before <= charts.HEIGHT


@given(st.lists(st.tuples(st.floats(0, 1e7), st.floats(0, 1e7)).map(sorted).map(tuple), max_size=8))
def test_the_longest_stage_fills_its_bar(lengths: list[tuple[float, float]]) -> None:
    boxes = charts.boxes(lengths)

    assert all(0 <= box.median <= box.most <= 100 for box in boxes)
    if any(most for _, most in lengths):
        assert max(box.most for box in boxes) == 100


def test_nothing_draws_nothing() -> None:
    assert charts.area([]).path == ""
    assert charts.columns([]).bars == []
    assert charts.boxes([]) == []


def test_money_given_back_is_no_column_upside_down() -> None:
    (bar,) = charts.columns([(MONDAY, -500, None)]).bars

    assert (bar.height, bar.y) == (0, charts.HEIGHT)

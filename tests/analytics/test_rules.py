"""How long it took, from what happened: pure reckoning."""

import itertools
import random
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.analytics import rules
from app.analytics.schemas import Deed, Move

START = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)  # a Monday
ORDER, HAND = "order 1", "hand"
STAGES = ("intake", "selection", "retouch", "quality", "release", "delivery")
HOUR = timedelta(hours=1)


def at(hours: float) -> datetime:
    return START + timedelta(hours=hours)


def way(order: str, *steps: tuple[float, str], event: str = "on") -> list[Move]:
    """Write down an order's way: (hours since the start, stage)."""
    return [Move(order, at(hours), uuid.uuid4().hex, event, stage) for hours, stage in steps]


def work(task: int, *steps: tuple[float, str], kind: str = "retouch", attempt: int = 1) -> list[Deed]:
    return [
        Deed(ORDER, at(hours), uuid.uuid4().hex, f"task {task}", kind, attempt, event, HAND) for hours, event in steps
    ]


def test_a_stage_waits_until_somebody_takes_its_task() -> None:
    moves = way(ORDER, (0, "intake"), (2, "selection"), (10, "retouch"), (20, "quality"), (21, "release"))
    spells = rules.works(work(1, (10, "opened"), (14, "taken"), (20, "handed_in")))

    found = rules.lengths(rules.stays(moves), spells, START)

    assert found["retouch"] == ([36_000], [4 * 3600], [6 * 3600])
    assert found["quality"] == ([3600], [3600], [0])
    assert "release" not in found, "it is still there"


def test_work_that_was_given_back_waits_again() -> None:
    moves = way(ORDER, (0, "retouch"), (10, "quality"))
    spells = rules.works(work(1, (1, "taken"), (3, "given_back"), (5, "taken"), (6, "lease_lost"), (8, "taken"), (10, "handed_in")))  # fmt: skip

    found = rules.lengths(rules.stays(moves), spells, START)

    assert found["retouch"].working == [5 * 3600]


def test_a_move_that_was_undone_is_no_move() -> None:
    moves = way(ORDER, (0, "retouch"), (9, "quality"))
    slip = [
        Move(ORDER, at(4), uuid.uuid4().hex, "moved", "quality"),
        Move(ORDER, at(4.001), uuid.uuid4().hex, "move_undone", "retouch"),
    ]

    assert rules.stays([*moves, *slip]) == rules.stays(moves)


def test_turnaround_ends_with_the_first_delivery() -> None:
    moves = way(ORDER, (0, "intake"), (48, "delivery"), (60, "retouch"), (80, "delivery"))

    found = rules.turnarounds(rules.stays(moves), START, at(100))

    assert found == [48 * 3600]
    assert rules.turnarounds(rules.stays(moves), START, at(40)) == []


def test_first_pass_counts_first_attempts_alone() -> None:
    deeds = [
        *work(1, (1, "accepted"), kind="quality"), *work(2, (2, "sent_back"), kind="quality"),
        *work(3, (3, "accepted"), kind="quality", attempt=2), *work(4, (4, "handed_in")),
    ]  # fmt: skip

    found = rules.first_pass(deeds, START)

    assert (found.judged, found.passed, found.share) == (2, 1, 0.5)
    undone = work(2, (2.01, "undone"), (2.02, "accepted"), kind="quality")
    assert rules.first_pass([*undone, *deeds], START).share == 1, "a decision that was taken back is none"
    assert rules.first_pass(deeds, at(9)).share is None


def test_rounds_are_counted_per_delivered_order() -> None:
    other = f"order {2}"
    moves = [
        *way(ORDER, (0, "review"), (5, "delivery")), *way(other, (0, "review"), (5, "delivery")),
        Move(ORDER, at(1), uuid.uuid4().hex, "change_asked", "retouch"),
    ]  # fmt: skip

    assert rules.rounds_per_order(moves, START) == 0.5
    assert rules.rounds_per_order(moves, at(50)) is None


def test_a_week_begins_on_monday_where_the_studio_is() -> None:
    sunday_evening_in_london = datetime(2026, 3, 8, 20, 0, tzinfo=UTC)

    assert rules.week_of(sunday_evening_in_london, "Europe/London") == date(2026, 3, 2)
    assert rules.week_of(sunday_evening_in_london, "Asia/Shanghai") == date(2026, 3, 9)


def test_work_in_progress_is_what_began_and_has_not_left() -> None:
    weeks = rules.weeks_between(date(2026, 3, 2), date(2026, 3, 16))
    one = way(ORDER, (0, "intake"), (24 * 8, "delivery"))
    two = way(f"order {2}", (24 * 7, "intake"), (24 * 9, "selection"))
    early = way(f"order {3}", (-24 * 30, "intake"), (24 * 15, "delivery"), (24 * 16, "retouch"))

    counts = rules.weekly(rules.stays([*one, *two, *early]), weeks, "UTC", 5)

    assert [(row.in_progress, row.delivered) for row in counts] == [(7, 0), (7, 1), (7, 1)]


@pytest.mark.parametrize(("values", "part", "wanted"), [
    ([], 0.5, 0), ([7], 0.9, 7), ([1, 3], 0.5, 2), ([4, 1, 3, 2], 0.5, 2.5), (list(range(11)), 0.9, 9),
])  # fmt: skip
def test_quantiles(values: list[float], part: float, wanted: float) -> None:
    assert rules.quantile(values, part) == pytest.approx(wanted)


ways = st.lists(
    st.lists(st.tuples(st.floats(0, 2000), st.sampled_from(STAGES)), min_size=1, max_size=9).map(sorted),
    min_size=1, max_size=5,
)  # fmt: skip
spells = st.lists(
    st.tuples(
        st.integers(1, 6), st.floats(0, 2000), st.sampled_from(["taken", "given_back", "handed_in", "lease_lost"])
    ),
    max_size=30,
)


def events_of(drawn: list) -> list[Move]:
    return [move for n, steps in enumerate(drawn, 1) for move in way(f"order {n}", *steps)]


@given(ways, spells, st.randoms(use_true_random=False))
def test_the_order_in_which_events_come_means_nothing(drawn: list, worked: list, chance: random.Random) -> None:
    moves = events_of(drawn)
    deeds = [one for task, hours, event in worked for one in work(task, (hours, event))]
    stays, done = rules.stays(moves), rules.works(deeds)
    weeks = rules.weeks_between(date(2026, 3, 2), date(2026, 6, 1))
    counted = rules.weekly(stays, weeks, "Asia/Shanghai", 0)
    chance.shuffle(moves)
    chance.shuffle(deeds)

    assert rules.stays(moves) == stays
    assert rules.works(deeds) == done
    assert rules.weekly(rules.stays(moves), weeks, "Asia/Shanghai", 0) == counted


@given(ways, spells)
def test_what_waits_and_what_is_worked_on_is_the_whole_and_nothing_is_negative(drawn: list, worked: list) -> None:
    stays = rules.stays(events_of(drawn))
    done = rules.works([one for task, hours, event in worked for one in work(task, (hours, event))])

    found = rules.lengths(stays, done, START)

    for lengths in found.values():
        for whole, waiting, working in zip(*lengths, strict=True):
            assert waiting >= -1e-6
            assert working >= 0
            assert whole == pytest.approx(waiting + working)


@given(ways)
def test_the_stays_of_an_order_follow_each_other_without_a_gap(drawn: list) -> None:
    moves = events_of(drawn)
    stays = rules.stays(moves)

    assert len(stays) == len(moves)
    for before, after in itertools.pairwise(stays):
        if before.order_id == after.order_id:
            assert before.end == after.begin
        else:
            assert before.end is None


@given(ways)
def test_work_in_progress_is_never_negative_and_ends_with_what_is_there(drawn: list) -> None:
    stays = rules.stays(events_of(drawn))
    weeks = rules.weeks_between(date(2026, 3, 2), date(2026, 6, 15))

    counts = rules.weekly(stays, weeks, "UTC", 0)

    assert all(row.in_progress >= 0 for row in counts)
    assert counts[-1].in_progress == sum(1 for stay in stays if stay.end is None and stay.stage != rules.LAST)
    assert sum(row.delivered for row in counts) == len({stay.order_id for stay in stays if stay.stage == rules.LAST})


@given(st.lists(st.floats(0, 1e7), min_size=1))
def test_half_is_never_more_than_nine_of_ten(values: list[float]) -> None:
    found = rules.span(values)

    assert min(values) <= found.median <= found.most <= max(values)

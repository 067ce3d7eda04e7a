"""`safelight seed`: what it fills in holds together like what a studio did itself."""

import asyncio
import hashlib
import json
import shutil
import sys
import uuid
from collections import Counter
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import msgspec
import pytest
from PIL import Image
from sqlalchemy import select

from app.cli.seed import months_of, people
from app.cli.seed.course import Storyteller, pinned_stages
from app.cli.seed.fill import Filled, fill
from app.cli.seed.plan import Chance, Hours, Plan, shoot_days
from app.cli.seed.shoot import varied
from app.core.db import Database
from app.core.errors import BadInput, Conflict
from app.core.settings import Settings
from app.galleries.models import Gallery, Pick, Submission, Verdict
from app.orders.models import Charge, Order, Payment
from app.orders.models import Counter as Series
from app.photos.models import File, Rendition, Version
from app.production import rules
from app.production.models import Progress, Round, StageEvent, Task, TaskEvent, WorkflowVersion
from pipelines.sample_shoot import draw_shoot
from storage.memory import MemoryStore
from tests.conftest import settings_in
from tests.flows.studio_process import safelight_here

NOW = datetime(2026, 6, 17, 8, 30, tzinfo=UTC)
READ = (Order, File, Rendition, Version, WorkflowVersion, StageEvent, Progress, Charge, Payment, Gallery, Submission, Pick,
        Task, TaskEvent, Round, Verdict)  # fmt: skip
PLAN = Plan(orders=16, photos=9, now=NOW, months=4, scale=0.04, pictures=2)


@pytest.fixture(scope="module")
def drawn(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the shoot is drawn, once for all tests."""
    return tmp_path_factory.mktemp("seed-shoot")


class Studio:
    """A filled studio, read as a whole."""

    def __init__(self, settings: Settings, drawn: Path) -> None:
        self.settings, self.drawn, self.store = settings, drawn, MemoryStore()
        self.filled = self.run(self.fill)
        self.rows = self.run(self.read)

    @staticmethod
    def run(work: Callable[[], Coroutine[Any, Any, Any]]) -> Any:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(lambda: asyncio.run(work())).result()

    async def fill(self) -> Filled:
        db = Database(self.settings)
        try:
            return await fill(db, self.store, PLAN, folder=self.drawn, on_step=lambda _what, _more: None)
        finally:
            await db.close()

    async def read(self) -> dict[type, list[Any]]:
        db = Database(self.settings)
        try:
            async with db.read() as session:
                return {
                    model: list((await session.execute(select(model).order_by(model.id))).scalars()) for model in READ
                }
        finally:
            await db.close()

    def __getitem__(self, model: type) -> list[Any]:
        return self.rows[model]


@pytest.fixture(scope="module", params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def studio(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, drawn: Path) -> Iterator[Studio]:
    """The same filled studio in each engine."""
    settings = settings_in(tmp_path_factory.mktemp("filled"))
    if request.param == "sqlite":
        shutil.copy(request.getfixturevalue("sqlite_template"), settings.data / "safelight.db")
        yield Studio(settings, drawn)
        return
    server, template = (request.getfixturevalue(f"postgres_{what}") for what in ("server", "template"))
    url = server.new_database(template=template)
    yield Studio(msgspec.structs.replace(settings, database_url=url), drawn)
    server.drop_database(url)


def test_as_many_orders_as_were_asked_for_stand_at_every_stage(studio):
    assert len(studio[Order]) == len(studio.filled.orders) == PLAN.orders
    assert {"intake", "selection", "retouch", "quality", "review", "release", "delivery"} <= set(
        studio.filled.orders.values()
    )
    assert len({order.number for order in studio[Order]}) == PLAN.orders


def test_every_key_a_row_names_lies_in_the_store_with_the_bytes_it_says(studio):
    named = {(row.key, row.size, row.sha256) for row in [*studio[File], *studio[Rendition]]}

    assert len(studio[Rendition]) > studio.filled.photos * 3
    for key, size, sha256 in named:
        with studio.store.open(key) as chunks:
            data = b"".join(chunks)
        assert (len(data), hashlib.sha256(data).hexdigest()) == (size, sha256)
    shown = {row.id for row in studio[Version] if row.state == "ready"}
    assert {row.version_id for row in studio[Rendition]} == shown


def test_an_order_stands_where_its_last_event_led_by_the_ways_of_its_workflow(studio):
    (workflow,) = studio[WorkflowVersion]
    moves: dict[uuid.UUID, list[StageEvent]] = {}
    for event in studio[StageEvent]:
        moves.setdefault(event.order_id, []).append(event)
    for progress in studio[Progress]:
        mine, stage = moves[progress.order_id], None
        for event in mine:
            assert event.from_stage == stage
            assert stage is None or rules.next_stage(workflow.definition, stage, event.event) == event.to_stage
            stage = event.to_stage
        times = [event.created_at for event in mine]
        assert times == sorted(times)
        assert times[-1] <= NOW
        assert (progress.stage, progress.entered_at) == (stage, times[-1])
        assert studio.filled.orders[progress.order_id] == stage


def test_money_adds_up_and_what_was_released_is_paid(studio):
    owed = Counter()
    for row, sign in [*((row, 1) for row in studio[Charge]), *((row, -1) for row in studio[Payment])]:
        assert row.amount_minor > 0
        owed[row.order_id] += sign * row.amount_minor

    assert min(owed.values()) >= 0
    released = [gallery for gallery in studio[Gallery] if gallery.released_at]
    assert released
    assert [gallery for gallery in released if owed[gallery.order_id]] == []


def test_extras_are_charged_as_the_submission_says(studio):
    charged = Counter()
    for row in studio[Charge]:
        charged[row.order_id] += row.amount_minor if row.reason == "extra_picks" else 0

    assert studio[Submission]
    for submission in studio[Submission]:
        assert sum(int(one["minor"]) for one in submission.snapshot["charges"]) == charged[submission.order_id]


def test_a_photo_is_picked_once_for_a_product_and_submitted_as_picked(studio):
    live = Counter((row.order_id, str(row.photo_id), row.product) for row in studio[Pick] if row.removed_at is None)

    assert set(live.values()) == {1}
    for submission in studio[Submission]:
        mine = {(photo, product) for order, photo, product in live if order == submission.order_id}
        assert {(one["photo"], one["product"]) for one in submission.snapshot["picks"]} == mine


def test_tasks_fit_the_stage_of_their_orders_and_nobody_has_two_jobs(studio):
    kinds = {task.order_id: task.kind for task in studio[Task] if task.state in {"open", "taken"}}

    for order_id, stage in studio.filled.orders.items():
        assert kinds.get(order_id) == (stage if stage in {"retouch", "quality"} else None)
    jobs = Counter(task.assignee_id for task in studio[Task] if task.state == "taken")
    assert set(jobs.values()) <= {1}


def test_task_events_say_what_the_tasks_say(studio):
    events: dict[uuid.UUID, list[str]] = {}
    for event in studio[TaskEvent]:
        events.setdefault(event.task_id, []).append(event.event)
    ends = {("retouch", "open"): [], ("retouch", "taken"): ["taken"], ("retouch", "done"): ["taken", "handed_in"],
            ("quality", "open"): []}  # fmt: skip
    for task in studio[Task]:
        assert events[task.id][0] == "opened"
        verdict = ["sent_back" if task.reasons else "accepted"]
        assert events[task.id][1:] == ends.get((task.kind, task.state), verdict)


def test_every_photo_of_a_round_is_finished_when_the_round_is_handed_in(studio):
    finished = {version.photo_id for version in studio[Version] if version.kind == "retouched"}
    handed = {task.round_id for task in studio[Task] if task.kind == "quality"}

    assert handed
    for round_ in studio[Round]:
        if round_.id in handed:
            assert {uuid.UUID(photo["photo_id"]) for photo in round_.brief["photos"]} <= finished


def test_what_is_reviewed_was_offered_and_what_was_asked_for_is_the_next_round(studio):
    offered = {version.id for version in studio[Version] if version.offered_at}
    asked: dict[uuid.UUID, set[str]] = {}
    for verdict in studio[Verdict]:
        assert verdict.version_id in offered
        if verdict.decision == "change":
            asked.setdefault(verdict.order_id, set()).add(str(verdict.version_id))

    assert studio[Verdict]
    revisions = {row.order_id: row for row in studio[Round] if row.kind == "revision"}
    assert set(revisions) <= set(asked)
    for order_id, row in revisions.items():
        assert {photo["finished_id"] for photo in row.brief["photos"]} == asked[order_id]
        assert all(photo["remarks"] for photo in row.brief["photos"])


def test_the_next_number_follows_the_last(studio):
    async def next_ones():
        db = Database(studio.settings)
        async with db.read() as session:
            found = (await session.execute(select(Series.series, Series.value))).all()
        await db.close()
        return {f"{row.series.split(':')[1]}{row.series[-2:]}": row.value for row in found}

    highest = Counter()
    for order in studio[Order]:
        code, _, value = order.number.partition("-")
        highest[code] = max(highest[code], int(value))
    assert studio.run(next_ones) == dict(highest)


async def test_the_same_seed_tells_the_same_stories_and_a_second_filling_others(studio, settings, sqlite_url, drawn):
    db = Database(msgspec.structs.replace(settings, database_url=sqlite_url))
    again = await fill(db, MemoryStore(), PLAN, folder=drawn, on_step=lambda _what, _more: None)

    async with db.read() as session:
        twins = (await session.execute(select(Order).order_by(Order.id))).scalars().all()
        with pytest.raises(Conflict):
            await people.require_empty(session)
    assert [(one.id, one.number, one.title) for one in twins] == [
        (one.id, one.number, one.title) for one in studio[Order]
    ]
    assert again.rows == studio.filled.rows

    more = await fill(db, MemoryStore(), PLAN, folder=drawn, on_step=lambda _what, _more: None)
    assert not set(more.orders) & set(again.orders)
    async with db.read() as session:
        assert await people.count_orders(session) == 2 * PLAN.orders
    await db.close()


def test_people_are_photographed_in_the_season_and_at_weekends():
    plan = Plan(orders=2000, photos=1, now=NOW)
    days = shoot_days(plan, Chance("days"), NOW.date(), 2000)
    months, week = Counter(day.month for day in days), Counter(day.weekday() for day in days)

    assert months[10] > 2 * months[2]
    assert week[5] > 2 * week[2] > 2 * week[0]
    assert (NOW.date() - days[0]).days > 300


@pytest.mark.parametrize("stage", pinned_stages(99, reviewed=True))
def test_a_pinned_order_stands_where_it_was_pinned(stage):
    teller = Storyteller(Chance(stage), Hours("Asia/Shanghai"), photos=50, reviewed=True)
    for _ in range(20):
        course = teller.course_at(stage, NOW)
        enter, leave = course.stays()[stage]
        assert enter <= course.until <= NOW
        assert course.until < leave
        assert NOW - course.until < 2 * (leave - enter) or (NOW - course.until).days <= 1


def test_moments_of_a_course_follow_each_other_and_the_studio_is_open():
    hours = Hours("Asia/Shanghai")
    teller = Storyteller(Chance("order"), hours, photos=50, reviewed=True)
    for day in shoot_days(PLAN, Chance("days"), NOW.date(), 100):
        course = teller.course(day, NOW)
        moments = [at for at, _ in course.events()]
        assert moments == sorted(moments)
        for turn in course.turns:
            for attempt in turn.attempts:
                assert attempt.taken_at <= attempt.handed_at <= attempt.judged_at
                local = attempt.taken_at.astimezone(hours.zone)
                assert 10 <= local.hour < 19
                assert local.weekday() != 0


def test_another_edition_is_the_same_picture_in_other_bytes(drawn):
    path = draw_shoot(drawn / "one", photos=1, raws=0, scale=0.04, workers=1)[0]
    other = drawn / "one" / "other.jpg"
    other.write_bytes(varied(path.read_bytes(), "2"))
    with Image.open(path) as before, Image.open(other) as after:
        assert before.tobytes() == after.tobytes()
        assert before.getexif() == after.getexif()
    assert path.read_bytes() != other.read_bytes()


@pytest.mark.parametrize(("text", "months"), [("12m", 12), ("2y", 24), (" 1M ", 1)])
def test_a_length_of_time_is_read(text, months):
    assert months_of(text) == months


@pytest.mark.parametrize("text", ["", "12", "0m", "-3m", "12d", "99y"])
def test_no_length_of_time_is_refused(text):
    with pytest.raises(BadInput):
        months_of(text)


def test_the_command_fills_says_what_is_next_and_refuses_a_second_time(tmp_path, monkeypatch):
    env = {"SAFELIGHT_DATA": str(tmp_path), "LANG": "C.UTF-8"}
    for name, value in {"LARGE": 0.04, "PICTURES": 1}.items():
        monkeypatch.setattr(sys.modules["app.cli.seed"], name, value)

    first = safelight_here("seed", "--orders", "2", "--photos", "3", "--history", "2m", "--json", env=env)
    assert first.exit_code == 0, first.output
    told = json.loads(first.stdout)
    assert (told["orders"], told["photos"]) == (2, 6)
    assert "/sign-in/link/" in told["next"][1]
    assert "/g/" in told["next"][2]

    second = safelight_here("seed", "--orders", "1", env=env)
    assert second.exit_code == 1
    assert "--yes" in second.output

"""Filling a studio: courses first, then order after order, a handful in each transaction."""

import asyncio
import uuid
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import NamedTuple

from sqlalchemy import select, update
from sqlalchemy.dialects import postgresql, sqlite

from app.cli.seed import booking, choice, names, people, pictures, work
from app.cli.seed.course import Course, Storyteller, pinned_stages
from app.cli.seed.people import Cast
from app.cli.seed.plan import Chance, Hours, Plan, shoot_days
from app.cli.seed.rows import Rows
from app.cli.seed.shoot import LOOKS, Shoot
from app.cli.seed.tale import Tale
from app.core.db import Database, Session
from app.galleries import service as galleries
from app.identity.models import Branch
from app.orders import rules
from app.orders.models import Counter
from app.photos.models import Version
from storage.store import Store

TOGETHER = 8  # orders in one transaction: a studio that runs meanwhile waits for no more
RETURNING = 0.16  # of households: they come a second time
Step = Callable[[str, int], None]  # what is counted ("draw", "fill"), how many more


class Filled(NamedTuple):
    """What was filled in."""

    orders: dict[uuid.UUID, str]  # and their stages
    photos: int
    rows: int


class _Known(NamedTuple):
    household: names.Household
    customer_id: uuid.UUID
    people: list[uuid.UUID]
    branch: Branch


class Filler:
    """Fills one studio."""

    def __init__(self, db: Database, shoot: Shoot, plan: Plan, cast: Cast, chance: Chance) -> None:
        self.db, self.shoot, self.plan, self.cast, self.chance = db, shoot, plan, cast, chance
        self.hours = Hours(cast.branches[0].timezone)
        self.desk = work.Desk(set())
        self.numbers: dict[str, int] = {}  # of each series of order numbers, the last one
        self.known: list[_Known] = []
        self.tags: list[uuid.UUID] = []

    def courses(self) -> list[Course]:
        """Make up when what happened to each order, oldest booking first."""
        reviewed = self.cast.reviewed
        teller = Storyteller(self.chance, self.hours, photos=self.plan.photos, reviewed=reviewed)
        pinned = pinned_stages(self.plan.orders, reviewed=reviewed)
        today = self.plan.now.astimezone(self.hours.zone).date()
        days = shoot_days(self.plan, self.chance, today, self.plan.orders - len(pinned))
        courses = [teller.course(day, self.plan.now) for day in days]
        courses += [teller.course_at(stage, self.plan.now) for stage in pinned]
        return sorted(courses, key=lambda one: one.booked_at)

    async def fill(
        self, session: Session, courses: list[Course], pin_hash: str
    ) -> tuple[Filled, list[tuple[str, str]]]:
        """Write some orders down; gives what it was and which files are to be laid where."""
        rows, tales = Rows(self.chance, self.cast.studio.id), []
        stages: dict[uuid.UUID, str] = {}
        for course in courses:
            tale = await self._tale(session, rows, course)
            stages[tale.order_id] = self._write(tale, pin_hash)
            tales.append(tale)
        await rows.write(session)
        for tale in tales:
            await self._show(session, tale)
        await self._keep_numbers(session)
        copies = [pair for tale in tales for pair in tale.copies]
        return Filled(stages, sum(len(tale.frames) for tale in tales), rows.count), copies

    async def _tale(self, session: Session, rows: Rows, course: Course) -> Tale:
        chance = self.chance
        again = bool(self.known) and chance.happens(RETURNING)
        known = chance.one(self.known) if again else self._meet(rows, course)
        if not again:
            self.known.append(known)
        kinds = list(names.TITLES)
        package = self.cast.packages[min(kinds.index(known.household.kind), len(self.cast.packages) - 1)]
        day = course.booked_at.astimezone(self.hours.zone).date()
        return Tale(
            chance=chance, hours=self.hours, cast=self.cast, shoot=self.shoot, rows=rows, course=course,
            now=self.plan.now,
            household=known.household, branch=known.branch, package=package, customer_id=known.customer_id,
            people=known.people, number=await self._number(session, known.branch, day),
            order_id=chance.id_at(course.booked_at), look=chance.weighed(LOOKS, (6, 3, 2)),
            wishes=chance.one(names.WISHES),
        )  # fmt: skip

    def _meet(self, rows: Rows, course: Course) -> _Known:
        household = names.make_household(self.chance)
        branch = self.chance.weighed(self.cast.branches, [3, *[2] * (len(self.cast.branches) - 1)])
        return _Known(
            household,
            *booking.write_customer(rows, self.chance, household, branch.id, course.booked_at, self.tags),
            branch=branch,
        )

    def _write(self, tale: Tale, pin_hash: str) -> str:
        booking.write_order(tale, tale.chance.one(names.TITLES[tale.household.kind]))
        if tale.past(tale.course.ready_at):
            pictures.write_photos(tale, self.plan.photos)
            released = tale.past(tale.course.released_at)
            submitted = tale.past(tale.course.submitted_at)
            choice.write_gallery(tale, pin_hash, "released" if released else "submitted" if submitted else "open")
            work.write_work(tale, self.desk)
        if tale.owes and tale.past(tale.course.paid_at):
            booking.pay(tale, tale.course.paid_at, tale.owes)
        return work.stage_now(tale)

    @staticmethod
    async def _show(session: Session, tale: Tale) -> None:
        for at in set(tale.offered.values()):
            mine = [version_id for version_id, since in tale.offered.items() if since == at]
            await session.execute(update(Version).where(Version.id.in_(mine)).values(offered_at=at))
        finals = [frame.final_id for frame, _ in tale.chosen if frame.final_id]
        if finals and tale.past(tale.course.released_at):
            released = update(Version).where(Version.id.in_(finals)).values(released_at=tale.course.released_at)
            await session.execute(released)
        accepted = [turn.attempts[-1].judged_at for turn in tale.course.turns if turn.attempts[-1].accepted]
        offered = max((moment for moment in accepted if tale.past(moment)), default=None)
        if finals and offered is not None:
            shown = update(Version).where(Version.order_id == tale.order_id, Version.kind == "retouched")
            await session.execute(shown.where(Version.created_at <= offered).values(offered_at=offered))

    async def _number(self, session: Session, branch: Branch, day: date) -> str:
        series = f"order:{branch.code}:{day.year}"
        if series not in self.numbers:
            statement = select(Counter.value).where(Counter.studio_id == self.cast.studio.id, Counter.series == series)
            self.numbers[series] = (await session.execute(statement)).scalar_one_or_none() or 0
        self.numbers[series] += 1
        return rules.order_number(branch.code, day.year, self.numbers[series])

    async def _keep_numbers(self, session: Session) -> None:
        insert = (sqlite.insert if session.get_bind().dialect.name == "sqlite" else postgresql.insert)(Counter)
        rows = [
            {"studio_id": self.cast.studio.id, "series": series, "value": value}
            for series, value in self.numbers.items()
        ]
        statement = insert.values(rows)
        await session.execute(
            statement.on_conflict_do_update(
                index_elements=["studio_id", "series"], set_={"value": statement.excluded.value}
            )
        )


async def fill(db: Database, store: Store, plan: Plan, *, folder: Path, on_step: Step) -> Filled:
    """Fill the installation's studio; `folder` keeps the drawn shoot for the next time."""
    async with db.write() as session:
        chance = Chance(f"{plan.seed}:{await people.count_orders(session)}")
        cast = await people.ensure_cast(session, db.settings.timezone)
        tags = await booking.ensure_tags(session, cast.studio.id)
    loop = asyncio.get_running_loop()
    shoot = Shoot(store, cast.studio.id, folder, pictures=plan.pictures, scale=plan.scale)

    def drawn() -> None:
        loop.call_soon_threadsafe(on_step, "draw", 1)

    await asyncio.to_thread(shoot.prepare, cast.studio.watermark_text, drawn)
    filler = Filler(db, shoot, plan, cast, chance)
    filler.tags = tags
    _, pin_hash = await galleries.new_pin()  # of links nobody has
    courses, filled = filler.courses(), Filled({}, 0, 0)
    for begin in range(0, len(courses), TOGETHER):
        some = courses[begin : begin + TOGETHER]
        async with db.write() as session:
            made, copies = await filler.fill(session, some, pin_hash)
            await asyncio.to_thread(shoot.spread, copies)  # before the commit: what a row names is there
        filled = Filled(filled.orders | made.orders, filled.photos + made.photos, filled.rows + made.rows)
        on_step("fill", len(some))
    return filled

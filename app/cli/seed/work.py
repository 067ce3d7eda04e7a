"""What the studio does: rounds with their brief, tasks, finished files, verdicts, and how the order moves."""

import uuid
from datetime import datetime
from typing import Any

import msgspec

from app.cli.seed.booking import promised
from app.cli.seed.choice import answer, write_submission
from app.cli.seed.course import Attempt, Turn
from app.cli.seed.names import SENT_BACK, SENT_BACK_WORDS
from app.cli.seed.pictures import write_final
from app.cli.seed.tale import NOBODY, Frame, Tale, Who
from app.identity.models import Assignment
from app.production import rules
from app.production.models import HandIn, Progress, Round, StageEvent, Task, TaskDeed, TaskEvent
from app.production.schemas import Brief, BriefPhoto

CUSTOMERS = frozenset({"submitted", "approved", "change_asked"})


class Desk(msgspec.Struct):
    """Which retouchers are at work now: each has one job at most."""

    busy: set[uuid.UUID]

    def free(self, tale: Tale) -> list[uuid.UUID]:
        """Name those who could take another job now."""
        return [one for one in tale.cast.staff["retoucher"] if one not in self.busy]


def write_work(tale: Tale, desk: Desk) -> None:
    """Write every round down, as far as it has come."""
    for n, turn in enumerate(tale.course.turns, 1):
        if not tale.past(turn.opened_at):
            return
        _write_round(tale, turn, n, desk)


def _write_round(tale: Tale, turn: Turn, n: int, desk: Desk) -> None:
    wanted = tale.chosen
    if n > 1:
        wanted = [(frame, products) for frame, products in tale.chosen if frame in tale.disliked]
    kind = "selection" if n == 1 else "revision"
    round_id = tale.add(Round, turn.opened_at, n=n, kind=kind, brief=_brief(tale, wanted, n))
    who: Who = ("customer", tale.participants[0])
    tale.deed(turn.opened_at, who, "round.open", ("round", round_id), photos=len(wanted))
    if n == 1:
        write_submission(tale, round_id)
    frames = [frame for frame, _ in wanted]
    since, hand, told = turn.opened_at, tale.chance.one(tale.cast.staff["retoucher"]), _Told([], "")
    for number, attempt in enumerate(turn.attempts, 1):
        if not tale.past(since):
            return
        again = frames if number == 1 else tale.chance.some(frames, max(1, len(frames) // 6))
        hand = _Hand(tale, round_id, number, hand, told).write(attempt, since, again, desk)
        told = _judge(tale, round_id, number, attempt, hand)
        since = attempt.judged_at
        if tale.cast.reviewed and attempt.accepted and tale.past(since):
            tale.offered.update({frame.final_id: since for frame in frames if frame.final_id})
            answer(tale, turn)


def _brief(tale: Tale, wanted: list[tuple[Frame, list[str]]], n: int) -> Any:
    return msgspec.to_builtins(
        Brief(
            order_number=tale.number, wishes=tale.wishes, look=tale.look,
            photos=[
                BriefPhoto(
                    photo_id=frame.photo_id, version_id=frame.version_id, finished_id=frame.final_id if n > 1 else None,
                    packet_name=frame.name, products=products, remarks=frame.remarks if n == 1 else frame.wishes,
                )
                for frame, products in wanted
            ],
        )
    )  # fmt: skip


class _Of(msgspec.Struct):
    """A task whose events are written down, and whose work it is."""

    tale: Tale
    task_id: uuid.UUID
    kind: str
    attempt: int

    def event(
        self, at: datetime, event: TaskDeed, who: Who, person_id: uuid.UUID | None, reasons: list[str] | None = None
    ) -> None:
        """Add what happened to it."""
        self.tale.add(
            TaskEvent, at, task_id=self.task_id, kind=self.kind, attempt=self.attempt, event=event,
            person_id=person_id, actor_kind=who[0], actor_id=who[1], reasons=reasons or [],
        )  # fmt: skip


class _Told(msgspec.Struct):
    """Why work was sent back."""

    reasons: list[str]
    note: str


class _Hand:
    """A retoucher's go at a round."""

    def __init__(self, tale: Tale, round_id: uuid.UUID, number: int, last: uuid.UUID, told: _Told) -> None:
        self.tale, self.round_id, self.number, self.last, self.told = tale, round_id, number, last, told

    def write(self, attempt: Attempt, since: datetime, frames: list[Frame], desk: Desk) -> uuid.UUID:
        """Write the task down and what was handed in; gives who did it."""
        tale, hand = self.tale, self.last
        taken, handed = tale.past(attempt.taken_at), tale.past(attempt.handed_at)
        if taken and not handed:
            free = desk.free(tale)
            taken = bool(free)  # nobody is free: it waits
            hand = self.last if self.last in free else next(iter(free), hand)
            desk.busy.update({hand} if taken else ())
        task_id = tale.add(
            Task, since, round_id=self.round_id, kind="retouch", attempt=self.number,
            state="done" if handed else "taken" if taken else "open", assignee_id=hand if taken else None,
            last_assignee_id=self.last if self.number > 1 else None, promised_on=promised(tale),
            priority=self.number - 1, taken_at=attempt.taken_at if taken else None,
            touched_at=tale.now if taken and not handed else attempt.handed_at if handed else None,
            finished_at=attempt.handed_at if handed else None, note=self.told.note, reasons=self.told.reasons,
        )  # fmt: skip
        of = _Of(tale, task_id, "retouch", self.number)
        of.event(since, "opened", NOBODY, self.last if self.number > 1 else None)
        if taken:
            self._assign(of, hand, attempt)
        for place, frame in enumerate(frames if taken else ()):
            at = attempt.taken_at + (attempt.handed_at - attempt.taken_at) * ((place + 0.6) / (len(frames) + 1))
            if tale.past(at):
                file_id, version_id = write_final(tale, frame, at)
                tale.add(
                    HandIn, at, task_id=task_id, file_id=file_id, photo_id=frame.photo_id, version_id=version_id,
                    removed_at=None,
                )  # fmt: skip
        if handed:
            of.event(attempt.handed_at, "handed_in", ("staff", hand), hand)
            tale.deed(attempt.handed_at, ("staff", hand), "task.hand_in", ("task", task_id))
        return hand

    def _assign(self, of: _Of, hand: uuid.UUID, attempt: Attempt) -> None:
        of.event(attempt.taken_at, "taken", ("staff", hand), hand)
        task_id = of.task_id
        over = self.tale.past(attempt.judged_at)
        self.tale.rows.add(
            Assignment, attempt.taken_at, staff_id=hand, order_id=self.tale.order_id, reason=f"task:{task_id}",
            ended_at=attempt.judged_at if over else None,
        )  # fmt: skip
        self.tale.deed(attempt.taken_at, ("staff", hand), "task.take", ("task", task_id))


def _judge(tale: Tale, round_id: uuid.UUID, number: int, attempt: Attempt, hand: uuid.UUID) -> _Told:
    """Write the quality check down; gives what was said of the work."""
    told = _Told([], "")
    if not tale.past(attempt.handed_at):
        return told
    done, who = tale.past(attempt.judged_at), tale.staff("quality_lead")
    if done and not attempt.accepted:
        told = _Told(list(tale.chance.one(SENT_BACK)), tale.chance.one(SENT_BACK_WORDS))
    task_id = tale.add(
        Task, attempt.handed_at, round_id=round_id, kind="quality", attempt=number, state="done" if done else "open",
        assignee_id=who[1] if done else None, last_assignee_id=hand, promised_on=promised(tale),
        priority=number - 1, taken_at=None, finished_at=attempt.judged_at if done else None, note=told.note,
        reasons=told.reasons, sent_back=done and not attempt.accepted,
    )  # fmt: skip
    of = _Of(tale, task_id, "quality", number)
    of.event(attempt.handed_at, "opened", ("staff", hand), hand)
    if done:
        of.event(attempt.judged_at, "accepted" if attempt.accepted else "sent_back", who, hand, told.reasons)
        deed = "quality.accept" if attempt.accepted else "quality.send_back"
        tale.deed(attempt.judged_at, who, deed, ("task", task_id), reasons=told.reasons)
    return told


def stage_now(tale: Tale) -> str:
    """Write the order's moves down, and tell where they have brought it."""
    stage = str(tale.cast.workflow["first"])
    since = tale.course.booked_at
    _move(tale, since, "begun", (None, stage), NOBODY)
    for at, event in tale.course.events():
        target = rules.next_stage(tale.cast.workflow, stage, event) if tale.past(at) else None
        if target is not None:
            _move(tale, at, event, (stage, target), _mover(tale, event))
            stage, since = target, at
    tale.add(Progress, tale.course.booked_at, workflow_version_id=tale.cast.workflow_id, stage=stage, entered_at=since)
    return stage


def _mover(tale: Tale, event: str) -> Who:
    if event in CUSTOMERS and tale.participants:
        return "customer", tale.participants[0]
    roles = {
        "handed_in": "retoucher",
        "accepted": "quality_lead",
        "sent_back": "quality_lead",
        "released": "consultant",
    }
    return tale.staff(roles[event]) if event in roles else NOBODY


def _move(tale: Tale, at: datetime, event: str, stages: tuple[str | None, str], who: Who) -> None:
    tale.add(StageEvent, at, event=event, from_stage=stages[0], to_stage=stages[1], actor_kind=who[0], actor_id=who[1])

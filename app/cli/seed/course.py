"""When what happened to an order: from the booking to the delivery, with the pauses people make."""

from datetime import date, datetime, timedelta

import msgspec

from app.cli.seed.plan import Chance, Hours

SENT_BACK, CHANGED = 0.15, 0.17  # of quality checks; of customers who look at finished photos
STAGES = ("selection", "retouch", "quality", "review", "release", "delivery", "intake")


class Attempt(msgspec.Struct):
    """One retoucher's go at a round, and the verdict on it."""

    taken_at: datetime
    handed_at: datetime
    judged_at: datetime
    accepted: bool


class Turn(msgspec.Struct):
    """A round: attempts until one is accepted, then the customer's answer."""

    opened_at: datetime
    attempts: list[Attempt]
    answered_at: datetime
    approved: bool


class Course(msgspec.Struct, kw_only=True):
    """An order's moments. What lies after `until` has not happened (yet)."""

    booked_at: datetime
    shot_at: datetime
    brought_at: datetime
    ready_at: datetime
    linked_at: datetime
    submitted_at: datetime
    turns: list[Turn]
    paid_at: datetime  # the last sum
    released_at: datetime
    until: datetime

    def past(self, moment: datetime) -> bool:
        """Tell whether something has happened."""
        return moment <= self.until

    def events(self) -> list[tuple[datetime, str]]:
        """List what may move the order, whether it has happened or not."""
        found = [(self.ready_at, "photos_ready"), (self.submitted_at, "submitted")]
        for turn in self.turns:
            for attempt in turn.attempts:
                found += [
                    (attempt.handed_at, "handed_in"),
                    (attempt.judged_at, "accepted" if attempt.accepted else "sent_back"),
                ]
            found.append((turn.answered_at, "approved" if turn.approved else "change_asked"))
        return [*found, (self.released_at, "released")]

    def stays(self) -> dict[str, tuple[datetime, datetime]]:
        """Tell when the order comes to each stage for the first time and leaves it."""
        first = self.turns[0]
        last = first.attempts[-1]
        return {
            "intake": (self.brought_at, self.ready_at),
            "selection": (self.linked_at, self.submitted_at),
            "retouch": (self.submitted_at, first.attempts[0].handed_at),
            "quality": (last.handed_at, last.judged_at),
            "review": (last.judged_at, first.answered_at),
            "release": (self.turns[-1].answered_at, self.released_at),
            "delivery": (self.released_at, self.released_at + timedelta(days=9)),
        }

    def shifted(self, by: timedelta) -> "Course":
        """Let the same happen at another time."""
        return msgspec.convert(_shift(msgspec.structs.asdict(self), by), Course)


def _shift(value: object, by: timedelta) -> object:
    if isinstance(value, datetime):
        return value + by
    if isinstance(value, dict):
        return {key: _shift(one, by) for key, one in value.items()}
    if isinstance(value, list):
        return [_shift(one, by) for one in value]
    if isinstance(value, msgspec.Struct):
        return type(value)(**{key: _shift(one, by) for key, one in msgspec.structs.asdict(value).items()})
    return value


class Storyteller:
    """Makes courses up."""

    def __init__(self, chance: Chance, hours: Hours, *, photos: int, reviewed: bool) -> None:
        self.chance, self.hours, self.photos, self.reviewed = chance, hours, photos, reviewed

    def course(self, day: date, until: datetime) -> Course:
        """Tell an order's whole course around the day of its shoot."""
        chance, hours = self.chance, self.hours
        lead = min(90, max(1, round(chance.about(12, 0.8))))
        booked = hours.open_from(hours.at(day - timedelta(days=lead), chance.between(10, 19)))
        if booked > until:  # the shoot is soon, so it is booked
            booked = until - timedelta(hours=chance.between(1, 90))
        brought = hours.at(day, chance.between(18, 21.5))
        if chance.happens(0.2):
            brought = hours.at(day + timedelta(days=1), chance.between(10.2, 12))
        ready = brought + timedelta(seconds=70 + self.photos * chance.between(0.9, 2.2))
        linked = hours.open_from(ready + timedelta(minutes=chance.between(5, 90)))
        chosen = linked + timedelta(days=chance.about(4, 0.7))
        submitted = max(hours.evening_of(chosen, chance), linked + timedelta(minutes=chance.between(25, 70)))
        turns = self._turns(submitted)
        paid = submitted + timedelta(minutes=chance.between(5, 60))
        if chance.happens(0.3):  # waits until there is something to see
            paid = turns[-1].answered_at + timedelta(hours=chance.about(14, 0.9))
        released = hours.open_from(max(paid, turns[-1].answered_at) + timedelta(minutes=chance.between(4, 100)))
        return Course(
            booked_at=booked, shot_at=hours.at(day, chance.between(8.5, 14)), brought_at=brought, ready_at=ready,
            linked_at=linked, submitted_at=submitted, turns=turns, paid_at=paid, released_at=released, until=until,
        )  # fmt: skip

    def _turns(self, submitted: datetime) -> list[Turn]:
        turns = [self._turn(submitted, approved=not (self.reviewed and self.chance.happens(CHANGED)))]
        if not turns[0].approved:
            turns.append(self._turn(turns[0].answered_at, approved=True))
        return turns

    def _turn(self, opened: datetime, *, approved: bool) -> Turn:
        chance, hours = self.chance, self.hours
        attempts: list[Attempt] = []
        since = opened
        while not attempts or not attempts[-1].accepted:
            taken = hours.open_from(since + timedelta(hours=chance.about(20 if not attempts else 4, 0.7)))
            handed = hours.open_from(taken + timedelta(hours=chance.about(22 if not attempts else 3, 0.6)))
            judged = hours.open_from(handed + timedelta(hours=chance.about(3, 0.8)))
            accepted = len(attempts) == 2 or not chance.happens(SENT_BACK)
            attempts.append(Attempt(taken, handed, judged, accepted))
            since = judged
        answered = attempts[-1].judged_at
        if self.reviewed:
            answered = max(
                hours.evening_of(answered + timedelta(hours=chance.about(26, 0.7)), chance),
                answered + timedelta(minutes=20),
            )
        return Turn(opened, attempts, answered, approved)

    def course_at(self, stage: str, now: datetime) -> Course:
        """Tell the course of an order that stands at a stage now."""
        whole = self.course(now.astimezone(self.hours.zone).date(), now)
        enter, leave = whole.stays()[stage]
        reached = enter + (leave - enter) * self.chance.between(0.3, 0.95)
        days = (now - reached) // timedelta(days=1)
        moved = whole.shifted(timedelta(days=days))
        moved.until = reached + timedelta(days=days)
        return moved


def pinned_stages(orders: int, *, reviewed: bool) -> list[str]:
    """Name the stages at which some orders stand for certain, so that no page is empty."""
    stages = [stage for stage in STAGES if reviewed or stage != "review"]
    return (stages * (2 if orders >= 60 else 1))[:orders]

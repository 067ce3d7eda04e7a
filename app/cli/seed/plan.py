"""What is asked for, chance that comes again with the same seed, and ids of the past."""

import random
import uuid
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import TypeVar
from zoneinfo import ZoneInfo

import msgspec

T = TypeVar("T")
OPENS, CLOSES = 10, 19  # the studio's hours
CLOSED_ON = 0  # Monday
SEASON = (5, 3, 7, 10, 12, 9, 6, 7, 11, 14, 9, 6)  # how often people are photographed, January to December
WEEK = (1, 4, 4, 4, 6, 12, 12)  # Monday to Sunday


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """How much to fill in: `photos` for each order, `months` of history before `now`.

    `scale` is the share of the camera's side in which the shoot is drawn, `pictures` how many different ones.
    """

    orders: int
    photos: int
    now: datetime
    months: int = 12
    seed: int = 7
    scale: float = 0.48  # as wide as the largest rendition
    pictures: int = 24


class Chance:
    """Dice that fall the same way for the same seed."""

    def __init__(self, seed: str) -> None:
        self._dice = random.Random(seed)  # noqa: S311 - stories, no secrets
        self.number = self._dice.randint
        self.share = self._dice.random
        self.between = self._dice.uniform

    def one(self, among: Sequence[T]) -> T:
        """Take one."""
        return among[self._dice.randrange(len(among))]

    def some(self, among: Sequence[T], count: int) -> list[T]:
        """Take several different ones, in their order."""
        places = sorted(self._dice.sample(range(len(among)), min(count, len(among))))
        return [among[place] for place in places]

    def weighed(self, among: Sequence[T], weights: Sequence[float]) -> T:
        """Take one, the heavy ones more often."""
        return self._dice.choices(among, weights)[0]

    def happens(self, share: float) -> bool:
        """Tell whether something happens that happens in this share of cases."""
        return self._dice.random() < share

    def about(self, middle: float, spread: float) -> float:
        """Give a number that is mostly near the middle and now and then much larger."""
        return self._dice.lognormvariate(0, spread) * middle

    def id_at(self, moment: datetime) -> uuid.UUID:
        """Make an id (UUID version 7) as it would have been made at a moment."""
        since = int(moment.timestamp() * 1000)
        order = moment.microsecond % 1000 * 4 + self._dice.randrange(4)
        return uuid.UUID(int=since << 80 | 7 << 76 | order << 64 | 2 << 62 | self._dice.getrandbits(62))


class Hours:
    """The studio's days in its own zone."""

    def __init__(self, zone: str) -> None:
        self.zone = ZoneInfo(zone)

    def at(self, day: date, hour: float) -> datetime:
        """Give a moment of a day."""
        midnight = datetime(day.year, day.month, day.day, tzinfo=self.zone)
        return midnight + timedelta(seconds=round(hour * 3600))

    def open_from(self, moment: datetime) -> datetime:
        """Give the moment itself while the studio is open, else one soon after it opens."""
        local = moment.astimezone(self.zone)
        late = timedelta(minutes=local.minute % 50, seconds=local.second, microseconds=local.microsecond)
        if local.hour >= CLOSES:
            local = self.at(local.date() + timedelta(days=1), OPENS) + late
        elif local.hour < OPENS:
            local = self.at(local.date(), OPENS) + late
        return local + timedelta(days=1) if local.weekday() == CLOSED_ON else local

    def evening_of(self, moment: datetime, chance: Chance) -> datetime:
        """Give the evening of a day: when people sit down with their pictures."""
        return self.at(moment.astimezone(self.zone).date(), chance.between(18.8, 22.8))


def shoot_days(plan: Plan, chance: Chance, today: date, count: int) -> list[date]:
    """Choose the days of the shoots: more in the season and at weekends, a few of them still to come."""
    first = today - timedelta(days=round(plan.months * 30.44))
    days = [first + timedelta(days=n) for n in range((today - first).days + 25)]
    weights = [SEASON[day.month - 1] * WEEK[day.weekday()] for day in days]
    return sorted(chance.weighed(days, weights) for _ in range(count))

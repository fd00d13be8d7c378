"""The months a demo covers, and the seeded generators that everything is drawn from."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import date

import numpy as np

# Fixed numbers: a purpose keeps its stream when another one is added.
PURPOSES = {
    "people": 1,
    "homes": 2,
    "plan": 3,
    "state": 4,
    "events": 5,
    "details": 6,
    "system": 7,
    "history": 8,
    "units": 9,
    "managed": 10,
    "links": 11,
    "service": 12,
    "credit": 13,
    "wealth": 14,
    "leaving": 15,
    "initiatives": 16,
    "holdings": 17,
    "accounts": 18,
    "journeys": 19,
    "waves": 20,
    "staff": 21,
    "touch": 22,
    "costs": 23,
}


def generator(seed: int, purpose: str, month: int = 0) -> np.random.Generator:
    """The generator of one purpose in one month: equal at every start."""
    return np.random.default_rng(np.random.SeedSequence((seed, PURPOSES[purpose], month)))


@dataclass(frozen=True)
class Window:
    """Whole months from `firsts[0]` on; the last one ends with the day `until`."""

    firsts: tuple[date, ...]
    until: date

    @property
    def last(self) -> int:
        """Index of the last month."""
        return len(self.firsts) - 1

    @property
    def start(self) -> date:
        """First day of data."""
        return self.firsts[0]

    def days(self, month: int) -> int:
        """Days of that month that are in the data."""
        first = self.firsts[month]
        whole = monthrange(first.year, first.month)[1]
        return self.until.day if month == self.last else whole

    def key(self, month: int) -> str:
        """The month as it is written, 2026-05."""
        return f"{self.firsts[month]:%Y-%m}"

    def on(self, month: int, day: int) -> date:
        """That day of the month, or the last one in the data."""
        return self.firsts[month].replace(day=min(day, self.days(month)))

    def covers(self, day: date) -> bool:
        """The day has data."""
        return self.start <= day <= self.until


def window_ending(until: date, months: int) -> Window:
    """The `months` calendar months that end with the one of `until`."""
    last = until.year * 12 + until.month - 1
    numbers = range(last - months + 1, last + 1)
    return Window(tuple(date(n // 12, n % 12 + 1, 1) for n in numbers), until)

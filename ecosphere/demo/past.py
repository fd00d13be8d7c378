"""What the events and the history leave behind, and every further export builds on."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np

from ecosphere.demo.arrays import Flags, Floats, Ints, day_number
from ecosphere.demo.history import Changes
from ecosphere.demo.homes import SLOTS
from ecosphere.demo.notes import finished
from ecosphere.demo.people import People
from ecosphere.demo.tables import Ids
from ecosphere.demo.tally import Tally
from ecosphere.demo.window import Window, generator
from ecosphere.demo.world import World

DAY = 86_400  # seconds
MISSING = -1  # a time that is written as null


@dataclass(frozen=True)
class Past:
    """Tables of months x people are as of the first of the month."""

    world: World
    ids: Ids
    seen: Tally
    changes: Changes
    tier: Ints
    payroll: Flags
    own: Flags  # an initiated event at an own app in the month

    @property
    def people(self) -> People:
        """The people."""
        return self.world.people

    @property
    def window(self) -> Window:
        """The months."""
        return self.world.window

    @property
    def over(self) -> int:
        """Index of the last month that is over, or of the only one."""
        return finished(self.window)

    @cached_property
    def firsts(self) -> Ints:
        """Day number of the first of each month."""
        return np.array([day_number(first) for first in self.window.firsts])

    @property
    def end(self) -> int:
        """The second after the last one of the data."""
        return (day_number(self.window.until) + 1) * DAY

    @cached_property
    def in_order(self) -> Ints:
        """The people in order of their customer_id, which keeps files small."""
        return self.ids.customer.arg_sort().to_numpy()

    def last_day(self, month: int) -> int:
        """Day number of the month's last day in the data."""
        return int(self.firsts[month]) + self.window.days(month) - 1

    def holders(self, month: int) -> Flags:
        """Who holds an account by the end of the month."""
        held: Flags = self.people.became <= self.last_day(month)
        return held

    def month_of(self, seconds: Ints) -> Ints:
        """Index of the month that each second is in."""
        index: Ints = np.searchsorted(self.firsts, seconds // DAY, side="right") - 1
        return index

    def known(self, seconds: Ints) -> Ints:
        """Times after the end of the data have not happened yet."""
        return np.where((seconds >= 0) & (seconds < self.end), seconds, MISSING)

    def rng(self, purpose: str, month: int = 0) -> np.random.Generator:
        """The generator of one purpose in one month."""
        return generator(self.world.seed, purpose, month)


def build_past(world: World, ids: Ids, seen: Tally, changes: Changes) -> Past:
    """Attributes of every month, and who used an own app in it."""
    own = np.zeros((len(world.window.firsts), len(world.people)), bool)
    for month, codes in enumerate(seen.active):
        own[month, codes[codes % SLOTS == 0] // SLOTS] = True
    tier, payroll = [changes.last.tier], [changes.last.payroll]
    for ended in reversed(changes.ended):
        tier.append(_with(tier[-1], ended.person, ended.values.tier))
        payroll.append(_with(payroll[-1], ended.person, ended.values.payroll))
    return Past(world, ids, seen, changes, np.stack(tier[::-1]), np.stack(payroll[::-1]), own)


def _with(values: Ints, who: Ints, earlier: Ints) -> Ints:
    changed = values.copy()
    changed[who] = earlier
    return changed


def daytime(rng: np.random.Generator, day: Ints) -> Ints:
    """A second between eight and twenty-two o'clock of each day number."""
    return day * np.int64(DAY) + rng.integers(8 * 3600, 22 * 3600, len(day))


def one_of(rng: np.random.Generator, shares: Floats, count: int) -> Ints:
    """So many codes, drawn with these shares."""
    bounds = np.cumsum(shares)[:-1] / np.sum(shares)
    return np.searchsorted(bounds, rng.random(count)).astype(np.int8)

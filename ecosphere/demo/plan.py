"""What is planted on purpose, so that an analysis can be tested by finding it."""

from dataclasses import dataclass
from datetime import date

import numpy as np

from ecosphere.demo.arrays import Ints, day_number
from ecosphere.demo.people import People
from ecosphere.demo.window import Window, generator

_LEAVERS = 0.025  # share of the people: enough to stand out from a month's own lapses
_RETURNERS = 0.012
_MOVERS = 0.008
_FEWEST = 10  # a truth about fewer people could not be shown, so it is not planted
_SHORTEST = 10  # months: every planted month needs neighbours on both sides
_LAST_DAY = 20  # of the partner that leaves, in its last month


@dataclass(frozen=True)
class Plan:
    """Months are indices into the window, None where the truth cannot be planted."""

    leave: int | None
    left_on: date | None
    leavers: Ints  # people who know the leaving partner and nothing else
    back: int | None
    returners: Ints
    silent: Ints  # how many months each returner is silent before the month they come back
    move: int | None
    movers: int

    @property
    def last_day(self) -> int:
        """Day of the month after which the leaving partner has no events."""
        return _LAST_DAY


def months_of_plan(window: Window) -> tuple[int | None, int | None, int | None]:
    """The months of the departure, of the return and of the tier moves."""
    if len(window.firsts) < _SHORTEST:
        return None, None, None
    return window.last - 6, window.last - 4, window.last - 8


def build_plan(window: Window, people: People, seed: int) -> Plan:
    """Who takes part: people with consent who joined before the window began."""
    rng = generator(seed, "plan")
    leave, back, move = months_of_plan(window)
    there = np.flatnonzero(people.consenting & (people.joined < day_number(window.start)))
    there = rng.permutation(there)
    leave, leavers = _chosen(leave, there, len(people), _LEAVERS)
    back, returners = _chosen(back, there[len(leavers) :], len(people), _RETURNERS)
    movers = round(len(people) * _MOVERS)
    longest = 2 if back is None else min(5, back - 1)
    return Plan(
        leave=leave,
        left_on=None if leave is None else window.on(leave, _LAST_DAY),
        leavers=leavers,
        back=back,
        returners=returners,
        silent=rng.integers(2, longest + 1, len(returners)),
        move=move if movers >= _FEWEST else None,
        movers=movers,
    )


def _chosen(month: int | None, there: Ints, people: int, share: float) -> tuple[int | None, Ints]:
    count = round(people * share)
    if month is None or not _FEWEST <= count <= len(there):
        return None, there[:0]
    return month, np.sort(there[:count])

"""How tier, segment and payroll of people change: always on the first of a month."""

from dataclasses import dataclass

import numpy as np

from ecosphere.demo.arrays import NEVER, Flags, Ints, day_number
from ecosphere.demo.people import TIERS, People
from ecosphere.demo.plan import Plan
from ecosphere.demo.window import Window, generator

_TIER_CHANGES = 0.0015  # of the people, a month
_UP = 0.62  # share of tier changes that are upgrades
_SEGMENT_CHANGES = 0.0008
_PAYROLL_CHANGES = 0.0012
_NEXT_SEGMENT = np.array([2, 2, 0, 3, 0])  # young people found families


@dataclass(frozen=True)
class Attributes:
    """What can change about people, one entry per person."""

    segment: Ints
    tier: Ints
    payroll: Flags

    def copy(self) -> "Attributes":
        """The same values in arrays of their own."""
        return Attributes(self.segment.copy(), self.tier.copy(), self.payroll.copy())

    def of(self, who: Ints) -> "Attributes":
        """Those of some people."""
        return Attributes(self.segment[who], self.tier[who], self.payroll[who])

    def differ(self, other: "Attributes") -> Ints:
        """Who has another value of any."""
        same = (self.segment == other.segment) & (self.tier == other.tier)
        return np.flatnonzero(~same | (self.payroll != other.payroll))


@dataclass(frozen=True)
class Ended:
    """Validities that ended on one day, the first of a month."""

    person: Ints
    since: Ints
    until: Ints  # the day on which the next validity begins
    values: Attributes


@dataclass(frozen=True)
class Changes:
    """Every change of the window, and what holds at its end."""

    ended: tuple[Ended, ...]
    last: Attributes
    last_since: Ints
    moved: Ints  # people of the planted move


def build_changes(window: Window, people: People, plan: Plan, active: Flags, seed: int) -> Changes:
    """Month by month; `active` (months x people) tells who can take part in the planted move."""
    now = Attributes(people.segment, people.tier, people.payroll)
    since, moved = people.joined.copy(), np.zeros(0, np.int64)
    ended: list[Ended] = []
    for month in range(1, len(window.firsts)):  # nothing is known of the time before the data
        rng = generator(seed, "history", month)
        first, before, now = day_number(window.firsts[month]), now, now.copy()
        holds = people.became < first
        if month == plan.move:
            able = holds & people.consenting & active[month - 1] & active[month]
            moved = _move(rng, now.tier, able, plan.movers)
        else:
            _change_tiers(rng, now.tier, holds)
        _change_others(rng, now, holds)
        who = now.differ(before)
        begin = np.full(len(who), first, np.int32)
        ended.append(Ended(who, since[who], begin, before.of(who)))
        since[who] = begin
    return Changes(tuple(ended), now, since, moved)


def _move(rng: np.random.Generator, tier: Ints, able: Flags, count: int) -> Ints:
    """So many of those able go from mass to affluent."""
    mass = np.flatnonzero(able & (tier == TIERS.index("mass")))
    chosen: Ints = np.sort(rng.permutation(mass)[:count])
    tier[chosen] = TIERS.index("affluent")
    return chosen


def _change_tiers(rng: np.random.Generator, tier: Ints, holds: Flags) -> None:
    """One tier up or down, within the scale; a tier not stated stays so."""
    drawn = np.flatnonzero(holds & (tier >= 0) & (rng.random(len(tier)) < _TIER_CHANGES))
    step = np.where(rng.random(len(drawn)) < _UP, 1, -1)
    tier[drawn] = np.clip(tier[drawn] + step, 0, len(TIERS) - 1)


def _change_others(rng: np.random.Generator, now: Attributes, holds: Flags) -> None:
    """Segments move on with life; salaries come and go."""
    ages = holds & (now.segment >= 0) & (rng.random(len(holds)) < _SEGMENT_CHANGES)
    now.segment[ages] = _NEXT_SEGMENT[now.segment[ages]]
    turns = holds & (rng.random(len(holds)) < _PAYROLL_CHANGES)
    now.payroll[turns] = ~now.payroll[turns]


def validities(changes: Changes) -> dict[str, Ints]:
    """Rows of people who changed at least once, the open one included."""
    who = np.unique(np.concatenate([np.zeros(0, np.int64), *(e.person for e in changes.ended)]))
    still = Ended(who, changes.last_since[who], np.full(len(who), NEVER), changes.last.of(who))
    rows = (*changes.ended, still)
    return {
        "person": np.concatenate([r.person for r in rows]),
        "valid_from": np.concatenate([r.since for r in rows]),
        "valid_to": np.concatenate([r.until for r in rows]),
        "segment": np.concatenate([r.values.segment for r in rows]),
        "tier": np.concatenate([r.values.tier for r in rows]),
        "payroll": np.concatenate([r.values.payroll for r in rows]),
    }

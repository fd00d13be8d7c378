"""One month of events, as codes: who, where and on which day."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from ecosphere.demo.arrays import UNKNOWN, Flags, Floats, Ints, day_number
from ecosphere.demo.homes import SLOTS
from ecosphere.demo.rhythm import QUANTA, day_table, volume
from ecosphere.demo.window import generator
from ecosphere.demo.world import World

_OWN_SHARES = (0.62, 0.87, 1.0)  # cumulative, of the three own apps
_MOVES_ON = 0.6  # share of events at a partner that has left which go to the own apps
_SLOT_WEIGHTS = 1.0 / np.arange(1, SLOTS) ** 1.2


@dataclass(frozen=True)
class Visits:
    """One entry per event of a month that a person began."""

    person: Ints
    slot: Ints  # 0: own apps
    partner: Ints
    day: Ints  # of the month, from 0
    campaign: Ints  # index of the campaign, -1 none

    def __len__(self) -> int:
        return len(self.person)

    def only(self, kept: Flags) -> Self:
        """The chosen ones."""
        return type(self)(
            self.person[kept],
            self.slot[kept],
            self.partner[kept],
            self.day[kept],
            self.campaign[kept],
        )

    def and_also(self, more: Self) -> Self:
        """Both, one after the other."""
        return type(self)(
            np.concatenate([self.person, more.person]),
            np.concatenate([self.slot, more.slot]),
            np.concatenate([self.partner, more.partner]),
            np.concatenate([self.day, more.day]),
            np.concatenate([self.campaign, more.campaign]),
        )


def visits_of_month(world: World, month: int, state: Flags) -> Visits:
    """Ordinary events of the people in `state`, and those that the plan requires."""
    rng = generator(world.seed, "events", month)
    person = _people(world, month, state, rng)
    slot = _slots(world, person, rng)
    partner = _partners(world, person, slot, rng)
    table = day_table(world.window, month, world.campaigns)
    quantum = rng.integers(0, QUANTA, len(person))
    day = table[world.partners.scene[partner], quantum].astype(np.int32)
    visits = Visits(person, slot, partner, day, np.full(len(person), UNKNOWN, np.int16))
    visits = _while_partners_live(world, month, visits, rng)
    visits = visits.only(_since_joined(world, month, visits))
    return visits.and_also(_planned(world, month, rng))


def _people(world: World, month: int, state: Flags, rng: np.random.Generator) -> Ints:
    """Each active person as often as they have events."""
    active = np.flatnonzero(state)
    expected = world.people.rate[active] * volume(world.window, month)
    repeated: Ints = np.repeat(active, rng.poisson(expected)).astype(np.int32)
    return repeated


def _slots(world: World, person: Ints, rng: np.random.Generator) -> Ints:
    """0 for the own apps, else a home partner, the first one most often."""
    sizes = np.arange(1, SLOTS)
    bounds = np.cumsum(_SLOT_WEIGHTS) / np.cumsum(_SLOT_WEIGHTS)[sizes - 1, None]
    uniform: Floats = rng.random(len(person), dtype=np.float32)
    slot = np.ones(len(person), np.int8)
    size = world.homes.size[person]
    for column in range(SLOTS - 2):
        slot += uniform > bounds[:, column].astype(np.float32)[size - 1]
    own = rng.random(len(person), dtype=np.float32) < world.homes.own_share[person]
    slot[own] = 0
    return np.minimum(slot, size)


def _partners(world: World, person: Ints, slot: Ints, rng: np.random.Generator) -> Ints:
    partner = world.homes.partner[person, slot]
    own = slot == 0
    partner[own] = np.searchsorted(_OWN_SHARES, rng.random(int(own.sum())))
    return partner


def _while_partners_live(
    world: World, month: int, visits: Visits, rng: np.random.Generator
) -> Visits:
    """No event before a partner joins; after it has left, some go to the own apps instead."""
    number = visits.day + day_number(world.window.firsts[month])
    ended = number > world.partners.ended[visits.partner]
    kept = number >= world.partners.onboarded[visits.partner]
    if not ended.any():
        return visits.only(kept)
    has_app = world.homes.own_share[visits.person] > 0
    moves = ended & has_app & (rng.random(len(visits)) < _MOVES_ON)
    visits.slot[moves] = 0
    visits.partner[moves] = 0
    return visits.only(kept & (~ended | moves))


def _since_joined(world: World, month: int, visits: Visits) -> Flags:
    number = visits.day + day_number(world.window.firsts[month])
    since: Flags = number >= world.people.joined[visits.person]
    return since


def _planned(world: World, month: int, rng: np.random.Generator) -> Visits:
    """One event each, so that a planted truth does not hang on a draw."""
    plan = world.plan
    none = _at(plan.leavers[:0], 1, 1, rng)
    if month == plan.leave:
        return _at(plan.leavers, 1, plan.last_day, rng, partner=world.homes.partner)
    if plan.back is None:
        return none
    if month == plan.back:
        code = next(i for i, c in enumerate(world.campaigns) if c.wins_back)
        last = min(25, world.window.days(month))
        return _at(plan.returners, 5, last, rng, campaign=code)
    due = plan.returners[plan.back - plan.silent - 1 == month]
    return _at(due, 1, 20, rng)


def _at(
    person: Ints,
    first: int,
    last: int,
    rng: np.random.Generator,
    partner: Ints | None = None,
    campaign: int = UNKNOWN,
) -> Visits:
    """One event per person from day `first` to day `last`, at the first home partner or own app."""
    slot = 0 if partner is None else 1
    where = np.zeros(len(person), np.int16) if partner is None else partner[person, 1]
    day = rng.integers(first - 1, last, len(person), dtype=np.int32)
    return Visits(
        person.astype(np.int32),
        np.full(len(person), slot, np.int8),
        where,
        day,
        np.full(len(person), campaign, np.int16),
    )

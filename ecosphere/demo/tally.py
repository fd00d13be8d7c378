"""Counts of what was generated: the truths that an analysis must find."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ecosphere.demo.arrays import NEVER, Flags, Ints, day_number
from ecosphere.demo.details import Rows
from ecosphere.demo.homes import SLOTS
from ecosphere.demo.world import World


@dataclass(frozen=True)
class Seen:
    """What one month showed; a code is person * SLOTS + slot, slot 0 the own apps."""

    active: Ints  # codes with an initiated event
    with_customer: Ints  # codes with a row that carries the customer_id
    without_customer: Ints
    campaigns: Ints  # person * number of campaigns + campaign
    rows: int
    first_both: Ints  # by code of `with_customer`: day number of its first such row


@dataclass(frozen=True)
class Tally:
    """All months together, with every link applied backwards."""

    active: tuple[Ints, ...]  # codes, by month
    linked: Flags  # by code: some event carries both ids, or it is an own app
    late: Flags  # by code: linked, but not in its first events
    never: Flags  # by code: seen, never linked
    people: Flags  # months x people: a linked initiated event
    campaigns: tuple[Ints, ...]
    first_both: Ints  # by code: day number of the first row with the customer_id, NEVER none


def see(world: World, month: int, rows: Rows) -> Seen:
    """The month's codes, each once."""
    size = len(world.people) * SLOTS
    code = rows.person.astype(np.int64) * SLOTS + rows.slot
    carries = rows.campaign >= 0
    many = len(world.campaigns)
    both = _once(code[rows.linked], size)
    return Seen(
        active=_once(code[rows.initiated], size),
        with_customer=both,
        without_customer=_once(code[~rows.linked], size),
        campaigns=np.unique(rows.person[carries].astype(np.int64) * many + rows.campaign[carries]),
        rows=len(rows),
        first_both=_first_days(code[rows.linked], rows.second[rows.linked], size)[both]
        + day_number(world.window.firsts[month]),
    )


def tally(world: World, seen: Sequence[Seen]) -> Tally:
    """Who was active, once it is known who every scene user is."""
    size = len(world.people) * SLOTS
    both, waiting = np.zeros(size, bool), np.zeros(size, bool)
    for month in seen:
        both[month.with_customer] = True
        waiting[month.without_customer] = True
    first = np.full(size, NEVER, np.int32)
    for month in reversed(seen):
        first[month.with_customer] = month.first_both
    people = np.zeros((len(seen), len(world.people)), bool)
    for row, month in zip(people, seen, strict=True):
        row[month.active[both[month.active]] // SLOTS] = True
    return Tally(
        active=tuple(month.active for month in seen),
        linked=both,
        late=both & waiting,
        never=waiting & ~both,
        people=people,
        campaigns=tuple(month.campaigns for month in seen),
        first_both=first,
    )


def _once(codes: Ints, size: int) -> Ints:
    """Sorted distinct codes; marking is several times faster than sorting millions."""
    marked = np.zeros(size, bool)
    marked[codes] = True
    return np.flatnonzero(marked).astype(np.int32)


def _first_days(codes: Ints, seconds: Ints, size: int) -> Ints:
    """Day of the month of each code's first row; of several writes to one place the last holds."""
    day = np.zeros(size, np.int32)
    day[codes[::-1]] = seconds[::-1] // 86_400
    return day


def growth(tally: Tally, counted: Flags) -> dict[str, Ints]:
    """New, retained, resurrected and lapsed people by month, among those counted."""
    now = tally.people & counted
    before = np.vstack([np.zeros_like(now[:1]), now[:-1]])
    known = np.logical_or.accumulate(before, axis=0)
    return {
        "active": now.sum(axis=1),
        "new": (now & ~known).sum(axis=1),
        "retained": (now & before).sum(axis=1),
        "resurrected": (now & ~before & known).sum(axis=1),
        "lapsed": (before & ~now).sum(axis=1),
    }


def only_at(world: World, seen: Tally, month: int, partner: int) -> Flags:
    """Linked people whose every event of the month was at that partner."""
    codes = seen.active[month]
    codes = codes[seen.linked[codes]]
    person, slot = codes // SLOTS, codes % SLOTS
    there = (slot > 0) & (world.homes.partner[person, slot] == partner)
    at, elsewhere = np.zeros((2, len(world.people)), bool)
    at[person[there]] = True
    elsewhere[person[~there]] = True
    return at & ~elsewhere

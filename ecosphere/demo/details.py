"""What an event carries beside who and where: time, channel, type, amount, device, campaign."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Self

import numpy as np

from ecosphere.demo.arrays import UNKNOWN, Flags, Floats, Ints, day_number, draw_slices
from ecosphere.demo.events import Visits
from ecosphere.demo.rhythm import QUANTA, hour_table
from ecosphere.demo.window import generator
from ecosphere.demo.world import World

CHANNELS = ("app", "mini_program", "partner_app", "web", "branch")
EVENT_TYPES = (
    "open",
    "login",
    "view",
    "transact",
    "service",
    "interest",
    "auto_debit",
    "fee",
    "push",
)
_CHANNEL_SHARES = np.array([[0.85, 0.05, 0.0, 0.06, 0.04], [0.0, 0.22, 0.73, 0.05, 0.0]])
_TYPE_SHARES = np.array(  # by scene
    [
        [0.26, 0.36, 0.19, 0.13, 0.06],
        [0.34, 0.04, 0.52, 0.07, 0.03],
        [0.33, 0.04, 0.29, 0.31, 0.03],
        [0.40, 0.03, 0.15, 0.39, 0.03],
        [0.35, 0.04, 0.38, 0.20, 0.03],
        [0.36, 0.05, 0.36, 0.13, 0.10],
        [0.33, 0.06, 0.42, 0.14, 0.05],
        [0.38, 0.04, 0.20, 0.34, 0.04],
    ]
)
_YUAN = (420.0, 18.0, 34.0, 5.0, 110.0, 95.0, 380.0, 70.0)  # median amount, by scene
_SPREAD = 0.9  # of its logarithm
_DAY_BEGINS = 5  # second; rounding down to the step of the clock must not reach yesterday
_UNKNOWN_PARTNER = 0.003  # own-app events that come without a partner_id
_SECOND_DEVICE = 0.12  # share of app events
_SHARED_DEVICE = 0.02  # share of people who use the device of another
_CARRIES = 0.35  # share of a scene's events during a campaign there
_SYSTEM = {"auto_debit": 0.05, "fee": 0.01, "push": 0.08}  # a month, of account holders
_INTEREST = 0.45  # of account holders, on the 21st of the last month of a quarter


@dataclass(frozen=True)
class Rows:
    """One entry per row of the export, as codes; -1 is written as null."""

    person: Ints
    slot: Ints
    partner: Ints
    second: Ints  # of the month
    channel: Ints
    kind: Ints
    amount: Floats  # yuan, NaN none
    device: Ints
    campaign: Ints
    linked: Flags  # the row carries the customer_id
    initiated: Flags

    def __len__(self) -> int:
        return len(self.person)

    def by_time(self, more: Self) -> Self:
        """Both, in order of time; rows of one second keep theirs."""
        order = np.argsort(np.concatenate([self.second, more.second]), kind="stable")
        names = [field.name for field in fields(self)]
        both = [np.concatenate([getattr(self, n), getattr(more, n)])[order] for n in names]
        return type(self)(*both)


def rows_of_month(world: World, month: int, visits: Visits) -> Rows:
    """All rows of the month, those of the system included."""
    rng = generator(world.seed, "details", month)
    scene = world.partners.scene[visits.partner]
    quantum = rng.integers(0, QUANTA, (3, len(visits)), dtype=np.int16)
    own = visits.slot == 0
    channel = draw_slices(_CHANNEL_SHARES, QUANTA)[np.where(own, 0, 1), quantum[0]]
    kind = draw_slices(_TYPE_SHARES, QUANTA)[scene, quantum[1]]
    hour = hour_table()[scene, quantum[2]].astype(np.int32)
    of_day = np.maximum(hour * 3600 + rng.integers(0, 3600, len(visits)), _DAY_BEGINS)
    lost = own & (rng.random(len(visits), dtype=np.float32) < _UNKNOWN_PARTNER)
    number = visits.day + day_number(world.window.firsts[month])
    rows = Rows(
        person=visits.person,
        slot=visits.slot,
        partner=np.where(lost, UNKNOWN, visits.partner).astype(np.int16),
        second=(visits.day * 86_400 + of_day).astype(np.int32),
        channel=channel,
        kind=kind,
        amount=_amounts(rng, scene, kind),
        device=_devices(rng, visits.person, channel),
        campaign=_campaigns(world, rng, scene, number, visits.campaign),
        linked=number >= world.homes.linked_from[visits.person, visits.slot],
        initiated=np.ones(len(visits), bool),
    )
    return rows.by_time(system_rows(world, month))


def _amounts(rng: np.random.Generator, scene: Ints, kind: Ints) -> Floats:
    paid = kind == EVENT_TYPES.index("transact")
    amount = np.full(len(kind), np.nan)
    yuan = np.array(_YUAN)[scene[paid]] * rng.lognormal(0.0, _SPREAD, int(paid.sum()))
    amount[paid] = np.maximum(np.round(yuan, 1), 0.1)
    return amount


def _devices(rng: np.random.Generator, person: Ints, channel: Ints) -> Ints:
    """Only the own app on a phone tells the device; codes person * 2 or person * 2 + 1."""
    shares = (person * np.int64(2_654_435_761) >> 7) % 1000 < _SHARED_DEVICE * 1000
    holder = np.where(shares, np.maximum(person - 1, 0), person)
    second = rng.random(len(person), dtype=np.float32) < _SECOND_DEVICE
    code = holder * 2 + second
    return np.where(channel == CHANNELS.index("app"), code, UNKNOWN).astype(np.int32)


def _campaigns(
    world: World, rng: np.random.Generator, scene: Ints, number: Ints, planned: Ints
) -> Ints:
    """A share of the scene's events between its first and its last day carries the campaign."""
    campaign = planned.copy()
    for code, one in enumerate(world.campaigns):
        first, last = day_number(one.first), day_number(one.last)
        if one.wins_back or last < number.min(initial=last) or first > number.max(initial=first):
            continue
        here = (scene == one.scene) & (number >= first) & (number <= last) & (planned < 0)
        campaign[here & (rng.random(len(scene), dtype=np.float32) < _CARRIES)] = code
    return campaign


def system_rows(world: World, month: int) -> Rows:
    """What the bank does by itself: never activity."""
    rng = generator(world.seed, "system", month)
    first, days = world.window.firsts[month], world.window.days(month)
    people, kinds, when = [], [], []
    for kind, share in _SYSTEM.items():
        drawn = np.flatnonzero(rng.random(len(world.people)) < share)
        people.append(drawn)
        kinds.append(np.full(len(drawn), EVENT_TYPES.index(kind), np.int8))
        when.append(rng.integers(0, days, len(drawn)))
    if first.month % 3 == 0 and days >= 21:
        drawn = np.flatnonzero(rng.random(len(world.people)) < _INTEREST)
        people.append(drawn)
        kinds.append(np.full(len(drawn), EVENT_TYPES.index("interest"), np.int8))
        when.append(np.full(len(drawn), 20))
    return _held(world, first, np.concatenate(people), np.concatenate(kinds), np.concatenate(when))


def _held(world: World, first: date, person: Ints, kind: Ints, day: Ints) -> Rows:
    """Only for people who already hold an account on the day; in the small hours."""
    kept = world.people.became[person] <= day + day_number(first)
    person, kind, day = person[kept].astype(np.int32), kind[kept], day[kept]
    count = len(person)
    return Rows(
        person=person,
        slot=np.zeros(count, np.int8),
        partner=np.zeros(count, np.int16),
        second=(day * 86_400 + 3600 + (person * np.int64(7919)) % 7200).astype(np.int32),
        channel=np.zeros(count, np.int8),
        kind=kind,
        amount=np.full(count, np.nan),
        device=np.full(count, UNKNOWN, np.int32),
        campaign=np.full(count, UNKNOWN, np.int16),
        linked=np.ones(count, bool),
        initiated=np.zeros(count, bool),
    )

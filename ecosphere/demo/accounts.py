"""Accounts: opened at a branch or through a partner, funded, upgraded, closed."""

import numpy as np
import polars as pl

from ecosphere.demo.arrays import NEVER, UNKNOWN, Flags, Ints
from ecosphere.demo.columns import look_up, moments, text
from ecosphere.demo.leaving import Leaving
from ecosphere.demo.past import DAY, MISSING, Past, daytime

_TYPES = ("I", "II", "III")
_TYPE_II = 0.62  # of the accounts opened through a partner; the others are of type III
_FULL = 0.86  # of the first accounts opened with the bank itself, type I
_SECOND = 0.16  # of the customers open one more, at their first home partner
_FUNDED = np.array([0.93, 0.74, 0.58])  # by type
_SOON = 0.68  # of the funded ones, within days
_UPGRADED = 0.16  # of types II and III
_CLOSED = 0.05  # of second accounts
_CLOSING_HOUR = 21 * 3600


def accounts_table(past: Past, leaving: Leaving) -> pl.DataFrame:
    """The export, in order of the customers and then of opening."""
    person, second, partner, first = _opened(past)
    rng = past.rng("accounts", 1)
    count = len(person)
    through = (partner >= 0) | (rng.random(count) >= _FULL)
    kind = np.where(through, np.where(rng.random(count) < _TYPE_II, 1, 2), 0)
    closed = _closed(past, rng, leaving, person, second, first)
    funded = _funded(rng, second, kind)
    upgrades = (kind > 0) & (rng.random(count) < _UPGRADED)
    later = second + rng.integers(20 * DAY, 220 * DAY, count)
    upgraded = np.where(upgrades, later, MISSING)
    before = np.where(closed >= 0, closed, past.end)
    return pl.DataFrame(
        {
            "account_id": np.arange(1, count + 1, dtype=np.int64),
            "customer_id": look_up(past.ids.customer, person),
            "account_type": text(_TYPES, kind),
            "opened_at": moments(second),
            "partner_id": text(past.world.partners.ids, partner),
            "funded_at": moments(np.where(funded < before, funded, MISSING)),
            "closed_at": moments(closed),
            "upgraded_at": moments(np.where(upgraded < before, upgraded, MISSING)),
        }
    )


def _opened(past: Past) -> tuple[Ints, Ints, Ints, Flags]:
    """Person, second, partner (-1 the bank itself) and whether it is the first account."""
    rng = past.rng("accounts")
    people, partners = past.people, past.world.partners
    holders = past.in_order[people.became[past.in_order] < NEVER]
    via = past.world.acquired_by[holders]
    alive = (via >= 0) & (people.became[holders] <= partners.ended[via])
    began = daytime(rng, people.became[holders])
    home = past.world.homes.partner[holders, 1]
    some = rng.random(len(holders)) < _SECOND
    since = np.maximum(partners.onboarded[home], people.became[holders] + 1)
    day = since + rng.exponential(300.0, len(holders)).astype(np.int64)
    some &= (home >= 0) & (day <= partners.ended[home]) & (day < past.end // DAY)
    again = daytime(rng, day[some])
    person = np.concatenate([holders, holders[some]])
    second = np.concatenate([began, again])
    partner = np.concatenate([np.where(alive, via, UNKNOWN), home[some]])
    place = np.argsort(past.in_order)[person]
    order = np.lexsort((second, place))
    first = np.arange(len(person)) < len(holders)
    return person[order], second[order], partner[order], first[order]


def _funded(rng: np.random.Generator, second: Ints, kind: Ints) -> Ints:
    count = len(second)
    soon = rng.random(count) < _SOON
    days = np.where(soon, rng.exponential(2.0, count), 7.0 + rng.exponential(30.0, count))
    happens = rng.random(count) < _FUNDED[kind]
    return np.where(happens, second + 300 + (days * DAY).astype(np.int64), MISSING)


def _closed(
    past: Past, rng: np.random.Generator, leaving: Leaving, person: Ints, second: Ints, first: Flags
) -> Ints:
    """Those who leave close all accounts on the last day of the month; a few others their second.

    What they open later is closed at once, so that nobody who left holds an account.
    """
    last = np.array([past.last_day(month) for month in range(len(past.firsts))])
    month = np.where(leaving.closed, leaving.month, 0)[person]
    leaves = last[month] * np.int64(DAY) + _CLOSING_HOUR
    some = ~first & (rng.random(len(person)) < _CLOSED)
    later = past.known(second + rng.integers(60 * DAY, 400 * DAY, len(person)))
    by_chance = np.where(some, later, MISSING)
    leaves = past.known(np.maximum(leaves, second + 600))
    return np.where(leaving.closed[person], leaves, by_chance)

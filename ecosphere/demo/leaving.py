"""Who takes the assets away, and when: a risk of three known features."""

from dataclasses import dataclass
from itertools import product

import numpy as np

from ecosphere.demo.arrays import NEVER, Flags, Floats, Ints
from ecosphere.demo.past import Past
from ecosphere.demo.wealth import LEFT, LOW, Wealth

INTERCEPT = -5.3
COEFFICIENTS = {"silent": 1.2, "payroll": -0.9, "complaint": 1.6}  # of the log odds, a month
MONTHS = 3  # that the features look back, and a customer must have been one
_FEWEST = 10  # leavers: with fewer there is nothing to find
_STAYS_ABOVE = 1.06  # of the lower bound: after leaving, a tier is still deserved
_CLOSES = 0.9  # of those who could: mass customers who are not seen again


@dataclass(frozen=True)
class Leaving:
    """The month of each person, NEVER for most, and what the risk was made of."""

    month: Ints
    closed: Flags  # and the accounts are closed in it
    cells: dict[str, tuple[int, int]]  # by features: customer-months at risk, of them left


def build_leaving(past: Past, wealth: Wealth, complained: Flags, members: Flags) -> Leaving:
    """Month by month; members of an initiative may leave but never close, so arms stay whole."""
    month = np.full(len(past.people), NEVER, np.int64)
    at_risk, left = np.zeros((2, 8), np.int64)
    for now in range(MONTHS, past.over + 1):
        able = _able(past, wealth, now) & (month == NEVER)
        features = _features(past, complained, now)
        cell = features @ np.array([4, 2, 1])
        odds = INTERCEPT + features @ np.array(list(COEFFICIENTS.values()))
        risk = np.where(able, 1.0 / (1.0 + np.exp(-odds)), 0.0)
        goes = _drawn(past.rng("leaving", now), cell, risk)
        month[goes] = now
        mine = past.people.consenting
        at_risk += np.bincount(cell[able & mine], minlength=8)
        left += np.bincount(cell[goes & mine], minlength=8)
    names = ["".join(map(str, bits)) for bits in product((0, 1), repeat=3)]
    pairs = zip(at_risk.tolist(), left.tolist(), strict=True)
    cells = {name: pair for name, pair in zip(names, pairs, strict=True) if pair[0]}
    return Leaving(month, _closed(past, wealth, month, members), cells)


def raised(past: Past, wealth: Wealth, leaving: Leaving) -> Floats:
    """Yuan before the month: leavers own enough for their tier to hold with what they leave."""
    lower = np.array([0.0, 50_000.0, 500_000.0, 6_000_000.0])[np.maximum(past.tier[0], 0)]
    enough = lower * _STAYS_ABOVE / LEFT
    goes = leaving.month < NEVER
    return np.where(goes, np.maximum(wealth.base, enough), wealth.base)


def churn_truth(past: Past, leaving: Leaving) -> dict[str, object] | None:
    """Cells of the three features, and the coefficients that they were drawn with."""
    left = sum(cell[1] for cell in leaving.cells.values())
    if left < _FEWEST:
        return None
    mine = past.people.consenting & (leaving.month < NEVER)
    return {
        "note": "customer-months of those with an AUM (month average) of at least 10,000 yuan in"
        " the month before, an official_tier that never changes, an account for three whole months"
        " and not left before; left = more than half of the AUM goes in the month and does not come"
        " back, or the accounts are closed in it. Key of cells: silent, payroll, complaint as 1"
        " or 0; value: [customer-months, left]. So that tiers hold, leavers above mass owned 2.4"
        " times what their tier requires",
        "from": past.window.key(MONTHS),
        "to": past.window.key(past.over),
        "features": {
            "silent": "no initiated event in the three months before",
            "payroll": "is_payroll on the first of the month",
            "complaint": "a service contact of kind complaint in the three months before",
        },
        "intercept": INTERCEPT,
        "coefficients": COEFFICIENTS,
        "cells": {name: list(cell) for name, cell in leaving.cells.items()},
        "left": left,
        "closed": int((mine & leaving.closed).sum()),
    }


def _able(past: Past, wealth: Wealth, now: int) -> Flags:
    since = past.people.became < past.firsts[now - MONTHS]
    able: Flags = wealth.stable & (wealth.base >= LOW) & since
    return able


def _drawn(rng: np.random.Generator, cell: Ints, risk: Floats) -> Flags:
    """A systematic draw: each with their risk, and in each cell as many as its risks add up to."""
    order = rng.permutation(len(risk))
    order = order[np.argsort(cell[order], kind="stable")]
    sum_ = np.cumsum(risk[order]) + rng.random()
    goes = np.zeros(len(risk), bool)
    goes[order] = np.floor(sum_) > np.floor(np.concatenate([[sum_[0] - risk[order[0]]], sum_[:-1]]))
    return goes


def _features(past: Past, complained: Flags, now: int) -> Ints:
    before = slice(now - MONTHS, now)
    silent = ~past.seen.people[before].any(axis=0)
    found = [silent, past.payroll[now], complained[before].any(axis=0)]
    return np.stack(found, axis=1).astype(np.int8)


def _closed(past: Past, wealth: Wealth, month: Ints, members: Flags) -> Flags:
    """Mass customers without a later event; the official tier of others would have to fall."""
    last_seen = np.full(len(month), -1)
    for index, active in enumerate(past.seen.people):
        last_seen[active] = index
    gone = (month < NEVER) & (wealth.band[0] == 0) & (last_seen <= month) & ~members
    rng = past.rng("leaving")
    closed: Flags = gone & (rng.random(len(month)) < _CLOSES)
    return closed

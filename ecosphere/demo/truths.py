"""truths.json: what an analysis of the demo must find, counted from the generated rows."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from ecosphere.demo.arrays import Ints
from ecosphere.demo.history import Changes
from ecosphere.demo.partners import LEAVING
from ecosphere.demo.tally import Tally, growth, only_at
from ecosphere.demo.world import World

Truth = dict[str, Any]


# The exports beside the events that a truth is counted from.
_NEEDS = {
    "linked_later": {"events"},
    "consent": {"customers"},
    "moved_in": {"events", "customers", "customer_history"},
}
_USUALLY = {"events", "customers"}


def find_truths(world: World, seen: Tally, changes: Changes, written: set[str]) -> dict[str, Truth]:
    """Every truth that could be planted and can be counted from what was written."""
    grown = growth(seen, world.people.consenting)
    found = {
        "partner_leaves": _partner_leaves(world, seen, grown["lapsed"]),
        "returners": _returners(world, seen, grown["resurrected"]),
        "moved_in": _moved_in(world, seen, changes),
        "linked_later": _linked_later(world, seen),
        "consent": _consent(world),
        "mau": _mau(world, grown["active"]),
        "growth": _growth(world, grown),
    }
    return {
        name: truth
        for name, truth in found.items()
        if truth is not None and _NEEDS.get(name, _USUALLY) <= written
    }


def _partner_leaves(world: World, seen: Tally, lapsed: Ints) -> Truth | None:
    month, left_on = world.plan.leave, world.plan.left_on
    if month is None or left_on is None:
        return None
    gone = ~seen.people[month + 1 :].any(axis=0)
    stayed_away = only_at(world, seen, month, LEAVING) & gone & world.people.consenting
    return {
        "note": "people whose every event of the month was at the partner that left in it,"
        " and who have no event after that month: they lapse in lapsed_month",
        "partner_id": world.partners.ids[LEAVING],
        "ended_on": left_on.isoformat(),
        "month": world.window.key(month),
        "lapsed_month": world.window.key(month + 1),
        "people": int(stayed_away.sum()),
        "lapsed": _by_month(world, lapsed, range(month, month + 3)),
    }


def _returners(world: World, seen: Tally, resurrected: Ints) -> Truth | None:
    month = world.plan.back
    if month is None:
        return None
    code = next(i for i, c in enumerate(world.campaigns) if c.wins_back)
    many = len(world.campaigns)
    carried = seen.campaigns[month]
    came = np.zeros(len(world.people), bool)
    came[carried[carried % many == code] // many] = True
    silent = ~seen.people[month - 2 : month].any(axis=0)
    known = seen.people[: month - 2].any(axis=0)
    return {
        "note": "people with an event of the campaign in the month, active before,"
        " but not in the two months before: they are resurrected in the month",
        "campaign_id": world.campaigns[code].id,
        "month": world.window.key(month),
        "people": int((came & silent & known & world.people.consenting).sum()),
        "resurrected": _by_month(world, resurrected, range(month - 1, month + 2)),
    }


def _moved_in(world: World, seen: Tally, changes: Changes) -> Truth | None:
    month = world.plan.move
    if month is None or not len(changes.moved):
        return None
    both = seen.people[month - 1 : month + 1].all(axis=0) & world.people.consenting
    return {
        "note": "people active in the month and the one before whose official_tier goes from"
        " mass to affluent on the first of the month; nobody else changes tier on that day",
        "month": world.window.key(month),
        "valid_from": world.window.firsts[month].isoformat(),
        "from": "mass",
        "to": "affluent",
        "people": int(both[changes.moved].sum()),
    }


def _linked_later(world: World, seen: Tally) -> Truth:
    unmatched = [int(seen.never[codes].sum()) for codes in seen.active]
    return {
        "note": "pairs of partner_id and scene_user_id: later = the first events without a"
        " customer_id, some event with one; never = no event with one; unmatched ="
        " of the never ones, those with an initiated event in the month",
        "later": int(seen.late.sum()),
        "never": int(seen.never.sum()),
        "unmatched": dict(zip(_keys(world), unmatched, strict=True)),
    }


def _consent(world: World) -> Truth:
    return {
        "note": "people whose consent_analytics is false or null; no other truth counts them,"
        " but a scene user linked to one of them is matched",
        "without": int((~world.people.consenting).sum()),
        "not_stated": int((world.people.consent < 0).sum()),
    }


def _mau(world: World, active: Ints) -> Truth:
    return {
        "note": "distinct people with consent and an event with is_initiated in the month, every"
        " link applied to all events of the scene user at that partner",
        "months": _by_month(world, active, range(len(active))),
    }


def _growth(world: World, grown: dict[str, Ints]) -> Truth:
    parts = {name: counts for name, counts in grown.items() if name != "active"}
    months = range(len(world.window.firsts))
    return {
        "note": "the same people against the month before: active = new + retained + resurrected",
        **{name: _by_month(world, counts, months) for name, counts in parts.items()},
    }


def _keys(world: World) -> list[str]:
    return [world.window.key(month) for month in range(len(world.window.firsts))]


def _by_month(world: World, counts: Ints, months: Iterable[int]) -> dict[str, int]:
    keys = _keys(world)
    return {keys[month]: int(counts[month]) for month in months if month < len(keys)}

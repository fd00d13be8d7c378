"""Credit applications: offered, applied, decided, drawn; with a paradox in the approval rates."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from ecosphere.demo.arrays import NEVER, UNKNOWN, Flags, Floats, Ints
from ecosphere.demo.columns import look_up, moments, text
from ecosphere.demo.past import DAY, MISSING, Past, daytime, one_of
from ecosphere.demo.people import CITY_TIERS

CHANNELS = ("app", "branch", "partner_app", "mini_program", "phone")
APP, BRANCH, PARTNER_APP = 0, 1, 2
PRODUCTS = ("consumer_loan", "credit_card", "car_instalment", "business_loan")
LOAN = PRODUCTS.index("consumer_loan")
_OFFERED, _UNASKED = 0.012, 0.007  # of the account holders, a month
_ANSWERED = 0.55  # of the offers
_DRAWN = 0.7  # of those approved
_PRODUCT_SHARES = np.array([0.46, 0.34, 0.1, 0.1])
# By city tier, the last row: not stated. Branches meet the creditworthy, the app the others.
_CHANNEL_SHARES = np.array(
    [
        [0.16, 0.62, 0.08, 0.08, 0.06],
        [0.24, 0.50, 0.10, 0.10, 0.06],
        [0.54, 0.20, 0.11, 0.11, 0.04],
        [0.62, 0.15, 0.10, 0.10, 0.03],
        [0.64, 0.15, 0.09, 0.09, 0.03],
        [0.40, 0.30, 0.12, 0.12, 0.06],
    ]
)
_APPROVED = np.array([0.82, 0.72, 0.50, 0.38, 0.28, 0.6])  # by city tier, at a branch
_APP_IS_KINDER = 0.10
_FEWEST = 8  # decisions per city tier and channel: below, rounding could turn the direction


@dataclass(frozen=True)
class Applications:
    """One entry per application or unanswered offer; times are seconds, -1 none."""

    person: Ints
    product: Ints
    offered: Ints
    applied: Ints
    approved: Ints
    declined: Ints
    drawn: Ints
    partner: Ints
    channel: Ints

    def __len__(self) -> int:
        return len(self.person)


def build_applications(past: Past) -> Applications:
    """All of the window, in order of the offer or the application."""
    parts = [_begun(past, month) for month in range(len(past.firsts))]
    person = np.concatenate([p[0] for p in parts])
    offered = np.concatenate([p[1] for p in parts])
    applied = np.concatenate([p[2] for p in parts])
    order = np.lexsort((person, np.where(offered >= 0, offered, applied)))
    return _decided(past, person[order], offered[order], past.known(applied[order]))


def applications_table(past: Past, all_: Applications) -> pl.DataFrame:
    """The export."""
    return pl.DataFrame(
        {
            "application_id": np.arange(1, len(all_) + 1, dtype=np.int64),
            "customer_id": look_up(past.ids.customer, all_.person),
            "product": text(PRODUCTS, all_.product),
            "offered_at": moments(all_.offered),
            "applied_at": moments(all_.applied),
            "approved_at": moments(all_.approved),
            "declined_at": moments(all_.declined),
            "drawn_at": moments(all_.drawn),
            "partner_id": text(past.world.partners.ids, all_.partner),
            "channel": text(CHANNELS, all_.channel),
        }
    )


def simpsons_truth(past: Past, all_: Applications) -> dict[str, object] | None:
    """Approval by channel: one direction overall, the other in every city tier."""
    counted = past.people.consenting[all_.person] & (past.people.city[all_.person] >= 0)
    counted &= (all_.approved >= 0) | (all_.declined >= 0)
    city = past.people.city[all_.person]
    cells = {
        name: {
            tier: _cell(all_, counted & (all_.channel == channel) & (city == code))
            for code, tier in enumerate(CITY_TIERS)
        }
        for channel, name in ((APP, "app"), (BRANCH, "branch"))
    }
    overall = {
        name: [sum(cell[part] for cell in tiers.values()) for part in (0, 1)]
        for name, tiers in cells.items()
    }
    if not _reverses(cells, overall):
        return None
    return {
        "note": "approval rate = approved / (approved + declined) of applications by customers with"
        " a stated city_tier, as [decided, approved]: lower in the app than at the branch overall,"
        " higher in every city tier, because app applicants live where fewer are approved",
        "rate": "approval",
        "overall": overall,
        "by_city_tier": cells,
    }


def _cell(all_: Applications, counted: Flags) -> list[int]:
    return [int(counted.sum()), int((counted & (all_.approved >= 0)).sum())]


def _reverses(cells: dict[str, dict[str, list[int]]], overall: dict[str, list[int]]) -> bool:
    pairs = [(cells["app"][tier], cells["branch"][tier]) for tier in CITY_TIERS]
    if min(cell[0] for pair in pairs for cell in pair) < _FEWEST:
        return False
    within = all(app[1] / app[0] > branch[1] / branch[0] for app, branch in pairs)
    app, branch = overall["app"], overall["branch"]
    return within and app[1] / app[0] < branch[1] / branch[0]


def _begun(past: Past, month: int) -> tuple[Ints, Ints, Ints]:
    """Who was offered credit or asked for it, when offered and when applied."""
    rng = past.rng("credit", month)
    uniform = rng.random(len(past.people), dtype=np.float32)
    holds = past.people.became < past.firsts[month]
    person = np.flatnonzero(holds & (uniform < _OFFERED + _UNASKED))
    by_bank = uniform[person] < _OFFERED
    day = past.firsts[month] + rng.integers(0, past.window.days(month), len(person))
    first = daytime(rng, day)
    answers = rng.random(len(person)) < _ANSWERED
    later = first + rng.integers(0, 20, len(person)) * DAY + 600
    applied = np.where(by_bank, np.where(answers, later, MISSING), first)
    return person, np.where(by_bank, first, MISSING), applied


def _decided(past: Past, person: Ints, offered: Ints, applied: Ints) -> Applications:
    rng = past.rng("credit", len(past.firsts))
    count = len(person)
    city = past.people.city[person]
    channel = np.zeros(count, np.int8)
    for code, shares in enumerate(_CHANNEL_SHARES):
        here = city == (code if code < len(CITY_TIERS) else UNKNOWN)
        channel[here] = one_of(rng, shares, int(here.sum()))
    waits = rng.integers(600, 6 * DAY, count)
    decided = past.known(np.where(applied >= 0, applied + waits, MISSING))
    partner = _partner(past, person, np.maximum(offered, applied) // DAY)
    channel[(channel == PARTNER_APP) & (partner < 0)] = APP
    yes = _approved(past, rng, person, channel, decided >= 0)
    drawn = decided + rng.integers(3600, 25 * DAY, count)
    draws = yes & (rng.random(count) < _DRAWN)
    return Applications(
        person=person,
        product=one_of(rng, _PRODUCT_SHARES, count),
        offered=offered,
        applied=applied,
        approved=np.where(yes, decided, MISSING),
        declined=np.where(~yes, decided, MISSING),
        drawn=past.known(np.where(draws, drawn, MISSING)),
        partner=np.where(channel == PARTNER_APP, partner, UNKNOWN),
        channel=channel,
    )


def _partner(past: Past, person: Ints, day: Ints) -> Ints:
    """The first home partner, where it lives on that day."""
    partners = past.world.partners
    home = past.world.homes.partner[person, 1]
    lives = (partners.onboarded[home] <= day) & (day <= partners.ended[home])
    return np.where((home >= 0) & lives & (partners.ended[home] == NEVER), home, UNKNOWN)


def _approved(
    past: Past, rng: np.random.Generator, person: Ints, channel: Ints, decided: Flags
) -> Flags:
    """By chance, but in app and branch exactly the share of the city tier among those counted."""
    city = past.people.city[person]
    chance: Floats = _APPROVED[city]
    yes = decided & (rng.random(len(person)) < chance)
    for code in range(len(CITY_TIERS)):
        for one, more in ((APP, _APP_IS_KINDER), (BRANCH, 0.0)):
            here = decided & (city == code) & (channel == one) & past.people.consenting[person]
            cell = rng.permutation(np.flatnonzero(here))
            yes[cell] = False
            yes[cell[: round((_APPROVED[code] + more) * len(cell))]] = True
    return yes

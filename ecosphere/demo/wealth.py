"""What people own: which products, and within which bounds their assets move."""

from dataclasses import dataclass

import numpy as np

from ecosphere.demo.arrays import Flags, Floats, Ints
from ecosphere.demo.past import Past
from ecosphere.demo.people import CARD_KINDS

# category, product, yearly revenue on the balance, size where held, held by tier
LINES = (
    ("deposit", "demand", 0.016, 1.0, (1.0, 1.0, 1.0, 1.0)),
    ("deposit", "payroll", 0.018, 0.6, (0.0, 0.0, 0.0, 0.0)),  # while a salary comes
    ("deposit", "time", 0.006, 2.0, (0.10, 0.42, 0.48, 0.45)),
    ("wealth", "cash_plus", 0.003, 1.0, (0.07, 0.33, 0.42, 0.40)),
    ("wealth", "closed_end", 0.005, 2.0, (0.02, 0.26, 0.48, 0.50)),
    ("fund", "equity_fund", 0.010, 1.0, (0.05, 0.18, 0.33, 0.40)),
    ("insurance", "endowment", 0.008, 0.8, (0.04, 0.18, 0.30, 0.35)),
    ("trust", "family_trust", 0.009, 3.0, (0.0, 0.0, 0.08, 0.50)),
    ("metals", "gold", 0.004, 0.3, (0.02, 0.04, 0.08, 0.10)),
    ("securities_custody", "custody", 0.001, 0.3, (0.01, 0.06, 0.15, 0.20)),
    ("payment", "card_payment", 0.0, 0.0, (0.0, 0.0, 0.0, 0.0)),
    ("credit", "credit_card", 0.06, 0.0, (0.0, 0.0, 0.0, 0.0)),
    ("credit", "consumer_loan", 0.04, 0.0, (0.0, 0.0, 0.0, 0.0)),
)
CATEGORIES = ("deposit", "wealth", "fund", "insurance", "trust", "metals")  # those of the AUM
DEMAND, PAYROLL = 0, 1
CASH_PLUS, FUND, INSURANCE, CUSTODY, PAYMENT, CARD, LOAN = 3, 5, 6, 9, 10, 11, 12
AUM_LINES = 9  # the first ones

THRESHOLDS = (50_000.0, 500_000.0, 6_000_000.0)  # yuan: affluent, wealth, private
LOW = 10_000.0  # below this a customer may be one of low activity
_LOWER = np.array([40.0, 51_500.0, 515_000.0, 6_180_000.0])
_UPPER = np.array([49_000.0, 490_000.0, 5_880_000.0, 40_000_000.0])
_GRACE = (3, 3, 3, 6)  # months below before the bank moves a customer down, by the tier left
_NOTHING = 0.22  # share of ordinary mass customers without any balance
_RICHER = 1.02  # bounds keep this far from what they must not cross
_CARD_USED = 0.65
LEFT = 0.44  # of the assets of a customer who moves them out


@dataclass(frozen=True)
class Wealth:
    """What is fixed about each person's holdings."""

    band: Ints  # months x people: the AUM band 0 to 3 of the month, as the official tier requires
    stable: Flags  # the official tier is the same in the whole window
    base: Floats  # yuan, of stable people; 0 without any balance
    place: Floats  # 0 to 1, within the bounds of people whose tier changes
    held: Flags  # people x LINES
    share: Floats  # people x AUM_LINES, not yet of those held


def build_wealth(past: Past) -> Wealth:
    """Drawn once; months only move within it."""
    rng = past.rng("wealth")
    people, count = past.people, len(past.people)
    stable = (past.tier == past.tier[0]).all(axis=0)
    tier = np.maximum(past.tier[0], 0)
    mass = tier == 0
    place = np.where(mass, rng.beta(2.6, 1.6, count), rng.beta(2.4, 2.0, count))
    base = _LOWER[tier] * (_UPPER[tier] / _LOWER[tier]) ** place
    base = np.where(np.abs(base / LOW - 1.0) < 0.12, LOW * 0.85, base)  # nobody hovers there
    paid = past.payroll.any(axis=0)
    none = mass & stable & ~paid & (rng.random(count) < _NOTHING)
    returning = np.isin(np.arange(count), past.world.plan.returners) & mass
    base = np.where(returning, np.minimum(base, LOW * 0.85), base)
    share = np.exp(0.5 * rng.standard_normal((count, AUM_LINES), dtype=np.float32))
    share *= np.array([line[3] for line in LINES[:AUM_LINES]], np.float32)
    chance = np.array([line[4] for line in LINES]).T
    held = np.empty((count, len(LINES)), bool)
    for line in range(len(LINES)):
        held[:, line] = rng.random(count, dtype=np.float32) < chance[tier, line]
    has_card = np.isin(people.card, [CARD_KINDS.index("credit"), CARD_KINDS.index("both")])
    held[:, CARD] = has_card & (rng.random(count) < _CARD_USED)
    return Wealth(_bands(past.tier), stable, np.where(none, 0.0, base), place, held, share)


def level(wealth: Wealth, month: int) -> tuple[Floats, Floats, Floats]:
    """Yuan of AUM before the month's own movement, and the bounds that it keeps to."""
    band = wealth.band[month]
    lower, upper = _LOWER[band], _UPPER[band]
    rich = wealth.stable & (band == 0) & (wealth.base >= LOW)
    poor = wealth.stable & (band == 0) & ~rich
    lower = np.where(rich, LOW * _RICHER, lower)
    upper = np.where(poor, LOW / _RICHER, upper)
    return np.where(wealth.stable, wealth.base, _near_threshold(wealth, band)), lower, upper


def lowest(wealth: Wealth, month: int) -> Floats:
    """Yuan that the tier of the month requires at least."""
    bound: Floats = _LOWER[wealth.band[month]]
    return bound


def _near_threshold(wealth: Wealth, band: Ints) -> Floats:
    """People who change tier stay near the threshold, so that a change is no great outflow."""
    below = wealth.band.min(axis=0) == band
    under = _UPPER[band] * (0.82 + 0.13 * wealth.place)
    over = _LOWER[band] * (1.04 + 0.2 * wealth.place)
    return np.where(below, under, over)


def _bands(tier: Ints) -> Ints:
    """AUM of a month decides the tier of the next, but for a fall only after the bank's grace."""
    stated = np.maximum(tier, 0)
    band = np.vstack([stated[1:], stated[-1:]]).astype(np.int8)
    for month in range(1, len(tier)):
        fell = np.flatnonzero(tier[month] < tier[month - 1])
        grace = np.array(_GRACE)[stated[month - 1, fell]]
        for back in range(2, max(_GRACE) + 1):
            at = month - back
            if at < 0:
                break
            fell, grace = fell[grace >= back], grace[grace >= back]
            rose = stated[at + 1, fell] > stated[at, fell]  # which this month had to earn
            fell, grace = fell[~rose], grace[~rose]
            band[at, fell] = np.minimum(band[at, fell], stated[month, fell])
    return band

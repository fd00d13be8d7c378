"""How people's assets move and which products they hold, month by month."""

from dataclasses import dataclass, replace

import numpy as np

from ecosphere.demo.arrays import NEVER, Flags, Floats, Ints
from ecosphere.demo.credit import LOAN as LOAN_PRODUCT
from ecosphere.demo.credit import Applications
from ecosphere.demo.initiatives import Trials
from ecosphere.demo.leaving import Leaving, raised
from ecosphere.demo.past import Past
from ecosphere.demo.people import CARD_KINDS, REGIONS
from ecosphere.demo.wealth import AUM_LINES, LEFT, LOAN, PAYMENT, PAYROLL, Wealth, level, lowest

DRAGS = REGIONS.index("shanghai")  # its branch loses assets month after month
DRAGS_FOR = 6  # months up to the last one that is over
_DRAG = 0.96  # a month
SALARIES_LOST = REGIONS.index("shenzhen")
LOST_BEFORE = 4  # months before the last one that is over
_LOST = 0.6  # share of the salaries of that region
_NOISE = 0.012
_SWING = 0.01  # of all assets, up and down over the year
_LOAN_MONTHS = 24


@dataclass(frozen=True)
class Portfolio:
    """What decides the holdings of every month."""

    wealth: Wealth
    leaving: Leaving
    trials: Trials
    without_salary: Flags  # from `lost_in` on
    lost_in: int
    loan_from: Ints  # month of the first drawing, NEVER none
    loan: Floats  # yuan
    card: Floats  # yuan owed, where a card is used


def build_portfolio(
    past: Past, wealth: Wealth, leaving: Leaving, trials: Trials, credit: Applications
) -> Portfolio:
    """Fixed before the first month."""
    rng = past.rng("holdings", len(past.firsts))
    count = len(past.people)
    loan_from = np.full(count, NEVER, np.int64)
    drawn = (credit.drawn >= 0) & (credit.product == LOAN_PRODUCT)
    np.minimum.at(loan_from, credit.person[drawn], past.month_of(credit.drawn[drawn]))
    there = past.people.region == SALARIES_LOST
    return Portfolio(
        wealth=replace(wealth, base=raised(past, wealth, leaving)),
        leaving=leaving,
        trials=trials,
        without_salary=there & (rng.random(count) < _LOST),
        lost_in=past.over - LOST_BEFORE,
        loan_from=loan_from,
        loan=rng.lognormal(10.2, 0.7, count),
        card=rng.lognormal(8.0, 0.8, count),
    )


def assets(past: Past, portfolio: Portfolio, month: int) -> Floats:
    """Yuan of AUM per person, as the average of the month."""
    wealth, leaving = portfolio.wealth, portfolio.leaving
    rng = past.rng("holdings", month)
    yuan, lower, upper = level(wealth, month)
    noise = np.clip(rng.standard_normal(len(yuan)), -3.0, 3.0)
    moved = yuan * (1.0 + _NOISE * noise) * (1.0 + _SWING * np.sin(0.7 * month))
    dragging = max(0, month - (past.over - DRAGS_FOR))
    stays = wealth.stable & (leaving.month == NEVER)
    moved[(past.people.region == DRAGS) & stays] *= _DRAG**dragging
    left = leaving.month <= month
    moved[left] *= LEFT
    lower = np.where(left, lowest(wealth, month), lower)
    kept = np.clip(moved, lower, upper)
    gone = (leaving.closed & (leaving.month < month)) | (yuan == 0)
    owned: Floats = np.where(gone, 0.0, kept)
    return owned


def products(past: Past, portfolio: Portfolio, month: int, owned: Floats) -> Flags:
    """People x lines held in the month."""
    held = portfolio.wealth.held.copy()
    lost = portfolio.without_salary & (month >= portfolio.lost_in)
    held[:, PAYROLL] = past.payroll[month] & ~lost
    for line, who in portfolio.trials.holds(month).items():
        held[who, line] = True
    has_card = past.people.card != CARD_KINDS.index("none")
    held[:, PAYMENT] = has_card & past.seen.people[month]
    age = month - portfolio.loan_from
    held[:, LOAN] = (age >= 0) & (age < _LOAN_MONTHS)
    held[:, : AUM_LINES + 1] &= (owned > 0)[:, None]  # no custody without assets either
    held[portfolio.leaving.closed & (portfolio.leaving.month < month)] = False
    return held


def owed(portfolio: Portfolio, month: int, person: Ints, on_loan: Flags) -> Floats:
    """Yuan of credit: a loan is paid back evenly, a card follows the season."""
    age = month - portfolio.loan_from[person]
    rest = portfolio.loan[person] * (1.0 - age / _LOAN_MONTHS)
    season = 1.0 + 0.1 * np.sin(0.5 * month)
    amount: Floats = np.where(on_loan, rest, portfolio.card[person] * season)
    return amount

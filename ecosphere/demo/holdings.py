"""Holdings month by month: balances at the average and the end, flows, revenue."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from ecosphere.demo.arrays import Flags, Floats, Ints
from ecosphere.demo.columns import look_up, text
from ecosphere.demo.past import Past
from ecosphere.demo.people import REGIONS
from ecosphere.demo.portfolio import (
    DRAGS,
    DRAGS_FOR,
    SALARIES_LOST,
    Portfolio,
    assets,
    owed,
    products,
)
from ecosphere.demo.units import Units
from ecosphere.demo.wealth import AUM_LINES, CARD, CUSTODY, LINES, LOAN, LOW, PAYMENT, PAYROLL

_END_NOISE = 0.01
_MARKET = np.array([0.001, 0.001, 0.002, 0.002, 0.003, 0.012, 0.002, 0.002, 0.015])  # by AUM line
_REVENUE = np.array([line[2] for line in LINES])
_CUSTODY = 0.3  # of the AUM, beside it
_FEWEST_OF_BRANCH, _FEWEST_SALARIES, _FEWEST_BACK = 100, 10, 10


@dataclass(frozen=True)
class Month:
    """One entry per row; `aum` and `aum_end` are by person."""

    person: Ints
    line: Ints
    average: Floats
    end: Floats
    flow: Floats  # NaN where balances are no assets under management
    revenue: Floats
    aum: Floats
    aum_end: Floats


@dataclass(frozen=True)
class Sums:
    """What is kept of a month when its rows are written, of people with consent."""

    average: float
    end: float
    by_region: Floats
    aum: Floats  # by person, only of the month before the campaign that wins people back
    salary: Flags  # by person: a row for the salary


@dataclass(frozen=True)
class Totals:
    """The sums of all months."""

    average: Floats  # by month
    end: Floats
    by_region: Floats  # months x regions, of the average
    aum: Floats
    salary: Flags  # months x people


def month_of_holdings(
    past: Past, portfolio: Portfolio, month: int, before: Floats
) -> tuple[Month, Floats]:
    """The rows of a month in order of customer_id, and people x AUM lines at its end."""
    owned = assets(past, portfolio, month)
    held = products(past, portfolio, month, owned)
    who = past.in_order[past.holders(month)[past.in_order]]
    at, line = np.nonzero(held[who])
    person = who[at]
    average = _averages(portfolio, month, owned, person, line)
    kept = (average > 0) | (line == PAYMENT)
    person, line, average = person[kept], line[kept], average[kept]
    rng = past.rng("holdings", 1000 + month)
    end = _round(average * (1.0 + _END_NOISE * rng.standard_normal(len(average))))
    closing = portfolio.leaving.closed & (portfolio.leaving.month == month)
    end[closing[person]] = 0.0
    managed = line < AUM_LINES
    flow, after = np.full(len(line), np.nan), np.zeros_like(before)
    cell = person[managed], line[managed]
    after[cell] = end[managed]
    flow[managed] = np.round((end[managed] - before[cell] * (1.0 + _MARKET[cell[1]])) / 10) * 10
    used = np.where(line == PAYMENT, rng.exponential(6.0, len(line)), 0.0)
    revenue = np.round(2 * (average * _REVENUE[line] / 12 + used)) / 2
    sums = [
        np.bincount(cell[0], values[managed], minlength=len(owned)) for values in (average, end)
    ]
    return Month(person, line, average, end, flow, revenue, *sums), after


def holdings_table(past: Past, month: int, rows: Month) -> pl.DataFrame:
    """The export of one month."""
    return pl.DataFrame(
        {
            "customer_id": look_up(past.ids.customer, rows.person),
            "month": pl.repeat(past.window.firsts[month], len(rows.person), eager=True),
            "category": text([line[0] for line in LINES], rows.line),
            "balance_average": rows.average,
            "balance_end": rows.end,
            "net_flow": pl.Series(rows.flow).fill_nan(None),
            "product": text([line[1] for line in LINES], rows.line),
            "revenue": rows.revenue,
            "revenue_basis": pl.repeat("after_ftp", len(rows.person), eager=True),
        }
    )


def sums_of(past: Past, month: int, rows: Month) -> Sums:
    """Of people with consent."""
    mine = past.people.consenting
    known = mine & (past.people.region >= 0)
    region = past.people.region[known]
    back = past.world.plan.back
    salary = np.zeros(len(mine), bool)
    salary[rows.person[rows.line == PAYROLL]] = True
    return Sums(
        average=float(rows.aum[mine].sum()),
        end=float(rows.aum_end[mine].sum()),
        by_region=np.bincount(region, rows.aum[known], minlength=len(REGIONS)),
        aum=rows.aum if back is not None and month == back - 1 else rows.aum[:0],
        salary=salary & mine,
    )


def add_up(months: list[Sums]) -> Totals:
    """One after the other."""
    return Totals(
        average=np.array([m.average for m in months]),
        end=np.array([m.end for m in months]),
        by_region=np.stack([m.by_region for m in months]),
        aum=np.concatenate([m.aum for m in months]),
        salary=np.stack([m.salary for m in months]),
    )


def payroll_truth(past: Past, portfolio: Portfolio, totals: Totals) -> dict[str, object] | None:
    """Salaries that stop in one region."""
    month = portfolio.lost_in
    if month < 1 or month + 1 > past.over:
        return None
    lost = totals.salary[month - 1] & ~totals.salary[month] & ~totals.salary[month + 1]
    region = past.people.region[lost & (past.people.region >= 0)]
    counts = np.bincount(region, minlength=len(REGIONS))
    there = totals.salary[month - 1] & (past.people.region == SALARIES_LOST)
    if counts[SALARIES_LOST] < max(_FEWEST_SALARIES, 3 * np.delete(counts, SALARIES_LOST).max()):
        return None
    return {
        "note": "customers with a deposit row of product payroll in the month before, and none in"
        " the month and the next one, by stated region; elsewhere is_payroll ended",
        "month": past.window.key(month),
        "region": REGIONS[SALARIES_LOST],
        "lost": int(counts[SALARIES_LOST]),
        "of": int(there.sum()),
        "elsewhere": int(counts.sum() - counts[SALARIES_LOST]),
    }


def branch_truth(past: Past, units: Units, totals: Totals) -> dict[str, object] | None:
    """The tier-1 branch whose assets shrink most."""
    first = past.over - DRAGS_FOR
    people = np.bincount(past.people.region[past.people.region >= 0], minlength=len(REGIONS))
    if first < 0 or people[DRAGS] < _FEWEST_OF_BRANCH:
        return None
    before, after = totals.by_region[[first, past.over]]
    big = people >= _FEWEST_OF_BRANCH
    change = np.where(big, after / np.maximum(before, 1.0) - 1.0, np.inf)
    if int(change.argmin()) != DRAGS:
        return None
    return {
        "note": "AUM (month average, yuan) of the customers of a tier-1 branch's outlets: of the"
        f" branches with {_FEWEST_OF_BRANCH} people or more, the one that falls most, and all"
        " tier-1 branches together",
        "branch_id": units.ids[int(units.branches()[DRAGS])],
        "from": past.window.key(first),
        "to": past.window.key(past.over),
        "aum": [float(before[DRAGS]), float(after[DRAGS])],
        "all": [float(before.sum()), float(after.sum())],
    }


def reactivated_truth(past: Past, totals: Totals) -> dict[str, object] | None:
    """Low-activity customers who come back in the month of the campaign."""
    month = past.world.plan.back
    if month is None or month < 3 or month > past.over:
        return None
    mine = past.people.consenting & past.holders(month - 1) & (totals.aum < LOW)
    silent = ~past.seen.people[month - 3 : month].any(axis=0)
    low = mine & silent
    back = low & past.seen.people[month]
    of_campaign = np.isin(np.flatnonzero(back), past.world.plan.returners)
    if of_campaign.sum() < _FEWEST_BACK:
        return None
    return {
        "note": "customers with an AUM (month average) below 10,000 yuan in the month before, no"
        " row of holdings being none, and no initiated event in the three months before; back ="
        " with one in the month; of_campaign = of them, people of the truth returners",
        "month": past.window.key(month),
        "low": int(low.sum()),
        "back": int(back.sum()),
        "of_campaign": int(of_campaign.sum()),
    }


def _averages(portfolio: Portfolio, month: int, owned: Floats, person: Ints, line: Ints) -> Floats:
    """Assets split over the lines held; credit and custody beside them."""
    managed = line < AUM_LINES
    share = np.where(managed, portfolio.wealth.share[person, np.minimum(line, AUM_LINES - 1)], 0.0)
    whole = np.bincount(person, share, minlength=len(owned))[person]
    part = owned[person] * np.where(managed, share, _CUSTODY) / np.where(managed, whole, 1.0)
    lent = (line == LOAN) | (line == CARD)
    amount = np.where(lent, owed(portfolio, month, person, line == LOAN), part)
    amount[line == PAYMENT] = 0.0
    amount[(line == CUSTODY) & (amount < 1_000)] = 0.0
    return _round(amount)


def _round(yuan: Floats) -> Floats:
    """To tens, and large amounts to hundreds: as many figures as matter, in small files."""
    step = np.where(yuan < 100_000, 10.0, 100.0)
    rounded: Floats = np.round(yuan / step) * step
    return rounded

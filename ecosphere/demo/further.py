"""The exports beside the events, each made when it, or what needs it, is asked for."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np
import polars as pl

from ecosphere.demo import answers, credit, feelings, holdings, initiatives, journeys, service
from ecosphere.demo.accounts import accounts_table
from ecosphere.demo.arrays import Flags
from ecosphere.demo.costs import costs_table
from ecosphere.demo.figures import figure_truth, figures_table
from ecosphere.demo.leaving import Leaving, build_leaving, churn_truth
from ecosphere.demo.links import links_table, links_truth
from ecosphere.demo.past import Past
from ecosphere.demo.portfolio import Portfolio, build_portfolio
from ecosphere.demo.staff import gap_truth, staff_answers
from ecosphere.demo.touch import touch_answers
from ecosphere.demo.units import Units, branches_table
from ecosphere.demo.waves import Wave, build_waves, wave_answers
from ecosphere.demo.wealth import AUM_LINES, Wealth, build_wealth

Truth = dict[str, Any]


@dataclass(frozen=True)
class Further:
    """What the exports have in common; a part is built once, at its first use."""

    past: Past
    units: Units
    sums: list[holdings.Sums] = field(default_factory=list)  # of the holdings written so far

    @cached_property
    def contacts(self) -> service.Contacts:
        """Contacts with service."""
        return service.build_contacts(self.past)

    @cached_property
    def complained(self) -> Flags:
        """Months x people with a complaint."""
        return service.complained(self.past, self.contacts)

    @cached_property
    def credit(self) -> credit.Applications:
        """Credit applications."""
        return credit.build_applications(self.past)

    @cached_property
    def steps(self) -> journeys.Steps:
        """Steps of journeys."""
        return journeys.build_steps(self.past)

    @cached_property
    def wealth(self) -> Wealth:
        """What people own."""
        return build_wealth(self.past)

    @cached_property
    def trials(self) -> initiatives.Trials:
        """Initiatives with arms."""
        return initiatives.build_trials(self.past, self.wealth)

    @cached_property
    def leaving(self) -> Leaving:
        """Who takes the assets away."""
        members = self.trials.members(len(self.past.people))
        return build_leaving(self.past, self.wealth, self.complained, members)

    @cached_property
    def portfolio(self) -> Portfolio:
        """What decides the holdings."""
        return build_portfolio(self.past, self.wealth, self.leaving, self.trials, self.credit)

    @cached_property
    def totals(self) -> holdings.Totals:
        """The sums of the holdings, which are gone through for them where none were written."""
        if not self.sums:
            for _ in holdings_by_month(self):
                pass
        return holdings.add_up(self.sums)

    @cached_property
    def waves(self) -> tuple[list[Wave], list[answers.Invitations]]:
        """Relationship surveys."""
        return build_waves(self.past, self.complained)

    @cached_property
    def touched(self) -> tuple[list[answers.Answers], list[answers.Invitations]]:
        """Transactional surveys."""
        return touch_answers(self.past, self.contacts, self.steps)


def holdings_by_month(made: Further) -> Iterator[tuple[int, pl.DataFrame]]:
    """Month by month, so that memory does not grow with the months."""
    past = made.past
    before = np.zeros((len(past.people), AUM_LINES), np.float32)
    for month in range(past.over + 1):
        rows, before = holdings.month_of_holdings(past, made.portfolio, month, before)
        made.sums.append(holdings.sums_of(past, month, rows))
        yield month, holdings.holdings_table(past, month, rows)


def _answers(made: Further) -> pl.DataFrame:
    waves, _ = made.waves
    parts = [wave_answers(made.past, number, wave) for number, wave in enumerate(waves)]
    for number, wave in enumerate(waves):
        if number % 4 == (len(waves) - 1) % 4:  # once a year, and in the last wave
            parts += staff_answers(made.past, number, wave)
    all_ = answers.joined([*parts, *made.touched[0]])
    return answers.answers_table(made.past, tuple(wave.name for wave in waves), all_)


TABLES: dict[str, Callable[[Further], pl.DataFrame]] = {
    "identity_links": lambda made: links_table(made.past),
    "branches": lambda made: branches_table(made.units),
    "partner_costs": lambda made: costs_table(made.past),
    "accounts": lambda made: accounts_table(made.past, made.leaving),
    "applications": lambda made: credit.applications_table(made.past, made.credit),
    "service_contacts": lambda made: service.contacts_table(made.past, made.contacts),
    "journey_steps": lambda made: journeys.steps_table(made.past, made.steps),
    "initiatives": lambda made: initiatives.initiatives_table(made.past),
    "initiative_members": lambda made: initiatives.members_table(made.past, made.trials),
    "survey_invitations": lambda made: answers.invitations_table(
        made.past, [*made.waves[1], *made.touched[1]]
    ),
    "survey_answers": _answers,
    "reference_figures": lambda made: figures_table(made.past, made.totals),
}

# Truth, the exports that it is counted from, and how; it is told when all of them are written.
_TRUTHS: dict[str, tuple[str, Callable[[Further], Truth | None]]] = {
    "identity_links": ("events identity_links", lambda made: links_truth(made.past)),
    "simpsons_paradox": (
        "customers applications",
        lambda made: credit.simpsons_truth(made.past, made.credit),
    ),
    "complaints": (
        "customers service_contacts",
        lambda made: service.complaints_truth(made.past, made.contacts),
    ),
    "journey_break": (
        "customers journey_steps",
        lambda made: journeys.journey_truth(made.past, made.steps),
    ),
    "churn": (
        "events customers customer_history service_contacts holdings accounts",
        lambda made: churn_truth(made.past, made.leaving),
    ),
    "payroll_lost": (
        "customers holdings",
        lambda made: holdings.payroll_truth(made.past, made.portfolio, made.totals),
    ),
    "branch_drags": (
        "customers branches holdings",
        lambda made: holdings.branch_truth(made.past, made.units, made.totals),
    ),
    "reactivated": (
        "events customers holdings",
        lambda made: holdings.reactivated_truth(made.past, made.totals),
    ),
    "nps_dip": (
        "events customers survey_answers",
        lambda made: feelings.dip_truth(made.past, made.waves[0]),
    ),
    "drivers": (
        "customers survey_answers",
        lambda made: feelings.drivers_truth(made.past, made.waves[0]),
    ),
    "perception_gap": (
        "customers survey_answers",
        lambda made: gap_truth(made.past, made.waves[0][-1] if made.waves[0] else None),
    ),
    "official_figure": (
        "events customers reference_figures",
        lambda made: figure_truth(made.past),
    ),
}


def further_truths(made: Further, written: set[str]) -> dict[str, Truth]:
    """Every truth that could be planted and can be counted from what was written."""
    found = {
        name: make(made) for name, (needs, make) in _TRUTHS.items() if set(needs.split()) <= written
    }
    if {"initiative_members", "holdings"} <= written:
        found |= initiatives.initiative_truths(made.past, made.trials)
    return {name: truth for name, truth in found.items() if truth is not None}

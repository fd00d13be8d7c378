"""How many are active, and why did it change?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from ecosphere.library import COMPARE, SPLIT, question
from ecosphere.model import Ask, Released

Row = Mapping[str, Any]
BY_PLACE = "by_place"  # the option that says whether places are scenes or partners
OUTLOOK = "outlook"  # the option that says whether a forecast is shown
BY_MONTH = "month"  # compared with the month before


@dataclass(frozen=True)
class ActiveUsers:
    """The released tables of `active_users`, one row per month, and the rows that are spoken of."""

    mau: Released
    growth: Released
    notes: Released
    places: Released
    daily: Released
    stickiness: Released
    days_active: Released
    definition: str
    compare: str
    by_place: str
    mau_by: Released | None = None  # by groups of people, where a split is chosen
    growth_by: Released | None = None
    forecast: Released | None = None  # where it was asked for: it takes a moment

    @classmethod
    def measure(cls, ask: Ask, options: Mapping[str, str]) -> "ActiveUsers":
        """Ask every question of the page.

        Options: `definition`, the qualifying event; `compare`, the month a month is compared with;
        `split`, the attribute that makes groups; `by_place`, scenes or partners; `outlook`,
        whether a forecast is shown. Growth accounting is against the month before by what it is.
        """
        is_asked = options.get(OUTLOOK) == "show"
        known = question("active_users/mau").options
        of_mau = {name: value for name, value in options.items() if name in known}
        of_growth = {name: value for name, value in of_mau.items() if name != COMPARE}
        by_place = {BY_PLACE: options[BY_PLACE]} if options.get(BY_PLACE) else {}
        groups = {SPLIT: options[SPLIT]} if options.get(SPLIT) else {}
        return cls(
            mau=ask("active_users/mau", **of_mau),
            growth=ask("active_users/growth", **of_growth),
            mau_by=ask("active_users/mau", **of_mau, **groups) if groups else None,
            growth_by=ask("active_users/growth", **of_growth, **groups) if groups else None,
            forecast=ask("active_users/forecast", **of_growth) if is_asked else None,
            notes=ask("active_users/notes"),
            places=ask("active_users/places", **of_growth, **by_place),
            daily=ask("active_users/daily", **of_growth),
            stickiness=ask("active_users/stickiness", **of_growth),
            days_active=ask("active_users/days_active", **of_growth),
            definition=options.get("definition", "any_scene"),
            compare=options.get("compare", BY_MONTH),
            by_place=options.get(BY_PLACE, "by_scene"),
        )

    @property
    def latest(self) -> Row | None:
        """The last finished month; without one, the last month there is."""
        return _latest(self.mau)

    @property
    def latest_growth(self) -> Row | None:
        """Growth accounting of the same month."""
        return _latest(self.growth)


def _latest(released: Released) -> Row | None:
    finished = released.table.filter(pl.col("is_complete"))
    rows = finished if finished.height else released.table
    return rows.row(rows.height - 1, named=True) if rows.height else None


measure = ActiveUsers.measure

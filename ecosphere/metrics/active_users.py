"""How many are active, and why did it change?"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from ecosphere.model import Ask, Released

Row = Mapping[str, Any]


@dataclass(frozen=True)
class ActiveUsers:
    """The released tables of `active_users`, one row per month, and the rows that are spoken of."""

    mau: Released
    growth: Released
    notes: Released
    definition: str

    @classmethod
    def measure(cls, ask: Ask, options: Mapping[str, str]) -> "ActiveUsers":
        """Ask every question of the page. Options: `definition`, the qualifying event."""
        return cls(
            mau=ask("active_users/mau", **options),
            growth=ask("active_users/growth", **options),
            notes=ask("active_users/notes"),
            definition=options.get("definition", "any_scene"),
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

"""Can I trust today's numbers?"""

from collections.abc import Mapping
from dataclasses import dataclass

import polars as pl

from ecosphere.model import Ask, Released


@dataclass(frozen=True)
class DataHealth:
    """The released tables of `data_health`, and how many rows of each ask for a look."""

    exports: Released
    days: Released
    reconciliation: Released
    restated: Released
    identities: Released
    match: Released
    match_partners: Released
    consent: Released
    quarantine: Released
    refusals: Released
    redone: Released
    attributes: Released

    @classmethod
    def measure(cls, ask: Ask, options: Mapping[str, str]) -> "DataHealth":
        """Ask every question of the page. Options: `definition`, of the identities."""
        chosen = {name: value for name, value in options.items() if name == "definition"}
        return cls(
            **{
                name: ask(f"data_health/{name}", **(chosen if name == "identities" else {}))
                for name in cls.__dataclass_fields__
            }
        )

    @property
    def missing(self) -> pl.DataFrame:
        """Days without rows, of exports that come by day."""
        return self.days.table.filter(pl.col("rows") == 0)

    @property
    def outside(self) -> pl.DataFrame:
        """Official figures that are not met."""
        return self.reconciliation.table.filter(~pl.col("is_within"))

    @property
    def changed(self) -> pl.DataFrame:
        """Numbers that are not what was published; of definitions the first that has changed."""
        return self.restated.table.filter("is_restated")

    @property
    def unsound(self) -> pl.DataFrame:
        """Months that do not add up."""
        missed = [name for name in self.identities.table.columns if name.startswith("missed_")]
        is_off = pl.any_horizontal(pl.col(name) != 0 for name in missed)
        return self.identities.table.filter(is_off)

    @property
    def refused_since(self) -> int:
        """Builds refused since this generation was built."""
        since = self.refusals.table.filter("is_since")
        return since["refused_at"].n_unique()


measure = DataHealth.measure

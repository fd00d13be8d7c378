"""Which numbers differ from the bank's official figures by more than is tolerated."""

from collections.abc import Mapping

import polars as pl

from ecosphere.library import COMPARE, Question
from ecosphere.model import Mark

EXPORT = "reference_figures"
QUESTION = "data_health/reconciliation"


def metric(asked: Question, options: Mapping[str, str]) -> str:
    """The official metric of a question: another one for each choice that is not the default.

    What a month is compared with does not change what was counted.
    """
    chosen = (
        value
        for name, values in asked.options.items()
        if name != COMPARE and (value := options.get(name)) and value != next(iter(values))
    )
    return "_".join((asked.official, *chosen))


def outside(reconciled: pl.DataFrame, of: str) -> tuple[Mark, ...]:
    """A mark for each figure of a metric that is outside its tolerance, by month."""
    rows = reconciled.filter((pl.col("metric") == of) & ~pl.col("is_within"))
    return tuple(
        Mark(
            month=row["month"],
            source=row["source"],
            difference=row["difference_rate"],
            tolerance=row["tolerance"],
            reason=(("en", row["reason_en"]), ("zh", row["reason"])) if row["reason"] else (),
        )
        for row in rows.iter_rows(named=True)
    )

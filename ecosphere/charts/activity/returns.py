"""What is said of people who come back: the titles, from the tables of the charts."""

from collections.abc import Sequence

import polars as pl

from ecosphere.charts.groups import GREY, Groups
from ecosphere.metrics.retention import Retention
from ecosphere.model import GROUP, TOTAL
from ecosphere.text import Text, numbers

SPOKEN_OF = (12, 6, 3, 1)  # months that readers think in: the first that enough cohorts tell of
COHORTS = 3  # one alone is no rule


def triangle(result: Retention, text: Text) -> str:
    """How many are still there after one month, and after the longest time that can be told."""
    told = dict(_told(result))
    last = next((age for age in SPOKEN_OF if age in told), None)
    if last is None:
        return text("retention.triangle.title")
    values = {"share": numbers.percent(told[last], text.language), "age": after(last, text)}
    if last == 1 or 1 not in told:
        return text(f"retention.triangle.finding_one_{result.returning}", **values)
    values["first"] = numbers.percent(told[1], text.language)
    return text(f"retention.triangle.finding_{result.returning}", **values)


def curve(result: Retention, text: Text) -> str:
    """The month with the largest step down."""
    told = dict(known(result.curve.table))
    steps = [(told[age - 1] - told[age], age) for age in told if age - 1 in told]
    drop, age = max(steps, key=lambda step: (step[0], -step[1]), default=(0.0, 0))
    if drop <= 0:
        return text("retention.curve.title")
    return text(
        "retention.curve.finding",
        age=age,
        drop=numbers.points(-drop, text.language),
        share=numbers.percent(told[age], text.language),
    )


def next_month(result: Retention, text: Text) -> str:
    """The last cohort whose next month is over, against the one before."""
    told = result.next_month.table.filter(~pl.col("is_first_months"))
    if told.is_empty() or told["retained_share"][-1] is None:
        return text("retention.next_month.title")
    row = told.row(told.height - 1, named=True)
    values = {
        "month": numbers.month(row["month"], text.language),
        "share": numbers.percent(row["retained_share"], text.language),
    }
    before = told["retained_share"][-2] if told.height > 1 else None
    if before is None:
        return text("retention.next_month.finding_one", **values)
    change = numbers.points(row["retained_share"] - before, text.language)
    return text("retention.next_month.finding", change=change, **values)


def curve_by(groups: Groups, result: Retention) -> str:
    """Of which group the most and the fewest are still there."""
    table, told = _of_groups(groups.released.table), dict(_told(result))
    for age in filter(told.get, SPOKEN_OF):
        rows = table.filter(pl.col("age") == age).sort("retained_share", maintain_order=True)
        if rows.height > 1:
            ends = _ends(groups, rows)
            return groups.text("retention.curve.finding_by", age=after(age, groups.text), **ends)
    return groups.text("retention.curve.title_by", attribute=groups.attribute)


def next_month_by(groups: Groups) -> str:
    """The same of those who were new in the last month that can be told of."""
    table = _of_groups(groups.released.table).filter(~pl.col("is_first_months"))
    rows = table.filter(pl.col("month") == table["month"].max()).sort("retained_share")
    if rows.height < 2:
        return groups.text("retention.next_month.title_by", attribute=groups.attribute)
    month = numbers.month(rows["month"][0], groups.text.language)
    return groups.text("retention.next_month.finding_by", month=month, **_ends(groups, rows))


def after(age: int, text: Text) -> str:
    return text("retention.after_one" if age == 1 else "retention.after", age=age)


def known(table: pl.DataFrame) -> Sequence[tuple[int, float]]:
    """Ages and their shares, without those that are hidden."""
    rows = table.select("age", "retained_share").drop_nulls()
    return list(rows.iter_rows())


def _told(result: Retention) -> Sequence[tuple[int, float]]:
    """Those that enough cohorts tell of."""
    return known(result.curve.table.filter(pl.col("cohorts") >= COHORTS))


def _of_groups(table: pl.DataFrame) -> pl.DataFrame:
    return table.filter(~pl.col(GROUP).is_in([*GREY, TOTAL])).drop_nulls("retained_share")


def _ends(groups: Groups, rows: pl.DataFrame) -> dict[str, str]:
    low, *_, high = rows.iter_rows(named=True)
    return {
        "most": groups.words[high[GROUP]],
        "most_share": numbers.percent(high["retained_share"], groups.text.language),
        "least": groups.words[low[GROUP]],
        "least_share": numbers.percent(low["retained_share"], groups.text.language),
    }

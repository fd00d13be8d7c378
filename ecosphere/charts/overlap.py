"""People by places that overlap, and shares, as lines over months: what is finished is joined, the
unfinished month is a ring."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import altair as alt
import polars as pl

from ecosphere.charts import monthly, theme
from ecosphere.charts.theme import EndLabel, Palette
from ecosphere.exhibit import Chart
from ecosphere.model import NOT_STATED, Released
from ecosphere.native import Plot
from ecosphere.text import Text, numbers

HEIGHT = 280
ROOM = 1.08  # of the highest value: air above the lines
MOST_LINES = 5  # more cannot be told apart


@dataclass(frozen=True)
class Lines:
    """Columns to draw, each with its words; without `is_share` they count people."""

    table: pl.DataFrame  # month as "YYYY-MM", is_complete, and the columns
    names: Mapping[str, str]
    is_share: bool = False

    def chart(self, text: Text) -> Chart | None:
        """The lines; None where nothing is known."""
        names = [name for name in self.names if self.table[name].drop_nulls().len()]
        if not names:
            return None
        least = 0.01 if self.is_share else 1.0
        highest = max([least, *(monthly.peak(self.table, name) for name in names)])
        domain = (0.0, highest * ROOM)
        unit = "" if self.is_share else "people"
        months = self.table["month"].to_list()
        axes = monthly.Axes(months, domain, text, False, unit, self.is_share, self.names)
        known, rest = self.table.filter("is_complete"), self.table.filter(~pl.col("is_complete"))

        def draw(palette: Palette) -> alt.LayerChart:
            colors = dict(zip(names, palette.categories, strict=False))
            words = dict(zip(names, palette.category_text, strict=False))
            layers: list[alt.Chart | alt.LayerChart] = [axes.frame()]
            layers += [axes.line(known, name, colors[name], 2, has_points=True) for name in names]
            layers += [axes.rings(rest, name, colors[name]) for name in names if rest.height]
            ends = [self._end(known, name, words[name], text) for name in names]
            if told := [end for end in ends if end]:
                layers.append(theme.end_labels(told, domain, HEIGHT))
            return alt.LayerChart(layer=layers)

        def native(palette: Palette) -> Plot:
            colors = dict(zip(names, palette.categories, strict=False))
            lines = [axes.series(known, name, colors[name]) for name in names]
            open_ = [axes.series(rest, n, colors[n], "rings") for n in names if rest.height]
            return axes.plot([*lines, *open_])

        return Chart(draw, native)

    def _end(self, known: pl.DataFrame, name: str, color: str, text: Text) -> EndLabel | None:
        values = known[name].drop_nulls()
        if not values.len():
            return None
        written = numbers.percent if self.is_share else numbers.compact
        last = float(values[-1])
        return EndLabel(f"{self.names[name]} {written(last, text.language)}", last, color)


def by_code(released: Released, key: str, words: Mapping[str, str]) -> Lines:
    """A line for each of the largest places of the last month that is known; what is not stated is
    none of them."""
    table = released.table.with_columns(month=pl.col("month").dt.strftime("%Y-%m"))
    chosen = largest(released, key)
    wide = table.select("month", "is_complete").unique(maintain_order=True)
    names = {f"place_{number}": words[code] for number, code in enumerate(chosen)}
    for name, code in zip(names, chosen, strict=True):
        one = table.filter(pl.col(key) == code).select("month", pl.col("people").alias(name))
        wide = wide.join(one, on="month", how="left", maintain_order="left")
    return Lines(wide, names)


def largest(released: Released, key: str) -> Sequence[str]:
    """The codes with the most people in the last finished month, or else in the last one."""
    table = released.table.filter(pl.col(key) != NOT_STATED)
    finished = table.filter("is_complete")
    rows = finished if finished.height else table
    if rows.is_empty():
        return []
    last = rows.filter(pl.col("month") == rows["month"].max()).drop_nulls("people")
    ordered = last.filter(pl.col("people") > 0).sort("people", descending=True, maintain_order=True)
    return ordered[key].head(MOST_LINES).to_list()


def shares(released: Released, columns: Sequence[str], text: Text) -> Lines:
    """A line for each column of shares, under its own name."""
    table = released.table.with_columns(month=pl.col("month").dt.strftime("%Y-%m"))
    if "is_complete" not in table.columns:
        table = table.with_columns(is_complete=pl.lit(value=True))
    return Lines(table, {name: text(f"columns.{name}") for name in columns}, is_share=True)

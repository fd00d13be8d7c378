"""Layers over months that charts of every stem share: axes, lines, rings, bars, a legend."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import altair as alt
import polars as pl

from ecosphere.charts import theme
from ecosphere.charts.theme import Annotation, Palette
from ecosphere.exhibit import SIGN
from ecosphere.model import Released
from ecosphere.native import Look, Plot, Series
from ecosphere.text import Text, numbers

MOST_NOTES = 6  # more rings than this hide the line they explain
NOTE_ORDER = ("definition_change", "incident", "campaign", "release", "spring_festival", "holiday")
BANDS = alt.Scale(type="band", paddingInner=0.3, paddingOuter=0.2)

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Axes:
    """The two axes of a chart over months. Every layer takes its scales from here."""

    months: Sequence[str]  # "YYYY-MM": strings, so that no time zone moves a point
    domain: tuple[float, float]
    text: Text
    is_banded: bool  # bars stand in bands, lines go through points
    unit: str = "people"  # without one, lines are shares
    is_share: bool = False
    names: Mapping[str, str] = field(default_factory=dict)  # of columns that are groups of people

    def frame(self) -> alt.Chart:
        """The axes themselves, for every month, also where nothing can be shown."""
        zero = alt.Chart({"values": [{"month": month} for month in self.months]})
        axis = theme.percent_axis if self.is_share else theme.num_axis
        mark = zero.mark_rule(strokeWidth=1) if self.is_banded else zero.mark_point(opacity=0)
        frame: alt.Chart = mark.encode(
            x=alt.X("month:O", scale=self._months(), axis=self._axis()),
            y=alt.Y(
                datum=0,
                type="quantitative",
                scale=theme.value_scale(*self.domain),
                axis=axis(self.text.language),
            ),
        )
        return frame

    def line(
        self,
        table: pl.DataFrame,
        name: str,
        color: str,
        width: float,
        has_points: bool = False,
        is_dashed: bool = False,
    ) -> alt.Chart:
        """A column over the months; a gap where a cell is hidden or missing."""
        dash: dict[str, Any] = {"strokeDash": [5, 3]} if is_dashed else {}
        point = {"filled": True, "size": 24, "color": color} if has_points else False
        placed = self._placed(self._rows(table, name), "value")
        line: alt.Chart = placed.mark_line(color=color, strokeWidth=width, point=point, **dash)
        return line

    def rings(self, table: pl.DataFrame, name: str, color: str) -> alt.Chart:
        """Counts that are not finished: rings that no line leads to."""
        rows = [row for row in self._rows(table, name) if row["value"] is not None]
        rings: alt.Chart = self._placed(rows, "value").mark_point(
            size=60, filled=False, color=color, strokeWidth=1.5, opacity=1
        )
        return rings

    def signs(self, released: Released, palette: Palette) -> list[alt.Chart]:
        """The sign over the people of each month that miss an official figure."""
        marks = {f"{mark.month:%Y-%m}" for mark in released.origin.marks}
        table = released.table.with_columns(month=pl.col("month").dt.strftime("%Y-%m"))
        rows = [
            row
            for row in self._rows(table.filter(pl.col("month").is_in(list(marks))), "people")
            if row["value"] is not None
        ]
        mark = self._placed(rows, "value").mark_text(
            text=SIGN, color=palette.worse, dy=-9, fontSize=13, fontWeight=600
        )
        return [mark] if rows else []

    def bars(self, rows: Iterable[Row], color: str, palette: Palette) -> list[alt.Chart]:
        """The bars of one part: plain ones, and striped ones for what may still change."""
        shown = [self._told(row, row["part"]) for row in rows if row["value"] is not None]
        plain = [row for row in shown if not row["hatched"]]
        striped = [row for row in shown if row["hatched"]]
        stripes: dict[str, Any] = {
            "color": theme.hatch(color, palette),
            "stroke": color,
            "strokeWidth": 1,
        }
        return [
            self._placed(some, "low").mark_bar(**look).encode(y2="high:Q")
            for some, look in ((plain, {"color": color}), (striped, stripes))
            if some
        ]

    def legend(self, colors: Mapping[str, str], columns: int = 0) -> alt.Chart:
        """Names of the parts: bars have no ends to stand beside."""
        names = list(colors)
        scale = alt.Scale(domain=names, range=list(colors.values()))
        shown = alt.Color("part:N", scale=scale)
        if columns:
            shown = shown.legend(columns=columns)
        legend: alt.Chart = (
            alt.Chart({"values": [{"part": name} for name in names]})
            .mark_square(opacity=0, size=1)
            .encode(x=alt.value(0), y=alt.value(0), color=shown)
        )
        return legend

    def plot(self, series: Iterable[Series]) -> Plot:
        """The same axes for PowerPoint: months in words, and what stands over them."""
        months = tuple(self._label(month) for month in self.months)
        return Plot(months, tuple(series), self.is_share)

    def series(
        self,
        table: pl.DataFrame,
        name: str,
        color: str,
        look: Look = "line",
        *,
        told: str = "",
        sign: int = 1,
    ) -> Series:
        """A column over all months; a gap where a cell is hidden or missing, or no row is.

        Rows that are `hatched` are open. With `sign` -1 what counts losses hangs down. `told` is
        another name than that of the column.
        """
        values = {
            month: None if value is None else sign * float(value)
            for month, value in table.select("month", name).iter_rows()
        }
        hatched = table.filter("hatched")["month"] if "hatched" in table.columns else ()
        shown = told or self._name(name)
        return Series(
            self.text("app.unfinished", name=shown) if look == "rings" else shown,
            tuple(values.get(month) for month in self.months),
            color,
            look,
            frozenset(map(list(self.months).index, hatched)),
        )

    def _name(self, name: str) -> str:
        return self.names.get(name) or self.text(f"columns.{name}")

    def _placed(self, rows: Sequence[Row], value: str) -> alt.Chart:
        unit = self.text(f"units.{self.unit}") if self.unit else self.text("app.share")
        placed: alt.Chart = alt.Chart({"values": list(rows)}).encode(
            x=alt.X("month:O", scale=self._months(), title=None),
            y=alt.Y(f"{value}:Q", scale=theme.value_scale(*self.domain), title=None),
            # Vega makes the field titled "title" the heading of a tooltip.
            tooltip=[alt.Tooltip("name:N", title="title"), alt.Tooltip("shown:N", title=unit)],
        )
        return placed

    def _months(self) -> alt.Scale:
        return BANDS if self.is_banded else theme.MONTHS

    def _rows(self, table: pl.DataFrame, name: str) -> list[dict[str, Any]]:
        months = table.select("month", value=name).iter_rows(named=True)
        return [self._told(row, name) for row in months]

    def _told(self, row: Row, name: str) -> dict[str, Any]:
        """A row with what its tooltip says."""
        is_share, value = not self.unit, row["value"]
        shown = numbers.percent(value, self.text.language) if is_share else numbers.integer(value)
        return {**row, "name": f"{self._word(row['month'])} {self._name(name)}", "shown": shown}

    def _word(self, month: str) -> str:
        return numbers.month(month, self.text.language)

    def _label(self, month: str) -> str:
        return numbers.month_label(month, self.text.language)

    def _axis(self) -> alt.Axis:
        return theme.month_axis(self.text.language)


def annotations(notes: Released, text: Text) -> list[Annotation]:
    """The notes that matter most, one ring a month, numbered from left to right."""
    label = "label" if text.language == "zh" else "label_en"
    rows = sorted(notes.table.iter_rows(named=True), key=lambda row: NOTE_ORDER.index(row["kind"]))
    rows = rows[:MOST_NOTES]
    found = []
    for number, month in enumerate(sorted({row["month"] for row in rows}), start=1):
        words = [
            f"{numbers.date(row['noted_on'], text.language)} {row[label]}"
            for row in rows
            if row["month"] == month
        ]
        found.append(Annotation(f"{month:%Y-%m}", number, text("app.list").join(words)))
    return found


def stacked(
    table: pl.DataFrame, parts: Sequence[str], losses: Sequence[str] = ()
) -> list[dict[str, Any]]:
    """Each part as a bar from `low` to `high`: gains stacked upwards from zero, others down.

    What counts losses is taken off.
    """
    bars = []
    for row in table.iter_rows(named=True):
        up = down = 0.0
        for name in parts:
            size = float(row[name] or 0) * (-1 if name in losses else 1)
            low, high = (up, up + size) if size > 0 else (down + size, down)
            up, down = max(up, high), min(down, low)
            bars.append(
                {
                    "month": row["month"],
                    "part": name,
                    "low": low,
                    "high": high,
                    "hatched": row["hatched"],
                    "value": row[name],
                }
            )
    return bars


def reach(bars: Iterable[Row], line: pl.Series) -> tuple[float, float]:
    """The lowest and highest end of the bars and of a line across them, zero included."""
    ends = [float(bar[end]) for bar in bars for end in ("low", "high")]
    ends += [float(value) for value in line.drop_nulls()]
    return min([0.0, *ends]), max([1.0, *ends])


def peak(table: pl.DataFrame, name: str) -> float:
    """The highest value of a column, 0 when there is none."""
    return max((float(value) for value in table[name].drop_nulls()), default=0.0)

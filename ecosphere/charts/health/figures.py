"""Whether numbers agree: with official figures, with what was published, with each other."""

from collections.abc import Mapping
from functools import partial
from typing import Any

import altair as alt
import polars as pl

from ecosphere.charts import grid, monthly, theme
from ecosphere.charts.health import empty, made, title
from ecosphere.charts.health.files import MOST_ROWS, rest
from ecosphere.charts.listing import Cell, Column, height, listing
from ecosphere.charts.palette import Palette
from ecosphere.exhibit import SIGN, Chart, Exhibit, hidden, period, word
from ecosphere.metrics.data_health import DataHealth
from ecosphere.model import Released
from ecosphere.native import Series
from ecosphere.text import Text, numbers

HEIGHT = 240
ROOM = 1.25  # of the largest difference: air for the signs
LEAST = 0.01  # the axis where all differences are none
MOST_NOTES = 3
IDENTITIES = {
    "parts": "missed_by_parts",
    "change": "missed_by_change",
    "scenes": "missed_by_scenes",
}

Row = Mapping[str, Any]


def reconciliation(result: DataHealth, text: Text) -> Exhibit:
    released = result.reconciliation
    table = released.table
    if table.is_empty():
        nothing = empty(released, text, whole=True)
        return made(released, text, title(released, text), nothing, period=numbers.MISSING)
    compared = table.filter(pl.col("is_within").is_not_null())
    shown = period(released, text)
    if compared.is_empty():
        finding = text("data_health.reconciliation.finding_none", all=table.height)
        return made(released, text, finding, _uncompared(released, text), period=shown)
    notes = [_note(row, text) for row in result.outside.sort("month").iter_rows(named=True)]
    notes = notes[-MOST_NOTES:]
    left = table.filter(pl.col("people").is_null() & ~pl.col("hidden"))["metric"].unique().sort()
    if left.len():
        figures = text("app.list").join(word("metric", code, text) for code in left)
        notes.append(text("data_health.reconciliation.not_compared", figures=figures))
    finding = _reconciled(result, compared, text)
    chart = _differences(compared, text)
    return made(released, text, finding, chart, HEIGHT, notes, period=shown)


def _uncompared(released: Released, text: Text) -> Any:
    return hidden(released, text) if released.hidden_cells else empty(released, text)


def _reconciled(result: DataHealth, compared: pl.DataFrame, text: Text) -> str:
    outside = result.outside.sort("month")
    if outside.is_empty():
        return text("data_health.reconciliation.finding", count=compared.height)
    row = outside.row(-1, named=True)
    return text(
        "data_health.reconciliation.finding_outside",
        count=outside.height,
        all=compared.height,
        figure=word("metric", row["metric"], text),
        month=numbers.month(row["month"], text.language),
        difference=numbers.percent_change(row["difference_rate"], text.language),
    )


def _note(row: Row, text: Text) -> str:
    words = text(
        "data_health.reconciliation.outside",
        month=numbers.month(row["month"], text.language),
        figure=word("metric", row["metric"], text),
        difference=numbers.percent_change(row["difference_rate"], text.language),
        source=row["source"],
        tolerance=numbers.percent(row["tolerance"], text.language),
    )
    reason = row["reason" if text.language == "zh" else "reason_en"]
    if not reason:
        return words
    return text("data_health.reconciliation.outside_reason", words=words, reason=reason)


def _differences(compared: pl.DataFrame, text: Text) -> Chart:
    """A point for each figure; those outside the shaded tolerance have the sign."""
    rows = [_difference(row, text) for row in compared.sort("month").iter_rows(named=True)]
    most = max(max(abs(row["value"]), row["high"]) for row in rows) * ROOM or LEAST
    months = sorted({row["month"] for row in rows})
    axes = monthly.Axes(months, (-most, most), text, is_banded=False, is_share=True)
    inside, outside = ([row for row in rows if row["outside"] is side] for side in (False, True))
    ours = alt.Tooltip("shown:N", title=text("data_health.reconciliation.ours"))

    def placed(some: list[dict[str, Any]], field: str = "value") -> alt.Chart:
        made: alt.Chart = alt.Chart({"values": some}).encode(
            x=alt.X("month:O", scale=theme.MONTHS, title=None),
            y=alt.Y(f"{field}:Q", scale=theme.value_scale(-most, most), title=None),
            tooltip=[alt.Tooltip("name:N", title="title"), ours],
        )
        return made

    def draw(palette: Palette) -> alt.LayerChart:
        layers = [
            axes.frame(),
            placed(rows, "low").mark_bar(width=22, color=palette.soft).encode(y2="high:Q"),
        ]
        if inside:
            layers.append(placed(inside).mark_point(size=50, color=palette.accent, opacity=1))
        if outside:  # a layer without marks would be a picture without words
            sign = placed(outside).mark_text(text=SIGN, dy=-11, fontSize=13, color=palette.worse)
            layers += [placed(outside).mark_point(size=60, color=palette.worse, opacity=1), sign]
        return alt.LayerChart(layer=layers)

    return Chart(draw, lambda palette: axes.plot(_points(compared, months, palette, text)))


def _points(
    compared: pl.DataFrame, months: list[str], palette: Palette, text: Text
) -> list[Series]:
    """Dots for each figure, and its tolerance as two lines that no dot should pass."""
    series = []
    for place, metric in enumerate(compared["metric"].unique().sort()):
        rows = compared.filter(pl.col("metric") == metric).iter_rows(named=True)
        of_month = {f"{row['month']:%Y-%m}": row for row in rows}
        name, color = word("metric", metric, text), palette.categories[place % 8]
        apart = _each(months, {month: row["difference_rate"] for month, row in of_month.items()})
        series.append(Series(name, apart, color, "dots"))
        for sign in (1, -1):
            edge = _each(
                months, {month: sign * row["tolerance"] for month, row in of_month.items()}
            )
            told = f"{name} {text('columns.tolerance')} {'+' if sign > 0 else numbers.MINUS}"
            series.append(Series(told, edge, palette.rest, "dashed"))
    return series


def _each(months: list[str], values: Mapping[str, float]) -> tuple[float | None, ...]:
    return tuple(map(values.get, months))


def _difference(row: Row, text: Text) -> dict[str, Any]:
    """A figure as a point, with what its tooltip says."""
    language = text.language
    month = numbers.month(row["month"], language)
    apart = numbers.percent_change(row["difference_rate"], language)
    both = f"{numbers.integer(row['people'])} / {numbers.integer(row['official'])}"
    return {
        "month": f"{row['month']:%Y-%m}",
        "value": row["difference_rate"],
        "low": -row["tolerance"],
        "high": row["tolerance"],
        "outside": not row["is_within"],
        "name": f"{month} {word('metric', row['metric'], text)}",
        "shown": f"{both} ({apart})",
    }


def restated(result: DataHealth, text: Text) -> Exhibit:
    released = result.restated
    table = released.table
    changed = result.changed.sort("month", "metric", descending=[True, False])
    shown = period(released, text) if table.height else numbers.MISSING
    if changed.is_empty():
        nothing = empty(released, text, whole=True)
        return made(released, text, title(released, text), nothing, period=shown)
    key = "finding_one" if changed.height == 1 else "finding"
    finding = text(f"data_health.restated.{key}", count=changed.height)
    columns = [
        Column(text("columns.month"), 0, 0.14, 0, is_word=True),
        Column(text("columns.metric"), 0.15, 0.2, 0.27, is_word=True),
        Column(text("columns.published"), 0.46, 0.1),
        Column(text("columns.published_on"), 0.73, 0.26),
        Column(text("app.now"), 0.86, 0.1, 0.82),
        Column(text("columns.difference"), 1, 0.13, 1),
    ]
    lines = [
        _restated(row, released, text) for row in changed.head(MOST_ROWS).iter_rows(named=True)
    ]
    notes = rest(changed, text)
    chart = listing(columns, lines)
    return made(released, text, finding, chart, height(lines), notes, period=shown)


def _restated(row: Row, released: Released, text: Text) -> list[Cell]:
    """A number as it was published, when, and as it is now."""
    language = text.language
    when = text(
        "data_health.of_generation",
        number=row["published_in"],
        day=numbers.date(row["published_on"], language),
    )
    return [
        Cell(numbers.month(row["month"], language)),
        Cell(word("metric", row["metric"], text)),
        Cell(_known(row["published"], text)),
        Cell(when),
        Cell(_known(row["people"], text)),
        Cell(_change(row, released), is_alarm=True),
    ]


def _known(value: int | None, text: Text) -> str:
    return text("frame.hidden_cell") if value is None else numbers.integer(value)


def _change(row: Row, released: Released) -> str:
    """By how much, or that it was by few people."""
    if row["restated_by"] is None:
        return numbers.hidden(released.k)
    by = row["restated_by"]
    return ("+" if by > 0 else "") + numbers.integer(by)


def identities(result: DataHealth, text: Text) -> Exhibit:
    released = result.identities
    table = released.table
    if table.is_empty():
        nothing = empty(result.match, text, whole=True)
        return made(released, text, title(released, text), nothing, period=numbers.MISSING)
    off = result.unsound.height
    key = "finding_off" if off else "finding"
    finding = text(f"data_health.identities.{key}", count=off or table.height, all=table.height)
    names = {identity: text(f"data_health.identities.{identity}") for identity in IDENTITIES}
    squares = [
        _identity(row, row[column], names[identity], text)
        for row in table.iter_rows(named=True)
        for identity, column in IDENTITIES.items()
    ]
    states = {
        tone: text(f"data_health.identities.state_{state}")
        for tone, state in {"good": "met", "bad": "off", "hidden": "hidden", "none": "none"}.items()
    }
    axis, month = theme.month_axis(text.language), partial(numbers.month, lang=text.language)
    chart = grid.grid(squares, list(names.values()), states, axis, month)
    shown, rows = period(released, text), list(names)
    return made(released, text, finding, chart, grid.height(rows), (), ("definition",),
                period=shown)  # fmt: skip


def _identity(row: Row, missed: int | None, name: str, text: Text) -> grid.Square:
    month = numbers.month(row["month"], text.language)
    tone = "good" if missed == 0 else "bad" if missed else "hidden" if row["hidden"] else "none"
    shown = numbers.integer(missed)
    return grid.Square(f"{row['month']:%Y-%m}", name, tone, f"{month} {name}", shown)

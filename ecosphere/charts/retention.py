"""Charts of `retention`: the triangle, the curve, and how many come back in the next month."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import altair as alt
import polars as pl

from ecosphere.charts import heat, monthly, theme
from ecosphere.charts.activity import returns
from ecosphere.charts.activity.ages import Ages
from ecosphere.charts.groups import Groups
from ecosphere.charts.heat import Cell
from ecosphere.charts.theme import EndLabel, Palette
from ecosphere.exhibit import Chart, Exhibit, State, chips, footer, hidden, period
from ecosphere.metrics.retention import Retention
from ecosphere.model import Released
from ecosphere.native import Plot
from ecosphere.text import Text, numbers

HEIGHT = 280
ROOM = 1.08  # of the highest value: air above the line
SHARE = "retained_share"

Row = Mapping[str, Any]


def headline(result: Retention, text: Text) -> str:
    """How many come back, in one sentence."""
    return text("retention.headline", finding=returns.triangle(result, text))


def exhibits(result: Retention, text: Text, attributes: Mapping[str, Any]) -> list[Exhibit]:
    """The three exhibits of the page, in order."""
    triangle = _triangle(result, text, attributes)
    if result.curve_by and result.next_month_by:
        curve, following = (
            Groups(one, attributes, text) for one in (result.curve_by, result.next_month_by)
        )
        return [triangle, _curve_by(curve, result), _next_month_by(following, result)]
    return [triangle, _curve(result, text, attributes), _next_month(result, text, attributes)]


def _triangle(result: Retention, text: Text, attributes: Mapping[str, Any]) -> Exhibit:
    released = result.triangle
    finding, shown = returns.triangle(result, text), period(released, text)
    subtitle = text(f"retention.triangle.subtitle_{result.returning}", period=shown)
    if released.table["is_first_months"].any():
        subtitle = text("retention.hatched", subtitle=subtitle)
    rows = _names(released, text)
    return Exhibit(
        name=released.name,
        title=finding,
        subtitle=subtitle,
        chart=_state(released, text) or _cells(result, rows, text),
        table=released,
        alt=text("retention.triangle.alt", period=shown, finding=finding),
        chips=(*chips(released, text, attributes), _definition(result, text)),
        footer=footer(released, text),
        notes=(text("retention.triangle.note"),),
        choices=("return", "definition"),
        height=heat.height((*rows, "")),
    )


def _curve(result: Retention, text: Text, attributes: Mapping[str, Any]) -> Exhibit:
    subtitle = text(f"retention.curve.subtitle_{result.returning}", period=_span(result, text))
    line = _line(result.curve, "age", Ages, text)
    finding = returns.curve(result, text)
    return _framed(result.curve, result, text, attributes, finding, subtitle, line)


def _next_month(result: Retention, text: Text, attributes: Mapping[str, Any]) -> Exhibit:
    released = result.next_month
    subtitle = text("retention.next_month.subtitle", period=period(released, text))
    if released.table["is_first_months"].any():
        subtitle = text("retention.rings", subtitle=subtitle)
    line = _line(released, "month", monthly.Axes, text)
    finding = returns.next_month(result, text)
    return _framed(released, result, text, attributes, finding, subtitle, line)


def _curve_by(groups: Groups, result: Retention) -> Exhibit:
    text = groups.text
    subtitle = text(f"retention.curve.subtitle_{result.returning}", period=_span(result, text))
    finding = returns.curve_by(groups, result)
    return _by_group(groups, result, finding, subtitle, groups.shares(Ages, SHARE, "age"))


def _next_month_by(groups: Groups, result: Retention) -> Exhibit:
    shown = period(groups.released, groups.text)
    subtitle = groups.text("retention.next_month.subtitle", period=shown)
    finding = returns.next_month_by(groups)
    chart = groups.shares(monthly.Axes, SHARE, "month")
    return _by_group(groups, result, finding, subtitle, chart)


def _by_group(
    groups: Groups, result: Retention, finding: str, subtitle: str, chart: Chart | None
) -> Exhibit:
    released, text = groups.released, groups.text
    subtitle = text("retention.by", subtitle=subtitle, attribute=groups.attribute)
    drawn = chart or hidden(released, text)
    made = _framed(released, result, text, groups.attributes, finding, subtitle, drawn)
    return replace(made, notes=groups.gaps(SHARE), words=groups.words)


def _framed(
    released: Released,
    result: Retention,
    text: Text,
    attributes: Mapping[str, Any],
    finding: str,
    subtitle: str,
    drawn: Chart | State,
) -> Exhibit:
    """The frame that all lines share."""
    return Exhibit(
        name=released.name,
        title=finding,
        subtitle=subtitle,
        chart=_state(released, text) or drawn,
        table=released,
        alt=text("groups.alt_lines", subtitle=subtitle, finding=finding),
        chips=(*chips(released, text, attributes), _definition(result, text)),
        footer=footer(released, text),
        choices=("split",),
        height=HEIGHT,
    )


def _span(result: Retention, text: Text) -> str:
    """The months whose people the curve is of: a row of it has none."""
    return period(result.triangle, text)


def _definition(result: Retention, text: Text) -> str:
    name = text(f"options.definition.{result.definition}")
    return text("frame.definition_chip", definition=name)


def _state(released: Released, text: Text) -> State | None:
    """No finished month, nobody, and too few are three different sentences."""
    table = released.table
    if table.is_empty():
        return State("empty", text("retention.young_title"), text("retention.young_fix"))
    if table[SHARE].drop_nulls().len():
        return None
    if table["size"].null_count():
        return hidden(released, text)
    return State("empty", text("retention.nobody_title"), text("states.nobody_fix"))


# Charts


def _names(released: Released, text: Text) -> dict[Any, str]:
    """The rows of the triangle: each month with the people who were new in it."""
    sizes = released.table.group_by("month", maintain_order=True).agg(pl.col("size").max())
    return {
        month: text(
            "retention.triangle.row",
            month=numbers.month_label(month, text.language),
            size=_size(size, released.k, text),
        )
        for month, size in sizes.iter_rows()
    }


def _size(size: int | None, k: int, text: Text) -> str:
    return numbers.hidden(k) if size is None else numbers.compact(size, text.language)


def _cells(result: Retention, rows: Mapping[Any, str], text: Text) -> Chart:
    """A row for each month, and one for all that are old enough."""
    released = result.triangle
    cells = [
        _cell(row, rows[row["month"]], text, is_uncertain=row["is_first_months"])
        for row in released.table.iter_rows(named=True)
    ]
    mean, names = text("retention.triangle.mean"), list(rows.values())
    cells += [_cell(row, mean, text) for row in result.curve.table.iter_rows(named=True)]
    if result.curve.table.height:
        names.append(mean)
    columns = {str(age): str(age) for age in sorted(set(released.table["age"]))}
    return heat.heat(cells, columns, names, text("retention.axis"))


def _cell(row: Row, name: str, text: Text, *, is_uncertain: bool = False) -> Cell:
    share, returned = row[SHARE], row["returned"]
    shown = numbers.percent(share, text.language)
    if share is not None:
        shown = text("retention.triangle.shown", share=shown, people=numbers.integer(returned))
    elif row["hidden"]:
        shown = text("frame.hidden_cell")
    return Cell(
        x=str(row["age"]),
        y=name,
        share=share,
        figure="" if share is None else numbers.decimal(share * 100, 0),
        name=f"{name} · {returns.after(row['age'], text)}",
        shown=shown,
        is_uncertain=is_uncertain,
    )


def _line(released: Released, key: str, kind: type[monthly.Axes], text: Text) -> Chart:
    """The share over ages or months; of the first months of data rings that no line joins."""
    is_month = key == "month"
    place = pl.col(key).dt.strftime("%Y-%m") if is_month else pl.col(key).cast(pl.String)
    table = released.table.with_columns(month=place)
    early = table.filter(pl.col("is_first_months")) if is_month else table.clear()
    known = table.filter(~pl.col("is_first_months")) if is_month else table
    domain = (0.0, max(0.01, monthly.peak(table, SHARE)) * ROOM)
    axes = kind(table["month"].to_list(), domain, text, is_banded=False, unit="", is_share=True)

    def draw(palette: Palette) -> alt.LayerChart:
        layers: list[alt.Chart | alt.LayerChart] = [
            axes.frame(),
            axes.line(known, SHARE, palette.accent, 2.5, has_points=True),
        ]
        layers += [axes.rings(early, SHARE, palette.muted)] if early.height else []
        if (told := known[SHARE].drop_nulls()).len():
            end = EndLabel(numbers.percent(told[-1], text.language), told[-1], palette.accent)
            layers.append(theme.end_labels([end], domain, HEIGHT))
        return alt.LayerChart(layer=layers)

    def native(palette: Palette) -> Plot:
        series = [axes.series(known, SHARE, palette.accent)]
        if early.height:
            series.append(axes.series(early, SHARE, palette.muted, "dots",
                                      told=text("columns.is_first_months")))  # fmt: skip
        return axes.plot(series)

    return Chart(draw, native)

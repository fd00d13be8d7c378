"""Where active users are going: what is known, what is expected at year end, and how surely."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from ecosphere.charts import monthly, theme
from ecosphere.charts.theme import EndLabel, Palette
from ecosphere.exhibit import Chart, Exhibit, State, chips, footer, hidden, period
from ecosphere.metrics.active_users import ActiveUsers
from ecosphere.model import Released
from ecosphere.native import Plot
from ecosphere.text import Text, numbers

HEIGHT = 280
ROOM = 1.08  # of the highest value: air above
BAND = 0.18  # how dark an interval is


def exhibits(result: ActiveUsers, text: Text, attributes: Mapping[str, Any]) -> list[Exhibit]:
    """The forecast, where it was asked for."""
    return [] if result.forecast is None else [_forecast(result.forecast, text, attributes)]


def _forecast(released: Released, text: Text, attributes: Mapping[str, Any]) -> Exhibit:
    subtitle = text("active_users.forecast.subtitle", period=period(released, text))
    finding = _finding(released, text)
    return Exhibit(
        name=released.name,
        title=finding,
        subtitle=subtitle,
        chart=_state(released, text) or _chart(released, text),
        table=released,
        alt=text("active_users.alt", subtitle=subtitle, finding=finding),
        chips=chips(released, text, attributes),
        footer=footer(released, text),
        notes=_merit(released, text),
        height=HEIGHT,
    )


def _ahead(released: Released) -> pl.DataFrame:
    return released.table.drop_nulls("expected")


def _finding(released: Released, text: Text) -> str:
    ahead = _ahead(released)
    if ahead.is_empty():
        return text("active_users.forecast.title")
    row = ahead.row(ahead.height - 1, named=True)
    return text(
        "active_users.forecast.finding",
        month=numbers.month(row["month"], text.language),
        people=numbers.compact(round(row["expected"]), text.language),
        low=numbers.compact(round(row["low"]), text.language),
        high=numbers.compact(round(row["high"]), text.language),
    )


def _merit(released: Released, text: Text) -> tuple[str, ...]:
    """What it would have said of the last months, beside the simple way."""
    ahead = _ahead(released)
    if ahead.is_empty():
        return ()
    row = ahead.row(0, named=True)
    if row["coverage"] is None:
        return (text("active_users.forecast.untried"),)
    return (
        text(
            "active_users.forecast.merit",
            method=text(f"methods.{row['method']}"),
            coverage=numbers.percent(row["coverage"], text.language, 0),
            tried=row["tried"],
            mase=numbers.decimal(row["mase"]),
            naive=numbers.decimal(row["mase_naive"]),
        ),
    )


def _state(released: Released, text: Text) -> State | None:
    """Why nothing is expected: too few months, no calendar, nobody, or too few people."""
    if _ahead(released).height:
        return None
    if released.table["hidden"].any():
        return hidden(released, text)
    refusal = released.table["refusal"][0] if released.table.height else "short"
    return State("empty", text(f"refusals.{refusal}"), text("active_users.forecast.refused_fix"))


def _chart(released: Released, text: Text) -> Chart:
    """A line of what is known, a dashed one of what is expected, in a band that holds 80 %."""
    table = released.table.with_columns(month=pl.col("month").dt.strftime("%Y-%m"))
    ahead = table.drop_nulls("expected")
    peaks = (monthly.peak(table, name) for name in ("people", "high"))
    domain = (0.0, max(1.0, *peaks) * ROOM)
    names = {name: text(f"columns.{name}") for name in ("people", "expected", "low", "high")}
    axes = monthly.Axes(table["month"].to_list(), domain, text, is_banded=False, names=names)

    def draw(palette: Palette) -> alt.LayerChart:
        rows = ahead.select("month", "low", "high").to_dicts()
        scale = theme.value_scale(*domain)
        x = alt.X("month:O", scale=theme.MONTHS, title=None)
        y, y2 = alt.Y("low:Q", scale=scale, title=None), alt.Y2("high:Q")
        base = alt.Chart({"values": rows}).encode(x=x, y=y, y2=y2)
        band = base.mark_area(color=palette.accent, opacity=BAND) if len(rows) > 1 else (
            base.mark_bar(color=palette.accent, opacity=BAND, size=14))  # fmt: skip
        last = float(ahead["expected"][-1])
        word = numbers.compact(round(last), text.language)
        return alt.LayerChart(
            layer=[
                axes.frame(),
                band,
                axes.line(table.drop_nulls("people"), "people", palette.accent, 2.5, True),
                axes.line(ahead, "expected", palette.accent, 2, True, is_dashed=True),
                theme.end_labels([EndLabel(word, last, palette.accent)], domain, HEIGHT),
            ]
        )

    def native(palette: Palette) -> Plot:
        ends = [axes.series(ahead, name, palette.muted, "dashed") for name in ("low", "high")]
        known = axes.series(table.drop_nulls("people"), "people", palette.accent)
        return axes.plot([known, axes.series(ahead, "expected", palette.accent, "dashed"), *ends])

    return Chart(draw, native)

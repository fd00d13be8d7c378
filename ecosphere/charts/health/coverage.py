"""Who is known behind what was done, who has consented, and what can be filtered by."""

from collections.abc import Mapping
from typing import Any

import altair as alt
import polars as pl

from ecosphere.charts import monthly
from ecosphere.charts.health import empty, made, title
from ecosphere.charts.listing import Cell, Column, height, listing
from ecosphere.charts.palette import Palette
from ecosphere.charts.shares import Bar, colors, shares
from ecosphere.charts.shares import height as bars_height
from ecosphere.exhibit import Chart, Exhibit, hidden, period
from ecosphere.metrics.data_health import DataHealth
from ecosphere.model import Released
from ecosphere.native import Plot
from ecosphere.text import Text, numbers

PARTS = ("events_known", "events_linked", "events_unmatched", "events_withheld")
CONSENT = ("consenting", "not_consenting")
MOST_PARTNERS = 15

Row = Mapping[str, Any]


def match(result: DataHealth, text: Text) -> Exhibit:
    released = result.match
    table = released.table
    if table.is_empty():
        nothing = empty(released, text, whole=True)
        return made(released, text, title(released, text), nothing, period=numbers.MISSING)
    finished = table.filter("is_complete")
    row = (finished if finished.height else table).row(-1, named=True)
    month = numbers.month(row["month"], text.language)
    if row["match_share"] is None:
        finding = text("data_health.match.finding_hidden", month=month)
    else:
        share = numbers.percent(row["match_share"], text.language)
        finding = text("data_health.match.finding", month=month, share=share)
    chart = (
        hidden(released, text)
        if not table["events"].drop_nulls().sum()
        else _months(released, text)
    )
    return made(released, text, finding, chart, period=period(released, text))


def _months(released: Released, text: Text) -> Chart:
    """A bar of equal height for each month; striped while the month is not finished."""
    table = released.table.with_columns(
        month=pl.col("month").dt.strftime("%Y-%m"), hatched=~pl.col("is_complete")
    )
    bars = [bar for row in table.iter_rows(named=True) for bar in _stack(row)]
    axes = monthly.Axes(
        table["month"].to_list(), (0.0, 1.0), text, is_banded=True, unit="events", is_share=True
    )

    def draw(palette: Palette) -> alt.LayerChart:
        chosen = dict(zip(PARTS, colors(palette), strict=True))
        layers: list[alt.Chart] = [axes.frame()]
        for part in PARTS:
            rows = [bar for bar in bars if bar["part"] == part]
            layers += axes.bars(rows, chosen[part], palette)
        layers.append(axes.legend({text(f"columns.{part}"): chosen[part] for part in PARTS}))
        return alt.LayerChart(layer=layers)

    def native(palette: Palette) -> Plot:
        shared = table.with_columns(pl.col(part) / pl.col("events") for part in PARTS)
        paint = zip(PARTS, colors(palette), strict=True)
        return axes.plot(axes.series(shared, part, color, "bar") for part, color in paint)

    return Chart(draw, native)


def _stack(row: Row) -> list[dict[str, Any]]:
    """The parts of a month one upon the other, as shares of it."""
    bars, low = [], 0.0
    for part in PARTS:
        if row[part] and row["events"]:
            high = low + row[part] / row["events"]
            bars.append({"month": row["month"], "part": part, "low": low, "high": high,
                         "hatched": row["hatched"], "value": row[part]})  # fmt: skip
            low = high
    return bars


def match_partners(result: DataHealth, text: Text) -> Exhibit:
    released = result.match_partners
    known = released.table.filter(pl.col("match_share").is_not_null())
    if known.is_empty():
        nothing = empty(result.match, text, whole=True)
        state = hidden(released, text) if released.table.height else nothing
        return made(released, text, title(released, text), state, count=0,
                    period=numbers.MISSING)  # fmt: skip
    largest = known.sort("events", descending=True).head(MOST_PARTNERS)
    bars = [
        Bar(_partner(row, text), {part: row[part] for part in PARTS}, row["events"])
        for row in largest.iter_rows(named=True)
    ]
    lowest = largest.sort("match_share").row(0, named=True)
    finding = text(
        "data_health.match_partners.finding",
        partner=_partner(lowest, text),
        share=numbers.percent(lowest["match_share"], text.language),
    )
    chart = shares(bars, PARTS, text, text("units.events"))
    shown = period(result.match, text)
    return made(released, text, finding, chart, bars_height(bars),
                count=len(bars), period=shown)  # fmt: skip


def _partner(row: Row, text: Text) -> str:
    name = row["partner" if text.language == "zh" else "partner_en"] or row["partner_id"]
    return str(name) if name else text("data_health.match_partners.unknown")


def consent(result: DataHealth, text: Text) -> Exhibit:
    released = result.consent
    if released.table.is_empty():
        nothing = empty(released, text, whole=True)
        return made(released, text, title(released, text), nothing)
    row = released.table.row(0, named=True)
    if row["consent_share"] is None or row["consenting"] is None:
        finding = text("data_health.consent.finding_hidden")
        return made(released, text, finding, hidden(released, text))
    share = numbers.percent(row["consent_share"], text.language)
    bar = Bar(text("exports.customers"), {part: row[part] for part in CONSENT}, row["customers"])
    chart = shares([bar], CONSENT, text, text("units.customers"))
    finding = text("data_health.consent.finding", share=share)
    return made(released, text, finding, chart, bars_height([bar]) + 20)


def attributes(result: DataHealth, text: Text) -> Exhibit:
    released = result.attributes
    table = released.table
    if table.is_empty():
        return made(released, text, title(released, text), empty(released, text))
    carried = table.filter("is_carried")
    finding = text("data_health.attributes.finding_none")
    if carried.height:
        finding = text(
            "data_health.attributes.finding",
            carried=carried.height,
            all=table.height,
            cells=numbers.integer(carried["cells"][-1]),
        )
    columns = [
        Column(text("columns.attribute"), 0, 0.3, 0, is_word=True),
        Column(text("app.answered"), 0.34, 0.3, 0.52, is_word=True),
        Column(text("columns.cells"), 0.8, 0.14),
        Column(text("columns.known_since"), 1, 0.18),
    ]
    lines = [_attribute(row, text) for row in table.iter_rows(named=True)]
    return made(released, text, finding, listing(columns, lines), height(lines))


def _answered(row: Row, text: Text) -> str:
    """By what a filter on an attribute is answered: all facts, some of them, none."""
    if row["carried_by"] == row["facts"]:
        return text("data_health.attributes.carried")
    if not row["carried_by"]:
        return text("data_health.attributes.anew")
    facts = numbers.integer(row["carried_by"])
    return text("data_health.attributes.partly", facts=facts, all=numbers.integer(row["facts"]))


def _attribute(row: Row, text: Text) -> list[Cell]:
    name, level = row[f"attribute_{text.language}"], row["attribute"].partition(".")[2]
    if level:
        name = text("data_health.attributes.lower", attribute=name, level=int(level) + 1)
    since = row["known_since"]
    return [
        Cell(name),
        Cell(_answered(row, text)),
        Cell(numbers.integer(row["cells"])),
        Cell(
            numbers.month(since, text.language)
            if since
            else text("data_health.attributes.by_history")
        ),
    ]

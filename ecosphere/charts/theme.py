"""Colours, type and the parts every chart is put together from.

A chart composes layers of these; it sets no colour, font or size of its own. Nothing is registered
with Altair: its themes are shared by all sessions of a process.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from ecosphere.charts.palette import PALETTES, Palette, assign, contrast, mix, on, readable
from ecosphere.text import numbers

__all__ = [
    "FONT",
    "MONTHS",
    "PALETTES",
    "Annotation",
    "EndLabel",
    "Palette",
    "annotations",
    "assign",
    "config",
    "contrast",
    "dodge",
    "end_labels",
    "hatch",
    "mix",
    "month_axis",
    "num_axis",
    "on",
    "percent_axis",
    "readable",
    "spec",
    "target",
    "value_scale",
]

FONT = "Noto Sans SC"
END_LABEL_GAP = 17  # pixels of the height: 14, a line of 11 px text, once the axis has its room
SIZE = 11

# Every layer of a chart over months names this scale: a layer without it turns points into bands.
MONTHS = alt.Scale(type="point", padding=0.2)


def config(palette: Palette) -> dict[str, Any]:
    """The Vega-Lite config of a theme: grid on the value axis only, no boxes, no ticks."""
    baseline = {"domain": True, "domainColor": palette.rest}
    return {
        "font": FONT,
        "view": {"stroke": None},
        # Streamlit gives a mark without a tooltip one of its raw fields ("place 5500").
        "mark": {"tooltip": None},
        "axis": _axis(palette),
        "axisQuantitative": {"grid": True},
        "axisXBand": baseline,
        "axisXPoint": baseline,
        "legend": _legend(palette),
        "header": {"labelColor": palette.ink, "labelFontSize": SIZE, "title": None},
        "title": {"color": palette.ink, "fontSize": 12, "fontWeight": 600, "anchor": "start"},
        "range": {
            "category": list(palette.categories),
            "ramp": [palette.soft, palette.accent],
            "heatmap": [palette.soft, palette.accent],
            "diverging": [palette.worse, palette.grid, palette.accent],
        },
        **_marks(palette),
    }


def spec(chart: alt.Chart | alt.LayerChart, palette: Palette, height: int = 260) -> dict[str, Any]:
    """A chart as the dict that screen and files share: rows inline, our config inside.

    Our charts are put together from checked parts: validating each against Vega-Lite's schema
    would cost more than drawing it. A test validates them.
    """
    drawn: dict[str, Any] = chart.to_dict(validate=False)
    return {
        **_inline(drawn, drawn.pop("datasets", {})),
        "height": height,
        "width": "container",
        "background": "transparent",
        # Streamlit adds 20 px of blank under a chart that names no padding, and not from a config.
        "padding": {"left": 2, "right": 4, "top": 6, "bottom": 2},
        "config": config(palette),
    }


def value_scale(low: float, high: float) -> alt.Scale:
    """A value axis with these ends. Every layer must name it, or it adds a zero-based one."""
    return alt.Scale(domain=[low, high], nice=False, zero=False)


def month_axis(lang: str, **settings: Any) -> alt.Axis:
    """The axis of "YYYY-MM" strings: Jun, Jul, … with the year under January."""
    return alt.Axis(
        labelExpr=numbers.axis_month(lang),
        labelAngle=0,
        labelAlign="center",  # Vega-Lite takes this from a layer without an axis: 8 px off
        labelBaseline="top",
        labelOverlap="parity",
        labelSeparation=2,
        title=None,
        **settings,
    )


def num_axis(lang: str, **settings: Any) -> alt.Axis:
    """The axis of counts, with about four lines of grid."""
    usual = {"labelExpr": numbers.axis_number(lang), "tickCount": 4, "title": None}
    return alt.Axis(**{**usual, **settings})


def percent_axis(lang: str, **settings: Any) -> alt.Axis:
    """The axis of shares: 0.3 is 30 %."""
    return num_axis(lang, labelExpr=numbers.axis_percent(lang), **settings)


@dataclass(frozen=True)
class EndLabel:
    """The name of a line, to stand beside its last point, whose value is `at`."""

    text: str
    at: float
    color: str


@dataclass(frozen=True)
class Annotation:
    """Something that happened in a month. Its number stands on the chart, its words below."""

    month: str
    number: int
    text: str


def dodge(heights: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Places for labels: in the same order, `gap` apart, within low..high, moved the least.

    Least squares by isotonic regression (pool adjacent violators). Where all do not fit, they
    share the room evenly.
    """
    if not heights:
        return []
    gap = min(gap, (high - low) / max(1, len(heights) - 1))
    order = sorted(range(len(heights)), key=heights.__getitem__)
    blocks: list[tuple[float, int]] = []  # the mean of a run of labels that touch, and their number
    for rank, index in enumerate(order):
        mean, size = heights[index] - rank * gap, 1
        while blocks and blocks[-1][0] >= mean:
            before, count = blocks.pop()
            mean, size = (before * count + mean * size) / (count + size), count + size
        blocks.append((mean, size))
    flat = [mean for mean, size in blocks for _ in range(size)]
    top = high - gap * (len(heights) - 1)
    places = {index: max(low, min(flat[k], top)) + k * gap for k, index in enumerate(order)}
    return [places[index] for index in range(len(heights))]


def end_labels(labels: Sequence[EndLabel], domain: tuple[float, float], height: int) -> alt.Chart:
    """Names right of the plot, kept apart. The target's name belongs among them.

    `domain` is that of `value_scale`, and `height` that of the chart in pixels.
    """
    low, high = domain
    gap = (high - low) / height * END_LABEL_GAP
    places = dodge([label.at for label in labels], gap, low, high)
    rows = [
        {"place": place, "text": label.text, "color": label.color}
        for label, place in zip(labels, places, strict=True)
    ]
    names: alt.Chart = alt.Chart({"values": rows}).mark_text(align="left", baseline="middle", dx=6)
    result: alt.Chart = names.encode(
        x=alt.value("width"),  # not at the last point: grid and target would run through the name
        y=alt.Y("place:Q", scale=value_scale(low, high), title=None),
        text="text:N",
        color=alt.Color("color:N", scale=None),
    )
    return result


def annotations(notes: Sequence[Annotation], palette: Palette) -> alt.LayerChart:
    """A hairline and a number in a ring for each month that has a note."""
    rows = [{"month": n.month, "number": str(n.number), "text": n.text} for n in notes]
    base = alt.Chart({"values": rows}).encode(
        x=alt.X("month:O", scale=MONTHS, title=None),
        tooltip=[alt.Tooltip("number:N", title="title"), alt.Tooltip("text:N", title=" ")],
    )
    ring = base.mark_point(
        size=190, fill=palette.page, stroke=palette.muted, strokeWidth=1, opacity=1
    )
    number = base.mark_text(fontSize=10, baseline="middle").encode(text="number:N")
    layers = [
        base.mark_rule(strokeDash=[2, 3], opacity=0.7),
        ring.encode(y=alt.value(0)),
        number.encode(y=alt.value(0.5)),
    ]
    return alt.LayerChart(layer=layers)


def target(
    value: float, domain: tuple[float, float], palette: Palette, label: str = ""
) -> alt.LayerChart:
    """A thin dashed line. Its label stands above it at the left, or among the end labels."""
    scale = value_scale(*domain)
    base = alt.Chart({"values": [{"value": value}]}).encode(
        y=alt.Y("value:Q", scale=scale, title=None)
    )
    line = base.mark_rule(strokeDash=[5, 3], color=palette.ink, opacity=0.6)
    name = base.mark_text(text=label, align="left", dy=-7, color=palette.muted)
    return alt.LayerChart(layer=[line, name.encode(x=alt.value(2))] if label else [line])


def hatch(color: str, palette: Palette, stripes: int = 7) -> dict[str, Any]:
    """Stripes for what is not finished: a gradient with hard stops, as Vega has no patterns."""
    shades = [color, palette.page] * stripes
    stops = [
        {"offset": edge / len(shades), "color": shade}
        for index, shade in enumerate(shades)
        for edge in (index, index + 1)
    ]
    return {"gradient": "linear", "x1": 0, "y1": 0, "x2": 1, "y2": 1, "stops": stops}


def _axis(palette: Palette) -> dict[str, Any]:
    return {
        "labelColor": palette.muted,
        "labelFontSize": SIZE,
        "labelPadding": 6,
        "labelLimit": 150,
        "titleColor": palette.muted,
        "titleFontSize": SIZE,
        "titleFontWeight": 400,
        "titlePadding": 8,
        "grid": False,
        "gridColor": palette.grid,
        "domain": False,
        "ticks": False,
    }


def _legend(palette: Palette) -> dict[str, Any]:
    return {
        "labelColor": palette.muted,
        "labelFontSize": SIZE,
        "title": None,
        "orient": "top",
        "offset": 4,
        "padding": 0,
        "columnPadding": 14,
        "symbolSize": 70,
        "symbolType": "square",
        "symbolStrokeWidth": 0,
    }


def _marks(palette: Palette) -> dict[str, Any]:
    return {
        "text": {"color": palette.ink, "fontSize": SIZE},
        "line": {"color": palette.accent, "strokeWidth": 2, "strokeJoin": "round"},
        "area": {"color": palette.accent},
        "bar": {"color": palette.accent},
        "point": {"color": palette.accent, "filled": True},
        "circle": {"color": palette.accent},
        "rule": {"color": palette.muted, "strokeWidth": 1},
    }


def _inline(node: Any, rows: dict[str, Any]) -> Any:
    """The same spec with rows in place of every reference to them."""
    if isinstance(node, list):
        return [_inline(child, rows) for child in node]
    if not isinstance(node, dict):
        return node
    if set(node) == {"name"} and node["name"] in rows:
        return {"values": rows[node["name"]]}
    return {key: _inline(child, rows) for key, child in node.items()}

"""Bars that lie from left to right, one a name, with the value at the end: rankings and changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import altair as alt

from ecosphere.charts import theme
from ecosphere.charts.theme import Palette
from ecosphere.exhibit import Chart
from ecosphere.native import Plot, Series
from ecosphere.text import Text

Tone = Literal["better", "worse", "plain", "rest"]

ROW = 24  # pixels
ROOM = 46  # for the axis
MARGIN = 0.16  # of the width of values: words stand at the ends of bars


@dataclass(frozen=True)
class Bar:
    """A name, its value, the value in words, and what it means: `rest` is no name by itself."""

    name: str
    value: float | None
    shown: str
    tone: Tone = "plain"


def height(bars: Sequence[Bar]) -> int:
    """Pixels of so many bars with their axis."""
    return ROW * max(1, len(bars)) + ROOM


def tone(value: float | None, direction: str) -> Tone:
    """Whether a change is for the better, by the direction of its measure."""
    if not value or direction == "none":
        return "plain"
    return "better" if (value > 0) == (direction == "up is better") else "worse"


def bars(
    rows: Sequence[Bar], text: Text, unit: str, *, is_share: bool = False, line: float | None = None
) -> Chart:
    """The bars from the first down. `line` is a value to compare all with, drawn across."""
    domain = _domain([bar.value for bar in rows if bar.value is not None], line)

    def draw(palette: Palette) -> alt.LayerChart:
        colors = _colors(palette)
        told = [
            {"bar": bar.name, "value": bar.value, "shown": bar.shown, "color": colors[bar.tone]}
            for bar in rows
        ]
        axis = theme.percent_axis if is_share else theme.num_axis
        x = alt.X("value:Q", scale=theme.value_scale(*domain), axis=axis(text.language))
        y = alt.Y(
            "bar:N",
            scale=alt.Scale(domain=[bar.name for bar in rows]),
            axis=alt.Axis(title=None, labelColor=palette.ink, labelOverlap=False),
        )
        base = alt.Chart({"values": told}).encode(
            y=y, tooltip=[alt.Tooltip("bar:N", title="title"), alt.Tooltip("shown:N", title=unit)]
        )
        layers: list[Any] = [
            base.mark_bar(height=ROW - 10).encode(
                x=x, x2=alt.X2(datum=0), color=alt.Color("color:N", scale=None)
            )
        ]
        if line is not None:
            layers.append(_line(line, domain, palette))
        layers += _words(told, y, domain)
        return alt.LayerChart(layer=layers)

    return Chart(draw, lambda palette: _plot(rows, text, _colors(palette), is_share=is_share))


def _domain(values: Sequence[float], line: float | None) -> tuple[float, float]:
    """From the lowest to the highest value, zero included, with room for words at the ends."""
    ends = [0.0, *values, *([] if line is None else [line])]
    low, high = min(ends), max(ends)
    room = ((high - low) or 1.0) * MARGIN
    return (low - room if low < 0 else 0.0), high + room


def _line(value: float, domain: tuple[float, float], palette: Palette) -> alt.Chart:
    rule: alt.Chart = (
        alt.Chart({"values": [{"value": value}]})
        .mark_rule(color=palette.ink, strokeWidth=1.5)
        .encode(x=alt.X("value:Q", scale=theme.value_scale(*domain), title=None))
    )
    return rule


def _words(told: Sequence[Mapping[str, Any]], y: alt.Y, domain: tuple[float, float]) -> list[Any]:
    """Values right of what grows, left of what falls; what is hidden says so at zero."""
    made = []
    for is_fall in (False, True):
        some = [
            {**row, "value": row["value"] or 0.0}
            for row in told
            if ((row["value"] or 0) < 0) == is_fall
        ]
        made.append(
            alt.Chart({"values": some})
            .mark_text(align="right" if is_fall else "left", dx=-5 if is_fall else 5)
            .encode(
                x=alt.X("value:Q", scale=theme.value_scale(*domain), title=None),
                y=y,
                text="shown:N",
            )
        )
    return made


def _colors(palette: Palette) -> dict[Tone, str]:
    return {
        "better": palette.accent,
        "worse": palette.worse,
        "plain": palette.muted,
        "rest": palette.rest,
    }


def _plot(rows: Sequence[Bar], text: Text, colors: Mapping[Tone, str], *, is_share: bool) -> Plot:
    """A series for each tone: the bars of one stand where the others have none."""
    tones = list(dict.fromkeys(bar.tone for bar in rows))
    series = tuple(
        Series(
            text(f"bars.{tone}"),
            tuple(bar.value if bar.tone == tone else None for bar in rows),
            colors[tone],
            "bar",
        )
        for tone in tones
    )
    return Plot(tuple(bar.name for bar in rows), series, is_share=is_share, is_flat=True)

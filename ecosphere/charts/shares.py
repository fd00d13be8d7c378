"""Parts of a whole as bars of equal length, one below the other."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from ecosphere.charts import theme
from ecosphere.charts.theme import Palette
from ecosphere.exhibit import Chart
from ecosphere.native import Plot, Series
from ecosphere.text import Text, numbers

ROW = 26  # pixels
ROOM = 46  # for the axis and the legend
PHONE = 360  # a plot narrower than this


@dataclass(frozen=True)
class Bar:
    """A name and its parts in order; a part that is hidden is None, and leaves a gap at the end."""

    name: str
    parts: Mapping[str, int | None]
    whole: int


def height(bars: Sequence[Bar]) -> int:
    return ROW * len(bars) + ROOM


def shares(bars: Sequence[Bar], parts: Sequence[str], text: Text, unit: str) -> Chart:
    """`parts` are columns, in the order of `colors`."""
    rows = [row for bar in bars for row in _rows(bar, text)]
    told = {part: text(f"columns.{part}") for part in parts}
    names = list(told.values())
    # On a phone the names of all parts would not fit side by side.
    legend = alt.Legend(columns=alt.ExprRef(f"width < {PHONE} ? 2 : {len(names)}"))

    def paint(palette: Palette) -> list[str]:
        known, *_, left_out = colors(palette)
        return colors(palette) if len(names) > 2 else [known, left_out]

    def draw(palette: Palette) -> alt.Chart:
        scale = alt.Scale(domain=names, range=paint(palette))
        made: alt.Chart = (
            alt.Chart({"values": rows})
            .mark_bar(height=ROW - 10)
            .encode(
                x=alt.X(
                    "low:Q",
                    scale=theme.value_scale(0, 1),
                    axis=theme.percent_axis(text.language),
                ),
                x2="high:Q",
                y=alt.Y(
                    "bar:N",
                    scale=alt.Scale(domain=[bar.name for bar in bars]),
                    axis=alt.Axis(title=None, labelColor=palette.ink),
                ),
                color=alt.Color("part:N", scale=scale, legend=legend),
                tooltip=[
                    alt.Tooltip("name:N", title="title"),
                    alt.Tooltip("shown:N", title=unit),
                ],
            )
        )
        return made

    return Chart(draw, lambda palette: _plot(bars, told, paint(palette)))


def _plot(bars: Sequence[Bar], names: Mapping[str, str], colors: Sequence[str]) -> Plot:
    series = [
        Series(name, tuple(_share(bar, part) for bar in bars), color, "bar")
        for (part, name), color in zip(names.items(), colors, strict=True)
    ]
    return Plot(tuple(bar.name for bar in bars), tuple(series), is_share=True, is_flat=True)


def _share(bar: Bar, part: str) -> float | None:
    count = bar.parts[part]
    return count / bar.whole if count else None


def colors(palette: Palette) -> list[str]:
    """Known in blues, unknown in grey, left out in orange."""
    return [palette.accent, palette.categories[6], palette.rest, palette.worse]


def _rows(bar: Bar, text: Text) -> list[dict[str, Any]]:
    rows, low = [], 0.0
    for name, count in bar.parts.items():
        if not count:
            continue
        high, part = low + count / bar.whole, text(f"columns.{name}")
        share = numbers.percent(count / bar.whole, text.language)
        rows.append(
            {
                "bar": bar.name,
                "part": part,
                "low": low,
                "high": high,
                "name": f"{bar.name} {part}",
                "shown": f"{numbers.integer(count)} ({share})",
            }
        )
        low = high
    return rows

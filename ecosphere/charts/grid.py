"""Squares in rows and columns, each in the colour of its state."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from ecosphere.charts.theme import Palette, mix
from ecosphere.exhibit import Draw

ROW = 26  # pixels
ROOM = 64  # for the axis and the legend
TONES = ("good", "high", "low", "bad", "hidden", "none")


@dataclass(frozen=True)
class Square:
    """One square; `shown` is what it says when it is looked at."""

    x: str
    y: str
    tone: str
    name: str
    shown: str


def height(rows: Sequence[str]) -> int:
    return ROW * len(rows) + ROOM


def grid(
    squares: Sequence[Square], rows: Sequence[str], names: Mapping[str, str], x_axis: alt.Axis
) -> Draw:
    """`names` says in words what a tone stands for, in the order of the legend."""
    columns = sorted({square.x for square in squares})
    # One state alone is what the title says.
    used = [tone for tone in names if any(square.tone == tone for square in squares)]
    legend: dict[str, Any] = {"legend": None} if len(used) == 1 else {}

    data = [
        {"x": one.x, "y": one.y, "state": names[one.tone], "name": one.name, "shown": one.shown}
        for one in squares
    ]
    x = alt.X("x:O", axis=x_axis, scale=alt.Scale(domain=columns, type="band", paddingInner=0.12))
    y_scale = alt.Scale(domain=list(rows), paddingInner=0.3, paddingOuter=0.15)

    def draw(palette: Palette) -> alt.Chart:
        scale = alt.Scale(
            domain=[names[tone] for tone in used], range=[_colors(palette)[tone] for tone in used]
        )
        made: alt.Chart = (
            alt.Chart({"values": data})
            .mark_rect(cornerRadius=1)
            .encode(
                x=x,
                y=alt.Y("y:N", scale=y_scale, axis=alt.Axis(title=None, labelColor=palette.ink)),
                color=alt.Color("state:N", scale=scale, **legend),
                tooltip=[
                    alt.Tooltip("name:N", title="title"),
                    alt.Tooltip("shown:N", title=" "),
                ],
            )
        )
        return made

    return draw


def _colors(palette: Palette) -> dict[str, str]:
    """Better is blue, worse is orange; what cannot be told is grey."""
    colors = (
        mix(palette.accent, palette.page, 0.45),
        palette.accent,
        palette.categories[1],
        palette.worse,
        palette.rest,
        palette.grid,
    )
    return dict(zip(TONES, colors, strict=True))

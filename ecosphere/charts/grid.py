"""Squares in rows and columns, each in the colour of its state."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import altair as alt

from ecosphere.charts.theme import Palette, mix
from ecosphere.exhibit import Chart
from ecosphere.native import Grid, Tile

ROW = 26  # pixels
ROOM = 64  # for the axis and the legend
TOOLTIP = (alt.Tooltip("name:N", title="title"), alt.Tooltip("shown:N", title=" "))
MOST_COLUMNS = 60  # that a slide has room for: more are drawn as a picture
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
    squares: Sequence[Square],
    rows: Sequence[str],
    names: Mapping[str, str],
    x_axis: alt.Axis,
    column: Callable[[str], str],
) -> Chart:
    """`names` says in words what a tone stands for, in the order of the legend; `column` how the
    head of a column is written where there is no axis."""
    columns = sorted({square.x for square in squares})
    # One state alone is what the title says.
    used = [tone for tone in names if any(square.tone == tone for square in squares)]
    legend: dict[str, Any] = {"legend": None} if len(used) == 1 else {}

    data = [
        {"x": one.x, "y": one.y, "state": names[one.tone], "name": one.name, "shown": one.shown}
        for one in squares
    ]
    x_scale = alt.Scale(domain=columns, type="band", paddingInner=0.12)
    y_scale = alt.Scale(domain=list(rows), paddingInner=0.3, paddingOuter=0.15)

    def draw(palette: Palette) -> alt.Chart:
        scale = alt.Scale(
            domain=[names[tone] for tone in used], range=[_colors(palette)[tone] for tone in used]
        )
        made: alt.Chart = (
            alt.Chart({"values": data})
            .mark_rect(cornerRadius=1)
            .encode(
                x=alt.X("x:O", axis=x_axis, scale=x_scale),
                y=alt.Y("y:N", scale=y_scale, axis=alt.Axis(title=None, labelColor=palette.ink)),
                color=alt.Color("state:N", scale=scale, **legend),
                tooltip=TOOLTIP,
            )
        )
        return made

    heads, told = {x: column(x) for x in columns}, {tone: names[tone] for tone in used}
    return Chart(draw, partial(_shaded, squares, heads, rows, told))


def _shaded(
    squares: Sequence[Square],
    columns: Mapping[str, str],
    rows: Sequence[str],
    names: Mapping[str, str],
    palette: Palette,
) -> Grid | None:
    """The squares as a table of shaded cells, as far as there is room for its columns."""
    if len(columns) > MOST_COLUMNS:
        return None
    paint = _colors(palette)
    fills = {(one.x, one.y): paint[one.tone] for one in squares}
    return Grid(
        columns=("", *columns.values()),
        rows=tuple(
            (Tile(row), *(Tile("", fills.get((column, row))) for column in columns)) for row in rows
        ),
        is_word=(True, *(False for _ in columns)),
        legend=tuple(Tile(name, paint[tone]) for tone, name in names.items()),
    )


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

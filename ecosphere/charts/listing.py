"""A table as a drawing: the same on the screen, in a picture and on a phone, where it has fewer
columns."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import altair as alt

from ecosphere.charts.theme import Palette
from ecosphere.exhibit import Chart
from ecosphere.native import Grid, Tile

ROW = 24  # pixels
PHONE = 520  # narrower than this a listing leaves columns out
WIDER = 2.6  # and gives the others so many times the share of the width


@dataclass(frozen=True)
class Column:
    """A column whose texts end (numbers) or begin (words) at `wide` of the width, on a phone at
    `phone`; without that it is left out there. `room` is the share of the width for its texts."""

    title: str
    wide: float
    room: float
    phone: float | None = None
    is_word: bool = False


@dataclass(frozen=True)
class Cell:
    """A text; one that asks for a look stands out."""

    text: str
    is_alarm: bool = False


def height(rows: Sequence[object]) -> int:
    """Pixels of a listing with its head."""
    return ROW * (len(rows) + 1)


def listing(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> Chart:
    """Rows of cells under titles, with a hairline below each."""

    def draw(palette: Palette) -> alt.LayerChart:
        lines = [{"line": place + 1} for place in range(len(rows))]
        layers = [_placed(lines, len(rows)).mark_rule(color=palette.grid, yOffset=ROW / 2)]
        for place, column in enumerate(columns):
            head = [{"line": 0, "text": column.title, "color": palette.muted}]
            texts = [
                {"line": line + 1, "text": row[place].text, "color": _color(row[place], palette)}
                for line, row in enumerate(rows)
            ]
            layers.append(_texts(column, [*head, *texts], len(rows)))
        layers.append(_tooltips(columns, rows))
        return alt.LayerChart(layer=layers)

    def native(palette: Palette) -> Grid:
        return Grid(
            columns=tuple(column.title for column in columns),
            rows=tuple(
                tuple(Tile(cell.text, color=_color(cell, palette)) for cell in row) for row in rows
            ),
            is_word=tuple(column.is_word for column in columns),
        )

    return Chart(draw, native)


def _color(cell: Cell, palette: Palette) -> str:
    return palette.worse if cell.is_alarm else palette.ink


def _texts(column: Column, rows: list[dict[str, Any]], count: int) -> alt.Chart:
    narrow = f"width < {PHONE}"
    phone = column.wide if column.phone is None else column.phone
    shown = f"{narrow} ? 0 : 1" if column.phone is None else "1"
    room = f"width * {column.room} * ({narrow} ? {WIDER} : 1)"
    made: alt.Chart = (
        _placed(rows, count)
        .mark_text(
            align="left" if column.is_word else "right",
            baseline="middle",
            limit=alt.ExprRef(room),
            opacity=alt.ExprRef(shown),
        )
        .encode(
            x=alt.value(alt.ExprRef(f"width * ({narrow} ? {phone} : {column.wide})")),
            text="text:N",
            color=alt.Color("color:N", scale=None),
        )
    )
    return made


def _tooltips(columns: Sequence[Column], rows: Sequence[Sequence[Cell]]) -> alt.Chart:
    """Everything that a row says, also what a phone leaves out or a column cuts off."""
    told = [
        {"line": line + 1, "name": row[0].text}
        | {f"c{place}": cell.text for place, cell in enumerate(row[1:], start=1)}
        for line, row in enumerate(rows)
    ]
    fields = [alt.Tooltip("name:N", title="title")]
    fields += [
        alt.Tooltip(f"c{place}:N", title=column.title)
        for place, column in enumerate(columns[1:], start=1)
    ]
    made: alt.Chart = (
        _placed(told, len(rows))
        .mark_rect(opacity=0, height=ROW)
        .encode(x=alt.value(0), x2=alt.value("width"), tooltip=fields)
    )
    return made


def _placed(rows: list[dict[str, Any]], count: int) -> alt.Chart:
    """Rows by their line; the head is line 0."""
    scale = alt.Scale(domain=[-0.5, count + 0.5], reverse=True, nice=False, zero=False)
    made: alt.Chart = alt.Chart({"values": rows}).encode(y=alt.Y("line:Q", scale=scale, axis=None))
    return made

"""Shares in rows and columns: numbers in cells, the darker the larger."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import altair as alt

from ecosphere.charts import theme
from ecosphere.charts.theme import Palette
from ecosphere.exhibit import Chart
from ecosphere.native import Grid, Tile

ROW = 24  # pixels
ROOM = 48  # for the axis above
NARROW = 21  # pixels: a narrower cell has smaller figures
NARROWEST = 15  # ... and one that is narrower than this none
Ends = tuple[float, float]  # the shares of the palest and the darkest cell

TOOLTIP = (alt.Tooltip("name:N", title="title"), alt.Tooltip("shown:N", title=" "))


@dataclass(frozen=True)
class Cell:
    """A cell; `share` decides its colour and `figure` stands in it. `name` and `shown` are what it
    says when it is looked at. One that is uncertain is striped."""

    x: str
    y: str
    share: float | None
    figure: str
    name: str
    shown: str
    is_uncertain: bool = False


def height(rows: Sequence[object]) -> int:
    return ROW * len(rows) + ROOM


def heat(
    cells: Sequence[Cell], columns: Mapping[str, str], rows: Sequence[str], title: str
) -> Chart:
    """`columns` are their heads in order, by the `x` of cells; `title` stands over them."""
    ends = _ends(cells)

    def draw(palette: Palette) -> alt.LayerChart:
        data = [_row(cell, columns, ends, palette) for cell in cells]
        base = alt.Chart({"values": data}).encode(
            x=_heads(list(columns.values()), title, palette), y=_names(rows, palette)
        )
        plain = base.transform_filter("!datum.striped").mark_rect()
        layers = [plain.encode(color=alt.Color("fill:N", scale=None), tooltip=TOOLTIP)]
        # Vega scales no gradient: striped cells are a layer of their own. One without cells would
        # be a picture without words for who listens.
        if any(cell.is_uncertain for cell in cells):
            striped = base.transform_filter("datum.striped")
            hatch = theme.hatch(_pale(palette), palette, 5)
            layers.append(striped.mark_rect(color=hatch).encode(tooltip=TOOLTIP))
        figures = base.mark_text(
            fontSize=alt.ExprRef(f"width / {len(columns)} < {NARROW} ? 8 : {theme.SIZE}"),
            opacity=alt.ExprRef(f"width / {len(columns)} < {NARROWEST} ? 0 : 1"),
        )
        ink = alt.Color("ink:N", scale=None)
        layers.append(figures.encode(text="figure:N", color=ink, tooltip=TOOLTIP))
        return alt.LayerChart(layer=layers)

    return Chart(draw, partial(_grid, cells, columns, rows, ends))


def _heads(columns: list[str], title: str, palette: Palette) -> alt.X:
    axis = alt.Axis(orient="top", title=title, labelAngle=0, labelColor=palette.muted, labelLimit=0,
                    labelOverlap="parity", domain=False)  # fmt: skip
    return alt.X("x:O", scale=alt.Scale(domain=columns, type="band", paddingInner=0.04), axis=axis)


def _names(rows: Sequence[str], palette: Palette) -> alt.Y:
    scale = alt.Scale(domain=list(rows), type="band", paddingInner=0.08)
    axis = alt.Axis(title=None, labelColor=palette.ink, domain=False)
    return alt.Y("y:O", scale=scale, axis=axis)


def _row(cell: Cell, columns: Mapping[str, str], ends: Ends, palette: Palette) -> dict[str, Any]:
    fill = _fill(cell, ends, palette)
    return {
        "x": columns[cell.x],
        "y": cell.y,
        "fill": fill,
        "ink": theme.on(fill, palette),
        "striped": cell.is_uncertain,
        "figure": cell.figure,
        "name": cell.name,
        "shown": cell.shown,
    }


def _ends(cells: Sequence[Cell]) -> Ends:
    """All differences can be seen; the whole, which says nothing, is as dark as the darkest."""
    shares = [cell.share for cell in cells if cell.share is not None and cell.share < 1]
    low, high = min(shares, default=0.0), max(shares, default=1.0)
    return (low, high) if low < high else (0.0, 1.0)


def _fill(cell: Cell, ends: Ends, palette: Palette) -> str:
    if cell.is_uncertain:
        return _pale(palette)
    if cell.share is None:
        return palette.grid
    low, high = ends
    return theme.mix(palette.soft, palette.accent, min(1.0, (cell.share - low) / (high - low)))


def _pale(palette: Palette) -> str:
    return theme.mix(palette.page, palette.rest, 0.3)


def _grid(
    cells: Sequence[Cell],
    columns: Mapping[str, str],
    rows: Sequence[str],
    ends: Ends,
    palette: Palette,
) -> Grid:
    """The same as a table of shaded cells."""
    tiles = {}
    for cell in cells:
        fill = _fill(cell, ends, palette)
        tiles[cell.y, cell.x] = Tile(cell.figure, fill, theme.on(fill, palette))
    return Grid(
        columns=("", *columns.values()),
        rows=tuple((Tile(row), *(tiles.get((row, x), Tile("")) for x in columns)) for row in rows),
        is_word=(True, *(False for _ in columns)),
    )

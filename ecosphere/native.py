"""A chart as plain values: what PowerPoint and Excel draw themselves, so that it can be edited.

It says the same as the Altair chart beside it, from the same released table. Colours are those of
the palette it was asked for.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

# A line, a dashed one, rings or dots that no line joins, bars stacked on each other.
Look = Literal["line", "dashed", "rings", "dots", "bar"]


@dataclass(frozen=True)
class Series:
    """A name and a value for each category of its plot; None is hidden or missing: a gap.

    `open` are the places of values that may still change: their bars are striped.
    """

    name: str
    values: tuple[float | None, ...]
    color: str  # "#rrggbb"
    look: Look = "line"
    open: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Plot:
    """Series over categories. Bars are stacked, gains upwards and losses down; lines lie over them.

    `is_share`: values are fractions of one. `is_flat`: bars lie from left to right, the first
    category on top.
    """

    categories: tuple[str, ...]
    series: tuple[Series, ...]
    is_share: bool = False
    is_flat: bool = False


@dataclass(frozen=True)
class Tile:
    """A cell of a grid: its text, its colour where it stands for a value, and whether it alarms."""

    text: str
    fill: str | None = None
    color: str | None = None


@dataclass(frozen=True)
class Grid:
    """A table: listings, and heatmaps whose cells are shaded. Every row is as long as `columns`."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Tile, ...], ...]
    is_word: tuple[bool, ...]  # for each column: words stand left, figures right
    legend: tuple[Tile, ...] = ()  # what the colours stand for


Native = Plot | Grid
DrawNative = Callable[[Any], Native | None]  # from a palette; None: only a picture can show it

"""A grid as a native PowerPoint table: listings, and heatmaps with shaded cells."""

from math import ceil
from typing import Any

from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.util import Emu, Pt

from ecosphere.charts.theme import PALETTES, on
from ecosphere.export.template import POINT, Box, rgb
from ecosphere.export.typeset import measure, one_line
from ecosphere.native import Grid, Tile

LIGHT = PALETTES["light"]
NO_STYLE = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"  # a table without lines and colours of its own
LARGEST, SMALLEST = 12, 7  # points of letters
FILLED = 0.55  # of a row's height by its letters
AIR = 10  # points beside the words of a cell
TALLEST = 26  # points of a row: a short table need not fill the slide


def add(slide: Any, grid: Grid, box: Box) -> Any:
    """Put the table on a slide, as large as the place allows; its frame."""
    legend = POINT * 20 if grid.legend else 0
    count = len(grid.rows) + 1
    row = min(TALLEST, (box.height - legend) / POINT / count)
    size = max(SMALLEST, min(LARGEST, int(row * FILLED)))
    frame = slide.shapes.add_table(
        count, len(grid.columns), box.left, box.top, box.width, int(row * count * POINT)
    )
    table = frame.table
    frame._element.graphic.graphicData.tbl.tblPr.find(qn("a:tableStyleId")).text = NO_STYLE
    table.first_row = table.horz_banding = False
    widths = _widths(grid, box.width / POINT, size)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Emu(int(width * POINT))
    for line in table.rows:
        line.height = Emu(int(row * POINT))
    _head(table, grid, widths, size)
    for place, tiles in enumerate(grid.rows, start=1):
        for column, tile in enumerate(tiles):
            _fill(table.cell(place, column), tile, grid.is_word[column], size)
    if grid.legend:
        _legend(slide, grid.legend, Box(box.left, box.top + frame.height, box.width, legend))
    return frame


def _widths(grid: Grid, room: float, size: int) -> list[float]:
    """As wide as the words of each column ask for, together as wide as the place; in points.

    Columns of a heatmap, whose heads may reach over several, are equal.
    """
    asked = [
        max(measure(one_line(tile.text), size) for tile in column) + AIR
        for column in zip(*grid.rows, strict=True)
    ]
    if grid.legend:
        first = min(asked[0], room / 3)
        return [first, *([(room - first) / (len(asked) - 1)] * (len(asked) - 1))]
    heads = [measure(one_line(name), size) + AIR for name in grid.columns]
    wanted = [max(pair) for pair in zip(asked, heads, strict=True)]
    return [width * room / sum(wanted) for width in wanted]


def _head(table: Any, grid: Grid, widths: list[float], size: int) -> None:
    """Names above the columns; over several of them where they are narrower than their names."""
    step = 1
    if grid.legend:
        longest = max(measure(one_line(name), size) for name in grid.columns) + AIR
        step = ceil(longest / widths[-1])
    _fill(table.cell(0, 0), Tile(grid.columns[0], color=LIGHT.muted), is_word=True, size=size)
    last = len(grid.columns) - 1
    for place in range(1, last + 1, step):
        cell, end = table.cell(0, place), min(place + step - 1, last)
        if end > place:
            cell.merge(table.cell(0, end))
        is_whole = end - place + 1 == step  # a name that does not fit would be broken
        name = grid.columns[place] if is_whole else ""
        is_word = bool(grid.legend) or grid.is_word[place]
        _fill(cell, Tile(name, color=LIGHT.muted), is_word, size)


def _fill(cell: Any, tile: Tile, is_word: bool, size: int) -> None:
    frame = cell.text_frame
    frame.word_wrap = True
    cell.margin_left = cell.margin_right = Pt(AIR / 4)
    cell.margin_top = cell.margin_bottom = 0
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    paragraph = frame.paragraphs[0]
    paragraph.alignment = PP_ALIGN.LEFT if is_word else PP_ALIGN.RIGHT
    if tile.text:
        run = paragraph.add_run()
        run.text = one_line(tile.text)
        color = tile.color or (on(tile.fill, LIGHT) if tile.fill else LIGHT.ink)
        run.font.size, run.font.color.rgb = Pt(size), rgb(color)
    # A row is as high as the letters that could still be written in an empty cell: 18 points.
    paragraph._p.get_or_add_endParaRPr().set("sz", str(size * 100))
    if tile.fill:
        cell.fill.solid()
        cell.fill.fore_color.rgb = rgb(tile.fill)
    _line_below(cell, LIGHT.page if tile.fill else LIGHT.grid)


def _line_below(cell: Any, color: str) -> None:
    """python-pptx knows no borders of cells: they stand before the fill."""
    properties = cell._tc.get_or_add_tcPr()
    line = OxmlElement("a:lnB")
    line.set("w", str(POINT // 2))
    solid, paint = OxmlElement("a:solidFill"), OxmlElement("a:srgbClr")
    paint.set("val", color.lstrip("#"))
    solid.append(paint)
    line.append(solid)
    properties.insert(0, line)


def _legend(slide: Any, tiles: tuple[Tile, ...], box: Box) -> None:
    shape = slide.shapes.add_textbox(box.left, box.top, box.width, box.height)
    paragraph = shape.text_frame.paragraphs[0]
    for tile in tiles:
        for words, color in (("■ ", tile.fill or LIGHT.ink), (f"{tile.text}\u3000", LIGHT.muted)):
            run = paragraph.add_run()
            run.text, run.font.size = words, Pt(11)
            run.font.color.rgb = rgb(color)

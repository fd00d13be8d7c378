"""Workbooks for Excel: for each exhibit its chart, its table in typed cells, and what it means."""

import io
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import Any

import xlsxwriter

from ecosphere.charts.theme import PALETTES
from ecosphere.exhibit import MONTHS, hidden_word, is_share, word
from ecosphere.export.leaf import Leaf, facts
from ecosphere.export.plots import PLAIN, inside, most, rings
from ecosphere.export.rows import marked
from ecosphere.export.typeset import plain, short
from ecosphere.model import GROUP
from ecosphere.native import Grid, Plot, Series
from ecosphere.text import numbers

LIGHT = PALETTES["light"]
MOST_ROWS = 20_000  # 100,000 take six seconds and nobody scrolls so far; CSV has all
MOST_SIGNS = 32_000  # of a cell: Excel takes 32,767
CHART_AT, WIDTH, HEIGHT = 4, 960, 420  # the chart's row, and its pixels
ROWS_BELOW = 22  # as many rows as the chart is high
WIDEST, NARROWEST = 60, 10  # characters of a column


def workbook(leaves: Sequence[Leaf]) -> bytes:
    """Three sheets for each exhibit. No text in it starts a formula or becomes a link."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, **PLAIN}) as book:
        first = leaves[0]
        book.set_properties({"title": short(first.title), "author": short(first.stamp.who)})
        for number, leaf in enumerate(leaves, start=1):
            _Sheets(book, leaf, f"{number} " if len(leaves) > 1 else "").write()
    return file.getvalue()


@dataclass(frozen=True)
class _Sheets:
    """The sheets of one exhibit; `before` tells them from those of others."""

    book: Any
    leaf: Leaf
    before: str

    def write(self) -> None:
        if self.leaf.native is not None:
            self._chart(self.leaf.native)
        self._table()
        self._meaning()

    def _sheet(self, key: str) -> Any:
        sheet = self.book.add_worksheet(f"{self.before}{self.leaf.text(f'files.sheet_{key}')}")
        sheet.hide_gridlines(2)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        sheet.set_footer("&L&8" + plain(self.leaf.mark).replace("&", "&&") + "&R&8&P / &N")
        return sheet

    def _format(self, **look: Any) -> Any:
        return self.book.add_format({"font_name": "Microsoft YaHei", "font_size": 10, **look})

    @cached_property
    def _looks(self) -> dict[str, Any]:
        return {
            "text": self._format(),
            "wrapped": self._format(text_wrap=True, valign="top"),
            "quiet": self._format(font_color=LIGHT.muted),
            "title": self._format(bold=True, font_size=14),
            "label": self._format(bold=True, valign="top"),
            "head": self._format(bold=True, bottom=1, text_wrap=True, valign="top"),
            "hidden": self._format(font_color=LIGHT.muted, align="right"),
            "whole": self._format(num_format="#,##0"),
            "share": self._format(num_format="0.0%"),
            "decimal": self._format(num_format="#,##0.00"),
            "month": self._format(num_format=self.leaf.text("files.format_month"), align="left"),
            "day": self._format(num_format=self.leaf.text("files.format_day"), align="left"),
        }

    # Chart

    def _chart(self, native: Plot | Grid) -> None:
        sheet = self._sheet("chart")
        leaf = self.leaf
        above = {leaf.title: "title", leaf.subtitle: "quiet", leaf.chips: "text"}
        for row, (words, look) in enumerate(above.items()):
            sheet.write_string(row, 0, plain(words), self._looks[look])
        below = CHART_AT
        if isinstance(native, Plot):
            below += ROWS_BELOW
            self._plot(sheet, native, below)
            below += len(native.categories) + 2
        else:
            self._grid(sheet, native)
            below += len(native.rows) + 2
        for row, words in enumerate((*leaf.notes, leaf.footer, leaf.mark), start=below):
            sheet.write_string(row, 0, plain(words), self._looks["quiet"])

    def _plot(self, sheet: Any, plot: Plot, at: int) -> None:
        """The values below, and the chart that shows them above."""
        look = self._looks["share" if plot.is_share else "decimal"]
        sheet.set_column(0, 0, 16)
        sheet.set_column(1, len(plot.series), 14)
        for row, name in enumerate(plot.categories, start=at + 1):
            sheet.write_string(row, 0, plain(name), self._looks["text"])
        for column, series in enumerate(plot.series, start=1):
            sheet.write_string(at, column, plain(series.name), self._looks["head"])
            whole = all(value is None or value == int(value) for value in series.values)
            for row, value in enumerate(series.values, start=at + 1):
                if value is not None:
                    number = self._looks["whole"] if whole and not plot.is_share else look
                    sheet.write_number(row, column, value, number)
        sheet.insert_chart(CHART_AT, 0, self._drawn(sheet.get_name(), plot, at))

    def _drawn(self, sheet: str, plot: Plot, at: int) -> Any:
        """Bars, with lines over them where there are both."""
        bars = self._part(sheet, plot, at, is_bar=True)
        lines = self._part(sheet, plot, at, is_bar=False)
        if bars and lines:
            bars.combine(lines)
        chart = bars or lines
        high = numbers.axis_format(most(plot), self.leaf.text.language, is_share=plot.is_share)
        letters = {"size": 10, "color": LIGHT.muted}
        values = {
            "num_format": high,
            "num_font": letters,
            "major_gridlines": {"visible": True, "line": {"color": LIGHT.grid}},
            "line": {"none": True},
            **({"min": 0, "max": 1} if plot.is_share and plot.is_flat else {}),
        }
        names = {"num_font": letters, "label_position": "low", "reverse": plot.is_flat}
        chart.set_x_axis(names)
        chart.set_y_axis(values)
        ordered = sorted(plot.series, key=lambda series: series.look != "bar")
        legend = {"position": "bottom", "delete_series": rings(ordered)}
        chart.set_legend(legend if len(plot.series) > 1 else {"none": True})
        chart.set_size({"width": WIDTH, "height": HEIGHT})
        chart.show_blanks_as("gap")
        chart.set_chartarea({"border": {"none": True}})
        return chart

    def _part(self, sheet: str, plot: Plot, at: int, *, is_bar: bool) -> Any:
        some = [(column, series) for column, series in enumerate(plot.series, start=1)
                if (series.look == "bar") is is_bar]  # fmt: skip
        if not some:
            return None
        kind = {"type": "bar" if plot.is_flat else "column", "subtype": "stacked"}
        chart = self.book.add_chart(kind if is_bar else {"type": "line"})
        first, last = at + 1, at + len(plot.categories)
        for column, series in some:
            chart.add_series({
                "name": [sheet, at, column],
                "categories": [sheet, first, 0, last, 0],
                "values": [sheet, first, column, last, column],
                **({"gap": 40, "points": _points(series), "fill": {"color": series.color}}
                   if is_bar else _stroke(series)),
            })  # fmt: skip
        return chart

    def _grid(self, sheet: Any, grid: Grid) -> None:
        for column, name in enumerate(grid.columns):
            sheet.write_string(CHART_AT, column, plain(name), self._looks["head"])
        for row, tiles in enumerate(grid.rows, start=CHART_AT + 1):
            for column, tile in enumerate(tiles):
                fill = {"bg_color": tile.fill} if tile.fill else {}
                side = {"align": "left" if grid.is_word[column] else "right"}
                sheet.write_string(row, column, plain(tile.text), self._format(**fill, **side))
        sheet.autofit(WIDEST * 7)

    # Table

    def _table(self) -> None:
        """Every value in its type; what is hidden says so, what is missing is empty."""
        sheet, released, text = self._sheet("table"), self.leaf.table, self.leaf.text
        table = marked(released)
        shown = table.head(MOST_ROWS)
        covered = released.covered.head(MOST_ROWS)
        for column, name in enumerate(table.columns):
            label = text(f"columns.{name}")
            sheet.write_string(0, column, plain(label), self._looks["head"])
            hidden = covered[name].to_list() if name in covered.columns else []
            for row, value in enumerate(shown[name].to_list(), start=1):
                if hidden and hidden[row - 1]:
                    words = hidden_word(released, name, text)
                    sheet.write_string(row, column, words, self._looks["hidden"])
                else:
                    self._cell(sheet, row, column, name, value)
            sheet.set_column(column, column, min(WIDEST, max(NARROWEST, len(label) + 6)))
        if table.height > MOST_ROWS:
            words = text("files.capped", shown=numbers.integer(MOST_ROWS),
                         all=numbers.integer(table.height))  # fmt: skip
            sheet.write_string(MOST_ROWS + 2, 0, words, self._looks["quiet"])
        sheet.freeze_panes(1, 1)
        sheet.autofilter(0, 0, max(1, shown.height), len(table.columns) - 1)

    def _cell(self, sheet: Any, row: int, column: int, name: str, value: Any) -> None:
        looks = self._looks
        if value is None:
            return
        if isinstance(value, bool):
            sheet.write_boolean(row, column, value, looks["text"])
        elif isinstance(value, int | float):
            kind = "whole" if isinstance(value, int) else "share" if is_share(name) else "decimal"
            sheet.write_number(row, column, value, looks[kind])
        elif isinstance(value, date):
            sheet.write_datetime(row, column, value, looks["month" if name in MONTHS else "day"])
        else:
            words = self.leaf.words.get(value) if name == GROUP else None
            told = words or word(name, str(value), self.leaf.text)
            sheet.write_string(row, column, plain(told)[:MOST_SIGNS], looks["text"])

    # Meaning

    def _meaning(self) -> None:
        sheet = self._sheet("definition")
        sheet.set_column(0, 0, 22)
        sheet.set_column(1, 1, 110)
        # Excel shows no more than a page of one cell: what has lines gets a row for each.
        lines = [(name if not place else "", line) for name, value in self._told()
                 for place, line in enumerate(value.splitlines() or [""])]  # fmt: skip
        for row, (name, line) in enumerate(lines):
            sheet.write_string(row, 0, plain(name), self._looks["label"])
            sheet.write_string(row, 1, plain(line)[:MOST_SIGNS], self._looks["wrapped"])

    def _told(self) -> Iterator[tuple[str, str]]:
        leaf = self.leaf
        yield leaf.text("files.finding"), leaf.title
        yield leaf.text("files.measure"), leaf.subtitle
        if leaf.instead:
            yield leaf.text("files.not_shown"), " ".join(leaf.instead)
        yield from facts(leaf).items()


def _points(series: Series) -> list[dict[str, Any] | None]:
    """Stripes for bars that may still change."""
    stripes = {"pattern": "wide_upward_diagonal", "fg_color": series.color, "bg_color": LIGHT.page}
    return [{"pattern": stripes} if place in series.open else None
            for place in range(len(series.values))]  # fmt: skip


def _stroke(series: Series) -> dict[str, Any]:
    color = series.color
    if series.look in ("rings", "dots"):
        marker = {
            "type": "circle",
            "size": 8,
            "border": {"color": color},
            "fill": {"color": inside(series)},
        }
        return {"line": {"none": True}, "marker": marker}
    if series.look == "dashed":
        return {"line": {"color": color, "width": 1, "dash_type": "dash"}}
    return {"line": {"color": color, "width": 2.25},
            "marker": {"type": "circle", "size": 4, "border": {"color": color},
                       "fill": {"color": color}}}  # fmt: skip

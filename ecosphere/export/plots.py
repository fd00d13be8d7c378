"""A plot as a native PowerPoint chart that can be edited: stacked bars, lines, or both in one."""

import io
from collections.abc import Sequence
from math import ceil
from typing import Any

import xlsxwriter
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE, XL_LEGEND_POSITION, XL_MARKER_STYLE
from pptx.enum.chart import XL_TICK_LABEL_POSITION as LABELS
from pptx.enum.chart import XL_TICK_MARK as TICKS
from pptx.enum.dml import MSO_LINE_DASH_STYLE, MSO_PATTERN
from pptx.oxml.ns import qn
from pptx.oxml.xmlchemy import OxmlElement
from pptx.util import Inches, Pt

from ecosphere.charts.theme import PALETTES, mix
from ecosphere.export.template import Box, rgb
from ecosphere.export.typeset import one_line
from ecosphere.native import Plot, Series
from ecosphere.text import numbers

LIGHT = PALETTES["light"]
MOST_LABELS = 13  # of categories that stand side by side on a slide
TEXT, SMALL = Pt(11), Pt(9)
PALE = 0.6  # of the page in the colour of a month that is not finished
BAR, AROUND = Inches(0.42), Inches(1.1)  # a bar that lies need not be higher; axis and legend
PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}


def add(slide: Any, plot: Plot, box: Box, language: str) -> Any:
    """Put the chart on a slide; its frame."""
    bars = [series for series in plot.series if series.look == "bar"]
    lines = [series for series in plot.series if series.look != "bar"]
    data = CategoryChartData()
    data.categories = [one_line(name) for name in plot.categories]
    ordered = [*bars, *lines]
    for series in ordered:
        data.add_series(one_line(series.name), series.values)
    kind = XL_CHART_TYPE.BAR_STACKED if plot.is_flat else XL_CHART_TYPE.COLUMN_STACKED
    if not bars:
        kind = XL_CHART_TYPE.LINE_MARKERS
    height = min(box.height, BAR * len(plot.categories) + AROUND) if plot.is_flat else box.height
    place = (box.left, box.top, box.width, height)
    frame = slide.shapes.add_chart(kind, *place, data)
    chart = frame.chart
    # python-pptx writes names as they are, and a spreadsheet takes "=…" for a formula.
    chart.part.chart_workbook.update_from_xlsx_blob(_workbook(data, ordered))
    _axes(chart, plot, language)
    if bars:
        chart.plots[0].gap_width, chart.plots[0].overlap = 40, 100
    if bars and lines:
        _lay_over(chart, len(bars))
    if chart.has_legend:
        _leave_out(chart, rings(ordered))
    for drawn, series in zip(_drawn(chart), ordered, strict=True):
        (_bar if series.look == "bar" else _line)(drawn, series)
    return frame


def most(plot: Plot) -> float:
    """The longest bar or highest point: what its axis must hold."""
    stacks = [[s.values[i] or 0.0 for s in plot.series if s.look == "bar"]
              for i in range(len(plot.categories))]  # fmt: skip
    ends = [abs(sum(v for v in stack if v * sign > 0)) for stack in stacks for sign in (1, -1)]
    points = [abs(v) for s in plot.series if s.look != "bar" for v in s.values if v is not None]
    return max([0.0, *ends, *points])


def inside(series: Series) -> str:
    """The colour of a dot; that of a ring is paler, since some programs draw no border around it
    and an empty one could not be seen."""
    return mix(series.color, LIGHT.page, PALE) if series.look == "rings" else series.color


def _workbook(data: CategoryChartData, ordered: list[Series]) -> bytes:
    """The sheet behind the chart, in the cells that the chart names: nothing in it is a formula."""
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {"in_memory": True, **PLAIN}) as book:
        sheet = book.add_worksheet("Sheet1")
        sheet.write_column(1, 0, [category.label for category in data.categories])
        for place, series in enumerate(ordered, start=1):
            sheet.write_string(0, place, one_line(series.name))
            for row, value in enumerate(series.values, start=1):
                if value is not None:
                    sheet.write_number(row, place, value)
    return file.getvalue()


def _drawn(chart: Any) -> list[Any]:
    return [series for plot in chart.plots for series in plot.series]


def _axes(chart: Any, plot: Plot, language: str) -> None:
    chart.font.size, chart.font.color.rgb = TEXT, rgb(LIGHT.muted)
    _east_asian(chart)
    chart.has_title = False
    chart.has_legend = len(plot.series) > 1
    if chart.has_legend:
        chart.legend.position, chart.legend.include_in_layout = XL_LEGEND_POSITION.BOTTOM, False
    names, values = chart.category_axis, chart.value_axis
    names.tick_label_position = LABELS.LOW  # losses hang below the axis, not over its words
    names.major_tick_mark = values.major_tick_mark = TICKS.NONE
    names.format.line.color.rgb = rgb(LIGHT.rest)
    values.format.line.fill.background()
    values.has_major_gridlines = True
    values.major_gridlines.format.line.color.rgb = rgb(LIGHT.grid)
    high = most(plot)
    values.tick_labels.number_format = numbers.axis_format(high, language, is_share=plot.is_share)
    values.tick_labels.number_format_is_linked = False
    if plot.is_flat:  # the first on top, and the values still below
        names.reverse_order = True
        values._element.find(qn("c:crosses")).set("val", "max")
    elif len(plot.categories) > MOST_LABELS:
        _every(names, ceil(len(plot.categories) / MOST_LABELS))
        names.tick_labels.font.size = SMALL
    if all(value is None or value >= 0 for series in plot.series for value in series.values):
        values.minimum_scale = 0
    if plot.is_share and round(high, 1) == 1:  # parts of a whole, not small changes
        values.maximum_scale = 1


def rings(ordered: Sequence[Series]) -> list[int]:
    """The places of rings: a legend names their lines already, and subtitles say what they are."""
    return [place for place, series in enumerate(ordered) if series.look == "rings"]


def _leave_out(chart: Any, places: list[int]) -> None:
    after = chart.legend._element.find(qn("c:legendPos"))
    for place in reversed(places):
        entry = _element("c:legendEntry")
        entry.append(_element("c:idx", val=place))
        entry.append(_element("c:delete", val=1))
        after.addnext(entry)


def _every(axis: Any, step: int) -> None:
    """Only every so many labels, straight, since slanted ones are hard to read."""
    axis._element.find(qn("c:noMultiLvlLbl")).addprevious(_element("c:tickLblSkip", val=step))


def _east_asian(chart: Any) -> None:
    """Chinese in the fonts of the theme: without this it may become boxes."""
    for default in chart._chartSpace.find(qn("c:txPr")).iter(qn("a:defRPr")):
        for tag, face in (("a:latin", "+mn-lt"), ("a:ea", "+mn-ea"), ("a:cs", "+mn-cs")):
            default.append(_element(tag, typeface=face))


def _bar(drawn: Any, series: Series) -> None:
    drawn.invert_if_negative = False
    _solid(drawn.format.fill, series.color)
    for place in sorted(series.open):
        fill = drawn.points[place].format.fill
        fill.patterned()
        fill.pattern = MSO_PATTERN.WIDE_UPWARD_DIAGONAL
        fill.fore_color.rgb, fill.back_color.rgb = rgb(series.color), rgb(LIGHT.page)
        shaped = drawn._element.findall(qn("c:dPt"))[-1]
        # PowerPoint paints a loss white where this is left out.
        shaped.find(qn("c:idx")).addnext(_element("c:invertIfNegative", val=0))


def _line(drawn: Any, series: Series) -> None:
    line, marker = drawn.format.line, drawn.marker
    if series.look in ("rings", "dots"):
        line.fill.background()
        marker.style, marker.size = XL_MARKER_STYLE.CIRCLE, 8
        marker.format.line.color.rgb = rgb(series.color)
        _solid(marker.format.fill, inside(series))
    else:
        line.color.rgb = rgb(series.color)
        line.width = Pt(1 if series.look == "dashed" else 2.25)
        marker.style = XL_MARKER_STYLE.NONE if _is_joined(series) else XL_MARKER_STYLE.CIRCLE
        if series.look == "dashed":
            line.dash_style = MSO_LINE_DASH_STYLE.DASH
        if not _is_joined(series):
            marker.size = 5
            _solid(marker.format.fill, series.color)
            marker.format.line.color.rgb = rgb(series.color)
    if hasattr(drawn, "smooth"):
        drawn.smooth = False


def _is_joined(series: Series) -> bool:
    """Whether each point has a neighbour: one between two gaps would not be seen."""
    known = [value is not None for value in series.values]
    padded = [False, *known, False]
    return all(padded[i] or padded[i + 2] for i in range(len(known)) if known[i])


def _lay_over(chart: Any, bars: int) -> None:
    """Move what are lines out of the bars into a chart of lines on the same axes.

    python-pptx makes charts of one kind; a chart of both is two in one plot area.
    """
    columns = chart._chartSpace.find(f".//{qn('c:barChart')}")
    over = _element("c:lineChart")
    over.append(_element("c:grouping", val="standard"))
    over.append(_element("c:varyColors", val=0))
    for series in columns.findall(qn("c:ser"))[bars:]:
        over.append(series)
    over.append(_element("c:marker", val=1))
    for axis in columns.findall(qn("c:axId")):
        over.append(_element("c:axId", val=axis.get("val")))
    columns.addnext(over)


def _element(tag: str, **attributes: object) -> Any:
    made = OxmlElement(tag)
    for name, value in attributes.items():
        made.set(name, str(value))
    return made


def _solid(fill: Any, color: str) -> None:
    fill.solid()
    fill.fore_color.rgb = rgb(color)

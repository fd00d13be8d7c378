"""Each format of each exhibit, read back by a program that did not write it."""

import io
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import openpyxl
import polars as pl
import pytest
from PIL import Image
from pptx import Presentation
from pypdf import PdfReader

from ecosphere.charts.theme import PALETTES, spec
from ecosphere.exhibit import Chart, Exhibit
from ecosphere.export import WRITERS
from ecosphere.export.sheets import MOST_ROWS
from ecosphere.export.typeset import one_line
from ecosphere.native import Grid, Native, Plot
from ecosphere.source import Source
from ecosphere.text import Text
from tests.files.conftest import VIEWS, Make, exhibits

LIGHT = PALETTES["light"]
EVERY = [(view, language) for view in VIEWS for language in ("en", "zh")]
OURS = {"NotoSansSC-Regular", "NotoSansSC-Bold"}
LAST = 1e-15
SVG = "{http://www.w3.org/2000/svg}"


def native(exhibit: Exhibit) -> Native | None:
    return exhibit.chart.native(LIGHT) if isinstance(exhibit.chart, Chart) else None


def shapes(slide: Any) -> dict[str, Any]:
    """What stands on a slide besides words, by what it is."""
    found = {}
    for shape in slide.shapes:
        if shape.has_chart:
            found["chart"] = shape
        elif shape.has_table:
            found["table"] = shape
        elif shape.shape_type is not None and shape.shape_type.name == "PICTURE":
            found["picture"] = shape
    return found


def words(slide: Any) -> str:
    return " ".join(shape.text_frame.text for shape in slide.shapes if shape.has_text_frame)


@pytest.mark.parametrize(("view", "language"), EVERY)
def test_slides_hold_the_values_of_the_screen(
    source: Source, made: Make, view: str, language: str
) -> None:
    shown = exhibits(source, view, language)
    deck = Presentation(io.BytesIO(made(".pptx", *shown, language=language)))
    assert len(deck.slides) == len(shown)
    for slide, exhibit in zip(deck.slides, shown, strict=True):
        assert slide.shapes.title.text_frame.text == one_line(exhibit.title)
        told = words(slide)
        for part in (exhibit.subtitle, exhibit.footer, *exhibit.chips):
            assert one_line(part) in told
        notes = slide.notes_slide.notes_text_frame.text
        assert exhibit.table.origin.sql.splitlines()[0] in notes
        assert f"{Text(language)('files.generation')}: {exhibit.table.origin.generation}" in notes
        _compare(shapes(slide), exhibit)


def _compare(found: dict[str, Any], exhibit: Exhibit) -> None:
    """The chart or table says what it was given, and has words for who cannot see it."""
    drawn = native(exhibit)
    for shape in found.values():
        assert shape._element._nvXxPr.cNvPr.get("descr") == one_line(exhibit.alt)
    if isinstance(drawn, Plot):
        chart = found["chart"].chart
        read = {series.name: tuple(series.values) for plot in chart.plots for series in plot.series}
        assert read == {series.name: series.values for series in drawn.series}
        assert tuple(chart.plots[0].categories) == drawn.categories
    elif isinstance(drawn, Grid):
        rows = [[cell.text for cell in row.cells] for row in found["table"].table.rows][1:]
        assert rows == [[one_line(tile.text) for tile in row] for row in drawn.rows]
    elif isinstance(exhibit.chart, Chart):
        assert set(found) == {"picture"}
    else:
        assert found == {}


def test_nearly_all_charts_on_slides_can_be_edited(source: Source) -> None:
    charts = [one.chart for view in VIEWS for one in exhibits(source, view, "en")
              if isinstance(one.chart, Chart)]  # fmt: skip
    drawn = [chart.native(LIGHT) for chart in charts]
    assert sum(one is not None for one in drawn) / len(drawn) >= 0.9


@pytest.mark.parametrize("view", ["whole", "few"])
def test_what_is_drawn_natively_is_what_the_table_holds(source: Source, view: str) -> None:
    """The second drawing of a chart against the released table, not against itself."""
    mau, growth, *_ = exhibits(source, view, "en")
    for exhibit, losses in ((mau, ()), (growth, ("lapsed", "moved_out"))):
        drawn = native(exhibit)
        assert isinstance(drawn, Plot)
        rows = {f"{row['month']:%b %Y}": row for row in exhibit.table.table.to_dicts()}
        numeric = [name for name, kind in exhibit.table.table.schema.items() if kind.is_numeric()]
        for series in drawn.series:
            points = dict(zip(drawn.categories, series.values, strict=True))
            points = {month: value for month, value in points.items() if value is not None}
            assert points, series.name
            assert any(
                all((-1 if name in losses else 1) * rows[month][name] == value
                    for month, value in points.items() if rows[month][name] is not None)
                and all(rows[month][name] is not None for month in points)
                for name in numeric
            ), series.name  # fmt: skip
    assert bool(mau.table.hidden_cells) is (view == "few")


def test_listings_and_shares_say_what_the_screen_says(source: Source) -> None:
    """Every text of a table on a slide is drawn on the screen, and every share is a bar there."""
    for exhibit in exhibits(source, "whole", "zh"):
        drawn = native(exhibit)
        if drawn is None or exhibit.name.startswith("active_users"):
            continue
        assert isinstance(exhibit.chart, Chart)
        seen = spec(exhibit.chart.draw(LIGHT), LIGHT)
        if isinstance(drawn, Grid) and not drawn.legend:
            texts = {value for row in _rows(seen) for value in row.values() if type(value) is str}
            assert {tile.text for row in drawn.rows for tile in row} <= {*texts, ""}, exhibit.name
        elif isinstance(drawn, Plot):
            bars = {round(row["high"] - row["low"], 9) for row in _rows(seen) if "high" in row}
            points = {round(row["value"], 9) for row in _rows(seen) if row.get("value") is not None}
            asked = {round(value, 9) for series in drawn.series if series.look in ("bar", "dots")
                     for value in series.values if value is not None}  # fmt: skip
            assert asked <= bars | points, exhibit.name


def _rows(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, list):
        for child in node:
            yield from _rows(child)
    elif isinstance(node, dict):
        yield from (row for row in node.get("values", []) if isinstance(row, dict))
        for child in node.values():
            yield from _rows(child)


@pytest.mark.parametrize(("view", "language"), EVERY)
def test_sheets_hold_the_released_values_in_their_types(
    source: Source, made: Make, view: str, language: str
) -> None:
    text = Text(language)
    for exhibit in exhibits(source, view, language)[:6]:
        book = openpyxl.load_workbook(io.BytesIO(made(".xlsx", exhibit, language=language)))
        rows = list(book[text("files.sheet_table")].iter_rows(values_only=True))
        table, covered = exhibit.table.table, exhibit.table.covered
        assert rows[0][: table.width] == tuple(text(f"columns.{name}") for name in table.columns)
        for place, name in enumerate(table.columns):
            if not table[name].dtype.is_numeric() or name in exhibit.words:
                continue
            values = [row[place] for row in rows[1 : table.height + 1]]
            hidden = covered[name].to_list() if name in covered.columns else [False] * table.height
            for value, wanted, is_hidden in zip(values, table[name], hidden, strict=True):
                # A sheet has sixteen figures of a number.
                same = (
                    value == wanted if wanted is None else value == pytest.approx(wanted, rel=LAST)
                )
                assert isinstance(value, str) if is_hidden else same
        if native(exhibit) is not None:
            sheet = book[text("files.sheet_chart")]
            assert sheet["A1"].value == one_line(exhibit.title)
            assert bool(sheet._charts) == isinstance(native(exhibit), Plot)
        told = {row[0]: row[1] for row in book[text("files.sheet_definition")].values if row[0]}
        assert told[text("files.generation")] == str(exhibit.table.origin.generation)


def test_a_long_table_is_cut_in_sheets_and_says_so(source: Source, made: Make) -> None:
    exhibit = exhibits(source, "whole", "en")[0]
    times = 100_000 // exhibit.table.table.height + 1
    table = pl.concat([exhibit.table.table] * times).head(100_000)
    covered = pl.concat([exhibit.table.covered] * times).head(100_000)
    long = _of(exhibit, table, covered)
    book = openpyxl.load_workbook(io.BytesIO(made(".xlsx", long)), read_only=True)
    rows = [row for row in book["Table"].iter_rows(values_only=True) if any(row)]
    assert len(rows) == 1 + MOST_ROWS + 1
    assert rows[-1][0] == "The first 20,000 of 100,000 rows. The CSV file has all of them."
    whole = pl.read_csv(io.BytesIO(made(".csv", long)), infer_schema=False)
    assert whole.height == 100_000


def _of(exhibit: Exhibit, table: pl.DataFrame, covered: pl.DataFrame) -> Exhibit:
    return replace(exhibit, table=replace(exhibit.table, table=table, covered=covered))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_pages_hold_all_words_in_our_fonts(source: Source, made: Make, language: str) -> None:
    shown = exhibits(source, "split", language)
    reader = PdfReader(io.BytesIO(made(".pdf", *shown, language=language)))
    assert len(reader.pages) == len(shown)
    for page, exhibit in zip(reader.pages, shown, strict=True):
        told = re.sub(r"\s", "", page.extract_text())
        assert re.sub(r"\s", "", one_line(exhibit.title)) in told
        fonts = {font["/BaseFont"].split("+")[1] for font in _fonts(page)}
        assert {font.removesuffix("-Identity-H") for font in fonts} <= OURS


def _fonts(page: Any) -> Iterator[Any]:
    for font in page["/Resources"]["/Font"].values():
        yield font.get_object()


@pytest.mark.parametrize("language", ["en", "zh"])
def test_pictures_carry_their_words_and_letters(source: Source, made: Make, language: str) -> None:
    exhibit = exhibits(source, "whole", language)[0]
    drawn = made(".svg", exhibit, language=language)
    root = ET.fromstring(drawn)  # noqa: S314 - our own output
    texts = ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]
    assert texts[0] == one_line(exhibit.title)
    assert texts[-1].startswith({"en": "Internal", "zh": "内部资料"}[language])
    style = "".join(root.find(f"{SVG}style").itertext())  # type: ignore[union-attr]
    assert style.count("data:font/otf;base64,") == 2
    outside = re.findall(rb'(?:href|src|url)\s*[=(]\s*["\']?(?!#|data:)([^"\'\s)]+)', drawn)
    assert outside == []
    picture = Image.open(io.BytesIO(made(".png", exhibit, language=language)))
    assert picture.width == 1760


def test_every_format_says_why_there_is_no_chart(source: Source, made: Make) -> None:
    """An exhibit that is all hidden, or empty, is a file that says so."""
    shown = exhibits(source, "whole", "en")
    (empty,) = [one for one in shown if one.name == "data_health/restated"]
    assert not isinstance(empty.chart, Chart)
    deck = Presentation(io.BytesIO(made(".pptx", empty)))
    assert empty.chart.title in words(deck.slides[0])
    assert empty.chart.title in made(".svg", empty).decode()
    book = openpyxl.load_workbook(io.BytesIO(made(".xlsx", empty)))
    assert "Chart" not in book.sheetnames
    assert any(empty.chart.title in str(row) for row in book["Definition"].values)
    for suffix in WRITERS:
        assert made(suffix, empty)

"""Names out of exports that would like to be formulas, markup or something longer."""

import io
import re
import xml.etree.ElementTree as ET
import zipfile

import openpyxl
import pytest
from pptx import Presentation
from pypdf import PdfReader

from ecosphere.export.typeset import one_line
from ecosphere.native import Grid, Plot, Series, Tile
from ecosphere.source import Source
from tests.effort import some
from tests.files.conftest import Make, exhibits, named, with_native

HOSTILE = (
    "=cmd|'/C calc'!A0",
    "＝SUM(A1)",
    '+1"quoted"',
    "@import",
    "-2+3",
    "<script>alert(1)</script>",
    "&lt;b&gt; & ]]>",
    "https://example.com/",
    "名称😀表情",
    "\u202eright to left\u2069",
    "\x00\x0bcontrol\x1f",
    "很长的名称" * 12,
    "W" * 300,
)


END = "{http://schemas.openxmlformats.org/drawingml/2006/main}endParaRPr"


def plot(name: str) -> Plot:
    series = (
        Series(name, (1.0, None), "#2457C5", "bar", frozenset({0})),
        Series(f"{name} 2", (1.0, 2.0), "#101822", "line"),
    )
    return Plot((name, "other"), series)


def grid(name: str) -> Grid:
    return Grid((name, "n"), ((Tile(name), Tile("1")),), (True, False))


@pytest.mark.parametrize("name", some(HOSTILE, share=3))
def test_a_hostile_name_is_words_in_every_file(source: Source, made: Make, name: str) -> None:
    exhibit = named(exhibits(source, "whole", "en")[0], name)
    for native in (plot(name), grid(name)):
        one = with_native(exhibit, native)
        slides = made(".pptx", one)
        deck = Presentation(io.BytesIO(slides))
        assert deck.slides[0].shapes.title.text_frame.text == one_line(name)
        assert _formulas(slides) == []
        assert _formulas(made(".xlsx", one)) == []
    assert PdfReader(io.BytesIO(made(".pdf", exhibit))).pages
    drawn = ET.fromstring(made(".svg", exhibit))  # noqa: S314 - our own output
    assert {node.tag.rpartition("}")[2] for node in drawn.iter()} <= {
        "svg", "title", "style", "rect", "text", "g", "path", "line", "defs", "clipPath", "tspan",
    }  # fmt: skip
    assert made(".png", exhibit)


def _formulas(office: bytes) -> list[str]:
    """Formulas and links in a workbook, or in those inside a presentation."""
    found = []
    with zipfile.ZipFile(io.BytesIO(office)) as package:
        for part in package.namelist():
            content = package.read(part)
            if part.endswith(".xlsx"):
                found += _formulas(content)
            elif re.search(r"worksheets/sheet\d+\.xml$", part):
                found += re.findall(r"<f[ >].*?</f>|<hyperlink.*?>", content.decode("utf-8"))
            elif part.endswith(".rels"):
                found += re.findall(r'TargetMode="External"', content.decode("utf-8"))
    return found


def test_an_empty_cell_is_no_higher_than_its_row(source: Source, made: Make) -> None:
    """Programs make room for letters of 18 points where nothing says how large they would be."""
    empty = Grid(("", *"abc"), ((Tile("x"), *[Tile("")] * 3),) * 25, (True, *[False] * 3))
    one = with_native(exhibits(source, "whole", "en")[0], empty)
    (slide,) = Presentation(io.BytesIO(made(".pptx", one))).slides
    (frame,) = [shape for shape in slide.shapes if shape.has_table]
    for row in frame.table.rows:
        for cell in row.cells:
            (paragraph,) = cell.text_frame.paragraphs
            assert int(paragraph._p.find(END).get("sz")) * 127 < row.height
    assert frame.top + frame.height < 6_858_000


def test_a_formula_would_be_found() -> None:
    """The check above can fail."""
    book = openpyxl.Workbook()
    book.active["A1"] = "=1+1"  # type: ignore[index]
    file = io.BytesIO()
    book.save(file)
    assert _formulas(file.getvalue()) == ["<f>1+1</f>"]


@pytest.mark.parametrize("name", HOSTILE[:5])
def test_the_sheet_behind_a_chart_holds_its_values(source: Source, made: Make, name: str) -> None:
    """Where somebody edits the chart, they find what it shows."""
    one = with_native(exhibits(source, "whole", "en")[0], plot(name))
    (slide,) = Presentation(io.BytesIO(made(".pptx", one))).slides
    (chart,) = [shape.chart for shape in slide.shapes if shape.has_chart]
    book = openpyxl.load_workbook(io.BytesIO(chart.part.chart_workbook.xlsx_part.blob))
    assert list(book.active.values) == [  # type: ignore[union-attr]
        (None, one_line(name), one_line(f"{name} 2")),
        (one_line(name), 1, 1),
        ("other", None, 2),
    ]

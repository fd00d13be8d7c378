"""The exhibit of `glossary`: every measure in a line."""

from collections.abc import Mapping
from typing import Any

from ecosphere.charts.listing import Cell, Column, height, listing
from ecosphere.exhibit import Exhibit, footer, word
from ecosphere.metrics.glossary import Glossary
from ecosphere.text import Text

Row = Mapping[str, Any]


def headline(result: Glossary, text: Text) -> str:
    return text("glossary.headline", count=result.measures.table.height)


def exhibits(result: Glossary, text: Text, _: Mapping[str, Any]) -> list[Exhibit]:
    """The one exhibit of the page. Nothing filters it."""
    released = result.measures
    columns = [
        Column(text("columns.measure"), 0, 0.4, 0, is_word=True),
        Column(text("columns.page"), 0.42, 0.16, is_word=True),
        Column(text("columns.unit"), 0.6, 0.12, 0.7, is_word=True),
        Column(text("columns.number_kind"), 0.73, 0.12, is_word=True),
        Column(text("columns.owner"), 0.86, 0.14, is_word=True),
    ]
    rows = [_line(row, text) for row in released.table.iter_rows(named=True)]
    finding = text("glossary.measures.title")
    subtitle = text("glossary.measures.subtitle")
    return [
        Exhibit(
            name=released.name,
            title=finding,
            subtitle=subtitle,
            chart=listing(columns, rows),
            table=released,
            alt=text("glossary.measures.alt", subtitle=subtitle, finding=finding),
            chips=(),
            footer=footer(released, text),
            height=height(rows),
        )
    ]


def _line(row: Row, text: Text) -> list[Cell]:
    title = row["title" if text.language == "zh" else "title_en"]
    codes = ("page", "unit", "number_kind", "owner")
    return [Cell(title), *(Cell(word(name, row[name], text)) for name in codes)]

"""The glossary: every question in a row, with the words that screens have."""

import polars as pl
import pytest

from ecosphere.charts.glossary import exhibits, headline
from ecosphere.charts.theme import PALETTES
from ecosphere.exhibit import Chart
from ecosphere.library import questions
from ecosphere.metrics.glossary import Glossary, measure
from ecosphere.model import Filters, Released
from ecosphere.native import Grid
from ecosphere.text import LANGUAGES, Text
from tests.spec.conftest import Sample
from tests.spec.exports import EVERYTHING


@pytest.fixture(scope="module")
def result(sample: Sample) -> Glossary:
    def ask(name: str, **options: str) -> Released:
        return sample.source.ask(name, Filters(), options, EVERYTHING)

    return measure(ask, {})


def test_every_question_is_one_row_with_its_own_sql_and_definition(result):
    table = result.measures.table
    assert table["measure"].to_list() == sorted(questions())
    row = table.filter(pl.col("measure") == "active_users/mau").row(0, named=True)
    assert row["sql_text"] == questions()["active_users/mau"].sql.strip()
    assert (row["unit"], row["page"], row["keys"]) == ("people", "active_users", "month")
    assert row["definition_text_en"] == Text("en")("active_users.mau.definition")
    assert row["definition_text"] == Text("zh")("active_users.mau.definition")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_listing_has_a_line_for_each_in_the_words_of_the_reader(result, language):
    text = Text(language)
    (exhibit,) = exhibits(result, text, {})
    assert isinstance(exhibit.chart, Chart)
    listing = exhibit.chart.native(PALETTES["light"])
    assert isinstance(listing, Grid)
    shown = [(line[0].text, line[1].text) for line in listing.rows]
    assert shown == [
        (text(f"{name.replace('/', '.')}.title"), text(f"pages.{question.stem}"))
        for name, question in questions().items()
    ]
    assert str(len(questions())) in headline(result, text)

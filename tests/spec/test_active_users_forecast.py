"""The forecast on the page: of all finished months, hidden with few people, refused in words."""

from datetime import date

import polars as pl
import pytest

from ecosphere.charts.activity.outlook import exhibits
from ecosphere.exhibit import Chart, State
from ecosphere.metrics.active_users import measure
from ecosphere.model import Filters, Month, Released, Role
from ecosphere.text import LANGUAGES, Text
from tests.spec.conftest import Sample
from tests.spec.exports import EVERYTHING, Event, World, at


def test_it_knows_the_planted_months_and_looks_to_december(sample: Sample):
    table = sample.source.ask("active_users/forecast", Filters(), {}, EVERYTHING).table
    known, ahead = table.drop_nulls("people"), table.filter(pl.col("people").is_null())
    told = {f"{month:%Y-%m}": people for month, people in known.select("month", "people").rows()}
    wanted = sample.truths["mau"]["months"]
    assert told == {month: wanted[month] for month in told}
    assert ahead["month"].to_list() == [date(2026, 11, 1), date(2026, 12, 1)]
    assert (ahead["low"] < ahead["expected"]).all()
    assert (ahead["expected"] < ahead["high"]).all()
    assert known["expected"].null_count() == known.height


def test_months_that_are_known_by_now_lie_within_what_was_expected_then(sample: Sample):
    """Rolling origins of the sample: about four of five months in the interval."""
    wanted, held = sample.truths["mau"]["months"], []
    for last in ("2026-03", "2026-05", "2026-07"):
        chosen = Filters(last=Month.parse(last))
        table = sample.source.ask("active_users/forecast", chosen, {}, EVERYTHING).table
        for row in table.drop_nulls("expected").head(4).iter_rows(named=True):
            truth = wanted.get(f"{row['month']:%Y-%m}")
            held += [] if truth is None or row["month"] > date(2026, 10, 1) else [
                row["low"] <= truth <= row["high"]]  # fmt: skip
    assert len(held) >= 10
    assert sum(held) / len(held) >= 0.5  # a partner leaves in June, which nobody could know


def test_what_few_people_make_is_hidden(sample: Sample):
    table = sample.source.ask("active_users/forecast", Filters(), {}, Role("strict", k=2000)).table
    assert table["expected"].null_count() == table.height


@pytest.mark.parametrize("language", LANGUAGES)
def test_it_is_drawn_where_asked_for_and_refused_in_words(sample: Sample, served, language: str):
    young = served(World(events=(Event("ann", at("2026-01-31")), Event("ann", at("2026-02-28")))))
    text, made = Text(language), []
    for source in (sample.source, young):

        def asked(name: str, source=source, **options: str) -> Released:
            return source.ask(name, Filters(), options, EVERYTHING)

        assert exhibits(measure(asked, {}), text, source.catalog.named) == []
        made += exhibits(measure(asked, {"outlook": "show"}), text, source.catalog.named)
    drawn, refused = made
    assert isinstance(drawn.chart, Chart)
    assert "80" in drawn.subtitle
    assert isinstance(refused.chart, State)
    assert refused.chart.title == text("refusals.short")

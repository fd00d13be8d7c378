"""Branches: by hand against their plans, and their parts of the change."""

from datetime import date

import polars as pl
import pytest

from ecosphere.charts.branches import exhibits, headline
from ecosphere.exhibit import State
from ecosphere.metrics.branches import measure
from ecosphere.model import TOTAL, Filters, Released, Role
from ecosphere.source import Source
from ecosphere.text import Text
from tests.spec.conftest import Sample
from tests.spec.exports import EVERYTHING, Event, Target, Unit, World, at, serve

BRANCHES = {
    "bank": Unit("1", None), "east": Unit("2", "bank"), "west": Unit("2", "bank"),
    "e1": Unit("4", "east"), "e2": Unit("4", "east"),
}  # fmt: skip
PEOPLE = {f"{unit}-{n}": unit for unit, count in {"e1": 12, "e2": 20, "west": 15}.items()
          for n in range(count)} | {"nobody": None}  # fmt: skip
# In December half of them, in January and to the end of February everybody.
EVENTS = tuple(
    Event(person, at(day))
    for place, person in enumerate(PEOPLE)
    for day in ("2025-12-15", "2026-01-15", "2026-02-28")
    if place % 2 == 0 or day > "2026"
)
YEAR_END = date(2026, 12, 1)
WORLD = World(
    events=EVENTS,
    customers={person: {"branch_id": unit, "segment": "mass"} for person, unit in PEOPLE.items()},
    branches=BRANCHES,
    targets=(
        Target(YEAR_END, 80.0, "level"),
        Target(YEAR_END, 64.0, "level", "branch", "east"),
        Target(YEAR_END, 30.0, "increase", "branch", "west"),
        Target(YEAR_END, 99.0, "level", "region", "east"),  # of another dimension
    ),
)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return serve(WORLD, tmp_path_factory.mktemp("branches") / "home")


def told(
    source: Source, chosen: Filters | None = None, role: Role = EVERYTHING
) -> dict[str, dict[str, float | None]]:
    table = source.ask("branches/ranking", chosen or Filters(), {}, role).table
    return {row["group"]: row for row in table.iter_rows(named=True)}


def test_each_branch_stands_beside_its_own_plan(source):
    found = told(source)
    assert list(found) == ["east", "west", "not_stated", TOTAL]
    east, west, whole = found["east"], found["west"], found[TOTAL]
    assert (east["people"], east["people_year_start"], east["target"]) == (32, 16, 64.0)
    assert east["target_completion"] == 0.5
    gone = 59 / 365
    assert east["pace"] == pytest.approx(16 + gone * (64 - 16))
    assert east["pace_share"] == pytest.approx(32 / (16 + gone * 48))
    assert west["target"] == west["people_year_start"] + 30
    assert (whole["people"], whole["target"]) == (48, 80.0)
    assert found["not_stated"]["target"] is None


def test_one_branch_chosen_shows_the_units_below_it_which_have_no_plan(source):
    found = told(source, Filters.of({"branch": ["east"]}))
    assert {unit: row["people"] for unit, row in found.items()} == {"e1": 12, "e2": 20, TOTAL: 32}
    assert [row["target"] for row in found.values()] == [None, None, None]


def test_a_plan_of_all_is_no_plan_of_some(source):
    """A branch's target holds for all its people: with one more filter there is none."""
    some = told(source, Filters.of({"segment": ["mass"]}))
    assert (some["east"]["people"], some["east"]["target"]) == (32, None)
    scoped = Role("scoped", k=1, rows=Filters.of({"branch": ["east", "west"]}).who)
    assert told(source, role=scoped)["east"]["target"] == 64.0


def test_small_units_are_hidden_with_all_that_would_tell_them(source):
    found = told(source, role=Role("strict", k=16))
    assert found["west"]["people"] is None
    assert found["not_stated"]["people"] is None
    assert (found["east"]["people"], found[TOTAL]["people"]) == (None, 48)  # 48 - 32 would tell


def test_the_parts_of_the_change_add_up_in_the_sample(sample: Sample):
    def ask(name: str, **options: str) -> Released:
        return sample.source.ask(name, Filters(), options, EVERYTHING)

    result = measure(ask, {"compare": "year"})
    assert result.moved is not None
    table = result.moved.table
    assert table.filter(~pl.col("is_total")).height > 30  # every branch, not the largest only
    parts = table.filter(~pl.col("is_total"))["change"].sum()
    assert parts == table.filter("is_total")["change"][0]
    text = Text("en")
    ranked = result.ranking.table.filter(~pl.col("is_total")).drop_nulls("pace_share")
    behind = ranked.filter(pl.col("pace_share") < 1).height
    assert f"{behind} of {ranked.height} branches" in headline(result, text)
    ranking, moved = exhibits(result, text, sample.source.catalog.named)
    assert not isinstance(ranking.chart, State)
    assert not isinstance(moved.chart, State)


def test_without_branches_the_page_says_what_to_deliver(served):
    source = served(World(events=EVENTS[:3], customers={"e1-0": {"segment": "mass"}}))

    def ask(name: str, **options: str) -> Released:
        return source.ask(name, Filters(), options, EVERYTHING)

    (ranking,) = exhibits(measure(ask, {}), Text("en"), source.catalog.named)
    assert isinstance(ranking.chart, State)
    assert "branch_id" in ranking.chart.fix

"""Months compared with the month before, the last one of the year before, and a year before."""

from datetime import date

import pytest

from ecosphere.library import question
from ecosphere.model import Filters, Month, Role
from ecosphere.source import Source, marks
from tests.spec.asking import filters
from tests.spec.conftest import Sample
from tests.spec.exports import EVERYTHING, Event, World, at, serve

# November 2024 to March 2026: so many people each month, the first of them ann, then bob, ...
PEOPLE = (3, 4, 2, 1, 3, 3, 3, 3, 3, 3, 3, 3, 2, 5, 4, 1, 1)
FIRST = Month.parse("2024-11")
WORLD = World(
    events=tuple(
        Event(f"p{person}", at(f"{Month(FIRST.code + place)}-15"))
        for place, people in enumerate(PEOPLE)
        for person in range(people)
    ),
    festivals=(date(2025, 1, 29), date(2026, 2, 17)),
)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return serve(WORLD, tmp_path_factory.mktemp("compared") / "home")


def told(
    source: Source, compare: str, name: str, asked: Filters | None = None
) -> dict[str, object]:
    """A column of monthly active users by month."""
    released = source.ask("active_users/mau", asked or Filters(), {"compare": compare}, EVERYTHING)
    months = (f"{month:%Y-%m}" for month in released.table["month"])
    return dict(zip(months, released.table[name], strict=True))


@pytest.mark.parametrize(
    ("compare", "before"),
    [
        # of November 2024, January, February and December 2025, and March 2026
        ("month", [None, 4, 2, 2, 1]),
        ("year_start", [None, 4, 4, 4, 5]),  # the ends of 2024 and 2025
        ("year", [None, None, None, 4, 3]),  # December 2024, March 2025
    ],
)
def test_people_before_are_those_of_the_month_compared_with(source, compare, before):
    found = told(source, compare, "people_before")
    months = ("2024-11", "2025-01", "2025-02", "2025-12", "2026-03")
    assert [found[month] for month in months] == before


def test_a_change_is_against_the_month_compared_with(source):
    assert told(source, "year", "change_rate")["2025-12"] == 5 / 4 - 1
    assert told(source, "year_start", "change_rate")["2025-12"] == 5 / 4 - 1
    assert told(source, "month", "change_rate")["2025-12"] == 5 / 2 - 1
    assert told(source, "year", "base_month")["2025-12"] == date(2024, 12, 1)
    assert told(source, "year", "base_month")["2025-10"] is None  # before there was data


def test_the_month_compared_with_need_not_be_shown(source):
    asked = Filters(first=Month.parse("2025-12"))
    assert list(told(source, "year", "people_before", asked).values()) == [4, 2, 1, 3]


@pytest.mark.parametrize(
    ("compare", "marked"),
    [
        # the festival lies in January 2025, and in February 2026
        ("month", {"2025-01", "2025-02", "2026-02", "2026-03"}),
        ("year_start", {"2025-01", "2026-02"}),
        ("year", {"2026-01", "2026-02"}),  # against January and February 2025
    ],
)
def test_a_mark_stands_where_only_one_of_two_months_has_spring_festival(source, compare, marked):
    crosses = told(source, compare, "crosses_spring_festival")
    assert {month for month, is_marked in crosses.items() if is_marked} == marked


def test_a_comparison_is_no_other_official_figure(source):
    mau = question("active_users/mau")
    assert marks.metric(mau, {"compare": "year"}) == "mau"
    assert marks.metric(mau, {"compare": "year", "definition": "opened"}) == "mau_opened"


@pytest.mark.parametrize("who", [{}, {"official_tier": ["affluent"]}, {"segment": ["not_stated"]}])
@pytest.mark.parametrize("compare", ["month", "year_start", "year"])
def test_the_sample_repeats_the_people_of_the_month_compared_with(sample: Sample, compare, who):
    """Under a filter on attributes that change, too: those who belonged to the group then."""
    people = told(sample.source, "month", "people", filters(who))
    for month, before in told(sample.source, compare, "people_before", filters(who)).items():
        year, number = int(month[:4]), int(month[5:])
        base = {
            "month": f"{year - (number == 1)}-{(number - 2) % 12 + 1:02d}",
            "year_start": f"{year - 1}-12",
            "year": f"{year - 1}-{number:02d}",
        }[compare]
        assert before == people.get(base), month


def test_few_people_are_hidden_where_they_are_compared_with(sample: Sample):
    """What is hidden of a month is hidden a year later."""
    few = filters({"official_tier": ["private"], "segment": ["family"]})
    table = sample.source.ask("active_users/mau", few, {"compare": "year"}, Role("", k=5)).table
    hidden = table.filter(table["people"].is_null())["month"]
    assert len(hidden)
    again = table.filter(table["base_month"].is_in(hidden.to_list()))
    assert again.height
    assert again["people_before"].null_count() == again.height

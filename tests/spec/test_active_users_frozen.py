"""A finished month keeps the attributes it was first seen with; withdrawn consent does not wait."""

from dataclasses import replace
from datetime import date

import polars as pl
import pytest

from ecosphere.engines import duckdb
from ecosphere.generations import Home
from ecosphere.model import Filters
from ecosphere.source import Source
from tests.spec.asking import answers, column
from tests.spec.exports import EVERYTHING, Change, Event, World, at, make, serve

MASS = {"official_tier": ["mass"]}
AFFLUENT = {"official_tier": ["affluent"]}
WEALTH = {"official_tier": ["wealth"]}


def active(person: str, *months: str) -> tuple[Event, ...]:
    """Somebody active on the 10th of each month."""
    return tuple(Event(person, at(f"{month}-10")) for month in months)


def tiers(**told: str) -> dict[str, dict[str, object]]:
    return {name: {"official_tier": t, "consent_analytics": True} for name, t in told.items()}


WINTER = (
    "2025-11",
    "2025-12",
    "2026-01",
    "2026-02",
)  # February unfinished: the data ends on the 10th
SPRING = ("2026-03", "2026-04")
FIRST = World(
    events=active("ann", *WINTER) + active("bob", *WINTER) + active("cat", "2025-11", "2026-01"),
    customers=tiers(ann="mass", bob="affluent", cat="mass"),
)
SECOND = World(
    events=FIRST.events
    + active("ann", *SPRING)
    + active("bob", *SPRING)
    + active("dan", "2025-12", "2026-03"),  # dan is told late: new to the bank's exports
    customers=tiers(ann="affluent", bob="affluent", cat="affluent", dan="wealth"),
)


@pytest.fixture(scope="module")
def rebuilt(tmp_path_factory: pytest.TempPathFactory) -> Source:
    home = tmp_path_factory.mktemp("rebuilt") / "home"
    make(FIRST, home)
    return serve(SECOND, home)


def test_finished_months_keep_the_first_profile_and_later_ones_take_the_new(rebuilt):
    # mass: ann and cat up to January, which the first build saw finished; nobody since February
    assert column(rebuilt, "mau", "people", who=MASS) == [2, 1, 2, 0, 0, 0]
    # affluent: bob alone; from February ann too
    assert column(rebuilt, "mau", "people", who=AFFLUENT) == [1, 1, 1, 2, 2, 2]


def test_somebody_unknown_to_the_first_build_has_today_s_profile_in_every_month(rebuilt):
    assert column(rebuilt, "mau", "people", who=WEALTH) == [0, 1, 0, 0, 1, 0]  # dan


def test_a_change_between_two_builds_is_a_move_in_the_first_month_that_was_not_finished(rebuilt):
    assert column(rebuilt, "growth", "moved_in", who=AFFLUENT) == [0, 0, 0, 1, 0, 0]  # ann
    assert column(rebuilt, "growth", "moved_out", who=MASS) == [0, 0, 0, 1, 0, 0]
    assert column(rebuilt, "growth", "lapsed", who=MASS) == [None, 1, 0, 1, 0, 0]  # cat; cat


@pytest.mark.parametrize("who", [MASS, AFFLUENT, WEALTH], ids=["mass", "affluent", "wealth"])
def test_growth_adds_up_across_two_builds(rebuilt, who):
    for month, counts in answers(rebuilt, who=who).items():
        if counts["people_before"] is not None:
            gained = counts["new"] + counts["resurrected"] + counts["moved_in"]
            lost = counts["lapsed"] + counts["moved_out"]
            assert counts["people"] - counts["people_before"] == gained - lost, month


def test_a_first_build_has_one_profile_for_every_month(tmp_path):
    source = serve(SECOND, tmp_path / "home")
    assert column(source, "mau", "people", who=AFFLUENT) == [3, 2, 3, 2, 2, 2]


def test_a_third_build_keeps_what_the_first_two_froze(tmp_path):
    make(FIRST, tmp_path / "home")
    make(SECOND, tmp_path / "home")  # sees March finished and April not
    third = replace(
        SECOND, customers=tiers(ann="wealth", bob="affluent", cat="wealth", dan="wealth")
    )
    source = serve(third, tmp_path / "home")
    assert column(source, "mau", "people", who=MASS) == [2, 1, 2, 0, 0, 0]
    assert column(source, "mau", "people", who=AFFLUENT) == [1, 1, 1, 2, 2, 1]  # ann until March


def test_a_month_that_the_second_build_finished_keeps_the_second_profile(tmp_path):
    until_march = replace(SECOND, events=FIRST.events + active("ann", "2026-03"))
    make(FIRST, tmp_path / "home")
    make(until_march, tmp_path / "home")  # February is finished now, and ann affluent
    third = replace(until_march, customers=tiers(ann="wealth", bob="wealth", cat="mass"))
    source = serve(third, tmp_path / "home")
    assert column(source, "mau", "people", who=AFFLUENT) == [1, 1, 1, 2, 0]  # bob, ann in February
    assert column(source, "mau", "people", who=WEALTH) == [0, 0, 0, 0, 1]  # ann
    assert column(source, "growth", "moved_in", who=AFFLUENT) == [0, 0, 0, 1, 0]


def test_history_decides_over_what_was_frozen(tmp_path):
    make(FIRST, tmp_path / "home")
    history = (
        Change("ann", date(2025, 1, 1), {"official_tier": "wealth"}),
        Change("ann", date(2026, 1, 1), {"official_tier": "mass"}),
    )
    source = serve(replace(FIRST, history=history), tmp_path / "home")
    assert column(source, "mau", "people", who=WEALTH) == [1, 1, 0, 0]


def test_the_months_before_the_first_build_carry_that_build_s_value_and_say_so(tmp_path):
    source = serve(FIRST, tmp_path / "home")
    asked = source.ask("active_users/mau", Filters.of(MASS), {}, EVERYTHING)
    assert asked.origin.present_value == ("official_tier",)
    whole = source.ask("active_users/mau", Filters(), {}, EVERYTHING)
    assert whole.origin.present_value == ()


def with_segments(**told: str) -> dict[str, dict[str, object]]:
    return {
        name: {**row, "segment": told[name]}
        for name, row in tiers(ann="affluent", bob="affluent", cat="affluent").items()
    }


def test_an_attribute_that_the_first_build_lacked_is_today_s_in_every_month(tmp_path):
    make(FIRST, tmp_path / "home")
    second = replace(FIRST, customers=with_segments(ann="young", bob="young", cat="family"))
    source = serve(second, tmp_path / "home")
    assert column(source, "mau", "people", who={"segment": ["young"]}) == [2, 2, 2, 2]
    # and what the first build knew stays frozen beside it
    assert column(source, "mau", "people", who={"segment": ["young"], **MASS}) == [1, 1, 1, 0]


def test_an_attribute_that_history_does_not_tell_is_frozen_too(tmp_path):
    history = (Change("ann", date(2025, 1, 1), {"official_tier": "mass"}),)
    first = with_segments(ann="young", bob="young", cat="family")
    second = with_segments(ann="family", bob="young", cat="family")
    make(replace(FIRST, customers=first, history=history), tmp_path / "home")
    source = serve(replace(FIRST, customers=second, history=history), tmp_path / "home")
    # ann is in customer_history, which says nothing of segments: young until January
    assert column(source, "mau", "people", who={"segment": ["young"]}) == [2, 2, 2, 1]


def test_whoever_withdrew_consent_is_gone_from_every_month(tmp_path):
    make(FIRST, tmp_path / "home")
    customers = tiers(ann="mass", bob="affluent", cat="mass")
    customers["ann"]["consent_analytics"] = False
    source = serve(replace(FIRST, customers=customers), tmp_path / "home")
    assert column(source, "mau", "people") == [2, 1, 2, 1]  # bob cat; bob; bob cat; bob
    assert column(source, "growth", "new") == [2, 0, 0, 0]
    assert column(source, "mau", "people", who=MASS) == [1, 0, 1, 0]  # cat
    assert source.catalog.withheld_people == 1


def test_a_generation_that_holds_whoever_withdrew_consent_is_deleted(tmp_path):
    make(FIRST, tmp_path / "home")
    customers = tiers(ann="mass", bob="affluent", cat="mass")
    customers["ann"]["consent_analytics"] = False
    make(replace(FIRST, customers=customers), tmp_path / "home")
    assert Home(tmp_path / "home").numbers() == [2]


def test_no_id_of_anybody_without_consent_is_left_in_the_file_of_a_generation(sample):
    customers = sample.world.customers
    withheld = [p for p, told in customers.items() if told["consent_analytics"] is not True]
    held = Home(sample.home).generation(1).read_bytes()
    assert [person for person in withheld if person.encode() in held] == []


def test_a_rebuild_of_equal_exports_gives_equal_tables(sample, tmp_path):
    world = replace(sample.world, events=sample.world.events[-20_000:])
    make(world, tmp_path / "home")
    make(world, tmp_path / "home")
    first, second = (tables(Home(tmp_path / "home"), number) for number in (1, 2))
    assert list(first) == list(second)
    assert second.pop("stored.redone").is_empty()  # the second build found nothing to do
    for name in second:
        assert first[name].equals(second[name]), name


def tables(home: Home, number: int) -> dict[str, pl.DataFrame]:
    """Every table of a generation, in order of its rows; only the time of the build may differ."""
    engine = duckdb.serving(home.generation(number))
    found = engine.run(
        "select schema_name || '.' || table_name as name from duckdb_tables() "
        "where database_name = 'generation' order by name"
    )
    return {
        name: engine.run(f"select * from generation.{name} order by all").drop(
            "built_at", "changed_ns", "touched_ns", strict=False
        )
        for name in found["name"]
    }

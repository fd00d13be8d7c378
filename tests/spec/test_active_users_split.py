"""Counts by groups of people: of each group what a filter says, and together the total."""

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosphere.export.rows import csv_bytes, json_bytes
from ecosphere.generations import Home
from ecosphere.model import Problem, Released, Role
from ecosphere.source import Source, open_source
from ecosphere.source.catalog import Attribute, Value
from ecosphere.source.split import GROUPS_SHOWN, Split
from ecosphere.source.view import View
from tests.spec.asking import filters
from tests.spec.conftest import Sample
from tests.spec.exports import EVERYTHING, Change, Event, World, at, serve
from tests.spec.oracle import Who
from tests.spec.test_active_users_oracle import random_worlds
from tests.spec.worlds import random_where, random_who
from tests.spec.worlds import world as random_world

REST, TOTAL = "_rest", "_total"
TOLD = ("people", "people_before")
BY_HAND = World(
    events=(
        *(Event(person, at("2026-01-10")) for person in ("ann", "bob", "cat", "dan")),
        *(Event(person, at("2026-02-10")) for person in ("ann", "cat", "eve")),
    ),
    customers={
        "ann": {"official_tier": "mass"},
        "bob": {"official_tier": "mass"},
        "cat": {"official_tier": "affluent"},
        "dan": {"official_tier": None},
        "eve": {"official_tier": "affluent"},
    },
    history=(
        Change("ann", at("2026-01-01").date(), {"official_tier": "mass"}),
        Change("ann", at("2026-02-01").date(), {"official_tier": "affluent"}),  # ann moves up
    ),
)


def asked(
    source: Source,
    by: str,
    who: Who | None = None,
    exhibit: str = "mau",
    role: Role = EVERYTHING,
    **options: str,
) -> Released:
    return source.ask(f"active_users/{exhibit}", filters(who), {"split": by, **options}, role)


def groups(released: Released) -> dict[str, list[tuple[Any, ...]]]:
    """Of each group its counts by month."""
    found: dict[str, list[tuple[Any, ...]]] = {}
    for code, *counts in released.table.select("group", "month", *TOLD).iter_rows():
        found.setdefault(code, []).append(tuple(counts))
    return found


def filtered(source: Source, who: Who, exhibit: str, **options: str) -> list[tuple[Any, ...]]:
    """The same of one question under a filter."""
    released = source.ask(f"active_users/{exhibit}", filters(who), options, EVERYTHING)
    return released.table.select("month", *TOLD).rows()


def test_groups_by_hand(tmp_path: Path):
    source = serve(BY_HAND, tmp_path / "home")
    january, february = at("2026-01-01").date(), at("2026-02-01").date()
    assert groups(asked(source, "official_tier")) == {
        "mass": [(january, 2, None), (february, 0, 2)],  # ann bob; nobody: ann has moved up
        "affluent": [(january, 1, None), (february, 3, 1)],  # cat; ann cat eve
        "not_stated": [(january, 1, None), (february, 0, 1)],  # dan
        TOTAL: [(january, 4, None), (february, 3, 4)],
    }
    by_growth = asked(source, "official_tier", exhibit="growth").table
    assert by_growth.columns == ["month", "group", "is_total", "people", "is_complete",
                                 "is_first_months", "people_before", "net_change",
                                 "hidden"]  # fmt: skip
    assert by_growth["net_change"].to_list() == [None, None, None, None, -2, 2, -1, -1]


@random_worlds
@given(seed=st.integers(0, 2**32))
def test_every_group_of_a_random_world_is_what_a_filter_says(seed: int):
    draw = Random(seed)
    with TemporaryDirectory() as folder:
        source = serve(random_world(seed), Path(folder) / "home")
        others = open_source(Home(Path(folder) / "home"))
        others.catalog = replace(others.catalog, carried={})  # counts everything anew
        somewhere = {**random_who(source, draw), **random_where(source, draw)}
        for who in ({}, somewhere):
            for by in source.catalog.attributes:
                check(source, by, who, draw)
        check(others, draw.choice(list(source.catalog.attributes)), random_who(source, draw), draw)


def check(source: Source, by: str, who: Who, draw: Random) -> None:
    exhibit = draw.choice(("mau", "growth"))
    options = {"compare": draw.choice(("month", "year_start"))} if exhibit == "mau" else {}
    found = groups(asked(source, by, who, exhibit, **options))
    total = found.pop(TOTAL)
    assert total == filtered(source, who, exhibit, **options)
    assert added(found.values(), total) == total, (by, who)
    found.pop(REST, None)
    for code, rows in found.items():
        assert rows == filtered(source, {**who, by: [code]}, exhibit, **options), (by, code)


def added(parts: Iterable[list[tuple[Any, ...]]], total: list[tuple[Any, ...]]) -> list[Any]:
    """What groups are together, month by month; absent where the total is."""
    return [
        (month, *(None if count is None else sum(rows[place][column] for rows in parts)
                  for column, count in enumerate(counts, start=1)))
        for place, (month, *counts) in enumerate(total)
    ]  # fmt: skip


def test_of_many_values_those_with_the_most_people_have_their_name(sample: Sample):
    found = groups(asked(sample.source, "region"))
    values = sample.source.catalog.attributes["region"].values
    named = [code for code in values if code != "not_stated"]
    largest = sorted(named, key=lambda code: -values[code].people)[:GROUPS_SHOWN]
    assert list(found) == [*(code for code in named if code in largest), REST, "not_stated", TOTAL]
    others = [code for code in named if code not in largest]
    assert found[REST] == filtered(sample.source, {"region": others}, "mau")


def test_one_value_more_has_its_own_name(sample: Sample):
    ages = sample.source.catalog.attributes["age_band"].values
    assert len(ages) == GROUPS_SHOWN + 2
    assert list(groups(asked(sample.source, "age_band"))) == [*ages, TOTAL]


def test_chosen_values_are_the_groups(sample: Sample):
    who = {"segment": ["mass", "family"], "official_tier": ["affluent"]}
    found = groups(asked(sample.source, "segment", who))
    assert set(found) == {"mass", "family", TOTAL}
    assert found["family"] == filtered(sample.source, {**who, "segment": ["family"]}, "mau")


def test_units_stand_beside_each_other_and_below_the_only_one_that_is_chosen(sample: Sample):
    branch = sample.source.catalog.attributes["branch"]
    found = groups(asked(sample.source, "branch"))
    assert {code for code in found if code in branch.values} <= set(branch.highest())
    unit = max(branch.highest(), key=lambda code: len(branch.children(code)))
    below = groups(asked(sample.source, "branch", {"branch": [unit]}))
    assert below.pop(TOTAL) == filtered(sample.source, {"branch": [unit]}, "mau")
    assert set(below) - {REST} <= set(branch.children(unit))
    child = branch.children(unit)[0]
    both = groups(asked(sample.source, "branch", {"branch": [unit, child]}))
    assert set(both) == {unit, TOTAL}  # the child stands below it


def test_a_role_sees_the_groups_of_its_rows(sample: Sample):
    role = Role("young", k=1, rows=(("segment", ("young",)),))
    found = groups(asked(sample.source, "segment", role=role))
    assert found["young"] == found[TOTAL]
    assert set(found) == {"young", TOTAL}


def test_what_a_group_leaves_of_the_total_is_hidden_with_it(sample: Sample):
    released = asked(sample.source, "region", {"official_tier": ["wealth"]}, role=Role("", k=10))
    hidden = released.table.group_by("month").agg(
        pl.col("people").is_null().sum(), pl.col("is_total").filter(pl.col("people").is_null())
    )
    assert 1 not in hidden["people"].to_list()
    assert hidden["people"].max() > 1


def test_the_sql_that_is_told_gives_the_total_and_every_group(sample: Sample):
    who = {"official_tier": ["affluent", "wealth"]}
    released = asked(sample.source, "branch", who, "growth")
    found = groups(released)
    sql, params = released.origin.sql, released.origin.params
    again = sample.source._engine.run(sql, params)
    for code, rows in found.items():
        if code != REST:
            mine = again.filter(pl.col("group") == code).select("month", *TOLD)
            assert mine.rows() == rows, code
    assert released.origin.present_value == ("branch",)
    assert "branches" in {source.name for source in released.origin.sources}


def test_what_does_not_add_up_cannot_be_split(sample: Sample):
    with pytest.raises(Problem, match="not_split"):
        sample.source.ask("active_users/notes", filters(), {"split": "segment"}, EVERYTHING)
    with pytest.raises(Problem, match="unknown_attribute"):
        asked(sample.source, "shoe_size")


def test_files_hold_the_words_of_groups(sample: Sample):
    released = asked(sample.source, "segment")
    words = {code: f"w{code}" for code in released.table["group"].unique()}
    assert b"w_total" in csv_bytes(released, words)
    assert b'"wmass"' in json_bytes(released, words)
    assert b'"mass"' in json_bytes(released)


def test_a_unit_that_has_moved_is_counted_once(sample: Sample):
    """West was below east, as profiles of old months say; now it stands beside it."""
    values = {
        "east": Value({}, (3,), None, 20),
        "west": Value({}, (3, 10), None, 10),
    }
    branch = Attribute("branch", {}, values, 0, is_tree=True)
    catalog = replace(sample.source.catalog, attributes={"branch": branch})
    view = View.of(catalog, catalog, filters(), EVERYTHING)
    split = Split.of(view, catalog, "branch")
    told = {code: group.people.tests() for code, group in split.groups.items()}
    profiles = [[None, None, "east", *[None] * 6, "west"], [None, None, "west", *[None] * 7],
                [None, None, "east", *[None] * 7]]  # fmt: skip
    for profile, owner in zip(profiles, ("east", "west", "east"), strict=True):
        for code, tests in told.items():
            params = {"profile": profile, **split.groups[code].restricting(tests)}
            is_in = sample.source._engine.run(
                f"select {tests} as is_in from (select cast($profile as varchar[]) as profile)",
                params,
            ).item()
            assert is_in == (code == owner), (profile, code)

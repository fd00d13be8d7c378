"""Facts in cells and facts counted anew from people tell the same, to the byte."""

import re
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosphere import contract
from ecosphere.build import build, prefixes
from ecosphere.config import Config
from ecosphere.engines import duckdb
from ecosphere.export.rows import parquet_bytes
from ecosphere.generations import Home
from ecosphere.library import question
from ecosphere.model import Filters, Released, Role, StorageFailed
from ecosphere.source import Source, kept, open_source
from tests.spec import oracle
from tests.spec.asking import filters
from tests.spec.conftest import SAMPLE, Sample
from tests.spec.exports import EVERYTHING, TODAY, make
from tests.spec.test_active_users_oracle import random_worlds
from tests.spec.worlds import BRANCHES, DAYS, random_who
from tests.spec.worlds import world as random_world

EXHIBITS = ("active_users/mau", "active_users/growth")


def by_people(home: Path) -> Source:
    """The same generation, whose facts are said to carry no attribute."""
    source = open_source(Home(home))
    source.catalog = replace(source.catalog, carried={})
    return source


def told(source: Source, asked: Filters, definition: str, role: Role) -> list[Released]:
    return [source.ask(name, asked, {"definition": definition}, role) for name in EXHIBITS]


def tables(released: list[Released]) -> list[bytes]:
    return [parquet_bytes(one) for one in released]


@random_worlds
@given(seed=st.integers(0, 2**32))
def test_both_ways_tell_the_same_of_a_random_world(seed: int):
    world, draw = random_world(seed), Random(seed)
    with TemporaryDirectory() as folder:
        home = Path(folder) / "home"
        make(world, home)
        stored, anew = open_source(Home(home)), by_people(home)
        first, last = stored.catalog.months[0].first_day, stored.catalog.as_of
        days = [None, *(day for day in DAYS if first <= day <= last)]  # within months and at ends
        for _ in range(6):
            role = draw.choice((EVERYTHING, Role("two", k=2), of_a_unit(stored, draw)))
            asked = filters(random_who(stored, draw, role), as_of=draw.choice(days))
            definition = draw.choice(list(oracle.WANTED))
            expected = tables(told(stored, asked, definition, role))
            assert tables(told(anew, asked, definition, role)) == expected


def of_a_unit(source: Source, draw: Random) -> Role:
    """A role of any unit, or of some tiers where the world has no tree."""
    units = source.catalog.attributes.get("branch")
    if not units:
        return Role("tier", k=1, rows=Filters.of({"official_tier": ["mass"]}).who)
    known = [unit for unit in BRANCHES if unit in units.values]
    return Role("unit", k=1, rows=Filters.of({"branch": draw.sample(known, 2)}).who)


GROUPS = {
    "mass": {"official_tier": ["mass"]},  # most of the bank, and people move
    "branch": {"branch": ["B001", "B002"]},
    "few": {"region": ["xiamen"], "official_tier": ["wealth"]},  # some of it is hidden
}


@pytest.mark.parametrize("day", [None, "2026-05-17", "2026-05-31", "2024-11-15"])
@pytest.mark.parametrize("group", GROUPS)
def test_both_ways_tell_the_same_of_the_sample(sample: Sample, group: str, day: str | None):
    anew, role = by_people(sample.home), Role("analyst")
    asked = filters(GROUPS[group], as_of=day and date.fromisoformat(day))
    for definition in ("any_scene", "transacted"):
        expected = told(sample.source, asked, definition, role)
        assert tables(told(anew, asked, definition, role)) == tables(expected)
        assert group != "few" or day or any(one.hidden_cells for one in expected)


def test_facts_that_carry_nothing_answer_every_filter(sample, tmp_path, monkeypatch):
    monkeypatch.setattr(prefixes, "MOST_ROWS_PER_CHART", 0)
    build(Home(tmp_path), SAMPLE, contract.read_mapping(None), Config(), today=TODAY)
    bare = open_source(Home(tmp_path))
    assert not any(bare.catalog.carried.values())
    assert list(bare.catalog.attributes) == list(sample.source.catalog.attributes)
    for who in (GROUPS["few"], {"branch": ["B040"]}):
        expected = told(sample.source, filters(who), "any_scene", EVERYTHING)
        assert tables(told(bare, filters(who), "any_scene", EVERYTHING)) == tables(expected)


@pytest.mark.parametrize("months", [1, 7, 10_000])
def test_facts_counted_step_by_step_are_those_counted_at_once(sample, monkeypatch, months):
    people = sample.source.catalog.attributes["branch"].values["B001"].people
    monkeypatch.setattr(kept, "PEOPLE_MONTHS", months * people)
    anew = by_people(sample.home)
    expected = told(sample.source, filters(GROUPS["branch"]), "any_scene", EVERYTHING)
    assert tables(told(anew, filters(GROUPS["branch"]), "any_scene", EVERYTHING)) == tables(
        expected
    )


@pytest.mark.parametrize("day", [None, date(2026, 5, 17)])
def test_the_sql_that_is_told_gives_the_answer_that_was_given(sample, day):
    asked = filters({"branch": ["B040"]}, as_of=day)
    engine = duckdb.serving(Home(sample.home).generation(1))
    for one in told(sample.source, asked, "any_scene", EVERYTHING):
        again = engine.run(one.origin.sql, one.origin.params)
        assert "anew." not in one.origin.sql
        assert again.equals(one.table.select(question(one.name).columns.keys()))


def test_a_group_is_counted_once_for_all_its_questions(sample):
    engine = Watched(sample.home)
    source = Source(engine, 1)
    told(source, filters({"branch": ["B040"]}), "any_scene", EVERYTHING)
    assert engine.made() == {"who", "active_month", "moves"}
    engine.said.clear()
    told(source, filters({"branch": ["B040"]}), "transacted", Role("two", k=2))
    told(source, filters({"branch": ["B040"]}, as_of=date(2026, 10, 31)), "opened", EVERYTHING)
    assert engine.made() == {"active_month", "moves"}  # of the earlier day and other definitions


def test_no_more_facts_are_kept_than_that(sample, monkeypatch):
    monkeypatch.setattr(kept, "FACTS_KEPT", 4)
    engine = Watched(sample.home)
    source = Source(engine, 1)
    for unit in ("B039", "B040", "B043"):
        told(source, filters({"branch": [unit]}), "any_scene", EVERYTHING)
    there = "select count(*) as n from duckdb_tables() where schema_name = 'anew'"
    assert engine.run(there).item() == 4 + 1  # and who is in the last group
    fresh = told(sample.source, filters({"branch": ["B039"]}), "any_scene", EVERYTHING)
    source._answer.cache_clear()
    again = told(source, filters({"branch": ["B039"]}), "any_scene", EVERYTHING)
    assert tables(again) == tables(fresh)


def test_a_count_that_fails_leaves_nothing_behind(sample, monkeypatch):
    monkeypatch.setattr(kept, "PEOPLE_MONTHS", 1)
    engine = Watched(sample.home)
    engine.breaks = "insert into anew.active_month"
    source = Source(engine, 1)
    source.catalog = replace(source.catalog, carried={})
    with pytest.raises(StorageFailed):
        told(source, filters(GROUPS["mass"]), "any_scene", EVERYTHING)
    there = "select table_name from duckdb_tables() where schema_name = 'anew'"
    assert not [name for name in engine.run(there)["table_name"] if name.startswith("active")]
    engine.breaks = ""
    expected = told(sample.source, filters(GROUPS["mass"]), "any_scene", EVERYTHING)
    assert tables(told(source, filters(GROUPS["mass"]), "any_scene", EVERYTHING)) == tables(
        expected
    )


def test_readers_who_ask_at_once_get_their_own_groups(sample):
    anew = by_people(sample.home)
    units = ["B001", "B002", "B003", "B004"] * 3

    def ask(unit: str) -> list[bytes]:
        return tables(told(anew, filters({"branch": [unit]}), "any_scene", EVERYTHING))

    with ThreadPoolExecutor(4) as threads:
        answers = list(threads.map(ask, units))
    for unit, answer in zip(units, answers, strict=True):
        expected = told(sample.source, filters({"branch": [unit]}), "any_scene", EVERYTHING)
        assert answer == tables(expected)


class Watched:
    """A serving engine that remembers what it was told to make, and can fail."""

    def __init__(self, home: Path) -> None:
        self.engine = duckdb.serving(Home(home).generation(1))
        self.said: list[str] = []
        self.breaks = ""
        self.run = self.engine.run

    def execute(self, sql: str, params: Mapping[str, object] | None = None) -> None:
        if self.breaks and sql.startswith(self.breaks):
            raise StorageFailed("memory_or_disk", detail="full")
        self.said.append(sql)
        self.engine.execute(sql, params)

    def made(self) -> set[str]:
        return set(re.findall(r"create table anew\.(\w+)_\d+", "\n".join(self.said)))

"""Retention: by hand, and against sets of people counted in plain Python."""

from collections.abc import Mapping
from datetime import date
from itertools import pairwise
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosphere.generations import Home
from ecosphere.model import Filters, Month, Role
from ecosphere.source import Source, open_source
from tests.spec import oracle, worlds
from tests.spec.asking import filters
from tests.spec.exports import EVERYTHING, Event, World, at, make
from tests.spec.test_active_users_anew import by_people
from tests.spec.test_active_users_oracle import random_worlds

MODES = {"on": 0, "between": 2, "on_or_after": None}  # months after that one which count too
EARLY = 3  # months of data in which everybody looks new

SOME = {"official_tier": ["affluent", "mass"], "city_tier": ["tier1"]}

Cells = dict[tuple[date, int], tuple[int, int]]  # (cohort, age) -> size, returned


def of(active: oracle.Activity, until: date, mode: str, chosen: Mapping[date, set[str]]) -> Cells:
    """The triangle, from who was active in each month; `chosen` are those of each cohort."""
    months = [month for month in active.months if oracle.last_day(month) <= until]
    seen: set[str] = set()
    found: Cells = {}
    for place, cohort in enumerate(months):
        new = (active.people.get(cohort, set()) - seen) & chosen[cohort]
        seen |= active.people.get(cohort, set())
        for age in range(len(months) - place):
            width = MODES[mode]
            if width is not None and place + age + width >= len(months):
                continue
            last = len(active.months) if width is None else place + age + width + 1
            later = set[str]().union(
                *(active.people.get(m, set()) for m in active.months[place + age : last])
            )
            found[cohort, age] = (len(new), len(new & later))
    return found


def asked(source: Source, mode: str, chosen: Filters, definition: str = oracle.ANY) -> Cells:
    options = {"return": mode, "definition": definition}
    table = source.ask("retention/triangle", chosen, options, EVERYTHING).table
    return {(r["month"], r["age"]): (r["size"], r["returned"]) for r in table.iter_rows(named=True)}


def curve_of(cells: Cells, first: date) -> dict[int, tuple[int, int, int]]:
    """People over people of all cohorts that are old enough, without those of the first months."""
    early = [first, oracle.after(first), oracle.after(oracle.after(first))][:EARLY]
    found: dict[int, tuple[int, int, int]] = {}
    for (cohort, age), (size, returned) in cells.items():
        if cohort not in early:
            n, whole, back = found.get(age, (0, 0, 0))
            found[age] = (n + 1, whole + size, back + returned)
    return found


def curve(source: Source, mode: str, chosen: Filters) -> dict[int, tuple[int, int, int]]:
    table = source.ask("retention/curve", chosen, {"return": mode}, EVERYTHING).table
    return {r["age"]: (r["cohorts"], r["size"], r["returned"]) for r in table.iter_rows(named=True)}


def visits(*told: tuple[str, str]) -> World:
    """Who came in which months; somebody else ends the data on the last of April."""
    days = [(who, f"2026-{month}-10") for who, months in told for month in months.split()]
    events = [Event(who, at(day)) for who, day in days]
    return World(events=(*events, Event("zoe", at("2026-01-02")), Event("zoe", at("2026-04-30"))))


def test_a_cohort_by_hand(served):
    """Ann comes every month, Bob skips one, Cat never returns; Dan is new in February."""
    told = {"ann": "01 02 03 04", "bob": "01 03", "cat": "01", "dan": "02 04"}
    source = served(visits(*told.items()))
    january, february = date(2026, 1, 1), date(2026, 2, 1)
    on = asked(source, "on", Filters())
    assert [on[january, age] for age in range(4)] == [(4, 4), (4, 1), (4, 2), (4, 2)]
    assert [on[february, age] for age in range(3)] == [(1, 1), (1, 0), (1, 1)]
    later = asked(source, "on_or_after", Filters())
    assert [later[january, age] for age in range(4)] == [(4, 4), (4, 3), (4, 3), (4, 2)]
    between = asked(source, "between", Filters())
    assert between == {(january, 0): (4, 4), (january, 1): (4, 3), (february, 0): (1, 1)}


def test_a_cohort_that_is_too_young_has_no_row(served):
    source = served(visits(("ann", "01 03"), ("eve", "03")))
    found = asked(source, "on", Filters())
    assert {cohort for cohort, age in found if age == 2} == {date(2026, 1, 1), date(2026, 2, 1)}
    unfinished = source.ask("retention/triangle", Filters(as_of=date(2026, 4, 29)), {}, EVERYTHING)
    assert unfinished.table["month"].max() == date(2026, 3, 1)


def test_the_average_weighs_people_and_leaves_the_first_months_out(served):
    few = [(f"p{n}", "04 05") for n in range(2)] + [(f"q{n}", "05") for n in range(8)]
    world = visits(*few, *((f"r{n}", "05 06") for n in range(6)), ("old", "01 02"))
    world = World(events=(*world.events, Event("zoe", at("2026-06-30"))))
    found = curve(served(world), "on", Filters())
    assert found[1] == (2, 2 + 14, 2 + 6)  # the mean of rates would be (1 + 6/14) / 2


def test_one_month_retention_is_the_second_column(sample):
    source, chosen = sample.source, filters({"official_tier": ["mass"]})
    cells = asked(source, "on", chosen)
    table = source.ask("retention/next_month", chosen, {}, EVERYTHING).table
    told = {r["month"]: (r["size"], r["returned"]) for r in table.iter_rows(named=True)}
    assert told == {cohort: cell for (cohort, age), cell in cells.items() if age == 1}
    assert len(told) > 20


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("who", [{}, SOME])
def test_the_sample_is_counted_as_its_events_say(sample, mode: str, who: oracle.Who):
    active, until = sample.activity[oracle.ANY], sample.source.catalog.as_of
    chosen = {
        month: {person for person in active.people.get(month, ())
                if oracle.is_chosen(sample.profiles[person, month], who)}
        for month in active.months
    }  # fmt: skip
    expected = of(active, until, mode, chosen)
    assert asked(sample.source, mode, filters(who)) == expected
    assert curve(sample.source, mode, filters(who)) == curve_of(expected, active.months[0])
    assert any(0 < returned < size for size, returned in expected.values())


def test_what_counts_less_strictly_counts_no_fewer(sample):
    on, between, later = (asked(sample.source, mode, Filters()) for mode in MODES)
    for cell, (size, returned) in between.items():
        assert on[cell][1] <= returned <= later[cell][1] <= size


@random_worlds
@given(seed=st.integers(0, 2**32))
def test_a_random_world_is_counted_as_its_events_say(seed: int):
    """Stored facts and people counted anew, under filters and places."""
    world, draw = worlds.world(seed), Random(seed)
    with TemporaryDirectory() as folder:
        make(world, Path(folder))
        stored, anew = open_source(Home(Path(folder))), by_people(Path(folder))
        for _ in range(4):
            who = worlds.random_who(stored, draw, EVERYTHING)
            where = worlds.random_where(stored, draw) if draw.random() < 0.3 else {}
            mode, definition = draw.choice(list(MODES)), draw.choice(list(oracle.WANTED))
            expected = _expected(world, stored, definition, mode, who, where)
            chosen = filters({**who, **where})
            for way in (stored, anew):
                assert asked(way, mode, chosen, definition) == expected


def _expected(
    world: World, source: Source, definition: str, mode: str, who: Any, where: Any
) -> Cells:
    active, until = oracle.activity(world, definition, where=where), source.catalog.as_of
    chosen = {
        month: {person for person in active.people.get(month, ())
                if oracle.is_chosen(oracle.profile(world, person, month, until), who)}
        for month in active.months
    }  # fmt: skip
    return of(active, until, mode, chosen)


def test_neighbours_of_few_people_apart_are_not_both_shown(sample):
    """What still grows loses people one by one: the difference of two ages is a group, too."""
    role, options = Role("analyst"), {"return": "on_or_after"}
    table = sample.source.ask("retention/triangle", Filters(), options, role).table
    for _, rows in table.group_by("month"):
        shown = rows.sort("age")["returned"].drop_nulls().to_list()
        assert all(a == b or a - b >= role.k for a, b in pairwise(shown))
    assert table["returned"].null_count()


def test_groups_add_up_to_all(sample):
    options = {"split": "segment"}
    chosen = Filters(first=Month.parse("2025-06"))
    table = sample.source.ask("retention/curve", chosen, options, EVERYTHING).table
    for _, rows in table.group_by("age"):
        total = rows.filter("is_total")
        for name in ("size", "returned"):
            assert rows.filter(~rows["is_total"])[name].sum() == total[name].item()

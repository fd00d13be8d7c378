"""Facts, the way over people and a plain count of events tell the same, whatever is chosen.

Months of 28 to 31 days and a year's end are in every world, and attributes that change every month
in half of them.
"""

from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from ecosphere.generations import Home
from ecosphere.model import Filters, Problem
from ecosphere.source import Source, open_source
from tests.spec import cohorts, oracle, worlds
from tests.spec.asking import counts_of
from tests.spec.cohort_trees import a_cohort, written
from tests.spec.exports import Change, World, serve
from tests.spec.test_active_users_oracle import assert_adds_up, assert_equal, days_to_look_from
from tests.spec.test_cohorts_oracle import a_world

WORLDS, CHOICES, LEAST = 24, 24, 13  # 13 in each: more than 300 answers of the three ways


def restless(world: World, draw: Random) -> World:
    """Everybody has another tier and segment in every month."""
    changes = tuple(
        Change(person, month, {"official_tier": draw.choice(("mass", "affluent", None)),
                               "segment": draw.choice(("young", "family", None))})
        for person in world.customers or ()
        for month in sorted({oracle.month_of(day) for day in worlds.DAYS})
    )  # fmt: skip
    return replace(world, history=changes)


@pytest.mark.parametrize("seed", range(WORLDS))
def test_three_ways_tell_the_same(seed: int, tmp_path: Path):
    draw = Random(seed)
    world = a_world(seed)
    if seed % 2 and any("official_tier" in told for told in (world.customers or {}).values()):
        world = restless(world, draw)
    source = serve(world, tmp_path)
    anew = open_source(Home(tmp_path))
    anew.catalog = replace(anew.catalog, carried={})
    days = [None, *days_to_look_from(world, source, draw)]
    told = 0
    for number in range(CHOICES):
        until = draw.choice(days)
        who = worlds.random_who(source, draw) if number % 3 else {}
        where = worlds.random_where(source, draw) if number % 4 in (1, 2) else {}
        tree = a_cohort(draw, depth=draw.choice((0, 1, 2))) if number % 2 else None
        chosen = Filters.of({name: list(v) for name, v in {**who, **where}.items()},
                            as_of=until, cohort=written(tree) if tree else "")  # fmt: skip
        definition = draw.choice(list(oracle.WANTED))
        members = None
        if tree:
            members = _members(world, tree, until or source.catalog.as_of)
            if members is None:
                continue
        expected = oracle.answer(
            world, definition, who, source.catalog.as_of, until, where, members
        )
        for way in (source, anew):
            found = counts_of(way, chosen, definition)
            assert_equal(found, expected)
            assert_adds_up(found, who)
        told += 1
    assert told >= LEAST


def _members(world: World, tree: object, as_of: object) -> set[str] | None:
    """Who is in a cohort; None where nobody can know, or it is nobody or everybody."""
    judge = cohorts.Oracle(world, as_of)
    try:
        found = judge.answer(tree)
    except cohorts.Refused:
        return None
    return found if 0 < len(found) < len(judge.people) else None


def test_a_cohort_of_nobody_and_of_everybody_is_refused(tmp_path: Path):
    source: Source = serve(worlds.world(1), tmp_path)
    for cohort in ("active() or not active()", "active() and not active()"):
        with pytest.raises(Problem, match="cohort_too_small"):
            counts_of(source, Filters(cohort=cohort), oracle.ANY)

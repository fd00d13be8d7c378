"""The facts of activity and ecosystem: by hand, and against plain Python over random worlds."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosphere.source import Source
from tests.spec import deeds, oracle
from tests.spec.deeds import FACTS, SHARES, Facts
from tests.spec.exports import Change, Event, World, at, serve
from tests.spec.oracle import ANY, Who
from tests.spec.reading import fact
from tests.spec.test_active_users_oracle import days_to_look_from, random_worlds
from tests.spec.worlds import random_who
from tests.spec.worlds import world as random_world

JANUARY, FEBRUARY, MARCH = date(2026, 1, 1), date(2026, 2, 1), date(2026, 3, 1)
WORLD = World(
    events=(
        Event("ann", at("2026-01-31"), "vid", None, "view", True, "app"),
        Event("ann", at("2026-02-06"), "shop", None, "transact", True, "app", 10.0),
        Event("ann", at("2026-02-06"), "shop", None, "view", True, "web"),
        Event("bob", at("2026-01-30"), "own", None, "open", True, "app"),
        Event("bob", at("2026-02-27"), "own", None, "open", True, "app"),
        Event("bob", at("2026-02-28"), "vid", None, "transact", True, "web", 2.5),
        Event("cat", at("2026-03-01"), "vid", None, "view", True, "web"),
        # the bank's doing on the last day, so that March ends there
        Event("cat", at("2026-03-31"), "own", None, "push", False),
    ),
    customers={name: {"official_tier": "mass"} for name in ("ann", "bob", "cat")},
    history=(
        Change("ann", JANUARY, {"official_tier": "mass"}),
        Change("ann", FEBRUARY, {"official_tier": "wealth"}),
    ),
    partners={"vid": "media", "shop": "retail", "own": "apps"},
    own=frozenset({"own"}),
)
MASS: Who = {"official_tier": ["mass"]}
MID_FEBRUARY = date(2026, 2, 27)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return serve(WORLD, tmp_path_factory.mktemp("facts") / "home")


def of(found: Facts, *first: object) -> Facts:
    """The counts of some keys, by what follows in these."""
    return {key[len(first) :]: n for key, n in found.items() if key[: len(first)] == first}


def test_windows_reach_into_the_month_before(source):
    days = of(fact(source, "active_day"), ANY, FEBRUARY)
    assert days[1,] == (0, 2, 2)  # ann on 31 January, bob on the 30th
    assert days[5,] == (0, 2, 2)  # the week from 30 January on
    assert days[6,] == (1, 1, 2)  # ann again; bob's week is over
    assert days[26,] == (0, 0, 2)  # four weeks from 30 January on
    assert days[27,] == (1, 1, 2)  # bob again
    assert days[28,] == (1, 1, 2)


def test_people_who_were_active_only_before_the_month_count_in_its_windows(source):
    days = of(fact(source, "active_day"), ANY, MARCH)
    assert days[1,] == (1, 2, 3)  # cat; bob within the week; ann within the four
    assert days[6,] == (0, 2, 2)  # bob's 28 February is the first of the seven; ann is out
    assert days[28,] == (0, 0, 1)
    assert (29,) not in days
    assert of(fact(source, "active_day"), "logged_in") == {}


def test_windows_are_counted_in_the_cell_of_the_month_of_their_last_day(source):
    mass = of(fact(source, "active_day", MASS), ANY)
    assert mass[JANUARY, 31] == (1, 2, 2)
    assert mass[FEBRUARY, 1] == (0, 1, 1)  # ann is no longer mass
    wealth = of(fact(source, "active_day", {"official_tier": ["wealth"]}), ANY)
    assert wealth[FEBRUARY, 1] == (0, 1, 1)
    assert wealth[MARCH, 1] == (0, 0, 1)  # and was not active in March at all


def test_a_view_as_of_a_day_keeps_the_windows_of_who_comes_later(source):
    days = of(fact(source, "active_day", as_of=MID_FEBRUARY), ANY, FEBRUARY)
    assert days[26,] == (0, 0, 2)  # bob's days in January count, his 27th too
    assert days[27,] == (1, 1, 2)
    earlier = of(fact(source, "active_day", as_of=date(2026, 2, 2)), ANY, FEBRUARY)
    assert earlier[2,] == (0, 2, 2)  # both come again, but later


def test_people_by_days_of_activity(source):
    # January: ann and bob once each; February: ann one day, bob two; March: cat
    assert of(fact(source, "days_active"), ANY) == {
        (JANUARY, 1): (2,), (FEBRUARY, 1): (1,), (FEBRUARY, 2): (1,), (MARCH, 1): (1,),
    }  # fmt: skip


def test_retention_is_counted_in_the_cell_of_the_cohort(source):
    assert of(fact(source, "retention"), ANY) == {
        (JANUARY, JANUARY, None): (2,),
        (JANUARY, FEBRUARY, JANUARY): (2,),
        (MARCH, MARCH, None): (1,),
    }
    # ann was mass when she came
    assert of(fact(source, "retention", MASS), ANY) == of(fact(source, "retention"), ANY)
    # cohorts of their own for those who transact: both begin in February
    assert of(fact(source, "retention"), "transacted") == {(FEBRUARY, FEBRUARY, None): (2,)}


def test_partners_channels_and_scenes_of_february(source):
    partners = of(fact(source, "partner_month"), ANY, FEBRUARY)
    assert partners == {
        # people, days, events, fen, exclusive, alone, reach
        ("shop",): (1, 1, 2, 1000, 1, 1, SHARES),  # ann was nowhere else
        ("own",): (1, 1, 1, 0, 1, 0, SHARES // 2),  # bob: the only own app, and one partner
        ("vid",): (1, 1, 1, 250, 1, 0, SHARES // 2),  # his only partner beside the own app
    }
    channels = of(fact(source, "channel_month"), ANY, FEBRUARY)
    assert channels == {("app",): (2, 2, 2, 1000), ("web",): (2, 2, 2, 250)}
    scenes = of(fact(source, "scene_month"), "transacted", FEBRUARY)
    assert scenes == {("retail",): (1, 1, 2, 1000), ("media",): (1, 1, 1, 250)}
    assert fact(source, "partner_pair") == {(FEBRUARY, frozenset({"own", "vid"})): (1,)}


def test_of_a_month_that_a_day_cuts_nobody_knows_events_and_money(source):
    cut = of(fact(source, "partner_month", as_of=MID_FEBRUARY), ANY, FEBRUARY)
    assert cut["own",] == (1, 1, None, None, 1, 1, SHARES)
    assert ("vid",) not in cut


@random_worlds
@given(seed=st.integers(0, 2**32))
def test_every_fact_of_a_random_world_equals_the_plain_count(seed: int):
    world, draw = random_world(seed), Random(seed)
    with TemporaryDirectory() as folder:
        source = serve(world, Path(folder) / "home")
        for until in (None, *days_to_look_from(world, source, draw)):
            told = deeds.deeds(world, until)
            for who in ({}, random_who(source, draw)):
                chosen = chosen_of(world, source, who)
                for name, plain in FACTS.items():
                    expected = without_cut(plain(told, chosen), name, until)
                    assert fact(source, name, who, until) == expected, (name, who, until)


def chosen_of(world: World, source: Source, who: Who) -> Callable[[str, date], bool]:
    def chosen(person: str, month: date) -> bool:
        found = oracle.profile(world, person, month, source.catalog.as_of)
        return oracle.is_chosen(found, who)

    return chosen


def without_cut(found: Facts, name: str, until: date | None) -> Facts:
    """Events and fen of a month that a day cuts are not told."""
    is_cut = until is not None and until != oracle.last_day(oracle.month_of(until))
    if not is_cut or name not in ("scene_month", "channel_month", "partner_month"):
        return found
    return {
        key: (*counts[:2], None, None, *counts[4:]) if key[1] == oracle.month_of(until) else counts
        for key, counts in found.items()
    }


def test_the_random_worlds_are_worth_counting_by_fact():
    """They hold pairs, exclusive people, tails without days, and people who come back."""
    seen = dict.fromkeys(("pairs", "not exclusive", "tails", "returned"), 0)
    for seed in range(20):
        told = deeds.deeds(random_world(seed))
        seen["pairs"] += len(deeds.partner_pair(told, anybody))
        seen["not exclusive"] += sum(
            n[0] > n[4] for n in deeds.partner_month(told, anybody).values()
        )
        seen["tails"] += sum(n[0] == 0 < n[1] for n in deeds.active_day(told, anybody).values())
        seen["returned"] += sum(key[3] is not None for key in deeds.retention(told, anybody))
    assert min(seen.values()) >= 50, seen


def anybody(person: str, month: date) -> bool:
    return True

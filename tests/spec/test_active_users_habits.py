"""By day, on how many days, and where: by hand, and against days counted in plain Python."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosphere.charts.activity.habits import exhibits
from ecosphere.exhibit import State
from ecosphere.metrics.active_users import measure
from ecosphere.model import Filters, Released, Role
from ecosphere.source import Source
from ecosphere.text import LANGUAGES, Text
from tests.spec import oracle, worlds
from tests.spec.asking import filters
from tests.spec.conftest import Sample
from tests.spec.exports import EVERYTHING, Event, World, at, serve
from tests.spec.test_active_users_oracle import random_worlds

JAN, FEB = date(2026, 1, 1), date(2026, 2, 1)
WORLD = World(
    events=(
        Event("ann", at("2026-01-05"), "vid"),
        Event("ann", at("2026-01-06"), "foo"),
        Event("ann", at("2026-02-01"), "vid"),
        Event("bob", at("2026-01-31"), "vid"),
        Event("bob", at("2026-02-28"), None),
    ),
    partners={"vid": "video", "foo": "food"},
)


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return serve(WORLD, tmp_path_factory.mktemp("habits") / "home")


def ask(
    source: Source, exhibit: str, chosen: Filters | None = None, **options: str
) -> list[dict[str, Any]]:
    name, given = f"active_users/{exhibit}", chosen or Filters()
    return list(source.ask(name, given, options, EVERYTHING).table.iter_rows(named=True))


def test_two_people_day_by_day(by_hand):
    by_day = {row["day"]: row for row in ask(by_hand, "daily")}
    assert len(by_day) == 59
    told = {
        day: tuple(by_day[day][n] for n in ("people", "people_7", "people_28"))
        for day in (date(2026, 1, 6), date(2026, 1, 13), date(2026, 2, 1), date(2026, 2, 28))
    }
    assert list(told.values()) == [(1, 1, 1), (0, 0, 1), (1, 2, 2), (1, 1, 2)]


def test_stickiness_and_days_of_two_people(by_hand):
    january, february = ask(by_hand, "stickiness")
    assert january["mean_daily"] == pytest.approx(3 / 31)
    assert january["stickiness_share"] == pytest.approx(3 / 31 / 2)
    assert february["stickiness_share"] == pytest.approx(2 / 28 / 2)
    days = {row["days"]: row["people"] for row in ask(by_hand, "days_active")}
    assert (len(days), days[1], days[2], days[None]) == (29, 2, 0, 2)  # of February


def test_places_of_two_people_overlap(by_hand):
    found = {(r["month"], r["place_code"]): r["people"] for r in ask(by_hand, "places")}
    assert found[JAN, "video"] == 2
    assert (found[JAN, "food"], found[JAN, "not_stated"], found[FEB, "not_stated"]) == (1, 0, 1)
    by_partner = ask(by_hand, "places", by_place="by_partner")
    assert {r["place_code"] for r in by_partner} == {"vid", "foo", "not_stated"}
    assert {(r["month"], r["whole"]) for r in by_partner} == {(JAN, 2), (FEB, 2)}


@random_worlds
@given(seed=st.integers(0, 10_000))
def test_habits_of_a_random_world_equal_the_oracle_s(seed: int):
    with TemporaryDirectory() as folder:
        world, draw = worlds.world(seed), Random(seed)
        source = serve(world, Path(folder))
        for who in ({}, worlds.random_who(source, draw)):
            check(world, source, who)


def check(world: World, source: Source, who: oracle.Who) -> None:
    as_of, chosen = source.catalog.as_of, filters(who)
    days = days_of(world)
    months = {oracle.month_of(d) for ds in days.values() for d in ds}
    ours = {
        (person, month)
        for person in days
        for month in {*months, *map(oracle.after, months)}
        if oracle.is_chosen(oracle.profile(world, person, month, as_of), who)
    }
    for row in ask(source, "daily", chosen):
        month, last = oracle.month_of(row["day"]), row["day"]
        for column, width in (("people", 1), ("people_7", 7), ("people_28", 28)):
            since = last - timedelta(days=width - 1)
            there = [p for p, ds in days.items() if any(since <= d <= last for d in ds)]
            assert row[column] == sum((p, month) in ours for p in there)
    for row in ask(source, "stickiness", chosen):
        mine = {
            p: [d for d in ds if oracle.month_of(d) == row["month"]]
            for p, ds in days.items()
            if (p, row["month"]) in ours
        }
        assert row["people"] == sum(bool(ds) for ds in mine.values())
        length = oracle.last_day(row["month"]).day
        assert row["mean_daily"] == pytest.approx(sum(map(len, mine.values())) / length)
        counted = Counter(len(ds) for ds in mine.values() if ds)
    for row in ask(source, "days_active", chosen):  # of the last of these months
        wanted = counted.total() if row["is_total"] else counted[row["days"]]
        assert row["people"] == wanted


def days_of(world: World) -> dict[str, set[date]]:
    """On which days each did something that counts."""
    known = oracle.links(world, oracle.data_end(world.events))
    found: dict[str, set[date]] = defaultdict(set)
    for event in world.events:
        day = event.occurred_at.date()
        user = (event.partner_id, event.scene_user_id)
        person = event.customer_id or oracle.linked(known.get(user, ()), day)
        if oracle.counts(event, oracle.ANY) and person and oracle.consents(world, person):
            found[person].add(day)
    return found


def test_the_sample_s_histogram_and_places_meet_its_mau(sample: Sample):
    months = sample.truths["mau"]["months"]
    days = ask(sample.source, "days_active")
    assert days[-1]["people"] == months[f"{days[-1]['month']:%Y-%m}"]
    assert sum(row["people"] for row in days[:-1]) == days[-1]["people"]
    for row in ask(sample.source, "places"):
        assert row["whole"] == months[f"{row['month']:%Y-%m}"]


def test_few_people_at_a_place_or_elsewhere_are_hidden(by_hand):
    table = by_hand.ask("active_users/places", Filters(), {}, Role("strict", k=2)).table
    found = {(r["month"], r["place_code"]): (r["people"], r["whole"])
             for r in table.iter_rows(named=True)}  # fmt: skip
    assert found[JAN, "video"] == (2, 2)
    assert found[JAN, "food"][0] is None
    apart = {(r["month"], r["place_code"]): r["elsewhere"] for r in table.iter_rows(named=True)}
    assert apart[JAN, "food"] is None  # with it and the whole, the one person would be told
    assert table.filter(pl.col("people") == 1).is_empty()


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_exhibits_say_something_in_both_languages(sample: Sample, by_hand, language: str):
    for source in (sample.source, by_hand):

        def asked(name: str, source: Source = source, **options: str) -> Released:
            return source.ask(name, Filters(), options, EVERYTHING)

        text = Text(language)
        made = exhibits(measure(asked, {}), text, source.catalog.named)
        assert not any(isinstance(one.chart, State) for one in made)
        titles = {text(f"{one.name.replace('/', '.')}.title") for one in made}
        assert not titles & {one.title for one in made}

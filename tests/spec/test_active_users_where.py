"""Filters on places: by hand, against plain Python, and where a question does not know them."""

from dataclasses import replace
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosphere import answers
from ecosphere.generations import Home
from ecosphere.library import question
from ecosphere.model import Problem
from ecosphere.source import kept, open_source
from tests.spec import oracle
from tests.spec.asking import answers as counts
from tests.spec.asking import column, filters, row_of
from tests.spec.exports import EVERYTHING, Event, World, at, serve
from tests.spec.test_active_users_oracle import assert_equal, days_to_look_from, random_worlds
from tests.spec.worlds import random_where, random_who
from tests.spec.worlds import world as random_world


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory):
    """Ann comes through the app to a video partner, then orders food; Bob does the reverse."""
    events = (
        Event("ann", at("2026-01-05"), "vid", channel="app"),
        Event("ann", at("2026-02-05"), "vid", channel="web"),
        Event("ann", at("2026-03-05"), "foo", channel="app"),
        Event("bob", at("2026-01-06"), "foo", channel="app"),
        Event("bob", at("2026-03-06"), "foo", channel="web"),
        Event("bob", at("2026-03-07"), "vid"),
        Event(None, at("2026-03-08"), "vid", "somebody", channel="app"),
    )
    partners = {"vid": "video", "foo": "food"}
    home = tmp_path_factory.mktemp("where")
    return serve(World(events, partners=partners), home)


def test_people_count_where_they_did_something(by_hand):
    assert column(by_hand, "mau", "people") == [2, 1, 2]
    assert column(by_hand, "mau", "people", who={"partner": ["vid"]}) == [1, 1, 1]
    assert column(by_hand, "mau", "people", who={"scene": ["food"]}) == [1, 0, 2]
    assert column(by_hand, "mau", "people", who={"partner": ["foo", "vid"]}) == [2, 1, 2]


def test_kinds_of_places_must_hold_for_the_same_event(by_hand):
    """In March Ann was in the app, and Bob at the video partner: nobody both at once."""
    in_app = {"partner": ["vid"], "channel": ["app"]}
    assert column(by_hand, "mau", "people", who=in_app) == [1, 0, 0]
    assert column(by_hand, "mau", "people", who={"channel": ["not_stated"]}) == [0, 0, 1]


def test_new_means_new_there(by_hand):
    """Ann, active since January, orders food for the first time in March; Bob returns."""
    march = row_of(by_hand, "growth", "2026-03", who={"scene": ["food"]})
    assert (march["new"], march["resurrected"], march["retained"]) == (1, 1, 0)
    assert (march["moved_in"], march["moved_out"]) == (None, None)  # nobody moves: no Who filter


def test_unmatched_scene_users_are_counted_there_too(by_hand):
    assert column(by_hand, "mau", "unmatched") == [0, 0, 1]
    assert column(by_hand, "mau", "unmatched", who={"partner": ["foo"]}) == [0, 0, 0]
    assert column(by_hand, "mau", "unmatched", who={"channel": ["app"]}) == [0, 0, 1]


def test_the_target_of_the_bank_is_not_that_of_a_scene(sample):
    assert any(column(sample.source, "mau", "target"))
    assert not any(column(sample.source, "mau", "target", who={"scene": ["video"]}))


@random_worlds
@given(seed=st.integers(0, 2**32))
def test_every_count_of_some_places_equals_the_oracle_s(seed: int):
    world, draw = random_world(seed), Random(seed)
    with TemporaryDirectory() as folder:
        source = serve(world, Path(folder) / "home")
        days = [None, *days_to_look_from(world, source, draw)]
        for number in range(5):
            who = random_who(source, draw) if number % 2 else {}
            where = random_where(source, draw)
            definition, until = draw.choice(list(oracle.WANTED)), draw.choice(days)
            found = counts(source, who={**who, **where}, definition=definition, as_of=until)
            as_of = source.catalog.as_of
            expected = oracle.answer(world, definition, who, as_of, until, where)
            assert_equal(found, expected)


def test_all_places_together_are_everywhere(sample):
    whole = column(sample.source, "mau", "people")
    for name, places in sample.source.catalog.places.items():
        assert column(sample.source, "mau", "people", who={name: list(places.values)}) == whole


def test_people_counted_some_at_a_time_are_those_counted_at_once(sample, monkeypatch):
    """Also scene users, who are nobody's and so not some of the people."""
    where = {"scene": ["video", "food"], "channel": ["partner_app", "web"]}
    expected = counts(sample.source, who=where)
    assert sum(month["unmatched"] for month in expected.values()) > 0
    monkeypatch.setattr(kept, "PLACED", 1_000)
    assert counts(open_source(Home(sample.home)), who=where) == expected


def test_a_question_that_knows_no_places_says_so(sample):
    asked = filters({"partner": [next(iter(sample.source.catalog.places["partner"].values))]})
    name = "data_health/identities"
    released = sample.source.ask(name, asked, {}, EVERYTHING)
    assert question(name).where == ()
    assert released.origin.unplaced == ("partner",)
    assert released.table.equals(sample.source.ask(name, filters(), {}, EVERYTHING).table)
    with pytest.raises(Problem, match="not_placed"):
        answers.table(answers.Asked(sample.home, None, asked, {}), "data_health", "identities")


def test_an_unknown_place_is_an_error_that_names_the_known_ones(sample):
    with pytest.raises(Problem, match="unknown_value") as refused:
        column(sample.source, "mau", "people", who={"scene": ["moon"]})
    assert "video" in refused.value.values["known"]


def test_places_work_without_any_partner_or_channel(tmp_path):
    world = World((Event("ann", at("2026-01-05")), Event("bob", at("2026-02-05"))))
    source = serve(replace(world, absent=frozenset({"partner_id", "channel"})), tmp_path)
    assert column(source, "mau", "people", who={"partner": ["not_stated"]}) == [1, 1]
    assert list(source.catalog.places["channel"].values) == ["not_stated"]

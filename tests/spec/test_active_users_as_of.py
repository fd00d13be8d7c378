"""The view as of an earlier day: what the bank knew then, with the links of today."""

from datetime import date, timedelta

import pytest

from ecosphere.model import Problem
from ecosphere.source import Source
from tests.spec import oracle
from tests.spec.asking import answers, column, row_of, rows
from tests.spec.exports import Change, Event, World, at, serve

# Month ends, the middle, and the days beside a month's boundary; February and the year's end.
DAYS = ("2026-10-31", "2026-10-30", "2026-11-01", "2026-02-28", "2025-12-31", "2026-03-14",
        "2024-11-15")  # fmt: skip
TIERS = {"official_tier": ["mass", "affluent"]}

EVENTS = (
    Event("ann", at("2026-01-10")),
    Event("bob", at("2026-01-20 23:59:59.999999")),
    Event("ann", at("2026-02-14 23:59:59.999999"), "vid", None, "login"),  # on the day itself
    Event("bob", at("2026-02-15 00:00:00")),  # the day after, at once
    Event("ann", at("2026-02-20")),  # she was seen before: still active, once
    Event(None, at("2026-02-03"), "vid", "u-cat"),  # cat, as March says
    Event(None, at("2026-02-05"), "vid", "u-x", "open"),
    Event(None, at("2026-02-16"), "foo", "u-x"),  # after the day
    Event("cat", at("2026-03-02"), "vid", "u-cat"),
    Event("ann", at("2026-03-31")),
)
WORLD = World(
    events=EVENTS,
    customers={name: {"official_tier": "mass"} for name in ("ann", "bob", "cat")},
    partners={"vid": "video", "foo": "food"},
)
MID_FEBRUARY = date(2026, 2, 14)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return serve(WORLD, tmp_path_factory.mktemp("as_of") / "home")


def test_events_after_the_day_are_not_seen(source):
    # January: ann bob; February up to the 14th: ann, and cat through u-cat
    assert column(source, "mau", "people", as_of=MID_FEBRUARY) == [2, 2]
    assert column(source, "mau", "people") == [2, 3, 2]


def test_later_months_are_not_there(source):
    assert [row["month"] for row in rows(source, "growth", as_of=MID_FEBRUARY)] == [
        date(2026, 1, 1),
        date(2026, 2, 1),
    ]


def test_the_links_of_the_generation_are_kept(source):
    # the link of u-cat is learnt from an event of March
    assert row_of(source, "growth", "2026-02", as_of=MID_FEBRUARY)["new"] == 1


def test_growth_is_told_up_to_the_day(source):
    february = row_of(source, "growth", "2026-02", as_of=MID_FEBRUARY)
    assert (february["retained"], february["lapsed"]) == (1, 1)  # ann; bob, who comes tomorrow
    assert row_of(source, "growth", "2026-02")["lapsed"] == 0


def test_unmatched_scene_users_and_scenes_are_counted_up_to_the_day(source):
    february = row_of(source, "mau", "2026-02", as_of=MID_FEBRUARY)
    assert (february["unmatched"], february["gross"]) == (1, None)  # u-x at vid; no row tells
    logged_in = row_of(source, "mau", "2026-02", as_of=MID_FEBRUARY, definition="logged_in")
    assert (logged_in["people"], logged_in["gross"]) == (1, None)  # ann


@pytest.mark.parametrize(
    ("day", "complete"),
    [
        ("2026-02-14", [True, False]),
        ("2026-02-27", [True, False]),
        ("2026-02-28", [True, True]),
        ("2026-03-01", [True, True, False]),
    ],
)
def test_a_month_that_the_day_cuts_is_not_finished(source, day, complete):
    asked = {"as_of": date.fromisoformat(day)}
    assert column(source, "mau", "is_complete", **asked) == complete
    assert column(source, "growth", "is_complete", **asked) == complete


def test_a_day_before_the_first_event_of_its_month_sees_nobody(source):
    assert column(source, "mau", "people", as_of=date(2026, 1, 5)) == [0]


@pytest.mark.parametrize("day", ["2025-12-31", "2026-04-01"])
def test_a_day_outside_the_data_is_refused(source, day):
    with pytest.raises(Problem) as refused:
        rows(source, "mau", as_of=date.fromisoformat(day))
    assert refused.value.key == "as_of_outside"


def changing_later_in_february() -> World:
    return World(
        events=tuple(Event("ann", at(f"2026-0{month}-10")) for month in (1, 2, 3)),
        customers={"ann": {"official_tier": "affluent"}},
        history=(
            Change("ann", date(2020, 1, 1), {"official_tier": "mass"}),
            Change("ann", date(2026, 2, 20), {"official_tier": "affluent"}),
        ),
    )


def test_attributes_that_change_in_a_later_month_are_not_yet_known(tmp_path):
    source = serve(changing_later_in_february(), tmp_path / "home")
    asked = {"who": {"official_tier": ["mass"]}, "as_of": date(2026, 1, 31)}
    assert column(source, "mau", "people", **asked) == [1]


@pytest.mark.xfail(strict=True, reason="a change after the day, in the same month, is seen")
def test_attributes_that_change_later_in_the_month_are_not_yet_known(tmp_path):
    source = serve(changing_later_in_february(), tmp_path / "home")
    asked = {"who": {"official_tier": ["mass"]}, "as_of": MID_FEBRUARY}
    assert column(source, "mau", "people", **asked) == [1, 1]  # affluent only from the 20th


@pytest.mark.parametrize("day", DAYS)
def test_the_sample_as_of_a_day_equals_the_oracle_on_events_up_to_it(sample, day):
    """Changes of attributes fall on the first of a month there: no day cuts one off."""
    until = date.fromisoformat(day)
    definition = "any_scene" if until.day % 2 else "logged_in"
    seen = oracle.activity(sample.world, definition, until)
    for who in ({}, TIERS):
        told = oracle.cut(oracle.count(seen, who, sample.profiles), until)
        assert answers(sample.source, who=who, definition=definition, as_of=until) == told


def test_every_week_of_a_month_sees_as_many_people_as_the_oracle(sample):
    for day in (2, 9, 23):
        until = date(2026, 9, day)
        cut = oracle.activity(sample.world, "transacted", until)
        shown = row_of(sample.source, "mau", "2026-09", as_of=until, definition="transacted")
        assert shown["people"] == len(cut.people[date(2026, 9, 1)])
        assert shown["unmatched"] == len(cut.unmatched[date(2026, 9, 1)])


def test_the_view_as_of_the_last_day_is_the_view_without_a_day(sample):
    last = sample.source.catalog.as_of
    for exhibit in ("mau", "growth"):
        assert rows(sample.source, exhibit, as_of=last) == rows(sample.source, exhibit)
    yesterday = rows(sample.source, "mau", as_of=last - timedelta(days=1))
    assert yesterday != rows(sample.source, "mau")

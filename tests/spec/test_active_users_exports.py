"""What the exports hold, or lack, decides who is counted: each world a handful of rows."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from ecosphere.generations import Home
from ecosphere.model import Problem
from ecosphere.source import Source
from tests.spec.asking import column, row_of, rows
from tests.spec.exports import Change, Event, World, at, make, serve

Served = Callable[[World], Source]
JANUARY = at("2026-01-10")
NEITHER = frozenset({"event_type", "is_initiated"})


def bare(customer: str | None, day: str, **told: object) -> Event:
    """An event that says nothing of its kind."""
    return Event(customer, at(day), **{"event_type": None, "is_initiated": None, **told})


def test_events_alone_are_enough(served: Served):
    source = served(World((Event("ann", JANUARY), Event("bob", at("2026-02-10")))))
    assert column(source, "mau", "people") == [1, 1]
    assert column(source, "mau", "gross") == [None, None]  # no scene is known


def test_without_a_customers_export_a_linked_person_is_one_person(served):
    source = served(
        World(
            (
                Event(None, at("2026-01-10"), "vid", "u1"),  # ann, as February says
                Event("ann", at("2026-02-10"), "vid", "u1"),
                Event("ann", at("2026-02-11"), "foo"),
            )
        )
    )
    assert column(source, "growth", "retained") == [0, 1]
    assert column(source, "growth", "new") == [1, 0]


def test_where_neither_column_says_so_every_event_counts(served):
    source = served(World((bare("ann", "2026-01-10"), bare("bob", "2026-02-10")), absent=NEITHER))
    assert column(source, "mau", "people") == [1, 1]


def test_without_is_initiated_the_type_of_event_decides(served):
    events = (
        bare("ann", "2026-01-10", event_type="view"),
        bare("bob", "2026-01-11", event_type="service"),
        bare("cat", "2026-01-12", event_type=None),  # no type: counts
        bare("dan", "2026-01-13", event_type="interest"),  # the four that the system does
        bare("eve", "2026-01-14", event_type="auto_debit"),
        bare("fay", "2026-01-15", event_type="fee"),
        bare("gus", "2026-01-16", event_type="push"),
    )
    source = served(World(events, absent=frozenset({"is_initiated"})))
    assert column(source, "mau", "people") == [3]


def test_without_event_type_only_the_flag_decides(served):
    events = (
        bare("ann", "2026-01-10", is_initiated=True),
        bare("bob", "2026-01-11", is_initiated=None),  # null counts
        bare("cat", "2026-01-12", is_initiated=False),
    )
    source = served(World(events, absent=frozenset({"event_type"})))
    assert column(source, "mau", "people") == [2]


def test_without_event_type_no_other_definition_can_be_asked(served):
    source = served(World((bare("ann", "2026-01-10"),), absent=NEITHER))
    for definition in ("opened", "logged_in", "transacted"):
        with pytest.raises(Problem) as refused:
            rows(source, "mau", definition=definition)
        assert refused.value.key == "option_needs_column"
        assert refused.value.values["column"] == "events.event_type"


def test_interest_fees_and_pushes_never_count_in_any_month(served):
    system = ("interest", "fee", "push", "auto_debit")
    events = [Event("ann", at(f"2026-0{month}-10"), event_type="view") for month in (1, 4)]
    events += [
        Event("bob", at(f"2026-0{month}-10"), "own", None, kind, False)
        for month in (1, 2, 3, 4)
        for kind in system
    ]
    source = served(World(tuple(events), partners={"own": "own_apps"}))
    assert column(source, "mau", "people") == [1, 0, 0, 1]  # ann
    assert column(source, "mau", "gross") == [None] * 4  # ann was somewhere unknown


@pytest.mark.parametrize(
    ("year", "days"),
    [(2025, (31, 28, 31, 30, 31)), (2024, (31, 29, 31, 30, 31))],  # January to May
)
def test_a_month_reaches_from_its_first_midnight_to_its_last_second(served, year, days):
    events = []
    for month, last in enumerate(days, start=1):
        # one person at either end of each month, never the same in two months
        events.append(Event(f"first-{month}", at(f"{year}-{month:02d}-01 00:00:00")))
        events.append(Event(f"last-{month}", at(f"{year}-{month:02d}-{last} 23:59:59.999999")))
    source = served(World(tuple(events)))
    assert column(source, "mau", "people") == [2] * 5
    assert column(source, "growth", "new") == [2] * 5
    assert column(source, "growth", "lapsed") == [None, 2, 2, 2, 2]
    assert column(source, "mau", "is_complete") == [True] * 5


def test_a_month_whose_last_day_is_missing_is_not_finished(served):
    events = [Event("ann", at(f"2025-02-{day:02d}")) for day in range(1, 28)]  # 28 days long
    assert column(served(World(tuple(events))), "mau", "is_complete") == [False]


def test_times_with_a_zone_are_counted_in_the_bank_s_own(served):
    def utc(*parts: int) -> datetime:
        return datetime(*parts, tzinfo=UTC)

    source = served(
        World(
            (
                Event("ann", utc(2025, 12, 31, 15, 59, 59)),  # 23:59:59 in Shanghai: December
                Event("bob", utc(2025, 12, 31, 16, 0, 0)),  # midnight in Shanghai: January
                Event("ann", utc(2026, 1, 31, 15, 59, 59)),
                Event("bob", utc(2026, 1, 31, 16, 0, 0)),  # February
            )
        )
    )
    assert column(source, "mau", "people") == [1, 2, 1]  # ann; bob ann; bob
    assert column(source, "growth", "retained") == [0, 1, 1]  # –; ann; bob


def test_a_scene_user_linked_later_belongs_to_the_person_from_the_start(served):
    before_the_match = (
        Event(None, at("2026-01-10"), "vid", "u1"),
        Event(None, at("2026-02-10"), "vid", "u1"),
        Event("bob", at("2026-03-11"), "vid", "u2"),
    )
    match = Event("ann", at("2026-03-10"), "vid", "u1")
    unmatched = served(World(before_the_match))
    matched = served(World((*before_the_match, match)))
    assert column(unmatched, "mau", "people") == [0, 0, 1]
    assert column(unmatched, "mau", "unmatched")[:2] == [1, 1]
    assert column(matched, "mau", "people") == [1, 1, 2]
    assert column(matched, "growth", "new") == [1, 0, 1]  # ann in January, bob in March
    assert not any(column(matched, "mau", "unmatched"))


def test_a_link_holds_at_its_own_partner_only(served):
    source = served(
        World(
            (
                Event("ann", at("2026-01-10"), "vid", "u1"),
                Event(None, at("2026-01-11"), "foo", "u1"),  # somebody else's u1, perhaps
            ),
            partners={"vid": "video", "foo": "food"},
        )
    )
    row = row_of(source, "mau", "2026-01")
    assert (row["people"], row["gross"], row["unmatched"]) == (1, 1, 1)


def test_a_link_holds_where_the_partner_is_unknown_too(served):
    source = served(
        World((Event("ann", at("2026-02-10"), None, "u1"), Event(None, JANUARY, None, "u1")))
    )
    assert column(source, "mau", "people") == [1, 1]


def test_an_event_that_does_not_count_still_says_who_a_scene_user_is(served):
    source = served(
        World(
            (
                Event(None, JANUARY, "vid", "u1"),
                Event("ann", at("2026-01-11"), "vid", "u1", "push", False),
            )
        )
    )
    row = row_of(source, "mau", "2026-01")
    assert (row["people"], row["unmatched"] or 0) == (1, 0)


def test_two_customers_for_one_scene_user_leave_it_unmatched(served):
    source = served(
        World(
            (
                Event(None, at("2026-01-10"), "vid", "u1"),
                Event("ann", at("2026-02-10"), "vid", "u1"),
                Event("bob", at("2026-02-11"), "vid", "u1"),
            )
        )
    )
    assert column(source, "mau", "people") == [0, 2]
    assert row_of(source, "mau", "2026-01")["unmatched"] == 1


CONSENTS = {
    "ann": {"consent_analytics": True},
    "bob": {"consent_analytics": False},
    "cat": {"consent_analytics": None},
}


def test_people_without_consent_are_left_out_also_through_their_scene_users(served):
    source = served(
        World(
            (
                Event("ann", at("2026-01-10"), "vid", "u-ann"),
                Event("bob", at("2026-01-10"), "vid", "u-bob"),
                Event("cat", at("2026-02-10"), "vid", "u-cat"),
                Event(None, at("2026-01-11"), "vid", "u-bob"),  # withheld, not unmatched
                Event(None, at("2026-01-12"), "vid", "u-cat"),
                Event(None, at("2026-02-11"), "vid", "u-ann"),
            ),
            customers=CONSENTS,
            partners={"vid": "video"},
        )
    )
    assert column(source, "mau", "people") == [1, 1]  # ann, ann
    assert column(source, "mau", "gross") == [1, 1]
    assert not any(column(source, "mau", "unmatched"))
    assert source.catalog.withheld_people == 2


def test_every_event_is_kept_or_withheld(tmp_path):
    built = make(
        World(
            (
                Event("ann", JANUARY),
                Event("bob", JANUARY, "vid", "u-bob"),
                Event(None, JANUARY, "vid", "u-bob"),
                Event(None, JANUARY, "vid", "u-x"),
            ),
            customers=CONSENTS,
        ),
        tmp_path / "home",
    )
    accounts = {account["export"]: account for account in built.accounts}
    assert (accounts["events"]["kept"], accounts["events"]["withheld"]) == (2, 2)
    assert (accounts["customers"]["kept"], accounts["customers"]["withheld"]) == (1, 2)
    assert (built.people, built.withheld_people) == (1, 2)


def test_no_trace_of_somebody_without_consent_is_in_the_generation_file(tmp_path):
    named = {
        "customer-ann": {"consent_analytics": True},
        "customer-bob": {"consent_analytics": False},
    }
    events = (
        Event("customer-ann", JANUARY, "vid", "scene-ann"),
        Event("customer-bob", JANUARY, "vid", "scene-bob"),
    )
    make(World(events, customers=named), tmp_path / "home")
    held = Home(tmp_path / "home").generation(1).read_bytes()
    assert b"customer-ann" in held
    assert b"customer-bob" not in held


def test_where_nobody_was_asked_for_consent_everybody_counts(served):
    source = served(World((Event("ann", JANUARY),), customers={"ann": {"official_tier": "mass"}}))
    assert column(source, "mau", "people") == [1]
    assert source.catalog.withheld_people == 0


def test_a_change_of_attributes_holds_for_the_whole_month_it_falls_into(served):
    source = served(
        World(
            tuple(Event("ann", at(f"2026-0{month}-10")) for month in (1, 2, 3)),
            customers={"ann": {"official_tier": "wealth"}},  # the last row of history, not this one
            history=(
                Change("ann", at("2026-01-20").date(), {"official_tier": "mass"}),
                Change("ann", at("2026-02-28").date(), {"official_tier": "affluent"}),
            ),
        )
    )
    assert column(source, "mau", "people", who={"official_tier": ["mass"]}) == [1, 0, 0]
    assert column(source, "mau", "people", who={"official_tier": ["affluent"]}) == [0, 1, 1]
    assert set(source.catalog.attributes["official_tier"].values) == {"mass", "affluent"}


def test_a_first_day_that_has_only_begun_to_arrive_is_not_the_day_of_the_data(tmp_path):
    full = [
        Event(f"p{n}", at(f"2026-0{month}-{day:02d}"))
        for month, days in ((1, range(1, 32)), (2, range(1, 15)))
        for day in days
        for n in range(4)
    ]
    late = Event("p0", at("2026-02-15 00:00:01"))  # one row where four are usual
    source = serve(World((*full, late)), tmp_path / "home")
    assert source.catalog.as_of == at("2026-02-14").date()
    assert column(source, "mau", "people") == [4, 4]

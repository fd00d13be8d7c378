"""A link gives a scene user's events to a person, backwards too, until it is undone."""

from datetime import date

import pytest

from ecosphere.generations import Home
from ecosphere.source import open_source
from tests.spec import oracle
from tests.spec.asking import column
from tests.spec.exports import Event, Link, World, at, make

MONTHS = ("2026-01", "2026-02", "2026-03", "2026-04")
AT_PARTNER = tuple(Event(None, at(f"{month}-10"), "vid", "u1") for month in MONTHS)
BOB = tuple(Event("bob", at(f"{month}-12")) for month in MONTHS)  # the data ends in April


def world(*links: Link, events: tuple[Event, ...] = ()) -> World:
    return World((*AT_PARTNER, *BOB, *events), links=links)


def link(customer: str, linked_on: str, unlinked_on: str | None = None) -> Link:
    undone = date.fromisoformat(unlinked_on) if unlinked_on else None
    return Link("vid", "u1", customer, date.fromisoformat(linked_on), undone)


SEEN_WITH_CAT = Event("cat", at("2026-03-11"), "vid", "u1")

# links, further events, people by month, unmatched scene users by month
CASES = {
    "none": ((), (), [1, 1, 1, 1], [1, 1, 1, 1]),
    "a link reaches backwards": ([link("ann", "2026-03-10")], (), [2] * 4, [0] * 4),
    "one of tomorrow is not known yet": ([link("ann", "2026-04-13")], (), [1] * 4, [1] * 4),
    "one that was undone holds until then": (
        [link("ann", "2026-02-01", "2026-03-10")], (), [2, 2, 1, 1], [0, 0, 1, 1],
    ),
    "the next one begins where the last one ended": (
        [link("ann", "2025-02-01", "2026-02-10"), link("bob", "2026-03-01")],
        (), [2, 1, 1, 1], [0] * 4,  # bob from February on, who is there anyway
    ),
    "two at a time are none": (
        [link("ann", "2026-01-01"), link("cat", "2026-02-01")], (), [1] * 4, [1] * 4,
    ),
    "nor is one that the events deny": (
        [link("ann", "2026-01-01")], [SEEN_WITH_CAT], [1, 1, 2, 1], [1] * 4,
    ),
    "the same one twice is one": (
        [link("ann", "2026-01-01", "2026-02-01"), link("ann", "2026-02-20")],
        (), [2] * 4, [0] * 4,
    ),
    "declared and seen agree": (
        [link("cat", "2026-01-01", "2026-04-01")], [SEEN_WITH_CAT], [2, 2, 2, 1], [0, 0, 0, 1],
    ),
}  # fmt: skip


@pytest.mark.parametrize(("links", "events", "people", "unmatched"), CASES.values(), ids=CASES)
def test_links(tmp_path, links, events, people, unmatched):
    told = world(*links, events=tuple(events))
    make(told, tmp_path)
    source = open_source(Home(tmp_path))
    assert column(source, "mau", "people") == people
    assert column(source, "mau", "unmatched") == unmatched
    expected = oracle.answer(told, oracle.ANY, {}, source.catalog.as_of)
    assert [counts["people"] for counts in expected.values()] == people
    assert [counts["unmatched"] for counts in expected.values()] == unmatched


def test_a_generation_says_how_many_events_a_link_has_given_to_somebody(tmp_path):
    assert make(world(), tmp_path).linked_events == 0
    assert make(world(link("ann", "2026-02-01", "2026-03-10")), tmp_path).linked_events == 2
    # an event that carries both ids is a link too, and is itself no linked event
    assert make(world(events=(SEEN_WITH_CAT,)), tmp_path).linked_events == 4


def test_a_scene_user_with_two_customers_is_counted_once(tmp_path):
    both = world(link("ann", "2026-01-01"), link("cat", "2026-02-01"))
    assert make(both, tmp_path).ambiguous_links == 1


def test_whoever_withholds_consent_is_not_counted_through_a_link_either(tmp_path):
    asked = {"ann": {"consent_analytics": False}, "bob": {"consent_analytics": True}}
    told = World((*AT_PARTNER, *BOB), customers=asked, links=(link("ann", "2026-01-01"),))
    make(told, tmp_path)
    source = open_source(Home(tmp_path))
    assert column(source, "mau", "people") == [1] * 4
    assert column(source, "mau", "unmatched") == [0] * 4

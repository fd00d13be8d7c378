"""A nightly build makes only the months again that something reached, and misses nothing."""

from dataclasses import replace
from datetime import date
from pathlib import Path
from random import Random
from shutil import copytree

import pytest

from ecosphere.generations import Home
from ecosphere.model import Month
from ecosphere.source import open_source
from tests.effort import some
from tests.spec import nights, oracle
from tests.spec.asking import answers, column
from tests.spec.exports import Change, Event, Link, World, at


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> tuple[World, Path]:
    """A bank and the home of its first generation."""
    world, home = nights.a_bank(Random(1)), tmp_path_factory.mktemp("before") / "home"
    nights.night(world, home)
    return world, home


@pytest.mark.parametrize("change", some(nights.CHANGES), ids=lambda change: change.__name__)
def test_a_nightly_build_equals_a_whole_one(before, tmp_path, change):
    world, home = before
    for name in ("nightly", "whole"):
        copytree(home, tmp_path / name)  # each with what the first build froze
    after = change(world, Random(2))
    nightly = nights.night(after, tmp_path / "nightly")
    nights.night(after, tmp_path / "whole", whole=True)
    assert nights.released(tmp_path / "nightly") == nights.released(tmp_path / "whole")
    assert "rebuilt" not in {reason for _, reason in nightly.redone}


def test_so_do_several_nights_in_a_row(before, tmp_path):
    world, home = before
    random = Random(3)
    for name in ("nightly", "whole"):
        copytree(home, tmp_path / name)
    for _ in range(3):
        for change in random.sample(nights.CHANGES, k=3):
            world = change(world, random)
        nights.night(world, tmp_path / "nightly")
        nights.night(world, tmp_path / "whole", whole=True)
    assert nights.released(tmp_path / "nightly") == nights.released(tmp_path / "whole")
    source = open_source(Home(tmp_path / "nightly"))
    assert answers(source) == oracle.answer(world, oracle.ANY, {}, source.catalog.as_of)


# ann and bob every month from January to May, cat in January and May; u1 is nobody yet
MONTHS = ("2026-01", "2026-02", "2026-03", "2026-04", "2026-05")
STEADY = World(
    events=(
        *(Event("ann", at(f"{month}-03")) for month in MONTHS),
        *(Event("bob", at(f"{month}-20")) for month in MONTHS),
        *(Event(None, at(f"{month}-10"), "vid", "u1") for month in MONTHS),
        Event("cat", at("2026-01-05")),
        Event("cat", at("2026-05-25")),
    ),
    customers={
        name: {"official_tier": "mass", "consent_analytics": name != "dan"}
        for name in ("ann", "bob", "cat", "dan")
    },
    history=(Change("ann", date(2026, 1, 1), {"official_tier": "mass"}),),
    partners={"vid": "media"},
)


def with_customer(name: str, **told: object) -> World:
    return replace(STEADY, customers={**STEADY.customers, name: {**STEADY.customers[name], **told}})


def with_events(*events: Event) -> World:
    return replace(STEADY, events=STEADY.events + events)


LINK = Link("vid", "u1", "cat", date(2026, 5, 1))
PROMOTED = Change("ann", date(2026, 4, 2), {"official_tier": "wealth"})

# what changes -> (month, reason): how many files, people or scene users
REACHED = {
    "nothing": (STEADY, {}),
    "a new day": (with_events(Event("ann", at("2026-05-26"))), {("2026-05", "delivered"): 1}),
    "an old day, that changes what cat did before May": (
        with_events(Event("cat", at("2026-03-07"))),
        {
            ("2026-03", "delivered"): 1,
            ("2026-04", "carried"): 1,  # in windows of days that begin in March
            ("2026-05", "carried"): 1,
        },
    ),
    "an old day, that changes nothing": (
        with_events(Event("ann", at("2026-03-02"))),  # no window of April begins so early
        {("2026-03", "delivered"): 1},
    ),
    "a late link": (
        replace(STEADY, links=(LINK,)),
        {(month, "linked"): 1 for month in MONTHS},
    ),
    "a withdrawal": (
        with_customer("cat", consent_analytics=False),
        {
            ("2026-01", "consent"): 1,
            ("2026-02", "carried"): 1,  # in windows of days that begin in January
            ("2026-05", "consent"): 1,
        },
    ),
    "a tier of today": (  # the data of May is not finished on the 25th
        with_customer("cat", official_tier="wealth"),
        {("2026-05", "attributes"): 1},
    ),
    "a tier of April, by history": (
        replace(STEADY, history=(*STEADY.history, PROMOTED)),
        {("2026-04", "attributes"): 1, ("2026-05", "attributes"): 1},
    ),
}


@pytest.mark.parametrize(("after", "expected"), REACHED.values(), ids=REACHED)
def test_a_build_says_which_months_it_made_again_and_why(tmp_path, after, expected):
    first = replace(STEADY, links=(of_somebody_else(LINK),))
    nights.night(first, tmp_path)
    built = nights.night(replace(after, links=(of_somebody_else(LINK), *after.links)), tmp_path)
    said = {(str(Month(code)), reason): count for (code, reason), count in built.redone.items()}
    assert said == expected


def test_a_link_ends_with_the_only_event_that_told_it(tmp_path):
    told = with_events(Event("cat", at("2026-03-09"), "vid", "u1"))
    for name in ("nightly", "whole"):
        nights.night(told, tmp_path / name)
    linked = [3, 3, 3, 3, 3]  # what u1 did in every month is cat's
    assert column(open_source(Home(tmp_path / "nightly")), "mau", "people") == linked
    nightly = nights.night(STEADY, tmp_path / "nightly")
    nights.night(STEADY, tmp_path / "whole", whole=True)
    assert nights.released(tmp_path / "nightly") == nights.released(tmp_path / "whole")
    assert column(open_source(Home(tmp_path / "nightly")), "mau", "people") == [3, 2, 2, 2, 3]
    assert nightly.linked_events == 0


def test_a_link_begins_to_hold_on_its_day(tmp_path):
    tomorrow = date(2026, 5, 26)
    told = replace(STEADY, links=(of_somebody_else(LINK), LINK._replace(linked_on=tomorrow)))
    for name in ("nightly", "whole"):
        nights.night(told, tmp_path / name)
    assert column(open_source(Home(tmp_path / "nightly")), "mau", "people") == [3, 2, 2, 2, 3]
    after = replace(told, events=(*told.events, Event("ann", at(str(tomorrow)))))
    nights.night(after, tmp_path / "nightly")
    nights.night(after, tmp_path / "whole", whole=True)
    assert nights.released(tmp_path / "nightly") == nights.released(tmp_path / "whole")
    assert column(open_source(Home(tmp_path / "nightly")), "mau", "people") == [3, 3, 3, 3, 3]


def of_somebody_else(link: Link) -> Link:
    """A link of somebody who is never there, so that the export is delivered every night."""
    return link._replace(scene_user_id="u9")


def test_a_first_build_makes_every_month(tmp_path):
    built = nights.night(STEADY, tmp_path)
    assert {reason for _, reason in built.redone} == {"rebuilt"}
    assert len(built.redone) == len(MONTHS)


def test_a_column_more_and_everything_is_made_again(tmp_path):
    nights.night(STEADY, tmp_path)
    told = {name: {**row, "segment": "young"} for name, row in STEADY.customers.items()}
    built = nights.night(replace(STEADY, customers=told), tmp_path)
    assert {reason for _, reason in built.redone} == {"rebuilt"}


def test_an_id_that_leaves_is_in_no_byte_of_the_home(tmp_path):
    world = with_customer("bob", official_tier="wealth")
    canary = "canary-7f3a"
    seen = tuple(Event(canary, at(f"{month}-06"), "vid", "canary-user") for month in MONTHS)
    told = {**world.customers, canary: {"official_tier": "mass", "consent_analytics": True}}
    nights.night(replace(world, events=world.events + seen, customers=told), tmp_path)
    assert canary.encode() in _bytes(tmp_path)  # else the search below would prove nothing
    told[canary] = {**told[canary], "consent_analytics": False}
    built = nights.night(replace(world, events=world.events + seen, customers=told), tmp_path)
    assert {reason for _, reason in built.redone} == {"consent"}
    assert canary.encode() not in _bytes(tmp_path)
    assert b"canary-user" not in _bytes(tmp_path)
    assert column(open_source(Home(tmp_path)), "mau", "people") == [3, 2, 2, 2, 3]


def _bytes(home: Path) -> bytes:
    return b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())

"""The product against plain Python, on random small worlds, for every definition and filter."""

from datetime import date
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from ecosphere.model import Role
from ecosphere.source import Source
from tests.effort import WORLDS
from tests.spec import oracle
from tests.spec.asking import answers, column, filters, rows
from tests.spec.exports import World, serve
from tests.spec.oracle import Counts, Who
from tests.spec.worlds import DAYS, random_who
from tests.spec.worlds import world as random_world

# The same worlds at every run: a red test is red again tomorrow, and for everybody.
random_worlds = settings(max_examples=WORLDS, deadline=None, derandomize=True, database=None,
                         phases=(Phase.explicit, Phase.generate))  # fmt: skip


@random_worlds
@given(seed=st.integers(0, 2**32))
def test_every_count_of_a_random_world_equals_the_oracle_s(seed: int):
    world, draw = random_world(seed), Random(seed)
    with TemporaryDirectory() as folder:
        source = serve(world, Path(folder) / "home")
        assert source.catalog.as_of == oracle.data_end(world.events)
        for who in ({}, random_who(source, draw), random_who(source, draw)):
            for definition in oracle.WANTED:
                check(world, source, who, definition)
        for unit in draw.sample(sorted(world.branches or ()), 2 if world.branches else 0):
            check_role(world, source, unit)
        for until in days_to_look_from(world, source, draw):
            for who in ({}, random_who(source, draw)):
                check(world, source, who, draw.choice(list(oracle.WANTED)), until)
            assert_finished(source, until)


def test_the_random_worlds_are_worth_counting():
    """Most of them move people in and out, lose and regain them, and leave some unmatched."""
    who = {"official_tier": ["mass", "affluent"]}
    told = []
    for seed in range(20):
        world = random_world(seed)
        told += oracle.answer(world, oracle.ANY, who, oracle.data_end(world.events)).values()
        told += oracle.answer(world, oracle.ANY, {}, oracle.data_end(world.events)).values()
    for name in ("moved_in", "moved_out", "lapsed", "resurrected", "unmatched", "stayed"):
        assert sum((counts[name] or 0) > 0 for counts in told) >= 5, name


def test_a_total_is_the_sum_over_all_values_of_an_attribute(sample):
    whole = column(sample.source, "mau", "people")
    for name, attribute in sample.source.catalog.attributes.items():
        parts = [
            column(sample.source, "mau", "people", who={name: [v]}) for v in attribute.highest()
        ]
        assert [sum(values) for values in zip(*parts, strict=True)] == whole, name


def check(
    world: World, source: Source, who: Who, definition: str, until: date | None = None
) -> None:
    """Equal to the oracle; of a view as of an earlier day, on the events up to it."""
    found = answers(source, who=who, definition=definition, as_of=until)
    assert_equal(found, oracle.answer(world, definition, who, source.catalog.as_of, until))
    assert_adds_up(found, who)


def check_role(world: World, source: Source, unit: str) -> None:
    """A role that sees one unit, small or large, sees whom the oracle finds below it."""
    if unit not in source.catalog.attributes["branch"].values:
        return  # the bank itself
    who = {"branch": [unit]}
    found = answers(source, role=Role("unit", k=1, rows=filters(who).who))
    assert_equal(found, oracle.answer(world, oracle.ANY, who, source.catalog.as_of))
    assert_adds_up(found, who)


def assert_equal(found: Counts, told: Counts) -> None:
    assert list(found) == list(told)
    for month, counts in told.items():
        wrong = {
            name: (found[month][name], n) for name, n in counts.items() if found[month][name] != n
        }
        if wrong.get("unmatched") == (None, 0):
            del wrong["unmatched"]  # a fault of its own: test_active_users.py
        assert wrong == {}, month


def assert_adds_up(found: Counts, who: Who) -> None:
    """The identities of growth accounting, under any filter; nothing is ever negative."""
    for counts in found.values():
        assert all(value >= 0 for value in counts.values() if value is not None)
        moved_in, moved_out = counts["moved_in"] or 0, counts["moved_out"] or 0
        assert counts["retained"] == counts["stayed"] + moved_in
        assert counts["people"] == counts["new"] + counts["resurrected"] + counts["retained"]
        if counts["people_before"] is not None:
            assert counts["people_before"] == counts["stayed"] + counts["lapsed"] + moved_out
            assert counts["people"] - counts["people_before"] == (
                counts["new"] + counts["resurrected"] + moved_in - counts["lapsed"] - moved_out
            )


def assert_finished(source: Source, until: date) -> None:
    """Later months are not there; a month that the day cuts is not finished."""
    for exhibit in ("mau", "growth"):
        months = {row["month"]: row["is_complete"] for row in rows(source, exhibit, as_of=until)}
        assert max(months) == oracle.month_of(until)
        for month, is_complete in months.items():
            assert is_complete == (oracle.last_day(month) <= until)


def days_to_look_from(world: World, source: Source, draw: Random) -> list[date]:
    """A month's last day and one within a month, before the day of the data.

    Not a day in the middle of a month in which attributes change later: see
    test_active_users_as_of.py.
    """
    first, last = source.catalog.months[0].first_day, source.catalog.as_of
    earlier = [day for day in DAYS if first <= day < last]
    ends = [day for day in earlier if day == oracle.last_day(oracle.month_of(day))]
    changes = [change.valid_from for change in world.history]
    within = [
        day
        for day in earlier
        if day not in ends and not any(_later_in_month(change, day) for change in changes)
    ]
    return [draw.choice(days) for days in (ends, within) if days]


def _later_in_month(change: date, day: date) -> bool:
    return day < change <= oracle.last_day(oracle.month_of(day))

"""Facts that carry fewer attributes than others tell the same, and say how many they carry."""

from copy import copy
from dataclasses import replace
from pathlib import Path
from random import Random
from shutil import copytree

import pytest

from ecosphere.build import prefixes
from ecosphere.build.tables import FACTS
from ecosphere.source import Source
from tests.spec import deeds, nights, oracle
from tests.spec.asking import answers
from tests.spec.exports import World
from tests.spec.reading import fact

# Of the small bank: active_month has 72 rows by both attributes, days_active 104 by the first and
# 152 by both, active_day 240 by none.
ROWS = 150
CHANGES = (
    nights.an_old_day_again,
    nights.a_late_link,
    nights.an_attribute_changes,
    nights.history_is_corrected,
    nights.consent_changes,
    nights.somebody_new,
)


@pytest.fixture
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(prefixes, "MOST_ROWS_PER_CHART", ROWS)


@pytest.fixture
def bank(tmp_path: Path, short: None) -> tuple[World, Source]:
    world = nights.a_bank(Random(5))
    nights.night(world, tmp_path / "first")
    return world, nights.opened(tmp_path / "first")


def carried(source: Source) -> dict[str, int]:
    return dict(source._engine.run("select fact, attributes from generation.stored.fact").rows())


def test_a_fact_carries_what_its_heaviest_chart_can_bear(bank):
    _, source = bank
    found = carried(source)
    assert (found["active_month"], found["days_active"], found["active_day"]) == (2, 1, 0)
    for name in deeds.FACTS:
        held = (
            f"select max(array_length(profile)) from generation.stored.{name} "
            "inner join generation.stored.cell using (cell)"
        )
        assert source._engine.run(held).item() == found[name], name
    told = source._engine.run("from generation.stored.attribute where is_carried").height
    assert told == min(found.values())


def test_facts_in_shorter_cells_equal_those_counted_from_people(bank):
    _, source = bank
    attributes = list(source.catalog.attributes.items())
    for name, length in carried(source).items():
        if name not in deeds.FACTS or not length:
            continue
        attribute, told = attributes[length - 1]
        for value in told.highest():
            who = {attribute: [value]}
            stored, anew = (_carrying(source, n) for n in (length, 0))
            assert fact(stored, name, who) == fact(anew, name, who), (name, who)
            assert fact(stored, name, who) != fact(stored, name)


def test_a_night_amends_facts_in_shorter_cells_too(bank, tmp_path):
    world, _ = bank
    random = Random(6)
    for change in CHANGES:
        world = change(world, random)
    copytree(tmp_path / "first", tmp_path / "whole")
    nightly = nights.night(world, tmp_path / "first")
    assert "rebuilt" not in {reason for _, reason in nightly.redone}
    nights.night(world, tmp_path / "whole", whole=True)
    assert _without_facts(tmp_path / "first") == _without_facts(tmp_path / "whole")
    source = nights.opened(tmp_path / "first")
    assert answers(source) == oracle.answer(world, oracle.ANY, {}, source.catalog.as_of)


def test_too_many_bytes_shorten_the_largest_first(monkeypatch, tmp_path):
    world = nights.a_bank(Random(5))
    nights.night(world, tmp_path / "all")
    whole = nights.opened(tmp_path / "all")
    sizes = dict(whole._engine.run("select fact, bytes from generation.stored.fact").rows())
    monkeypatch.setattr(prefixes, "MOST_BYTES", sum(sizes.values()) - 1)
    nights.night(world, tmp_path / "less")
    before, after = carried(whole), carried(nights.opened(tmp_path / "less"))
    largest = max(sizes, key=sizes.__getitem__)
    assert [name for name in before if before[name] != after[name]] == [largest]


def _without_facts(home: Path) -> dict[str, bytes]:
    """What a generation answers: in cells of how many attributes, a whole build decides anew."""
    return {name: told for name, told in nights.released(home).items() if name not in FACTS}


def _carrying(source: Source, length: int) -> Source:
    """The same generation, whose facts are said to carry so many attributes."""
    other = copy(source)
    other.catalog = replace(source.catalog, carried=dict.fromkeys(source.catalog.carried, length))
    return other

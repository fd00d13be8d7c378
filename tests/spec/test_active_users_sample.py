"""The committed sample: under any filter facts equal raw events, and its truths are found."""

import random
from datetime import date

import pytest

from ecosphere.model import Filters, Role
from ecosphere.source import Source
from tests.spec import oracle
from tests.spec.asking import answers, column, row_of
from tests.spec.conftest import Sample
from tests.spec.exports import EVERYTHING
from tests.spec.oracle import Who
from tests.spec.test_active_users_oracle import assert_adds_up
from tests.spec.worlds import random_who

FILTERS = 64
SEED = 20261121
AFFLUENT = {"official_tier": ["affluent"]}
DEFINITIONS = tuple(oracle.WANTED)


def chosen(source: Source, number: int) -> Who:
    """The same filters at every run."""
    return random_who(source, random.Random(SEED + number))


@pytest.mark.parametrize("number", range(FILTERS))
def test_facts_equal_raw_events_under_a_random_filter(sample: Sample, number: int):
    who = chosen(sample.source, number)
    definition = DEFINITIONS[number % len(DEFINITIONS)]
    found = answers(sample.source, who=who, definition=definition)
    assert found == oracle.count(sample.activity[definition], who, sample.profiles)
    assert_adds_up(found, who)


def test_the_random_filters_are_worth_asking(sample):
    """Several attributes, several values, not stated, and some that move people in and out."""
    drawn = [chosen(sample.source, n) for n in range(FILTERS)]
    assert len({repr(who) for who in drawn}) == FILTERS
    assert sum(len(who) > 1 for who in drawn) >= 20
    assert sum("not_stated" in values for who in drawn for values in who.values()) >= 10
    moved = [column(sample.source, "growth", "moved_in", who=who) for who in drawn[:20]]
    assert sum(any(months) for months in moved) >= 5


@pytest.mark.parametrize("definition", DEFINITIONS)
def test_facts_equal_raw_events_without_a_filter(sample, definition):
    told = oracle.count(sample.activity[definition], {}, sample.profiles)
    assert answers(sample.source, definition=definition) == told


def test_a_role_that_sees_a_part_of_the_bank_sees_what_a_filter_shows(sample):
    role = Role("affluent_only", k=1, rows=Filters.of(AFFLUENT).who)
    for exhibit in ("mau", "growth"):
        name = f"active_users/{exhibit}"
        theirs = sample.source.ask(name, Filters(), {}, role)
        ours = sample.source.ask(name, Filters.of(AFFLUENT), {}, EVERYTHING)
        assert theirs.table.equals(ours.table)


def test_the_planted_number_of_active_people_is_found_in_every_month(sample):
    planted = sample.truths["mau"]["months"]
    months = [f"{month:%Y-%m}" for month in sample.activity[oracle.ANY].months]
    assert dict(zip(months, column(sample.source, "mau", "people"), strict=True)) == planted


@pytest.mark.parametrize("part", ["new", "retained", "resurrected", "lapsed"])
def test_the_planted_growth_is_found_in_every_month(sample, part):
    planted = list(sample.truths["growth"][part].values())
    found = column(sample.source, "growth", part)
    assert [value or 0 for value in found] == planted
    assert found[1:] == planted[1:]  # of the first month only lapsed is not known


def test_a_partner_that_leaves_shows_in_the_lapsed_of_the_next_month(sample):
    planted = sample.truths["partner_leaves"]
    found = {m: row_of(sample.source, "growth", m)["lapsed"] for m in planted["lapsed"]}
    assert found == planted["lapsed"]
    usual = found[planted["month"]]
    assert found[planted["lapsed_month"]] - usual >= 0.9 * planted["people"]


def test_a_campaign_that_wins_people_back_shows_in_the_resurrected_of_its_month(sample):
    planted = sample.truths["returners"]
    found = {m: row_of(sample.source, "growth", m)["resurrected"] for m in planted["resurrected"]}
    assert found == planted["resurrected"]
    assert found[planted["month"]] == max(found.values())
    assert found[planted["month"]] >= planted["people"]


def test_people_who_became_affluent_are_those_who_moved_in(sample):
    planted = sample.truths["moved_in"]
    who = {"official_tier": [planted["to"]]}
    assert (
        row_of(sample.source, "growth", planted["month"], who=who)["moved_in"] == planted["people"]
    )
    left = {"official_tier": [planted["from"]]}
    out = row_of(sample.source, "growth", planted["month"], who=left)["moved_out"]
    assert out == planted["people"]


def test_as_many_people_are_left_out_as_have_not_consented(sample):
    assert sample.source.catalog.withheld_people == sample.truths["consent"]["without"]


def test_scene_users_whom_nobody_ever_named_are_unmatched(sample):
    planted = list(sample.truths["linked_later"]["unmatched"].values())
    assert column(sample.source, "mau", "unmatched") == planted


def test_the_day_of_the_data_is_the_last_day_of_the_sample(sample):
    assert sample.source.catalog.as_of == date.fromisoformat(sample.truths["until"])
    assert sample.source.catalog.as_of == oracle.data_end(sample.world.events)
    assert column(sample.source, "mau", "is_complete") == [True] * 24 + [False]

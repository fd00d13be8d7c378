"""What may be chosen: values in their order, units below units, and names that tell them apart."""

from dataclasses import replace
from typing import Any

from ecosphere.source.attributes import Attribute, read_attributes

TOLD = [
    {"position": 1, "name": "tier", "en": "Tier", "zh": "分层", "known_since": 0},
    {"position": 2, "name": "branch", "en": "Branch", "zh": "机构", "known_since": 0},
    {"position": 3, "name": "branch.2", "en": "Branch", "zh": "机构", "known_since": 0},
]


def held(name: str, value: str, people: int = 100, **words: Any) -> dict[str, Any]:
    nothing = {"place": None, "above": None, "en": None, "zh": None}
    return {"name": name, "value": value, "people": people, **nothing, **words}


UNITS = [
    held("branch", "a", en="North", zh="北"),
    held("branch", "b", en="South", zh="南"),
    held("branch", "not_stated"),
    held("branch.2", "a1", 40, above="a", en="Main", zh="营业部"),
    held("branch.2", "b1", 5, above="b", en="Main", zh="营业室"),
    held("branch.2", "not_stated", 60),
    held("branch.2", "closed", 0),
]


def read(*rows: dict[str, Any]) -> dict[str, Attribute]:
    return {attribute.name: attribute for attribute in read_attributes(TOLD, list(rows))}


def test_labelled_values_come_first_and_what_is_not_stated_last() -> None:
    rows = [held("tier", "mass", place=0, en="Mass", zh="大众"), held("tier", "gold"),
            held("tier", "not_stated"), held("tier", "platinum")]  # fmt: skip
    assert list(read(*rows)["tier"].values) == ["mass", "gold", "platinum", "not_stated"]


def test_lower_units_are_values_of_the_same_attribute() -> None:
    found = read(*UNITS)
    assert list(found) == ["tier", "branch"]
    branch = found["branch"]
    assert list(branch.values) == ["a", "b", "a1", "b1", "not_stated"]  # not the closed one
    assert (branch.highest(), branch.children("a")) == (["a", "b", "not_stated"], ["a1"])
    assert branch.path("a1") == ["a", "a1"]
    assert [branch.values[unit].positions for unit in ("a", "a1", "not_stated")] == [
        (2,), (3,), (2,),
    ]  # fmt: skip


def test_two_units_of_one_name_are_told_apart_by_their_codes() -> None:
    values = read(*UNITS)["branch"].values
    assert values["a1"].label == {"en": "Main (a1)", "zh": "营业部"}
    assert values["b1"].label == {"en": "Main (b1)", "zh": "营业室"}


def test_a_unit_that_stood_on_another_level_is_looked_for_on_both() -> None:
    raised = read(*UNITS, held("branch.2", "b", 0))["branch"].values["b"]
    assert raised.positions == (2, 3)
    assert raised.label["en"] == "South"


def test_what_is_offered_is_within_the_rows_and_large_enough() -> None:
    branch = read(*UNITS)["branch"]
    assert list(branch.offered((), 40).values) == ["a", "b", "a1", "not_stated"]
    assert list(branch.offered((), 41).values) == ["a", "b", "not_stated"]
    assert list(branch.offered(("b",), 5).values) == ["b", "b1"]
    assert list(branch.offered(("b1", "not_stated"), 50).values) == ["b1", "not_stated"]
    assert branch.offered(("b1",), 50).highest() == ["b1"]
    assert replace(branch, values={}).highest() == []

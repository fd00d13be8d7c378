"""The tree of units: a unit stands for all below it, as a filter and as the rows of a role."""

from dataclasses import replace
from datetime import date
from itertools import chain

import pytest

from ecosphere.engines import duckdb
from ecosphere.library import placed, query
from ecosphere.model import Filters, Problem, Role
from ecosphere.source import Source
from tests.spec import oracle
from tests.spec.asking import answers, column
from tests.spec.conftest import Sample
from tests.spec.exports import EVERYTHING, Change, Event, Unit, World, at, make, serve

# bank ─┬─ east ─┬─ e1 ─┬─ e11 (12 people, and ann first)
#       │        │      └─ e12 (11 people)
#       │        └─ e2 (three people; an outlet without a tier-2 branch above it)
#       ├─ west (ann later)
#       └─ odd (an outlet of the bank itself)
BRANCHES = {
    "bank": Unit("1", None),
    "east": Unit("2", "bank"),
    "west": Unit("2", "bank"),
    "e1": Unit("3", "east"),
    "e11": Unit("4", "e1"),
    "e12": Unit("4", "e1"),
    "e2": Unit("4", "east"),
    "odd": Unit("4", "bank"),
}
CROWD = {"e11": 12, "e12": 11, "e2": 3}
HOMES = {f"{unit}-{n}": unit for unit, people in CROWD.items() for n in range(people)} | {
    "ann": "west", "bob": None, "eve": "odd", "fay": "bank",
}  # fmt: skip
MONTHS = ("2026-01", "2026-02", "2026-03")
WORLD = World(
    events=tuple(Event(person, at(f"{month}-10")) for person in HOMES for month in MONTHS),
    customers={person: {"branch_id": unit} for person, unit in HOMES.items()},
    history=(
        Change("ann", date(2025, 1, 1), {"branch_id": "e11"}),
        Change("ann", date(2026, 3, 1), {"branch_id": "west"}),
    ),
    branches=BRANCHES,
)
# Who is active under each unit, month by month: ann leaves e11, e1 and east for west in March.
PEOPLE = {
    "east": [27, 27, 26],
    "west": [0, 0, 1],
    "odd": [1, 1, 1],
    "e1": [24, 24, 23],
    "e11": [13, 13, 12],
    "e12": [11, 11, 11],
    "e2": [3, 3, 3],
    "not_stated": [2, 2, 2],  # bob, whose unit is unknown, and fay, who hangs on the bank itself
}
OFFERED = {"east", "west", "odd", "not_stated", "e1", "e11", "e12"}  # e2 is too small, for k = 1


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return serve(WORLD, tmp_path_factory.mktemp("branches") / "home")


def scoped(*units: str, k: int = 1) -> Role:
    return Role("scoped", k=k, rows=Filters.of({"branch": list(units)}).who)


def refused(source: Source, unit: str, role: Role) -> tuple[str, dict[str, object]]:
    with pytest.raises(Problem) as raised:
        source.ask("active_users/mau", Filters.of({"branch": [unit]}), {}, role)
    return raised.value.key, {**raised.value.values, "value": "…"}


@pytest.mark.parametrize("unit", sorted(OFFERED))
def test_a_filter_on_a_unit_finds_the_people_of_all_units_below_it(source, unit):
    who = {"branch": [unit]}
    assert column(source, "mau", "people", who=who) == PEOPLE[unit]
    told = oracle.answer(WORLD, oracle.ANY, who, source.catalog.as_of)
    assert {m: c | {"unmatched": None} for m, c in told.items()} == answers(source, who=who)


@pytest.mark.parametrize("unit", PEOPLE)
def test_a_role_of_any_unit_sees_its_people_and_nobody_else(source, unit):
    role = scoped(unit)
    assert column(source, "mau", "people", role=role) == PEOPLE[unit]
    told = oracle.answer(WORLD, oracle.ANY, {"branch": [unit]}, source.catalog.as_of)
    assert {m: c | {"unmatched": None} for m, c in told.items()} == answers(source, role=role)


def test_units_of_several_levels_are_alternatives(source):
    assert column(source, "mau", "people", who={"branch": ["e11", "west", "odd"]}) == [14, 14, 14]
    assert column(source, "mau", "people", who={"branch": ["e11", "east"]}) == PEOPLE["east"]


def test_who_changes_the_unit_moves_in_and_out(source):
    for unit in ("east", "e1", "e11"):
        assert column(source, "growth", "moved_out", who={"branch": [unit]}) == [0, 0, 1]
    assert column(source, "growth", "moved_in", who={"branch": ["west"]}) == [0, 0, 1]


def test_a_unit_and_another_attribute_restrict_each_other(tmp_path):
    tier = {f"e11-{n}": "mass" if n < 5 else "affluent" for n in range(12)}
    customers = {p: {**told, "official_tier": tier.get(p)} for p, told in WORLD.customers.items()}
    both = serve(replace(WORLD, customers=customers), tmp_path / "home")
    who = {"branch": ["e11"], "official_tier": ["mass"]}
    assert column(both, "mau", "people", who=who) == [5, 5, 5]


def test_tier_1_branches_and_large_lower_units_are_offered(source):
    attribute = source.offered(EVERYTHING).attributes["branch"]
    assert set(attribute.values) == OFFERED
    assert attribute.highest() == ["east", "odd", "west", "not_stated"]
    assert attribute.children("east") == ["e1"]
    assert attribute.children("e1") == ["e11", "e12"]
    two = source.offered(Role("two", k=2)).attributes["branch"]
    assert two.children("east") == ["e1"]  # 23 people now, where 20 are needed
    assert two.children("e1") == []


def test_a_small_an_unknown_and_another_s_unit_are_refused_in_the_same_words(source):
    small, unknown = (refused(source, unit, EVERYTHING) for unit in ("e2", "nowhere"))
    assert small == unknown
    assert refused(source, "bank", EVERYTHING) == unknown
    of_e1 = [refused(source, unit, scoped("e1")) for unit in ("west", "east", "e2", "nowhere")]
    assert all(words == of_e1[0] for words in of_e1)
    assert of_e1[0][1]["known"] == "e1"


def test_a_role_of_a_unit_is_offered_nothing_but_what_is_below_it(source):
    attribute = source.offered(scoped("e1")).attributes["branch"]
    assert (attribute.highest(), attribute.children("e1")) == (["e1"], ["e11", "e12"])
    assert list(source.offered(scoped("e2")).attributes["branch"].values) == ["e2"]  # however small
    both = source.offered(scoped("e12", "west")).attributes["branch"]
    assert both.highest() == ["e12", "west"]


def test_a_role_may_drill_down_in_its_own_unit(source):
    role = scoped("e1")
    assert column(source, "mau", "people", who={"branch": ["e12"]}, role=role) == PEOPLE["e12"]


def test_a_small_unit_of_a_role_is_hidden_like_any_small_group(source):
    seen = source.ask("active_users/mau", Filters(), {}, scoped("e2", k=10))
    assert seen.table["people"].null_count() == 3


def test_rows_of_a_unit_that_is_not_there_are_refused(source):
    with pytest.raises(Problem, match="unknown_unit"):
        source.ask("active_users/mau", Filters(), {}, scoped("nowhere"))


def test_a_chart_of_a_role_says_whom_it_shows(source):
    asked = source.ask("active_users/mau", Filters(), {}, scoped("e1"))
    assert asked.origin.rows == (("branch", ("e1",)),)


def test_a_chart_names_the_tree_among_its_sources(source):
    for role, who, is_named in (
        (EVERYTHING, {}, False),
        (EVERYTHING, {"branch": ["e1"]}, True),
        (scoped("e1"), {}, True),
    ):
        asked = source.ask("active_users/mau", Filters.of(who), {}, role)
        assert ("branches" in {export.name for export in asked.origin.sources}) == is_named


def test_without_the_tree_or_the_units_of_customers_there_is_no_such_filter(tmp_path):
    people = {person: {"segment": "mass"} for person in HOMES}
    for n, less in enumerate(({"branches": None}, {"customers": people, "history": ()})):
        home = serve(replace(WORLD, **less), tmp_path / str(n))
        assert "branch" not in home.catalog.attributes


def test_a_tree_may_begin_with_its_tier_1_branches(tmp_path):
    branches = {"east": Unit("2", None), "west": Unit("2", None), "e11": Unit("4", "east")}
    homes = {person: unit for person, unit in HOMES.items() if unit in branches}
    world = World(
        events=tuple(Event(person, at("2026-01-10")) for person in homes),
        customers={person: {"branch_id": unit} for person, unit in homes.items()},
        branches=branches,
    )
    source = serve(world, tmp_path / "home")
    attribute = source.offered(EVERYTHING).attributes["branch"]
    assert (attribute.highest(), attribute.children("east")) == (["east", "west"], ["e11"])
    assert column(source, "mau", "people", who={"branch": ["e11"]}) == [12]


def test_a_unit_whose_parents_do_not_lead_to_the_top_is_in_no_tree():
    rows = (
        "('bank', null, '1', 'Bank', null), ('east', 'bank', '2', '东', 'East'), "
        "('e1', 'east', '3', '东一', null), ('lost', 'gone', '3', 'Lost', null), "
        "('child', 'lost', '4', 'Child', null)"  # the check sets an orphan aside, not its children
    )
    columns = "branch_id, parent_id, level, name, name_en"
    told = f"select * from (values {rows}) as told({columns})"
    found = duckdb.scratch().run(placed(query("unit").sql, {"branches": told}, ("unit",)))
    assert found.rows() == [
        ("e1", "east", ["east", "e1"], 2, "东一", "东一"),
        ("east", None, ["east"], 1, "东", "East"),
    ]


def test_finished_months_keep_the_tree_in_which_they_were_first_seen(tmp_path):
    before = replace(WORLD, history=())
    after = replace(
        before,
        branches=BRANCHES | {"e1": Unit("3", "west")},  # the whole tier-2 branch moves
        events=(*WORLD.events, *(Event(person, at("2026-04-10")) for person in HOMES)),
    )
    make(before, tmp_path / "home")
    source = serve(after, tmp_path / "home")
    assert column(source, "mau", "people", who={"branch": ["east"]}) == [26, 26, 3, 3]
    assert column(source, "mau", "people", who={"branch": ["west"]}) == [1, 1, 24, 24]
    assert column(source, "mau", "people", who={"branch": ["e1"]}) == [23] * 4
    assert column(source, "growth", "moved_out", who={"branch": ["east"]}) == [0, 0, 23, 0]


def test_a_unit_that_has_changed_its_level_is_one_unit_in_all_months(tmp_path):
    before = replace(WORLD, history=())
    raised = BRANCHES | {"e11": Unit("3", "east"), "e1": Unit("3", "east")}
    make(before, tmp_path / "home")
    source = serve(replace(before, branches=raised), tmp_path / "home")
    assert column(source, "mau", "people", who={"branch": ["e11"]}) == [12] * 3
    assert column(source, "mau", "people", who={"branch": ["e1"]}) == [23, 23, 11]


def test_the_levels_of_the_sample_add_up_and_equal_the_oracle(sample: Sample):
    attribute = sample.source.offered(EVERYTHING).attributes["branch"]
    levels = [["B001"], attribute.children("B001"), attribute.children("B039")]
    assert [len(units) for units in levels] == [1, 3, 3]
    activity = sample.activity[oracle.ANY]
    for unit in chain(*levels):
        who = {"branch": [unit]}
        told = oracle.count(activity, who, sample.profiles)
        assert answers(sample.source, who=who) == told, unit
    of_the_second = [column(sample.source, "mau", "people", who={"branch": [u]}) for u in levels[1]]
    below = {"branch": levels[1]}
    assert [sum(month) for month in zip(*of_the_second, strict=True)] == column(
        sample.source, "mau", "people", who=below
    )

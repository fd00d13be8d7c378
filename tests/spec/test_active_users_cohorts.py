"""Behavioural cohorts and lists of people at the data door."""

from collections.abc import Mapping
from datetime import date

import pytest

from ecosphere.engines import duckdb
from ecosphere.generations import Home
from ecosphere.model import Filters, Problem, Role
from tests.spec.asking import filters
from tests.spec.exports import EVERYTHING, Event, World, at, serve

UPLOADS = Role("uploads", k=10, upload=True)
AT_ONE = "active(partner=P001)"


def asked(source, chosen: Filters, role: Role = EVERYTHING, name: str = "mau") -> list[Mapping]:
    return source.ask(f"active_users/{name}", chosen, {}, role).table.rows(named=True)


def people(source, chosen: Filters, role: Role = EVERYTHING) -> list[int | None]:
    return [row["people"] for row in asked(source, chosen, role)]


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory):
    """Ann and Bob watch, Bob and Cat ride; only Dan does nothing but shop."""
    events = (
        Event("ann", at("2026-01-05"), "vid"),
        Event("ann", at("2026-02-05"), "shop"),
        Event("bob", at("2026-01-06"), "vid"),
        Event("bob", at("2026-02-06"), "bus"),
        Event("cat", at("2026-02-07"), "bus"),
        Event("dan", at("2026-01-08"), "shop"),
        Event("dan", at("2026-02-08"), "shop"),
    )
    return serve(World(events), tmp_path_factory.mktemp("cohorts"))


@pytest.mark.parametrize(
    ("cohort", "expected"),
    {
        "active(partner=vid)": [2, 2],
        "active(partner=bus)": [1, 2],
        "active(partner=vid) and active(partner=bus)": [1, 1],
        "active(partner=vid) or active(partner=bus)": [2, 3],
        "not active(partner=vid)": [1, 2],
        "active(partner=shop, from=2026-02)": [2, 2],
    }.items(),
)
def test_a_cohort_is_followed_wherever_it_goes(by_hand, cohort, expected):
    assert people(by_hand, filters(cohort=cohort)) == expected


def test_nobody_moves_into_a_cohort(by_hand):
    rows = asked(by_hand, filters(cohort="active(partner=bus)"), name="growth")
    assert [(r["new"], r["retained"], r["moved_in"], r["moved_out"]) for r in rows] == [
        (1, 0, 0, 0),
        (1, 1, 0, 0),
    ]


def test_a_cohort_and_places_choose_together(by_hand):
    """Of those who watched, one went shopping in February."""
    chosen = filters({"partner": ["shop"]}, cohort="active(partner=vid)")
    assert people(by_hand, chosen) == [0, 1]


def test_a_cohort_is_as_of_the_day_of_the_view(by_hand):
    """Seen from January nobody has been on a bus."""
    early = filters(cohort="active(partner=bus)", as_of=date(2026, 1, 31))
    with pytest.raises(Problem, match="cohort_too_small"):
        people(by_hand, early)


@pytest.mark.parametrize("cohort", ["active(partner=vid)", "not active(partner=vid)"])
def test_too_few_on_either_side_are_refused(by_hand, cohort):
    """Two have watched, and two have not."""
    assert people(by_hand, filters(cohort=cohort), Role("two", k=2))[1] == 2
    with pytest.raises(Problem, match="cohort_too_small") as refused:
        people(by_hand, filters(cohort=cohort), Role("three", k=3))
    assert refused.value.values == {"k": 3}


def test_one_or_all_but_one_are_refused(by_hand):
    for cohort in ("active(partner=shop, days=2)", "not active(partner=shop, days=2)"):
        with pytest.raises(Problem, match="cohort_too_small"):
            people(by_hand, filters(cohort=cohort), Role("two", k=2))


def test_the_rest_is_that_of_what_a_role_sees(sample):
    """Whom a role does not see does not make the group's rest larger."""
    rows = filters({"region": ["xiamen"]}).who
    whole = people(sample.source, filters(cohort=AT_ONE), Role("all", k=10))
    own = people(sample.source, filters(cohort=AT_ONE), Role("xiamen", k=10, rows=rows))
    assert all(mine is None or mine < all_ for mine, all_ in zip(own, whole, strict=True))
    everybody_there = "active() or not active()"
    with pytest.raises(Problem, match="cohort_too_small"):
        people(sample.source, filters(cohort=everybody_there), Role("xiamen", k=10, rows=rows))


def test_a_cohort_and_its_rest_are_everybody(sample):
    whole, inside, outside = (
        people(sample.source, filters(cohort=cohort)) for cohort in ("", AT_ONE, f"not {AT_ONE}")
    )
    assert [a + b for a, b in zip(inside, outside, strict=True)] == whole
    assert 0 < sum(inside) < sum(whole)


def test_the_sql_of_a_cohort_gives_its_answer_and_no_value_is_in_it(sample):
    released = sample.source.ask("active_users/mau", filters(cohort=AT_ONE), {}, EVERYTHING)
    engine = duckdb.serving(Home(sample.home).generation(1))
    again = engine.run(released.origin.sql, released.origin.params)
    assert again["people"].to_list() == released.table["people"].to_list()
    assert "P001" not in released.origin.sql


def ids(sample, count: int) -> list[str]:
    engine = duckdb.serving(Home(sample.home).generation(1))
    sql = f"select customer_id from generation.people.person order by person limit {count}"
    return engine.run(sql)["customer_id"].to_list()


def test_a_list_counts_those_whom_it_names(sample):
    known = ids(sample, 300)
    listed = sample.source.take([*known, "stranger", *known[:5]], UPLOADS)
    found = people(sample.source, filters(listed=listed), Role("all", k=1, upload=True))
    engine = duckdb.serving(Home(sample.home).generation(1))
    sql = (
        "select count(distinct person) as n from generation.people.person_month "
        "inner join generation.people.person using (person) "
        "where definition = 1 and days > 0 and customer_id = any($ids) "
        "group by month order by month"
    )
    assert found == engine.run(sql, {"ids": known})["n"].to_list()


def test_a_list_needs_the_right_and_a_hundred_known_people(sample):
    known = ids(sample, 100)
    with pytest.raises(Problem, match="may_not_upload"):
        sample.source.take(known, Role("reader"))
    with pytest.raises(Problem, match="list_too_short"):
        sample.source.take([*known[:99], "stranger"], UPLOADS)
    listed = sample.source.take(known, UPLOADS)
    with pytest.raises(Problem, match="may_not_upload"):
        people(sample.source, filters(listed=listed), Role("reader"))
    with pytest.raises(Problem, match="unknown_list"):
        people(sample.source, filters(listed="list_of_another"), UPLOADS)


def test_nothing_of_a_list_is_told_with_its_answer(sample):
    known = ids(sample, 120)
    listed = sample.source.take(known, UPLOADS)
    released = sample.source.ask("active_users/mau", filters(listed=listed), {}, UPLOADS)
    told = f"{released.origin.sql} {released.origin.params}"
    assert not [one for one in known if one in told]

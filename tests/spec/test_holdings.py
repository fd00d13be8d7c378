"""What people hold, their tier and who rose or fell: by hand, by a plain oracle, and by night."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from random import Random
from shutil import copytree

import polars as pl
import pytest

from ecosphere.generations import Home
from ecosphere.model import Month
from ecosphere.source import Source, open_source
from tests.spec import nights, tiers
from tests.spec.exports import Account, Change, Event, Holding, World, at

Served = Callable[[World], Source]
JAN, FEB = date(2026, 1, 1), date(2026, 2, 1)
TABLES = ("people.person_holding", "people.person_tier", "people.tier_move",
          "people.person_origin", "stored.holding_category")  # fmt: skip


def a_world(*holdings: Holding, people: tuple[str, ...] = ("ann", "bob", "cat")) -> World:
    told = {person: {"consent_analytics": person != "cat"} for person in people}
    return World(events=(Event("ann", at("2026-01-03")),), customers=told, holdings=holdings)


def rows(source: Source, table: str) -> list[tuple[object, ...]]:
    """Rows of a table of people, with the ids of the exports and months as texts."""
    found = source._engine.run(
        "select named.customer_id, told.* exclude (person) "
        f"from generation.people.{table} as told "
        "inner join generation.people.person as named using (person) order by all"
    )
    return [(person, str(Month(month)), *rest) for person, month, *rest in found.rows()]


def test_balances_of_a_category_are_summed_to_the_fen(served: Served) -> None:
    source = served(
        a_world(
            Holding("ann", JAN, "wealth", 1000.10, 1200.0, None, "w1"),
            Holding("ann", JAN, "wealth", 0.05, 0.0, None, "w2"),
            Holding("ann", JAN, "deposit", 7.0, None, -3.5, None),  # the category, no product
            Holding("bob", FEB, "credit", None, 50_000.0, None, "loan"),
            Holding("cat", JAN, "fund", 9.0, 9.0, 9.0, "f1"),  # has not consented
        )
    )
    assert rows(source, "person_holding") == [
        ("ann", "2026-01", "deposit", 700, None, -350, None),
        ("ann", "2026-01", "wealth", 100_015, 120_000, None, 2),
        ("bob", "2026-02", "credit", None, 5_000_000, None, 1),
    ]


def monthly(person: str, *yuan: float) -> list[Holding]:
    """A deposit of so much on the average of each month from January on."""
    first = Month.of(JAN).code
    return [Holding(person, Month(first + n).first_day, "deposit", balance)
            for n, balance in enumerate(yuan)]  # fmt: skip


def tier_of(source: Source, person: str) -> list[object]:
    return [tier for who, _, _, tier in rows(source, "person_tier") if who == person]


def moves_of(source: Source, person: str) -> list[tuple[object, object]]:
    return [(month, is_up) for who, month, is_up in rows(source, "tier_move") if who == person]


def test_a_tier_rises_in_the_next_month_and_falls_after_three_months_below(served: Served) -> None:
    source = served(a_world(*monthly("ann", 9_999, 60_000, 60_000, 20_000, 9_000, 20_000, 9_000)))
    # by the months before: below 1万; 5–20万 from March on; 1–5万 after April, May and June, of
    # which the best was 2万
    assert tier_of(source, "ann") == ["0", "0", "50000", "50000", "50000", "50000", "10000"]
    assert moves_of(source, "ann") == [("2026-03", True), ("2026-07", False)]


def test_private_banking_falls_after_six_months_below(served: Served) -> None:
    source = served(a_world(*monthly("ann", 6_000_000, *[5_999_999] * 7)))
    assert tier_of(source, "ann") == ["6000000"] * 7 + ["500000"]
    assert moves_of(source, "ann") == [("2026-08", False)]


def test_credit_and_a_month_without_a_row_are_no_assets(served: Served) -> None:
    month = [Month(Month.of(JAN).code + n).first_day for n in range(5)]
    source = served(
        a_world(
            Holding("ann", JAN, "deposit", 10_000.0),
            Holding("ann", JAN, "credit", 90_000.0),
            *(Holding("bob", day, "payment", 0.0) for day in month[1:]),  # February to May
        )
    )
    told = rows(source, "person_tier")
    assert told == [
        ("ann", "2026-01", 1_000_000, "10000"),
        ("ann", "2026-02", 0, "10000"),
        ("ann", "2026-03", 0, "10000"),
        ("ann", "2026-04", 0, "10000"),
        ("ann", "2026-05", 0, "0"),
        *(("bob", str(Month.of(day)), 0, "0") for day in month[1:]),
    ]


def test_without_averages_the_end_of_the_month_counts(served: Served) -> None:
    world = a_world(Holding("ann", JAN, "fund", None, 30_000.0))
    source = served(replace(world, absent=frozenset({"balance_average"})))
    assert rows(source, "person_tier") == [("ann", "2026-01", 3_000_000, "10000")]


def test_the_banks_own_tier_wins_and_needs_no_holdings_to_move(served: Served) -> None:
    world = a_world(Holding("ann", JAN, "deposit", 7_000_000.0), Holding("ann", FEB, "deposit"))
    told = {name: {**row, "official_tier": "mass"} for name, row in world.customers.items()}
    history = (
        Change("ann", date(2026, 1, 1), {"official_tier": "mass"}),
        Change("ann", date(2026, 2, 9), {"official_tier": "wealth"}),
        Change("bob", date(2026, 1, 1), {"official_tier": "affluent"}),
        Change("bob", date(2026, 2, 1), {"official_tier": "jade"}),  # no order tells where it is
        Change("bob", date(2026, 3, 1), {"official_tier": "mass"}),
    )
    events = (Event("ann", at("2026-01-03")), Event("ann", at("2026-03-31")))
    source = served(replace(world, customers=told, history=history, events=events))
    assert tier_of(source, "ann") == ["mass", "wealth"]
    assert moves_of(source, "ann") == [("2026-02", True)]
    assert moves_of(source, "bob") == [("2026-03", False)]


def test_origin_is_the_partner_told_and_the_first_account(served: Served) -> None:
    told = {
        "ann": {"acquisition_partner_id": "vid", "became_customer_on": date(2025, 5, 1)},
        "bob": {"acquisition_partner_id": None, "became_customer_on": None},
        "cat": {"acquisition_partner_id": None, "became_customer_on": None},
    }
    accounts = (
        Account("a1", "ann", datetime(2025, 4, 2, 23, 59)),
        Account("a2", "ann", datetime(2025, 6, 1)),
        Account("b1", "bob", None),
        Account("b2", "bob", datetime(2026, 1, 1)),
    )
    events = (Event("ann", at("2026-01-03"), "vid"),)
    source = served(
        World(events=events, customers=told, accounts=accounts, partners={"vid": "video"})
    )
    found = source._engine.run(
        "select customer_id, acquired_by, customer_since from generation.people.person_origin "
        "inner join generation.people.person using (person) order by customer_id"
    )
    assert found.rows() == [
        ("ann", "vid", date(2025, 4, 2)),
        ("bob", None, date(2026, 1, 1)),  # of cat nothing is told
    ]


def test_without_the_exports_the_tables_are_there_and_empty(served: Served) -> None:
    engine = served(World(events=(Event("ann", at("2026-01-03")),)))._engine
    assert [engine.run(f"from generation.{name}").height for name in TABLES] == [0] * 5


@pytest.mark.parametrize("seed", range(6))
def test_tiers_and_moves_are_those_of_the_oracle(served: Served, seed: int) -> None:
    world = tiers.a_world(Random(seed))
    source = served(world)
    told = rows(source, "person_tier")
    assert {(who, month): (aum, tier) for who, month, aum, tier in told} == tiers.answer(world)
    assert sorted(rows(source, "tier_move")) == tiers.moves(world)
    assert len(told) > 100


CHANGES: dict[str, Callable[[World], World]] = {
    "nothing": lambda world: world,
    "a balance": lambda world: replace(
        world, holdings=(world.holdings[0]._replace(balance_average=8e6), *world.holdings[1:])
    ),
    "the last month of holdings": lambda world: replace(
        world,
        holdings=tuple(h for h in world.holdings if h.month < max(o.month for o in world.holdings)),
    ),
    "a withdrawal": lambda world: _told(world, "p1", consent_analytics=False),
    "a consent": lambda world: replace(
        world,
        customers={
            name: {**told, "consent_analytics": True}
            for name, told in (world.customers or {}).items()
        },
    ),
    "somebody new": lambda world: replace(
        world, customers={**(world.customers or {}), "p0a": (world.customers or {})["p2"]}
    ),
    "a tier of today": lambda world: _told(world, "p2", official_tier="private"),
    "an account": lambda world: replace(
        world, accounts=(*world.accounts, Account("a9", "p3", datetime(2024, 1, 1)))
    ),
    "a new day of events": lambda world: replace(
        world, events=(*world.events, Event("p3", at("2026-05-16")))
    ),
}


@pytest.fixture(scope="module", params=[True, False], ids=["official", "bands"])
def before(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> tuple[World, Path]:
    """A bank, with tiers of its own or without, and the home of its first generation."""
    world, home = tiers.a_world(Random(7), has_tiers=request.param), tmp_path_factory.mktemp("home")
    nights.night(world, home)
    return world, home


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_nightly_build_tells_the_same_as_a_whole_one(
    before: tuple[World, Path], tmp_path: Path, change: Callable[[World], World]
) -> None:
    world, home = before
    for name in ("nightly", "whole"):
        copytree(home, tmp_path / name)  # each with what the first build froze
    nights.night(change(world), tmp_path / "nightly")
    nights.night(change(world), tmp_path / "whole", whole=True)
    assert _tables(tmp_path / "nightly") == _tables(tmp_path / "whole")


def _tables(home: Path) -> dict[str, list[tuple[object, ...]]]:
    """All rows, with the ids of the exports: numbers of people are each generation's own."""
    engine = open_source(Home(home))._engine
    named = "(select person, customer_id from generation.people.person)"
    found = {}
    for name in TABLES:
        join = f"inner join {named} as named using (person)" if "people." in name else ""
        rows = engine.run(f"select * from generation.{name} {join}")
        found[name] = rows.drop("person", strict=False).sort(pl.all()).rows()
    return found


def _told(world: World, person: str, **told: object) -> World:
    """The same, with something else told of a person, where that is told at all."""
    known = (world.customers or {})[person]
    now = {**known, **{name: value for name, value in told.items() if name in known}}
    return replace(world, customers={**(world.customers or {}), person: now})

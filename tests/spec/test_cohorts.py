"""Who is in a cohort: every condition by hand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date

import pytest

from ecosphere.cohorts import members, parse, read_known
from ecosphere.model import Problem
from ecosphere.source import Source
from ecosphere.text import Text
from tests.spec.exports import Change, Event, Holding, World, at, serve

Served = Callable[[World], Source]


def chosen(source: Source, text: str, as_of: date | None = None) -> set[str]:
    """The customers of a cohort."""
    sql, params = members(parse(text), read_known(source._engine), as_of)
    named = "generation.people.person as named inner join"
    found = source._engine.run(
        f"select named.customer_id from {named} ({sql}) as cohort using (person)", params
    )
    ids = found["customer_id"].to_list()
    assert len(ids) == len(set(ids))  # a join on it multiplies nobody
    return set(ids)


SHOP = World(
    events=(
        Event("ann", at("2025-10-05"), "mt", None, "open", True, "app"),
        Event("ann", at("2025-10-06"), "mt", None, "view", True, "web"),
        Event("ann", at("2025-10-06"), "dd", None, "transact", True, "app"),
        Event("ann", at("2025-11-30"), "dd", None, "view", True, "web"),
        Event("bob", at("2025-12-31"), "mt", None, "transact", True, "app"),
        Event("bob", at("2026-02-14"), None, None, "view", True, None),
        Event("cat", at("2026-01-04"), "dd", None, "view", True, "app"),  # 91 days after the first
        Event("cat", at("2026-01-04"), "mt", None, "view", True, "app"),  # ... the same day
        Event("dan", at("2026-02-01"), "mt", None, "push", False, "app"),  # the bank's own doing
        Event("eve", at("2026-02-27"), "own", None, "login", True, "app"),
        Event("fay", at("2026-02-27"), "mt", None, "view", True, "app"),  # has not consented
        Event("hal", at("2026-02-27"), "own", None, "view", True, "app"),  # whom dd brought
        Event("gus", at("2026-01-03"), "mt", None, "view", True, "app"),  # 90 days after the first
    ),
    customers={
        name: {
            "consent_analytics": name != "fay",
            "acquisition_partner_id": {"dan": "dd", "fay": "dd", "hal": "dd"}.get(name),
            "became_customer_on": {"eve": date(2026, 2, 27)}.get(name),
        }
        for name in ("ann", "bob", "cat", "dan", "eve", "fay", "gus", "hal")
    },
    partners={"mt": "food", "dd": "transport", "own": "own_apps", "new": None},
    holdings=(
        Holding("ann", date(2025, 12, 1), "wealth", 60_000.0),
        Holding("ann", date(2026, 1, 1), "wealth", 60_000.0),
        Holding("bob", date(2025, 12, 1), "wealth", 100.0),
        Holding("bob", date(2026, 1, 1), "payment", 0.0),  # has a product, if no balance
        Holding("fay", date(2026, 1, 1), "wealth", 1.0),
        Holding("cat", date(2026, 1, 1), "fund", 70_000.0),
        Holding("cat", date(2026, 2, 1), "fund", 70_000.0),
    ),
)
EVERYBODY = {"ann", "bob", "cat", "dan", "eve", "gus", "hal"}
BY_HAND = {
    "active()": {"ann", "bob", "cat", "eve", "gus", "hal"},
    "active(partner=mt)": {"ann", "bob", "cat", "gus"},
    "active(partner=mt, channel=web)": {"ann"},
    "active(partner=dd, channel=web)": {"ann"},
    "active(partner=dd, definition=opened)": set(),
    "active(partner=dd, partner=own)": {"ann", "cat", "eve", "hal"},
    "active(scene=food)": {"ann", "bob", "cat", "gus"},
    "active(scene=food, partner=dd)": set(),  # both at once, and dd is not there
    "active(scene=not_stated)": {"bob"},  # and so is the unknown partner
    "active(partner=not_stated)": {"bob"},
    "active(channel=not_stated)": {"bob"},
    "active(to=2025-10)": {"ann"},
    "active(from=2025-11, to=2025-12)": {"ann", "bob"},
    "active(from=-1)": {"bob", "cat", "eve", "gus", "hal"},
    "active(to=-3)": {"ann"},
    "active(from=2020-01, to=2025-10)": {"ann"},
    "active(days=2)": {"ann", "bob"},
    "active(days=3)": {"ann"},
    "active(days=3, partner=mt, partner=dd)": {"ann"},  # three days at the two together
    "active(days=3, partner=dd)": set(),
    "active(days=2, from=2025-11)": {"bob"},
    "active(definition=transacted)": {"ann", "bob"},
    "active(definition=transacted, from=2025-11)": {"bob"},
    "silent(since=2025-12)": {"ann"},
    "silent(since=2026-01, partner=mt)": {"ann", "bob"},
    "silent(since=-1, scene=transport)": {"ann"},
    "silent(since=2026-02, definition=logged_in)": set(),
    "sourced(partner=dd)": {"cat", "dan", "hal"},  # cat by the first of the day, dan as told
    "sourced(partner=mt)": set(),  # gus may have been there before the data began
    "sourced(partner=own)": {"eve"},  # an account of the same day came with it
    "sourced(partner=own, partner=dd)": {"cat", "dan", "eve", "hal"},
    "holds(wealth)": {"ann"},  # in January, the last month that has ended
    "holds(wealth, month=2025-12)": {"ann", "bob"},
    "holds(wealth, month=-2)": {"ann", "bob"},
    "holds(payment)": {"bob"},
    "tier(moved=up)": {"cat"},  # ann's first month is the first of all: nothing was before
    "tier(moved=down)": set(),
    "tier(moved=up, from=2026-02)": {"cat"},
    "tier(moved=up, to=2026-01)": set(),
    "not active()": {"dan"},
    "not holds(wealth)": EVERYBODY - {"ann"},
    "active(partner=mt) and holds(payment)": {"bob"},
    "holds(payment) or tier(moved=up)": {"bob", "cat"},
    "active(partner=mt) and not (holds(payment) or holds(fund))": {"ann", "gus"},
    "sourced(partner=dd) and active() or holds(payment)": {"bob", "cat", "hal"},
}


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return serve(SHOP, tmp_path_factory.mktemp("shop"))


@pytest.mark.parametrize(("text", "people"), BY_HAND.items(), ids=BY_HAND)
def test_a_cohort_has_the_people_that_it_says(shop: Source, text: str, people: set[str]) -> None:
    assert shop.catalog.as_of == date(2026, 2, 27)
    assert chosen(shop, text) == people


@pytest.mark.parametrize(
    ("text", "as_of", "people"),
    [
        ("active()", date(2025, 10, 5), {"ann"}),
        ("active(days=2)", date(2025, 10, 5), set()),  # the second day is not seen
        ("active(days=2)", date(2025, 10, 6), {"ann"}),
        ("active(partner=dd)", date(2025, 10, 5), set()),
        ("active(from=-1)", date(2026, 1, 3), {"bob", "gus"}),
        ("silent(since=0)", date(2025, 11, 29), {"ann"}),
        ("silent(since=0)", date(2025, 11, 30), set()),
        ("sourced(partner=dd)", date(2026, 1, 3), {"dan", "hal"}),
        ("sourced(partner=own)", date(2026, 2, 26), set()),
        ("holds(wealth)", date(2026, 1, 30), {"ann", "bob"}),  # January has not ended
        ("holds(wealth)", date(2026, 1, 31), {"ann"}),
        ("not active()", date(2025, 10, 5), EVERYBODY - {"ann"}),
    ],
)
def test_a_cohort_of_an_earlier_day_knows_nothing_of_later_ones(
    shop: Source, text: str, as_of: date, people: set[str]
) -> None:
    assert chosen(shop, text, as_of) == people


def test_rows_after_the_last_full_day_are_kept_as_everywhere(served: Served) -> None:
    fridays = [at(f"2026-02-{day:02}") for day in (6, 13)]
    full = tuple(Event("ann", day, "mt") for day in fridays for _ in range(4))
    source = served(World((*full, Event("bob", at("2026-02-20"), "mt"))))
    assert source.catalog.as_of == date(2026, 2, 13)
    assert chosen(source, "active(partner=mt, from=0)") == {"ann", "bob"}
    assert chosen(source, "active(partner=mt)", date(2026, 2, 12)) == {"ann"}


@pytest.mark.parametrize(
    ("text", "key", "told"),
    [
        ("active(partner=nobody)", "cohort_value", "dd, mt, new, not_stated, own"),
        ("active(scene=nowhere)", "cohort_value", "food, not_stated, own_apps, transport"),
        ("active(channel=phone)", "cohort_value", "app, not_stated, web"),
        ("holds(gold)", "cohort_value", "fund, payment, wealth"),
        ("active(from=2026-03)", "cohort_outside", "2025-10 – 2026-02"),
        ("active(to=2025-09)", "cohort_outside", "2025-10 – 2026-02"),
        ("active(from=-1, to=-2)", "period_reversed", "2026-01"),
        ("silent(since=2025-10)", "cohort_outside", "2025-11 – 2026-02"),
        ("silent(since=2026-03)", "cohort_outside", "2025-11 – 2026-02"),
        ("holds(wealth, month=0)", "cohort_outside", "2025-12 – 2026-01"),
        ("holds(wealth, month=2025-11)", "cohort_outside", "2025-12 – 2026-01"),
        ("tier(moved=up, from=2025-12)", "cohort_outside", "2026-01 – 2026-02"),
        ("active() and not (holds(gold) or active())", "cohort_value", "wealth"),
    ],
)
def test_what_cannot_be_known_is_refused(shop: Source, text: str, key: str, told: str) -> None:
    with pytest.raises(Problem) as refused:
        chosen(shop, text)
    assert refused.value.key == key
    assert all(told in Text(language).problem(refused.value) for language in ("en", "zh"))


def test_an_export_that_is_not_there_is_named(served: Served) -> None:
    bare = World(
        events=tuple(event._replace(channel=None, event_type=None) for event in SHOP.events),
        customers={name: {"consent_analytics": True} for name in SHOP.customers or {}},
        absent=frozenset({"channel", "event_type", "amount"}),
    )
    source = served(bare)
    needed = {
        "active(scene=food)": "partners.scene",
        "active(channel=app)": "events.channel",
        "active(definition=opened)": "events.event_type",
        "holds(wealth)": "holdings.category",
        "tier(moved=up)": "customers.official_tier / holdings.balance_average",
        "sourced(partner=mt)": "customers.acquisition_partner_id / ",
    }
    for text, column in needed.items():
        with pytest.raises(Problem, match="cohort_needs_export") as refused:
            chosen(source, text)
        assert column in Text("en").problem(refused.value)
    assert chosen(source, "active(partner=mt)") == {"ann", "bob", "cat", "fay", "gus"}


def test_no_text_of_a_reader_is_in_the_sql(served: Served) -> None:
    canary = "x'); select 7 --"
    told = SHOP.partners | {canary: canary}
    source = served(replace(SHOP, partners=told))
    text = f'active(partner="{canary}", scene="{canary}") or sourced(partner="{canary}")'
    sql, params = members(parse(text), read_known(source._engine))
    assert canary not in sql
    assert [canary] in params.values()
    assert chosen(source, text) == set()


@pytest.mark.parametrize("text", [*BY_HAND][::3])
def test_people_may_be_taken_some_at_a_time(shop: Source, text: str) -> None:
    known, cohort = read_known(shop._engine), parse(text)
    found: list[int] = []
    for people in ((1, 3), (4, 4), (5, 1_000)):
        sql, params = members(cohort, known, people=people)
        some = shop._engine.run(sql, params)["person"].to_list()
        assert all(people[0] <= person <= people[1] for person in some)
        found += some
    sql, params = members(cohort, known)
    assert sorted(found) == sorted(shop._engine.run(sql, params)["person"].to_list())


def test_the_official_tier_is_not_seen_to_move_before_it_was_known(served: Served) -> None:
    customers = {name: {**told, "official_tier": "mass"} for name, told in SHOP.customers.items()}
    frozen = replace(SHOP, customers=customers, holdings=())
    with pytest.raises(Problem, match="cohort_outside"):
        chosen(served(frozen), "tier(moved=up)")
    told = (
        Change("ann", date(2025, 10, 1), {"official_tier": "mass"}),
        Change("ann", date(2026, 1, 31), {"official_tier": "private"}),
    )
    source = served(replace(frozen, history=told))
    assert chosen(source, "tier(moved=up)") == {"ann"}
    assert chosen(source, "tier(moved=up, from=-1, to=-1)") == {"ann"}
    assert chosen(source, "tier(moved=up, to=2025-12)") == set()

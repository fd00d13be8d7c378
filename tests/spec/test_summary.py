"""The summary: by hand, against people counted in plain Python, and in the sample."""

from collections import defaultdict
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosphere.charts.summary import cards, exhibits, headline
from ecosphere.metrics.summary import measure
from ecosphere.model import TOTAL, Filters, Month, Released, Role
from ecosphere.source import Source
from ecosphere.text import LANGUAGES, Text
from tests.spec import oracle, worlds
from tests.spec.asking import filters
from tests.spec.conftest import SAMPLE, Sample
from tests.spec.exports import EVERYTHING, Account, Event, Holding, Target, World, at, serve
from tests.spec.test_active_users_oracle import random_worlds

DEC, JAN, FEB = date(2025, 12, 1), date(2026, 1, 1), date(2026, 2, 1)
KINDS = {
    "deposit": "deposit", "wealth": "wealth", "fund": "wealth", "trust": "wealth",
    "metals": "wealth", "securities_custody": "wealth", "insurance": "insurance",
    "payment": "payment", "credit": "credit",
}  # fmt: skip
ALL = Role("all", k=0)  # nothing is hidden, not even the half of a person

# ann is at both partners in January and at one in February, bob comes in February; cat opened her
# e-account in January after another account, dan his first in February.
WORLD = World(
    events=(
        Event("ann", at("2025-12-31"), "vid"),
        Event("ann", at("2026-01-05"), "vid"),
        Event("ann", at("2026-01-06"), "foo"),
        Event("ann", at("2026-02-05"), "foo"),
        Event("bob", at("2026-02-05"), "own"),
        Event("bob", at("2026-02-06"), "vid"),
        Event("cat", at("2026-02-28"), "own"),
        Event("dan", at("2026-02-28"), None),
    ),
    customers={name: {"segment": "young" if name < "c" else "mass"} for name in
               ("ann", "bob", "cat", "dan")},
    partners={"vid": "video", "foo": "food", "own": "own_apps"},
    own=frozenset({"own"}),
    accounts=(
        Account("1", "cat", at("2025-06-01"), "I"),
        Account("2", "cat", at("2026-01-10"), "III"),
        Account("3", "dan", at("2026-02-10"), "II"),
        Account("4", "dan", at("2026-02-11"), "II"),
    ),
    holdings=(
        *(Holding("bob", FEB, name) for name in ("deposit", "payment", "credit")),
        *(Holding("cat", FEB, name) for name in ("deposit", "fund", "wealth", "payment")),
    ),
    targets=(Target(date(2026, 12, 1), 8.0, "level"),
             Target(date(2026, 12, 1), 4.0, "increase", metric="e_accounts")),
)  # fmt: skip


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return serve(WORLD, tmp_path_factory.mktemp("summary") / "home")


def rows(source: Source, exhibit: str, key: str, **options: str) -> dict[str, dict[str, object]]:
    table = source.ask(f"summary/{exhibit}", Filters(), options, ALL).table
    return {row[key]: row for row in table.iter_rows(named=True)}


def test_the_cards_of_four_people(by_hand):
    found = rows(by_hand, "cards", "card")
    mau, opened, new, full = (found[name] for name in
        ("mau", "e_accounts", "new_to_bank", "full_relationship"))  # fmt: skip
    assert [mau[n] for n in ("month", "people", "people_before", "people_year_start")] == [
        FEB, 4, 1, 1]  # fmt: skip
    assert (mau["target"], mau["target_completion"]) == (8.0, 0.5)
    assert mau["elapsed_share"] == pytest.approx(59 / 365)
    assert [opened[n] for n in ("people", "people_before", "to_date")] == [1, 1, 2]
    assert opened["target_completion"] == 0.5  # two of the four of the year
    assert [new[n] for n in ("people", "people_before", "to_date")] == [1, 0, 1]
    assert full["people"] == 1  # bob has three kinds and a scene, cat three and only an own app


def test_what_moved_by_place_splits_a_person_between_partners(by_hand):
    found = rows(by_hand, "places", "place_code", by_place="by_partner")
    told = {code: (row["reach_before"], row["reach"]) for code, row in found.items()}
    assert told == {"vid": (0.5, 0.5), "foo": (0.5, 1.0), "own": (0.0, 1.5), "not_stated": (0, 1),
                    TOTAL: (1.0, 4.0)}  # fmt: skip
    by_scene = rows(by_hand, "places", "place_code")
    assert (by_scene["video"]["change"], by_scene[TOTAL]["change"]) == (0.0, 3.0)


def test_what_moved_by_group_adds_up_and_the_ecosystem_is_counted(by_hand):
    moved = rows(by_hand, "moved", "group")
    changes = {group: row["change"] for group, row in moved.items()}
    assert changes == {"young": 1, "mass": 2, TOTAL: 3}
    bands = rows(by_hand, "bands", "item")
    assert [bands[n]["number"] for n in ("partners_live", "scenes_live")] == [2, 3]
    assert bands["people_several"]["people"] == 1  # bob, at an own app and in video
    assert bands["five_largest"]["share"] == 1.0


def met(world: World) -> dict[date, dict[str, set[str]]]:
    """By month and person the partners where they did something that counts."""
    known = oracle.links(world, oracle.data_end(world.events))
    found: dict[date, dict[str, set[str]]] = defaultdict(lambda: defaultdict(set))
    for event in world.events:
        day = event.occurred_at.date()
        user = (event.partner_id, event.scene_user_id)
        person = event.customer_id or oracle.linked(known.get(user, ()), day)
        if oracle.counts(event, oracle.ANY) and person and oracle.consents(world, person):
            found[oracle.month_of(day)][person].add(event.partner_id or "not_stated")
    return found


@random_worlds
@given(seed=st.integers(0, 10_000))
def test_what_moved_of_a_random_world_equals_the_oracle_s_and_adds_up(seed: int):
    with TemporaryDirectory() as folder:
        world = worlds.world(seed)
        check(world, serve(world, Path(folder)), Random(seed))


def check(world: World, source: Source, draw: Random) -> None:
    """Everybody in equal parts where they were met, and all parts together the whole."""
    who, as_of = worlds.random_who(source, draw), source.catalog.as_of
    found, compare = met(world), draw.choice(("month", "year_start"))
    month = max((m for m in source.catalog.months if m.last_day <= as_of),
                key=lambda m: m.code, default=None)  # fmt: skip
    asked = {"compare": compare, "by_place": "by_partner"}
    table = source.ask("summary/places", filters(who), asked, ALL).table
    if month is None:
        assert table.is_empty()
        return
    base = Month(month.code - (1 if compare == "month" else month.code % 12 + 1))
    wanted = {}
    for name, one in (("reach", month), ("reach_before", base)):
        day = one.first_day
        for person, partners in found.get(day, {}).items():
            if oracle.is_chosen(oracle.profile(world, person, day, as_of), who):
                for partner in partners:
                    wanted[partner, name] = wanted.get((partner, name), 0.0) + 1 / len(partners)
    has_base = base in source.catalog.months
    for row in table.filter(~pl.col("is_total")).iter_rows(named=True):
        place = row["place_code"]
        assert row["reach"] == pytest.approx(wanted.get((place, "reach"), 0.0), abs=1e-9)
        before = wanted.get((place, "reach_before"), 0.0) if has_base else None
        assert row["reach_before"] == pytest.approx(before, abs=1e-9)
    moved = source.ask("summary/moved", filters(who), {"compare": compare}, ALL).table
    for one in (table, moved):
        whole = one.filter("is_total")["change"][0]
        parts = one.filter(~pl.col("is_total"))["change"].sum()
        assert whole is None or parts == pytest.approx(whole, abs=1e-9)


def test_the_cards_of_the_sample_equal_what_its_exports_say(sample: Sample):
    found = rows(sample.source, "cards", "card")
    month = max(m for m in sample.activity[oracle.ANY].months
                if oracle.last_day(m) <= sample.source.catalog.as_of)  # fmt: skip
    assert found["mau"]["people"] == sample.truths["mau"]["months"][f"{month:%Y-%m}"]
    counted = {p for p in sample.world.customers if oracle.consents(sample.world, p)}
    accounts = pl.read_parquet(SAMPLE / "accounts.parquet").to_dicts()
    first: dict[str, date] = {}
    earliest: dict[str, date] = {}
    for row in accounts:
        person, day = row["customer_id"], row["opened_at"].date()
        earliest[person] = min(day, earliest.get(person, day))
        if row["account_type"] != "I":
            first[person] = min(day, first.get(person, day))
    became = {p: told["became_customer_on"] for p, told in sample.world.customers.items()}
    opened = {p for p, d in first.items() if oracle.month_of(d) == month and p in counted}
    new = {p for p in opened if min(earliest[p], became[p] or earliest[p]) >= first[p]}
    assert found["e_accounts"]["people"] == len(opened) > 10
    assert found["new_to_bank"]["people"] == len(new) > 10
    assert found["full_relationship"]["people"] == len(_full(sample, month, counted)) > 100


def _full(sample: Sample, month: date, counted: set[str]) -> set[str]:
    """Holders of four kinds or more who were active in the 90 days that end with the month."""
    kinds: dict[str, set[str]] = defaultdict(set)
    held = pl.read_parquet(SAMPLE / "holdings" / f"{month:%Y-%m}.parquet")
    for person, category in held.select("customer_id", "category").iter_rows():
        kinds[person].add(KINDS[category])
    active: set[str] = set()
    for person, partner in _lately(sample.world, oracle.last_day(month)):
        active.add(person)
        if person in kinds and partner and partner not in sample.world.own:
            kinds[person].add("scene")
    return {p for p in kinds if len(kinds[p]) >= 4 and p in active and p in counted}


def _lately(world: World, last: date) -> Iterator[tuple[str, str | None]]:
    known = oracle.links(world, oracle.data_end(world.events))
    for event in world.events:
        day = event.occurred_at.date()
        if last - timedelta(days=89) <= day <= last and oracle.counts(event, oracle.ANY):
            user = (event.partner_id, event.scene_user_id)
            if person := event.customer_id or oracle.linked(known.get(user, ()), day):
                yield person, event.partner_id


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentence_says_what_the_cards_say(sample: Sample, language: str):
    def ask(name: str, **options: str) -> Released:
        return sample.source.ask(name, Filters(), options, EVERYTHING)

    result, text = measure(ask, {}), Text(language)
    shown = cards(result, text)
    assert len(shown) == 4
    assert shown[0].value.split(" ")[0] in headline(result, text)
    drawn = exhibits(result, text, sample.source.catalog.named)
    assert [one.name for one in drawn] == [
        "summary/places", "summary/moved", "summary/cards", "summary/bands"]  # fmt: skip


def test_on_events_alone_the_page_says_what_would_bring_more(served):
    source = served(World(events=(Event("ann", at("2026-01-31")), Event("ann", at("2026-02-28")))))

    def ask(name: str, **options: str) -> Released:
        return source.ask(name, Filters(), options, EVERYTHING)

    result, text = measure(ask, {}), Text("en")
    assert [row["card"] for row in result.cards.table.iter_rows(named=True)] == ["mau"]
    by_group = exhibits(result, text, source.catalog.named)[1]
    assert "segment" in by_group.chart.fix

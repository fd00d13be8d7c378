"""Channels: by hand, against people counted in plain Python, and the planted complaints."""

from collections import defaultdict
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ecosphere.charts.channels import exhibits, headline
from ecosphere.exhibit import State
from ecosphere.metrics.channels import measure
from ecosphere.model import TOTAL, Filters, Released
from ecosphere.source import Source
from ecosphere.text import LANGUAGES, Text
from tests.spec import oracle, worlds
from tests.spec.asking import filters
from tests.spec.conftest import SAMPLE, Sample
from tests.spec.exports import EVERYTHING, Event, World, at, serve
from tests.spec.health import Bank
from tests.spec.test_active_users_oracle import random_worlds

OFFLINE = {"branch", "atm"}
JAN, FEB = date(2026, 1, 1), date(2026, 2, 1)

Days = dict[str, dict[str, set[date]]]  # person -> channel ('' unknown) -> days


def did(person: str, day: str, channel: str | None) -> Event:
    return Event(person, at(day), channel=channel)


WORLD = World(
    events=(
        did("ann", "2026-01-05", "app"),  # then a branch, then the app again
        did("ann", "2026-01-06", "branch"),
        did("ann", "2026-01-07", "app"),
        did("bob", "2026-01-06", "branch"),  # both on one day: neither comes later
        did("bob", "2026-01-06", "app"),
        did("cat", "2026-01-31", "web"),
        did("dan", "2026-01-31", None),
        did("cat", "2026-02-28", "web"),
    )
)


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Source:
    return serve(WORLD, tmp_path_factory.mktemp("channels") / "home")


def ask(source: Source, exhibit: str, chosen: Filters | None = None) -> list[dict[str, Any]]:
    table = source.ask(f"channels/{exhibit}", chosen or Filters(), {}, EVERYTHING).table
    return list(table.iter_rows(named=True))


def test_four_people_and_their_channels(by_hand):
    january = {r["channel"]: r["people"] for r in ask(by_hand, "mix") if r["month"] == JAN}
    assert january == {"app": 2, "branch": 2, "web": 1, "not_stated": 1}
    row = ask(by_hand, "sides")[0]
    told = [row[n] for n in ("people", "several", "offline", "to_offline", "to_online")]
    assert told == [4, 2, 2, 1, 1]
    flows = ask(by_hand, "flows", Filters.of({}, last=by_hand.catalog.months[0]))
    found = {(r["channel_from"], r["channel_to"]): (r["people"], r["base"]) for r in flows}
    assert found["app", "branch"] == (1, 2)
    assert found["branch", "app"] == (1, 2)
    assert found["web", "app"] == (0, 1)


def days_of(world: World, month: date, who: oracle.Who, as_of: date) -> Days:
    """Where each of those chosen did something that counts, on which days of the month."""
    known = oracle.links(world, oracle.data_end(world.events))
    found: Days = defaultdict(lambda: defaultdict(set))
    for event in world.events:
        day = event.occurred_at.date()
        user = (event.partner_id, event.scene_user_id)
        person = event.customer_id or oracle.linked(known.get(user, ()), day)
        if oracle.month_of(day) != month or not oracle.counts(event, oracle.ANY) or not person:
            continue
        if oracle.consents(world, person):
            profile = oracle.profile(world, person, month, as_of)
            if oracle.is_chosen(profile, who):
                found[person][event.channel or ""].add(day)
    return found


@random_worlds
@given(seed=st.integers(0, 10_000))
def test_channels_of_a_random_world_equal_the_oracle_s(seed: int):
    with TemporaryDirectory() as folder:
        world, draw = worlds.world(seed), Random(seed)
        source = serve(world, Path(folder))
        for who in ({}, worlds.random_who(source, draw)):
            check(world, source, who)


def check(world: World, source: Source, who: oracle.Who) -> None:
    as_of, chosen = source.catalog.as_of, filters(who)
    for row in ask(source, "sides", chosen):
        people = days_of(world, row["month"], who, as_of).values()
        assert row["people"] == len(people)
        assert row["several"] == sum(len(set(p) - {""}) > 1 for p in people)
        assert row["offline"] == sum(bool(OFFLINE & set(p)) for p in people)
        assert row["to_offline"] == sum(_goes(p, is_offline=True) for p in people)
        assert row["to_online"] == sum(_goes(p, is_offline=False) for p in people)
    for row in ask(source, "flows", chosen):
        people = days_of(world, row["month"], who, as_of).values()
        first, then = (_code(row[n]) for n in ("channel_from", "channel_to"))
        assert row["base"] == sum(first in p for p in people)
        assert row["people"] == sum(
            first in p and then in p and max(p[then]) > min(p[first]) for p in people
        )


def _code(channel: str) -> str:
    return "" if channel == "not_stated" else channel


def _goes(channels: dict[str, set[date]], *, is_offline: bool) -> bool:
    """Whether some day on one side is followed by one on the other."""
    sides: dict[bool, set[date]] = defaultdict(set)
    for channel, days in channels.items():
        if channel:
            sides[channel in OFFLINE] |= days
    if not (sides[True] and sides[False]):
        return False
    return max(sides[is_offline]) > min(sides[not is_offline])


def contact(number: int, who: str, when: str, by: str, kind: str = "enquiry", reason: str = "card"):
    return {
        "contact_id": f"c{number}", "customer_id": who, "started_at": at(when), "channel": "app",
        "kind": kind, "handled_by": by, "reason": reason,
    }  # fmt: skip


def test_the_bot_contains_what_does_not_come_again(tmp_path: Path):
    """ann asks the bot twice within 7 days, bob after 8, cat is handed over, dan complains."""
    contacts = [
        contact(1, "ann", "2026-01-05", "bot"),
        contact(2, "ann", "2026-01-12", "bot"),  # not again: contained
        contact(3, "bob", "2026-01-05", "bot"),
        contact(4, "bob", "2026-01-13 12:00:01", "person"),
        contact(5, "cat", "2026-01-05", "both"),
        contact(6, "dan", "2026-01-30", "person", "complaint", "fee"),
        contact(7, "dan", "2026-02-02", "bot", "enquiry", "fee"),  # of another kind, same reason
    ]
    people = ("ann", "bob", "cat", "dan")
    bank = Bank(tmp_path)
    source = bank.serve(
        events=[{"customer_id": p, "occurred_at": at(d)} for p in people
                for d in ("2026-01-31", "2026-02-28")],
        customers=[{"customer_id": p, "became_customer_on": date(2025, 1, 1 + n)}
                   for n, p in enumerate(people)],
        service_contacts=contacts,
    )  # fmt: skip
    (row,) = ask(source, "service")  # February lacks its 7 days
    told = [row[n] for n in ("people", "contacts", "by_bot", "contained", "handed_over",
                             "repeated", "complaints", "customers")]  # fmt: skip
    assert told == [4, 6, 4, 2, 1, 2, 1, 4]
    assert row["per_10000"] == 2_500
    found = {r["reason"]: (r["people"], r["complaints"]) for r in ask(source, "complaints")}
    assert found == {"fee": (1, 1), TOTAL: (None, 1)}


def test_the_service_of_the_sample_equals_what_its_export_says(sample: Sample):
    counted = {p for p in sample.world.customers if oracle.consents(sample.world, p)}
    rows = [row for row in pl.read_parquet(SAMPLE / "service_contacts.parquet").to_dicts()
            if row["customer_id"] in counted]  # fmt: skip
    times: dict[tuple[str, str], list[datetime]] = defaultdict(list)
    for row in rows:
        times[row["customer_id"], row["reason"]].append(row["started_at"])
    month = ask(sample.source, "service")[-1]
    mine = [row for row in rows if oracle.month_of(row["started_at"].date()) == month["month"]]
    again = [_comes_again(row, times) for row in mine]
    by_bot = [row["handled_by"] == "bot" for row in mine]
    assert month["contacts"] == len(mine) > 100
    assert month["repeated"] == sum(again) > 5
    assert month["contained"] == sum(b and not a for b, a in zip(by_bot, again, strict=True)) > 50


def _comes_again(row: dict[str, Any], times: dict[tuple[str, str], list[datetime]]) -> bool:
    start = row["started_at"]
    others = times[row["customer_id"], row["reason"]]
    return any(start < other <= start + timedelta(days=7) for other in others)


def test_the_planted_complaints_stand_out(sample: Sample):
    truth = sample.truths["complaints"]
    rows = ask(sample.source, "service")
    most = max(rows, key=lambda row: row["complaints"])
    assert f"{most['month']:%Y-%m}" == truth["month"]
    found = {r["reason"]: r["complaints"] for r in ask(sample.source, "complaints")}
    assert max((r for r in found if r != TOTAL), key=found.__getitem__) == truth["reason"]
    assert sum(n for r, n in found.items() if r != TOTAL) == found[TOTAL]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_of_the_sample_and_of_events_alone(sample: Sample, by_hand: Source, language: str):
    for source, drawn in ((sample.source, 5), (by_hand, 2)):

        def asked(name: str, source: Source = source, **options: str) -> Released:
            return source.ask(name, Filters(), options, EVERYTHING)

        result, text = measure(asked, {}), Text(language)
        made = exhibits(result, text, source.catalog.named)
        assert sum(not isinstance(one.chart, State) for one in made) == drawn
        assert "%" in headline(result, text)
    assert "service_contacts" in made[3].chart.fix

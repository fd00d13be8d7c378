"""A small bank night after night: what changes between two deliveries, what is said of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta
from itertools import cycle
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from unittest import mock

from ecosphere import contract
from ecosphere.answers import PRINTED
from ecosphere.build import Built, build
from ecosphere.build.tables import FACTS
from ecosphere.config import Config
from ecosphere.generations import Home
from ecosphere.model import Filters, Problem, Role
from ecosphere.source import Source, open_source
from tests.spec import oracle
from tests.spec.exports import (
    EVERYTHING,
    TODAY,
    Change,
    Event,
    Link,
    Unit,
    World,
    at,
    write_by_month,
)
from tests.spec.worlds import BRANCHES

PEOPLE = [f"c{number:03d}" for number in range(40)]
USERS = [("vid", f"u{number:02d}") for number in range(20)]
PARTNERS = {"vid": "media", "shop": "retail", "bus": "mobility", "own": "own_apps"}
TIERS = ("mass", "affluent", "wealth")
UNITS = (*BRANCHES, None)
FIRST, MONTHS = date(2025, 10, 1), 8
DAILY_FROM = date(2026, 5, 15)  # a file for each day; before, a file for each month
SAID = ("export_account", "match_month", "attribute", "attribute_value", "export_day", "month",
        "published", "quarantine")  # fmt: skip
# What stands for a number that a build gives anew.
MEANT = {
    "cell": "(select profile from generation.stored.cell as c where c.cell = fact.{})",
    "partner": "(select partner_id from generation.stored.partner as p where p.partner = fact.{})",
    "channel": "(select channel_id from generation.stored.channel as c where c.channel = fact.{})",
}
QUESTIONS = ("active_users/mau", "active_users/growth")
WHO = (
    {},
    {"official_tier": ["mass"]},
    {"official_tier": ["affluent", "wealth"]},
    {"branch": ["east"]},
)
OF_A_UNIT = Role("unit", k=1, rows=Filters.of({"branch": ["e11"]}).who)


def a_bank(random: Random) -> World:
    """People in four scenes over eight months, some of them known there by another name."""
    days = [FIRST + timedelta(days=number) for number in range(MONTHS * 30)]
    return World(
        events=tuple(an_event(random, random.choice(days)) for _ in range(900)),
        customers={
            person: {
                "official_tier": random.choice(TIERS),
                "branch_id": random.choice(UNITS),
                "consent_analytics": random.choice((True, True, True, False)),
            }
            for person in PEOPLE
        },
        history=_changes([a_change(random) for _ in range(10)]),
        links=_links([a_link(random) for _ in range(4)]),
        partners=PARTNERS,
        branches=BRANCHES,
        own=frozenset({"own"}),
    )


def an_event(random: Random, day: date) -> Event:
    partner, user = random.choice(USERS) if random.random() < 0.4 else ("shop", None)
    # u00 is c000 and so on, in most events: now and then somebody uses the device of another
    known = None if user is None else PEOPLE[int(user[1:]) if random.random() < 0.99 else 39]
    person = known if random.random() < 0.3 else None
    if user is None:
        person = random.choice(PEOPLE)
        partner = random.choice(list(PARTNERS))
    kind = random.choice(("view", "open", "login", "transact", "push"))
    channel, amount = random.choice(("app", "web", None)), random.choice((0.05, 12.5, None))
    return Event(person, at(day.isoformat()), partner, user, kind, kind != "push", channel, amount)


def a_change(random: Random) -> Change:
    day = FIRST + timedelta(days=random.randrange(MONTHS * 30))
    told = {"official_tier": random.choice(TIERS), "branch_id": random.choice(UNITS)}
    return Change(random.choice(PEOPLE), day, told)


def a_link(random: Random) -> Link:
    number = random.randrange(len(USERS))
    day = FIRST + timedelta(days=random.randrange(MONTHS * 30))
    undone = day + timedelta(days=40) if random.random() < 0.3 else None
    return Link(*USERS[number], PEOPLE[number], day, undone)


def an_old_day_again(world: World, random: Random) -> World:
    """A day of months ago is delivered again, with some rows fewer and some more."""
    day = FIRST + timedelta(days=random.randrange(MONTHS * 30))
    kept = tuple(e for e in world.events if e.occurred_at.date() != day or random.random() < 0.3)
    return replace(world, events=kept + tuple(an_event(random, day) for _ in range(5)))


def a_new_day(world: World, random: Random) -> World:
    return _with_day(world, random, days=1)


def two_days_of_a_new_month(world: World, random: Random) -> World:
    return _with_day(_with_day(world, random, days=6), random, days=2)


def _with_day(world: World, random: Random, days: int) -> World:
    day = max(event.occurred_at.date() for event in world.events) + timedelta(days=days)
    return replace(world, events=world.events + tuple(an_event(random, day) for _ in range(30)))


def a_daily_file_again(world: World, random: Random) -> World:
    """The last day is delivered again, with some rows fewer."""
    last = max(event.occurred_at.date() for event in world.events)
    kept = (e for e in world.events if e.occurred_at.date() != last or random.random() < 0.5)
    return replace(world, events=tuple(kept))


def a_late_link(world: World, random: Random) -> World:
    return replace(world, links=_links([*world.links, a_link(random)]))


def a_link_gone(world: World, random: Random) -> World:
    return replace(world, links=world.links[1:])


def consent_changes(world: World, random: Random) -> World:
    """Somebody withdraws, or gives it after all."""
    person = random.choice(PEOPLE)
    told = {**world.customers[person]}
    told["consent_analytics"] = not told["consent_analytics"]
    return replace(world, customers={**world.customers, person: told})


def an_attribute_changes(world: World, random: Random) -> World:
    person = random.choice(PEOPLE)
    told = {**world.customers[person], "official_tier": random.choice(TIERS)}
    return replace(world, customers={**world.customers, person: told})


def history_is_corrected(world: World, random: Random) -> World:
    return replace(world, history=_changes([*world.history[1:], a_change(random)]))


def somebody_new(world: World, random: Random) -> World:
    number = len(world.customers)
    person = f"n{number:03d}"
    told = {"official_tier": random.choice(TIERS), "branch_id": None, "consent_analytics": True}
    last = max(event.occurred_at for event in world.events)
    return replace(
        world,
        customers={**world.customers, person: told},
        events=(*world.events, Event(person, last, "shop", None, "open", True)),
    )


def a_partner_moves(world: World, random: Random) -> World:
    scenes = dict(world.partners)
    scenes["bus"] = "retail" if scenes["bus"] == "mobility" else "mobility"
    return replace(world, partners=scenes)


def somebody_changes_the_outlet(world: World, random: Random) -> World:
    person = random.choice(PEOPLE)
    told = {**world.customers[person], "branch_id": random.choice(UNITS)}
    return replace(world, customers={**world.customers, person: told})


def a_branch_moves(world: World, random: Random) -> World:
    """All below it with it, also in the months that history tells."""
    above = "west" if world.branches["e1"].parent == "east" else "east"
    return replace(world, branches={**world.branches, "e1": Unit("3", above)})


def the_bank_takes_a_partner_over(world: World, random: Random) -> World:
    return replace(world, own=world.own ^ {"shop"})


def the_last_month_leaves(world: World, random: Random) -> World:
    last = max(oracle.month_of(event.occurred_at.date()) for event in world.events)
    left = tuple(e for e in world.events if oracle.month_of(e.occurred_at.date()) < last)
    return replace(world, events=left)


def the_first_month_leaves(world: World, random: Random) -> World:
    first = min(oracle.month_of(event.occurred_at.date()) for event in world.events)
    left = tuple(e for e in world.events if oracle.month_of(e.occurred_at.date()) > first)
    return replace(world, events=left)


CHANGES = (
    an_old_day_again,
    a_new_day,
    two_days_of_a_new_month,
    a_daily_file_again,
    a_late_link,
    a_link_gone,
    consent_changes,
    an_attribute_changes,
    history_is_corrected,
    somebody_new,
    a_partner_moves,
    somebody_changes_the_outlet,
    a_branch_moves,
    the_bank_takes_a_partner_over,
    the_first_month_leaves,
    the_last_month_leaves,
)


def night(world: World, home: Path, *, whole: bool = False) -> Built:
    """Build the next generation; with `whole` from nothing, as if nothing could be carried on."""
    with TemporaryDirectory() as folder:
        write_by_month(world, Path(folder), DAILY_FROM)
        mapping = contract.read_mapping(None)
        if not whole:
            return build(Home(home), Path(folder), mapping, Config(), today=TODAY)
        with mock.patch("ecosphere.build.memory.recall", return_value=None):
            return build(Home(home), Path(folder), mapping, Config(), today=TODAY)


def opened(home: Path) -> Source:
    return open_source(Home(home))


def released(home: Path) -> dict[str, bytes]:
    """Facts, released tables and what is said of rows of a generation, byte for byte."""
    source = opened(home)
    found = {}
    for name, definition, who, as_of, role in _asked():
        asked = Filters.of(who, as_of=as_of)
        key = f"{name} {definition} {who} {as_of} {role.name}"
        try:
            table = source.ask(name, asked, {"definition": definition}, role)
        except Problem as refused:  # a day before the data: refused by both
            found[key] = str(refused).encode()
            continue
        found[key] = PRINTED["csv"](table)
    for table in SAID:
        rows = source._engine.run(f"select * from generation.stored.{table} order by all")
        found[table] = rows.write_csv().encode()
    for name in FACTS:
        found[name] = source._engine.run(_whole(source, name)).write_json().encode()
    return found


def _whole(source: Source, name: str) -> str:
    """A fact to its last row, with what its numbers mean in their place."""
    columns = source._engine.run(f"from generation.stored.{name} limit 0").columns
    told = (f"{MEANT.get(c.partition('_')[0], 'fact.{}').format(c)} as {c}" for c in columns)
    return f"select {', '.join(told)} from generation.stored.{name} as fact order by all"


def _asked() -> Iterator[tuple[str, str, dict[str, list[str]], date | None, Role]]:
    """Every definition, group and day; not each with each, for the facts are compared whole."""
    definitions = cycle(oracle.WANTED)
    for name in QUESTIONS:
        for who in WHO:
            for as_of in (None, FIRST + timedelta(days=100)):
                yield name, next(definitions), who, as_of, EVERYTHING
        yield name, next(definitions), {}, None, OF_A_UNIT


def _links(links: list[Link]) -> tuple[Link, ...]:
    """One link of a scene user on a day: more would break the key."""
    return tuple({(link.scene_user_id, link.linked_on): link for link in links}.values())


def _changes(changes: list[Change]) -> tuple[Change, ...]:
    """One change of a person on a day."""
    return tuple({(change.customer_id, change.valid_from): change for change in changes}.values())

"""Small worlds, written as the exports that a bank would deliver, then built and served."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import polars as pl

from ecosphere import contract
from ecosphere.build import Built, build
from ecosphere.config import Config
from ecosphere.generations import Home
from ecosphere.model import Role
from ecosphere.source import Source, open_source

TODAY = date(2026, 11, 23)
EVERYTHING = Role("test", k=1)  # hides nothing
FLAGS = frozenset(
    {"consent_analytics", "is_managed", "is_payroll"}
)  # every other attribute is text


class Event(NamedTuple):
    """One row of `events`."""

    customer_id: str | None
    occurred_at: datetime
    partner_id: str | None = None
    scene_user_id: str | None = None
    event_type: str | None = "view"
    is_initiated: bool | None = True
    channel: str | None = None
    amount: float | None = None  # yuan


class Change(NamedTuple):
    """One row of `customer_history`."""

    customer_id: str
    valid_from: date
    attributes: Mapping[str, object]


class Unit(NamedTuple):
    """One row of `branches`, which has its id as its name too."""

    level: str
    parent: str | None


class Link(NamedTuple):
    """One row of `identity_links`."""

    partner_id: str
    scene_user_id: str
    customer_id: str
    linked_on: date
    unlinked_on: date | None = None


class Holding(NamedTuple):
    """One row of `holdings`, in yuan."""

    customer_id: str
    month: date
    category: str
    balance_average: float | None = None
    balance_end: float | None = None
    net_flow: float | None = None
    product: str | None = None


class Account(NamedTuple):
    """One row of `accounts`."""

    account_id: str
    customer_id: str
    opened_at: datetime | None = None
    account_type: str = "II"


class Target(NamedTuple):
    """One row of `targets`."""

    month: date
    value: float
    kind: str
    dimension: str | None = None
    dimension_value: str | None = None
    metric: str = "mau"


@dataclass(frozen=True)
class World:
    """What a bank knows. An export that holds nothing is not delivered; nor are `absent` columns
    of events and holdings, which then hold nothing but None here."""

    events: tuple[Event, ...]
    customers: Mapping[str, Mapping[str, object]] | None = None  # id -> attributes, consent
    history: tuple[Change, ...] = ()
    links: tuple[Link, ...] = ()
    partners: Mapping[str, str | None] | None = None  # id -> scene
    own: frozenset[str] = frozenset()  # those of partners that are the bank's own apps
    branches: Mapping[str, Unit] | None = None
    holdings: tuple[Holding, ...] = ()
    accounts: tuple[Account, ...] = ()
    targets: tuple[Target, ...] = ()
    festivals: tuple[date, ...] = ()
    absent: frozenset[str] = frozenset()


def at(text: str) -> datetime:
    """A time: "2026-01-31 23:59:59", or a day at noon."""
    return datetime.fromisoformat(text if ":" in text else f"{text} 12:00:00")


def write(world: World, folder: Path) -> None:
    """The exports of a world as parquet files."""
    _write_events(world, folder)
    if world.customers:
        rows = [{"customer_id": person, **told} for person, told in world.customers.items()]
        _write(folder / "customers.parquet", rows)
    if world.history:
        _write(folder / "customer_history.parquet", list(_validities(world.history)))
    if world.links:
        links = [link._asdict() for link in world.links]
        pl.DataFrame(links, schema_overrides={"unlinked_on": pl.Date}).write_parquet(
            folder / "identity_links.parquet"
        )
    if world.partners:
        rows = [
            {
                "partner_id": name,
                "scene": scene,
                "operated_by": "own" if name in world.own else "partner",
            }
            for name, scene in world.partners.items()
        ]
        _write(folder / "partners.parquet", rows)
    if world.branches:
        rows = [{"branch_id": name, "name": name, "level": unit.level, "parent_id": unit.parent}
                for name, unit in world.branches.items()]  # fmt: skip
        _write(folder / "branches.parquet", rows)
    _write_holdings(world, folder)
    if world.targets:
        _write(folder / "targets.parquet", [target._asdict() for target in world.targets])
    if world.festivals:
        notes = [{"on": on, "kind": "spring_festival", "label": "春节"} for on in world.festivals]
        _write(folder / "calendar.parquet", notes)


def make(world: World, home: Path) -> Built:
    """Build the next generation of a home from a world."""
    with TemporaryDirectory() as folder:
        write(world, Path(folder))
        return build(Home(home), Path(folder), contract.read_mapping(None), Config(), today=TODAY)


def serve(world: World, home: Path) -> Source:
    """Build a world and open what was built."""
    make(world, home)
    return open_source(Home(home))


def write_by_month(world: World, folder: Path, daily_from: date = date.max) -> None:
    """The same, with a file of events for each month, and for each day from one day on.

    The numbers of a file's events say nothing of the other files.
    """
    write(world, folder)
    (folder / "events.parquet").unlink()
    (folder / "events").mkdir()
    files: dict[str, list[Event]] = {}
    for event in world.events:
        day = event.occurred_at.date()
        files.setdefault(f"{day if day >= daily_from else f'{day:%Y-%m}'}", []).append(event)
    for name, events in files.items():
        first = date.fromisoformat(f"{name}-01"[:10]).toordinal() * 1_000
        frame = _events(replace(world, events=tuple(events))).with_row_index("event_id", first)
        frame.write_parquet(folder / "events" / f"{name}.parquet")


def _write_holdings(world: World, folder: Path) -> None:
    if world.holdings:
        numbers = dict.fromkeys(("balance_average", "balance_end", "net_flow"), pl.Float64)
        kinds = {**numbers, "product": pl.String}
        held = pl.DataFrame(world.holdings, schema_overrides=kinds, orient="row")
        held.drop(world.absent & set(Holding._fields)).write_parquet(folder / "holdings.parquet")
    if world.accounts:
        kinds = {"opened_at": pl.Datetime("us")}
        opened = pl.DataFrame(world.accounts, schema_overrides=kinds, orient="row")
        opened.write_parquet(folder / "accounts.parquet")


def _write_events(world: World, folder: Path) -> None:
    _events(world).with_row_index("event_id").write_parquet(folder / "events.parquet")


def _events(world: World) -> pl.DataFrame:
    rows = [event._asdict() for event in world.events]
    kinds = {
        "customer_id": pl.String,
        "occurred_at": pl.Datetime("us", _zone(world.events)),
        "partner_id": pl.String,
        "scene_user_id": pl.String,
        "event_type": pl.String,
        "is_initiated": pl.Boolean,
        "channel": pl.String,
        "amount": pl.Float64,
    }
    return pl.DataFrame(rows, schema=kinds).drop(world.absent & set(kinds))


def _zone(events: Iterable[Event]) -> str | None:
    return "UTC" if any(event.occurred_at.tzinfo for event in events) else None


def _validities(history: tuple[Change, ...]) -> Iterable[dict[str, object]]:
    """A row is valid until the next one of the same person begins."""
    for change in history:
        later = [
            other.valid_from
            for other in history
            if other.customer_id == change.customer_id and other.valid_from > change.valid_from
        ]
        yield {
            "customer_id": change.customer_id,
            "valid_from": change.valid_from,
            "valid_to": min(later, default=None),
            **change.attributes,
        }


def _write(path: Path, rows: list[dict[str, object]]) -> None:
    kinds = {name: _kind(name, [row[name] for row in rows]) for name in rows[0]}
    pl.DataFrame(rows, schema=kinds).write_parquet(path)


def _kind(name: str, values: list[object]) -> pl.DataType | type[pl.DataType]:
    if name in FLAGS:
        return pl.Boolean
    if any(isinstance(value, date) for value in values) or name == "valid_to":
        return pl.Date
    return pl.Float64 if any(isinstance(value, float) for value in values) else pl.String

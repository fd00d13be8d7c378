"""The committed sample as a generation, built once, and small generations on demand."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from ecosphere.generations import Home
from ecosphere.source import Source, open_source
from tests.spec import oracle
from tests.spec.exports import Change, Event, Link, Unit, World, serve

SAMPLE = Path(__file__).parents[2] / "data" / "sample"


@dataclass(frozen=True, repr=False)  # half a million events would be shown of every red test
class Sample:
    """The committed sample: its exports as rows, its truths, and what the product makes of it."""

    home: Path
    source: Source
    world: World
    activity: dict[str, oracle.Activity]  # by definition
    profiles: dict[tuple[str, date], oracle.Profile]
    truths: dict[str, Any]


@pytest.fixture(scope="session")
def sample(sample_home: Path) -> Sample:
    world = read_sample()
    source = open_source(Home(sample_home))
    activity = {name: oracle.activity(world, name) for name in oracle.WANTED}
    return Sample(
        home=sample_home,
        source=source,
        world=world,
        activity=activity,
        profiles=_profiles(world, activity[oracle.ANY], source.catalog.as_of),
        truths=json.loads((SAMPLE / "truths.json").read_text("utf-8")),
    )


@pytest.fixture
def served(tmp_path: Path) -> Callable[[World], Source]:
    """Build a small world in a home of its own."""
    number = count()
    return lambda world: serve(world, tmp_path / f"home-{next(number)}")


def read_sample() -> World:
    """The sample's rows as they lie on disk, as tuples."""
    customers = _rows(SAMPLE / "customers.parquet")
    changes = _rows(SAMPLE / "customer_history.parquet")
    partners = _rows(SAMPLE / "partners.parquet")
    return World(
        events=tuple(
            Event(*row)
            for path in sorted((SAMPLE / "events").glob("*.parquet"))
            for row in pl.read_parquet(path, columns=list(Event._fields))
            .select(Event._fields)
            .rows()
        ),
        customers={row.pop("customer_id"): row for row in customers},
        history=tuple(
            Change(
                row["customer_id"],
                row["valid_from"],
                {name: row[name] for name in ("segment", "official_tier", "is_payroll")},
            )
            for row in changes
        ),
        links=tuple(
            Link(*(row.get(name) for name in Link._fields))
            for row in _rows(SAMPLE / "identity_links.parquet")
        ),
        partners={row["partner_id"]: row["scene"] for row in partners},
        own=frozenset(row["partner_id"] for row in partners if row["operated_by"] == "own"),
        branches={
            row["branch_id"]: Unit(row["level"], row["parent_id"])
            for row in _rows(SAMPLE / "branches.parquet")
        },
    )


def _rows(path: Path) -> list[dict[str, Any]]:
    return pl.read_parquet(path).to_dicts()


def _profiles(
    world: World, active: oracle.Activity, as_of: date
) -> dict[tuple[str, date], oracle.Profile]:
    """Attributes of everybody in every month; most people have no history."""
    changed = {change.customer_id for change in world.history}
    months = active.months
    found = {}
    for person in {person for month in active.people.values() for person in month}:
        same = oracle.profile(world, person, months[-1], as_of) if person not in changed else None
        for month in months:
            found[person, month] = same or oracle.profile(world, person, month, as_of)
    return found

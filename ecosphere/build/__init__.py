"""Exports -> people -> facts -> a new generation, checked and then served in one step."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from ecosphere import contract
from ecosphere.build.account import describe, has_consent, list_delivered, verify
from ecosphere.build.profiles import (
    Previous,
    create_profiles,
    describe_attributes,
    told_by_history,
    withdrawn,
)
from ecosphere.build.tables import MONTHLY_FACTS, MONTHLY_PEOPLE, Tables
from ecosphere.config import Config
from ecosphere.engines import duckdb
from ecosphere.generations import Home
from ecosphere.library import query
from ecosphere.model import ExportRefused, Month

# A fact carries the longest prefix of the filterable attributes whose heaviest chart touches at
# most this many rows: above it a filtered chart no longer answers while you watch.
MOST_ROWS_PER_CHART = 1_000_000

NAMES = ("events", "event_day", "as_of", "month", "partner", "calendar_note", "target")
PEOPLE = ("link_seen", "link", "person", "profile_change", "person_profile")
CELLS = ("cell", "person_cell")

Progress = Callable[[str, int, int], None]  # step, done, of how many


def _silent(*_: object) -> None:
    """Nobody is watching."""


@dataclass(frozen=True)
class Built:
    """A finished build."""

    number: int
    as_of: date
    people: int
    withheld_people: int
    linked_events: int  # events that belong to a person only through a link
    ambiguous_links: int  # scene users with two customers: their link is not applied
    withdrawn: int  # people whom the generation before still held: so it was deleted
    accounts: tuple[dict[str, object], ...]
    report: contract.Report


def build(
    home: Home,
    folder: Path,
    mapping: contract.Mapping,
    config: Config,
    today: date,
    progress: Progress = _silent,
) -> Built:
    """Make the next generation from a folder of exports; on any failure the last one stays served.

    Raises ExportRefused, GenerationFailed, BuildRunning or StorageFailed.
    """
    with home.building() as stage:
        engine = duckdb.building(stage, stage.with_suffix(".spill"))
        try:
            duckdb.attach(engine, stage.with_suffix(".passing"), "passing")
            progress("check", 0, 1)
            report = contract.check(engine, folder, mapping, config.timezone, today)
            if report.refused:
                refused = sum(finding.severity == "refuse" for finding in report.findings)
                raise ExportRefused("export_refused", refused=refused, report=report)
            tables = Tables(engine)
            gone = _make(tables, home, report, config, progress)
            told = _told(tables)
        finally:
            engine.close()
        number = home.publish(stage)
        if gone:
            home.prune(keep=1)
        return Built(number=number, withdrawn=gone, report=report, **told)


def _told(tables: Tables) -> dict[str, Any]:
    """What the finished stage says of itself."""
    generation = tables.engine.run("select * from stored.generation").row(0, named=True)
    accounts = tables.engine.run("select * from stored.export_account").to_dicts()
    return {
        "as_of": generation["as_of"],
        "people": tables.rows("people.person"),
        "withheld_people": generation["withheld_people"],
        "linked_events": generation["linked_events"],
        "ambiguous_links": generation["ambiguous_links"],
        "accounts": tuple(accounts),
    }


def _make(
    tables: Tables, home: Home, report: contract.Report, config: Config, progress: Progress
) -> int:
    """Fill the stage; how many people have withdrawn consent since the generation before."""
    for schema in ("export", "work", "people", "stored"):
        tables.engine.execute(f"create schema {schema}")
    contract.attach(tables.engine, report)
    list_delivered(tables, report)
    for done, name in enumerate(NAMES):
        progress("read", done, len(NAMES))
        tables.create(name)
    gone = _people(tables, home, report, progress)
    _months(tables, progress)
    describe(tables, report, config)
    progress("verify", 0, 1)
    verify(tables)
    _tidy(tables)
    return gone


def _people(tables: Tables, home: Home, report: contract.Report, progress: Progress) -> int:
    previous = Previous.attach(home, tables)
    params = {
        "as_of": tables.value("select as_of from stored.as_of"),
        "carried_until": previous.finished if previous else -1,
        "has_customers": "customers" in report.sources,
        "has_consent": has_consent(report),
        "told": told_by_history(report),
    }
    for done, name in enumerate(PEOPLE):
        progress("people", done, len(PEOPLE))
        if name == "profile_change":
            create_profiles(tables, report, previous)
        tables.create(name, **params)
    carried = _attributes_carried(tables, report)
    for name in CELLS:
        tables.create(name, attributes=carried)
    describe_attributes(tables, report, previous, carried)
    return withdrawn(tables) if previous and has_consent(report) else 0


def _attributes_carried(tables: Tables, report: contract.Report) -> int:
    """How many attributes the facts carry: see MOST_ROWS_PER_CHART."""
    sizes = tables.run(query("prefix"), attributes=len(contract.attributes(report)))
    months = tables.rows("stored.month")
    fitting = sizes.filter(sizes["cells"] * months <= MOST_ROWS_PER_CHART)["attributes"].to_list()
    return max(fitting, default=0)


def _months(tables: Tables, progress: Progress) -> None:
    """Month after month, since each hands its state to the next."""
    tables.engine.execute(
        "create table people.state (definition tinyint, person integer, "
        "first_month smallint, last_month smallint)"
    )
    codes = tables.engine.run("select month from stored.month order by month")["month"].to_list()
    for done, month in enumerate(map(Month, codes)):
        progress("months", done, len(codes))
        following = Month(month.code + 1)
        tables.create("event_month", **{"from": month.first_day, "to": following.first_day})
        for name in (*MONTHLY_PEOPLE, *MONTHLY_FACTS):
            tables.append(name, month)
        tables.replace_state(month)


def _tidy(tables: Tables) -> None:
    """Leave only what is asked later: no views on files."""
    for schema in ("work", "export", "checked", "raw"):
        tables.engine.execute(f"drop schema {schema} cascade")
    tables.engine.execute("checkpoint")

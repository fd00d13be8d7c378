"""Writes the exports month by month, so that memory does not grow with the months."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl

from ecosphere.demo.arrays import Flags
from ecosphere.demo.details import rows_of_month
from ecosphere.demo.events import visits_of_month
from ecosphere.demo.further import TABLES, Further, further_truths, holdings_by_month
from ecosphere.demo.history import build_changes
from ecosphere.demo.notes import calendar_notes, finished, targets
from ecosphere.demo.partners import PARTNERS
from ecosphere.demo.past import build_past
from ecosphere.demo.people import REGIONS
from ecosphere.demo.tables import (
    Ids,
    build_ids,
    calendar_table,
    customers_table,
    events_table,
    history_table,
    partners_table,
    targets_table,
)
from ecosphere.demo.tally import Seen, see, tally
from ecosphere.demo.truths import find_truths
from ecosphere.demo.units import Units, build_units, managed_columns
from ecosphere.demo.window import Window, window_ending
from ecosphere.demo.world import World, build_world, next_state

Progress = Callable[[float, str], None]

MOST_PARTNERS = 999  # their ids have three digits

EXPORTS = (
    "events",
    "customers",
    "customer_history",
    "partners",
    "calendar",
    "targets",
    "holdings",
    *TABLES,
)
_LEVEL = 6  # of zstd: higher ones save little of the events and take several times as long
_LEVEL_SMALL, _SMALL = 19, 100_000  # rows: below, the best level costs no time that matters
_EVENTS_DONE, _HOLDINGS_DONE = 0.7, 0.95  # of the progress


def make(
    out: Path,
    people: int,
    months: int,
    seed: int = 20261121,
    until: date = date(2026, 11, 21),
    progress: Progress | None = None,
    only: tuple[str, ...] | None = None,
    partners: int = PARTNERS,
) -> dict[str, Any]:
    """Write the exports, or `only` some, into `out` and return the truths, as in truths.json.

    Truths that need an export which is not written are left out. Raises ValueError when there are
    no people, no months, a negative seed, too few or too many partners or an unknown export, and
    FileExistsError when `out` holds events or holdings of other months: they would mix.
    """
    _refuse_size(people, months, seed, partners)
    wanted = _wanted(only)
    window = window_ending(until, months)
    _refuse_other_months(out, window)
    say = progress or _say_nothing
    say(0.0, "people")
    world = build_world(window, people, seed, partners)
    ids = build_ids(world)
    out.mkdir(parents=True, exist_ok=True)
    rows, months_seen = _write_events(out, world, ids, say, "events" in wanted)
    seen = tally(world, months_seen)
    changes = build_changes(window, world.people, world.plan, seen.people, seed)
    made = Further(build_past(world, ids, seen, changes), build_units(world.people, seed))
    rows |= _write_first(out, made, wanted)
    rows |= _write_further(out, made, wanted, say)
    truths = _header(people, months, seed, until, rows)
    truths |= find_truths(world, seen, changes, wanted) | further_truths(made, wanted)
    text = json.dumps(truths, ensure_ascii=False, indent=1)
    (out / "truths.json").write_text(text + "\n", encoding="utf-8")
    say(1.0, "truths")
    return truths


def _refuse_size(people: int, months: int, seed: int, partners: int) -> None:
    if people < 1 or months < 1 or seed < 0:
        found = f"people={people}, months={months}, seed={seed}"
        raise ValueError(f"{found}: expected at least 1, 1 and 0. Choose larger numbers.")
    if not PARTNERS <= partners <= MOST_PARTNERS:
        raise ValueError(f"partners={partners}: expected {PARTNERS} to {MOST_PARTNERS}.")


def _wanted(only: tuple[str, ...] | None) -> set[str]:
    unknown = sorted(set(only or ()) - set(EXPORTS))
    if unknown:
        known = ", ".join(EXPORTS)
        raise ValueError(f"{unknown[0]}: found no such export, expected one of {known}.")
    return set(EXPORTS if only is None else only)


def _say_nothing(_share: float, _what: str) -> None:
    return None


def _header(
    people: int, months: int, seed: int, until: date, rows: dict[str, int]
) -> dict[str, Any]:
    made = {"people": people, "months": months, "seed": seed, "until": until.isoformat()}
    events = sum(count for name, count in rows.items() if name.startswith("events/"))
    return {**made, "events": events, "rows": rows}


def _refuse_other_months(out: Path, window: Window) -> None:
    ours = {f"{window.key(month)}.parquet" for month in range(len(window.firsts))}
    for folder in ("events", "holdings"):
        others = sorted(p.name for p in (out / folder).glob("*.parquet") if p.name not in ours)
        if others:
            raise FileExistsError(
                f"{out / folder}: found {len(others)} files of other months, such as {others[0]};"
                " expected none. Choose an empty folder, or delete them."
            )


def _write_events(
    out: Path, world: World, ids: Ids, say: Progress, written: bool
) -> tuple[dict[str, int], list[Seen]]:
    """What was seen is kept even where the rows are not wanted: other exports follow from it."""
    seen: list[Seen] = []
    state: Flags | None = None
    count = len(world.window.firsts)
    first_id = 1
    for month in range(count):
        state = next_state(world, month, state)
        rows = rows_of_month(world, month, visits_of_month(world, month, state))
        if written:
            table = events_table(world, ids, month, rows, first_id)
            _write(table, _file(out, world, "events", month), _LEVEL)
        seen.append(see(world, month, rows))
        first_id += len(rows)
        say(_EVENTS_DONE * (month + 1) / count, world.window.key(month))
    names = [f"events/{world.window.key(month)}.parquet" for month in range(count)]
    return {n: s.rows for n, s in zip(names, seen, strict=True) if written}, seen


def _write_first(out: Path, made: Further, wanted: set[str]) -> dict[str, int]:
    """The exports beside the events that say who and what there is."""
    past = made.past
    world, changes = past.world, past.changes
    counted = past.seen.people & world.people.consenting
    groups = _groups(world, made.units, counted)
    planned = targets(world.window, counted.sum(axis=1), groups)
    managed = managed_columns(made.units, world.people, changes.last.tier, world.seed)
    tables = {
        "customers": customers_table(world, past.ids, changes, managed),
        "customer_history": history_table(past.ids, changes),
        "partners": partners_table(world),
        "calendar": calendar_table(calendar_notes(world)),
        "targets": targets_table(planned),
    }
    kept = {name: table for name, table in tables.items() if name in wanted}
    for name, table in kept.items():
        _write(table, out / f"{name}.parquet", _LEVEL)
    return {f"{name}.parquet": len(table) for name, table in kept.items()}


def _write_further(out: Path, made: Further, wanted: set[str], say: Progress) -> dict[str, int]:
    """An export without rows has no file: in a small world nothing of the kind has happened."""
    rows: dict[str, int] = {}
    world = made.past.world
    if "holdings" in wanted:
        for month, table in holdings_by_month(made):
            path = _file(out, world, "holdings", month)
            rows |= _write_some(table, path, f"holdings/{path.name}")
            done = (month + 1) / (made.past.over + 1)
            say(_EVENTS_DONE + (_HOLDINGS_DONE - _EVENTS_DONE) * done, world.window.key(month))
    for name, build in TABLES.items():
        if name in wanted:
            rows |= _write_some(build(made), out / f"{name}.parquet", f"{name}.parquet")
    return rows


def _groups(world: World, units: Units, counted: Flags) -> dict[str, dict[str, int]]:
    """People of the last finished month by region, and those with a managing unit by its tier-1
    branch; who has neither has no target."""
    now = counted[finished(world.window)]
    named = {"region": REGIONS, "branch": [units.ids[place] for place in units.branches()]}
    among = {"region": now, "branch": now & (units.outlet >= 0)}
    found = {}
    for dimension, names in named.items():
        region = world.people.region[among[dimension]]
        people = np.bincount(region[region >= 0], minlength=len(REGIONS))
        found[dimension] = dict(zip(names, people.tolist(), strict=True))
    return found


def _file(out: Path, world: World, export: str, month: int) -> Path:
    path = out / export / f"{world.window.key(month)}.parquet"
    path.parent.mkdir(exist_ok=True)
    return path


def _write_some(table: pl.DataFrame, path: Path, name: str) -> dict[str, int]:
    path.unlink(missing_ok=True)
    if table.is_empty():
        return {}
    _write(table, path, _LEVEL_SMALL if len(table) < _SMALL else _LEVEL)
    return {name: len(table)}


def _write(table: pl.DataFrame, path: Path, level: int) -> None:
    table.write_parquet(path, compression="zstd", compression_level=level)

"""Exports as a bench needs them: events alone, and all of them without the last day.

Files are linked, not copied, and those that were given stay as they are.
"""

from dataclasses import dataclass
from pathlib import Path

import polars as pl


@dataclass(frozen=True)
class Night:
    """A folder of exports that lacks the events of the last day, and these in a file beside it."""

    folder: Path
    held: Path
    rows: int

    def deliver(self) -> None:
        """Put the last day where the other events are."""
        self.held.replace(self.folder / "events" / self.held.name)


def events_alone(work: Path, given: Path, events: tuple[Path, ...]) -> Path:
    """A folder with nothing but the event files."""
    for file in events:
        _link(work / _place(given, file), file)
    return work


def hold_last_day(work: Path, given: Path, events: tuple[Path, ...]) -> Night:
    """All exports, with the last event file in two: up to its last day, and that day."""
    events_alone(work, given, events[:-1])
    for path in given.iterdir():
        if path.name not in ("events", "events.parquet"):
            _link(work / path.name, path)
    rows = pl.scan_parquet(events[-1])
    day = pl.col("occurred_at").dt.date()
    last = rows.select(day.max()).collect().item()
    place = work / _place(given, events[-1])
    place.parent.mkdir(parents=True, exist_ok=True)
    rows.filter(day < last).sink_parquet(place)
    held = work.with_name(f"{last}.parquet")
    rows.filter(day == last).sink_parquet(held)
    return Night(work, held, pl.scan_parquet(held).select(pl.len()).collect().item())


def _place(given: Path, file: Path) -> Path:
    """Where an event file stands below the exports: always in the folder of events."""
    below = file.relative_to(given)
    return below if below.parts[0] == "events" else Path("events") / below


def _link(at: Path, to: Path) -> None:
    at.parent.mkdir(parents=True, exist_ok=True)
    at.symlink_to(to)

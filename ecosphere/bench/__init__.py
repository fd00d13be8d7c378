"""How long it takes to check, build, ask and serve, beside the database's own scan of the files.

All in one run on one machine, so that the ratios mean something on another.
"""

import os
import platform
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import date
from importlib import import_module
from importlib.metadata import version
from pathlib import Path
from statistics import median
from typing import Any

from ecosphere import contract, demo
from ecosphere.bench import builds, draws, files, memory, questions, raw, readers
from ecosphere.bench.delivery import events_alone, hold_last_day
from ecosphere.bench.measure import QUICK, Advance, Effort, Figure, timed
from ecosphere.config import Config
from ecosphere.contract.quote import identifier, parquet
from ecosphere.engines import duckdb
from ecosphere.generations import Home
from ecosphere.model import ExportRefused
from ecosphere.source import Catalog, open_source

__all__ = ["QUICK", "Bench", "Effort", "Figure", "Machine", "Size", "run"]

VERSIONS = ("duckdb", "polars", "streamlit")


@dataclass(frozen=True)
class Size:
    """Of the exports that are made for a run."""

    people: int
    months: int
    partners: int


@dataclass(frozen=True)
class Machine:
    """What it ran on: nothing by which it could be found."""

    processors: int
    memory_bytes: int
    copy_rate: float  # bytes in a second, by one thread
    versions: dict[str, str]

    @classmethod
    def here(cls) -> "Machine":
        return cls(
            processors=os.cpu_count() or 1,
            memory_bytes=os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
            copy_rate=memory.copy_rate(),
            versions={
                "python": platform.python_version(),
                **{name: version(name) for name in VERSIONS},
            },
        )


@dataclass(frozen=True)
class Bench:
    """One run: where, of what, and what was found."""

    machine: Machine
    people: int
    months: int
    events: int
    event_files: int
    event_bytes: int
    night_events: int  # those of the day that the nightly build adds
    generation_bytes: int
    figures: tuple[Figure, ...]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self) | {"figures": [figure.as_dict() for figure in self.figures]}

    def floor(self, figure: Figure) -> float | None:
        """How many times what copying the bytes that it has to touch would take."""
        if figure.touched and figure.seconds:
            return figure.seconds / (figure.touched / self.machine.copy_rate)
        return None


class _Figures:
    """Collects figures, and says what is being done."""

    def __init__(self, advance: Advance):
        self._advance, self._done = advance, 0
        self.all: list[Figure] = []

    def take(self, subject: str, figures: Iterator[Figure]) -> None:
        self._advance(subject, self._done, len(SUBJECTS))
        self.all += figures
        self._done += 1


SUBJECTS = ("checks", "builds", "questions", "anew", "raw", "files", "readers", "swap", "sessions")


def run(work: Path, exports: Path | None, size: Size, effort: Effort, advance: Advance) -> Bench:
    """Measure everything, on exports made for it in `work` unless a folder of them is given.

    Generations go to `work` too. Raises what `demo.make` and `build` raise.
    """
    given = (exports or work / "made").absolute()
    if exports is None:
        demo.make(given, size.people, size.months, partners=size.partners,
                  progress=lambda share, _: advance("demo", share, 1))  # fmt: skip
    found, machine = _Figures(advance), Machine.here()
    report = _check(given)
    events = report.sources["events"].files
    event_bytes = sum(file.stat().st_size for file in events)
    found.take("checks", _checks(work, given, events, effort))
    rows = found.all[0].rows or 0
    night = hold_last_day(work / "delivered", given, events)
    home = Home(work / "home")
    found.take("builds", builds.nights(home, night, rows, event_bytes))
    served = home.generation(home.served())
    sizes = memory.table_bytes(served)
    source = open_source(home)
    found.take("questions", questions.from_facts(source, sizes, effort.repeat))
    found.take("anew", questions.anew(source))
    found.take("raw", raw.from_events(source, report))
    found.take("files", files.taken(source, effort.repeat))
    found.take("readers", readers.at_once(source, effort))
    found.take("swap", readers.swap(home, night.folder))
    found.take("sessions", _sessions(home, draws.offered(source), effort))
    return Bench(
        machine=machine,
        people=_people(served),
        months=len(source.catalog.months),
        events=rows,
        event_files=len(events),
        event_bytes=event_bytes,
        night_events=night.rows,
        generation_bytes=home.generation(home.served()).stat().st_size,
        figures=(*found.all, *memory.of_tables(sizes)),
    )


def _checks(work: Path, given: Path, events: tuple[Path, ...], effort: Effort) -> Iterator[Figure]:
    """DuckDB's own scan of the events, the yardstick; a check of them alone; and of all exports."""
    rows = _scan(events)  # unseen: from here on scan and check read from memory, not from the disk
    size = sum(file.stat().st_size for file in events)
    alone = events_alone(work / "alone", given, events)
    steps: dict[str, tuple[Callable[[], object], int | None]] = {
        "scan": (lambda: _scan(events), size),
        "check_events": (lambda: _check(alone), size),
        "check": (lambda: _check(given), None),
    }
    for name, (action, touched) in steps.items():
        seconds = median(timed(action) for _ in range(effort.checks))
        yield Figure("checks", name, seconds, "s", runs=effort.checks, rows=rows, touched=touched)


def _scan(files: tuple[Path, ...]) -> int:
    """Read every column of every row, as plainly as the database can; the number of rows."""
    every = parquet(files)
    with closing(duckdb.scratch()) as engine:
        columns = map(identifier, engine.run(f"select * from {every} limit 0").columns)
        looked = ", ".join(f"count({c}), min({c}), max({c})" for c in columns)
        return int(engine.run(f"select count(*) as n, {looked} from {every}")["n"].item())


def _check(folder: Path) -> contract.Report:
    mapping, timezone = contract.Mapping(), Config().timezone
    with closing(duckdb.scratch()) as engine:
        report = contract.check(engine, folder, mapping, timezone, date.today())
    if report.refused:
        refused = sum(finding.severity == "refuse" for finding in report.findings)
        raise ExportRefused("export_refused", refused=refused, report=report)
    return report


def _sessions(home: Home, catalog: Catalog, effort: Effort) -> Iterator[Figure]:
    """Streamlit is loaded here only: it would cost every other command a second."""
    sessions = import_module("ecosphere.bench.sessions")
    yield from sessions.real(home, catalog, effort)


def _people(generation: Path) -> int:
    with closing(duckdb.serving(generation)) as engine:
        return int(engine.run("select count(*) as n from generation.people.person").item())

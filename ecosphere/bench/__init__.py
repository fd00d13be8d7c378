"""How long it takes to check, build and ask, beside the database's own scan of the same files.

All in one run on one machine, so that the ratios mean something on another.
"""

from collections.abc import Callable
from contextlib import closing
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Any, TypeVar

from ecosphere import contract, demo
from ecosphere.bench.delivery import Night, events_alone, hold_last_day
from ecosphere.build import Built, build
from ecosphere.config import Config
from ecosphere.contract.quote import identifier, parquet
from ecosphere.engines import duckdb
from ecosphere.generations import Home
from ecosphere.library import Question, questions
from ecosphere.model import NOT_STATED, ExportRefused, Filters, Role
from ecosphere.source import Source, open_source

BEFORE_ASKING = 6  # steps
Advance = Callable[[str, float, int], None]  # what, steps done, of how many
Found = TypeVar("Found")


@dataclass(frozen=True)
class Step:
    """What was timed: the median of its runs in seconds, and as a multiple of the scan."""

    name: str
    seconds: float
    times_scan: float
    runs: int
    rows: int | None = None  # of events, where the step reads them
    question: str | None = None
    where: str | None = None  # the filter under which it was asked


@dataclass(frozen=True)
class Bench:
    """One run: of what, and how long each step took."""

    people: int
    months: int
    events: int
    event_files: int
    event_bytes: int
    night_events: int  # those of the day that the nightly build adds
    generation_bytes: int
    threads: int
    steps: tuple[Step, ...]

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class _Clock:
    """Times one step after another."""

    def __init__(self, repeat: int, advance: Advance):
        self._repeat, self._advance = repeat, advance
        self._steps = BEFORE_ASKING + 2 * len(questions())
        self.steps: list[Step] = []

    def time(
        self, name: str, action: Callable[[int], Found], *, once: bool = False, **of: Any
    ) -> Found:
        """What the action returns last; it is told the number of its run."""
        took = []
        for number in range(1 if once else self._repeat):
            began = perf_counter()
            found = action(number)
            took.append(perf_counter() - began)
        seconds = median(took)
        scan = self.steps[0].seconds if self.steps else seconds
        self.steps.append(Step(name, seconds, seconds / scan, len(took), **of))
        self._advance("bench", len(self.steps), self._steps)
        return found


def run(
    work: Path, exports: Path | None, people: int, months: int, repeat: int, advance: Advance
) -> Bench:
    """Time every step, on exports made for it in `work` unless a folder of them is given.

    Generations go to `work` too. Raises what `demo.make` and `build` raise.
    """
    given = (exports or work / "made").absolute()
    if exports is None:
        demo.make(given, people, months, progress=lambda share, _: advance("demo", share, 1))
    clock = _Clock(repeat, advance)
    events = _check(given).sources["events"].files
    rows = _scan(events)  # unseen: from here on scan and check read from memory, not from the disk
    clock.time("scan", lambda _: _scan(events), rows=rows)
    alone = events_alone(work / "alone", given, events)
    clock.time("check_events", lambda _: _check(alone), rows=rows)
    clock.time("check", lambda _: _check(given), rows=rows)
    night = hold_last_day(work / "delivered", given, events)
    home = Home(work / "home")
    built = _builds(clock, home, night, rows)
    months_built = _asks(clock, home)
    return Bench(
        people=built.people,
        months=months_built,
        events=rows,
        event_files=len(events),
        event_bytes=sum(file.stat().st_size for file in events),
        night_events=night.rows,
        generation_bytes=home.generation(built.number).stat().st_size,
        threads=_threads(),
        steps=tuple(clock.steps),
    )


def _scan(files: tuple[Path, ...]) -> int:
    """Read every column of every row, as plainly as the database can; the number of rows."""
    every = parquet(files)
    with closing(duckdb.scratch()) as engine:
        columns = map(identifier, engine.run(f"select * from {every} limit 0").columns)
        looked = ", ".join(f"count({c}), min({c}), max({c})" for c in columns)
        return int(engine.run(f"select count(*) as n, {looked} from {every}")["n"].item())


def _threads() -> int:
    with closing(duckdb.scratch()) as engine:
        return int(engine.run("select current_setting('threads') as n").item())


def _check(folder: Path) -> contract.Report:
    mapping, timezone = contract.Mapping(), Config().timezone
    with closing(duckdb.scratch()) as engine:
        report = contract.check(engine, folder, mapping, timezone, date.today())
    if report.refused:
        refused = sum(finding.severity == "refuse" for finding in report.findings)
        raise ExportRefused("export_refused", refused=refused, report=report)
    return report


def _builds(clock: _Clock, home: Home, night: Night, rows: int) -> Built:
    """Everything but the last day into an empty HOME, that day on top, and nothing new."""

    def built(_: int) -> Built:
        return build(home, night.folder, contract.Mapping(), Config(), date.today())

    clock.time("build", built, once=True, rows=rows - night.rows)
    night.deliver()
    clock.time("nightly", built, once=True, rows=rows)
    return clock.time("unchanged", built, once=True, rows=rows)


def _asks(clock: _Clock, home: Home) -> int:
    """Every question of all people, then of those with one value of an attribute; the months."""
    source = open_source(home)
    chosen = _chosen(source)
    for asked in questions().values():
        _ask(clock, source, asked, {})
        if chosen:
            _ask(clock, source, asked, chosen)
    return len(source.catalog.months)


def _ask(clock: _Clock, source: Source, asked: Question, who: dict[str, list[str]]) -> None:
    name = asked.roles[0] if asked.roles else Config().default_role
    where = ", ".join(f"{key}={value}" for key, (value,) in who.items()) or None

    def answer(number: int) -> None:
        role = Role(name, k=Role(name).k + number)  # another role: no answer comes from the cache
        source.ask(asked.name, Filters.of(who), {}, role)

    clock.time("ask", answer, question=asked.name, where=where)


def _chosen(source: Source) -> dict[str, list[str]]:
    """The first stated value of the first attribute that the facts carry."""
    for attribute in source.catalog.attributes.values():
        for code, value in attribute.values.items():
            if code != NOT_STATED and max(value.positions) <= min(source.catalog.carried.values()):
                return {attribute.name: [code]}
    return {}

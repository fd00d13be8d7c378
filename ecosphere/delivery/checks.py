"""Checks that are asked for on a page: in a thread of their own, one at a time over all readers."""

import logging
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from shutil import rmtree
from tempfile import TemporaryDirectory
from threading import Lock, Thread

from ecosphere.config import Config
from ecosphere.contract import Report, check, read_mapping
from ecosphere.delivery.starter import Proposal, propose
from ecosphere.engines import duckdb
from ecosphere.model import Problem, StorageFailed

SPILL = "check-"  # folders in HOME while a check runs
_log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Asked:
    """What is checked: what ecosphere.toml says, never what a reader has typed."""

    home: Path
    folder: Path
    mapping: Path | None
    timezone: str

    @classmethod
    def of(cls, home: Path, settings: Config) -> "Asked | None":
        """None where ecosphere.toml names no folder."""
        stated = settings.exports
        if not stated.folder:
            return None
        mapping = Path(stated.mapping) if stated.mapping else None
        return cls(home, Path(stated.folder), mapping, settings.timezone)


@dataclass(frozen=True)
class Running:
    """A check that has begun: at which export it is, and how many are done."""

    asked: Asked
    began: datetime
    export: str = ""
    done: int = 0
    total: int = 1


@dataclass(frozen=True)
class Outcome:
    """How a check ended: with a report, or with the problem that ended it. No value of an export
    is in it."""

    asked: Asked
    at: datetime
    report: Report | None = None
    proposal: Proposal | None = None
    problem: Problem | None = None


class Checks:
    """The one check that may be running, and how the last one ended."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._running: Running | None = None
        self._last: Outcome | None = None

    @property
    def running(self) -> Running | None:
        return self._running

    def last(self, asked: Asked) -> Outcome | None:
        """How the last check ended, if it was of the same folder, mapping and zone."""
        last = self._last
        return last if last and last.asked == asked else None

    def start(self, asked: Asked) -> bool:
        """Begin a check and return at once; False while another runs."""
        with self._lock:
            if self._running:
                return False
            self._running = Running(asked, _now())
        Thread(target=self._run, args=(asked,), name="check", daemon=True).start()
        return True

    def _run(self, asked: Asked) -> None:
        outcome = _ended(asked, self._tell)
        with self._lock:
            self._last, self._running = outcome, None

    def _tell(self, export: str, done: int, total: int) -> None:
        if self._running:
            self._running = replace(self._running, export=export, done=done, total=total)


def _ended(asked: Asked, tell: Callable[[str, int, int], None]) -> Outcome:
    """Whatever happens in the thread, somebody is told."""
    try:
        return _checked(asked, tell)
    except Problem as problem:
        return Outcome(asked, _now(), problem=problem)
    except OSError as broken:
        return Outcome(asked, _now(), problem=StorageFailed("storage", detail=str(broken)))
    except Exception as fault:  # noqa: BLE001  # it is told, and logged for whoever repairs it
        _log.exception("the check broke off")
        return Outcome(asked, _now(), problem=Problem("check_broke_off", kind=type(fault).__name__))


def _checked(asked: Asked, tell: Callable[[str, int, int], None]) -> Outcome:
    mapping = read_mapping(asked.mapping)
    for left in asked.home.glob(f"{SPILL}*"):  # by a server that was killed
        rmtree(left, ignore_errors=True)
    # What does not fit into memory lies here meanwhile, as private as HOME.
    with TemporaryDirectory(prefix=SPILL, dir=asked.home) as spill:
        engine = duckdb.beside(Path(spill))
        try:
            proposal = propose(engine, asked.folder) if asked.folder.is_dir() else None
            report = check(engine, asked.folder, mapping, asked.timezone, date.today(),
                           progress=tell)  # fmt: skip
        finally:
            engine.close()
    findings = tuple(finding.without_values() for finding in report.findings)
    return Outcome(asked, _now(), replace(report, findings=findings), proposal)


def _now() -> datetime:
    return datetime.now(UTC)

"""How a command that changes HOME ends: in its log, and for schedulers in one line of JSON."""

import json
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from time import monotonic
from typing import Any

from ecosphere import contract, journal
from ecosphere.generations import Home
from ecosphere.model import BuildRunning, ExportRefused, Problem, StorageFailed
from ecosphere.text import LANGUAGES, Text

OUTCOMES: Mapping[type[BaseException], journal.Outcome] = {
    ExportRefused: "refused",
    BuildRunning: "busy",
}
CRASHED, INTERRUPTED = 1, 130  # what Python and a shell say when nobody has decided on a code


@contextmanager
def ending(
    command: str, home: Path, format_: str, text: Text
) -> Iterator[list[Mapping[str, object]]]:
    """Carry out a command inside; put into the list what became of the rows of each export."""
    text("app.name")  # an unknown language is refused before anything is done
    began, before = monotonic(), Home(home).numbers()
    accounts: list[Mapping[str, object]] = []
    try:
        with _storage():
            yield accounts
    except BaseException as raised:
        told, report = told_of(raised), _report(raised)
        findings = report.findings if report else ()
        _record(home, text, _entry(command, told, home, began, before, findings))
        if format_ == "json":
            print(json.dumps(told))
        raise
    entry = _entry(command, {"outcome": "ok", "exit_code": 0}, home, began, before)
    _record(home, text, replace(entry, accounts=tuple(accounts)))


def told_of(raised: BaseException) -> dict[str, Any]:
    """What a scheduler is told of a command that did not do its work."""
    if not isinstance(raised, Problem):
        code = INTERRUPTED if isinstance(raised, KeyboardInterrupt) else CRASHED
        return {"outcome": "failed", "exit_code": code, "problem": type(raised).__name__}
    told = {
        "outcome": OUTCOMES.get(type(raised), "failed"),
        "exit_code": raised.exit_code,
        "problem": raised.key,
        "message": {language: Text(language).problem(raised) for language in LANGUAGES},
    }
    if report := _report(raised):
        told["findings"] = report.as_dict()["findings"]
    return told


@contextmanager
def _storage() -> Iterator[None]:
    try:
        yield
    except OSError as broken:
        raise StorageFailed("storage", detail=str(broken)) from broken


def _report(raised: BaseException) -> contract.Report | None:
    found = raised.values.get("report") if isinstance(raised, Problem) else None
    return found if isinstance(found, contract.Report) else None


def _entry(
    command: str,
    told: Mapping[str, Any],
    home: Path,
    began: float,
    before: list[int],
    findings: tuple[contract.Finding, ...] = (),
) -> journal.Entry:
    gone = set(before) - set(Home(home).numbers())
    return journal.Entry(
        at=datetime.now(UTC).replace(microsecond=0),
        command=command,
        outcome=told["outcome"],
        exit_code=told["exit_code"],
        seconds=round(monotonic() - began, 3),
        generation=_served(home),
        deleted=tuple(sorted(gone)),
        problem=told.get("problem"),
        findings=tuple(map(journal.Found.of, findings[: journal.MOST_FINDINGS])),
        findings_total=len(findings),
    )


def _served(home: Path) -> int | None:
    try:
        return Home(home).current()
    except Problem:
        return None  # what is wrong with CURRENT is told by whoever reads it


def _record(home: Path, text: Text, entry: journal.Entry) -> None:
    """What was done stays done when the log cannot be written; but somebody is told."""
    try:
        journal.record(home, entry)
    except StorageFailed as broken:
        print(text("cli.not_logged", detail=broken.values["detail"]), file=sys.stderr)

"""HOME/log: what changed HOME, and what was refused or failed. A line of JSON for each command.

It is read by operators and shown on screen, so it holds counts, names of exports, files and
columns, and codes; never a value out of an export, not even as an example.
"""

import fcntl
import json
import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, fields
from datetime import date, datetime
from io import TextIOWrapper
from itertools import islice
from logging.handlers import RotatingFileHandler
from pathlib import Path
from typing import Any, Literal

from ecosphere.contract import Finding
from ecosphere.generations import PRIVATE_FILE, PRIVATE_FOLDER
from ecosphere.model import StorageFailed

FOLDER, FILE = "log", "ecosphere.log"
MOST_BYTES = 1_000_000  # a build of all exports is a line of 3 kB: a year of nights in each file
FILES_BEFORE = 4  # five years; then the oldest goes
MOST_FINDINGS = 100  # ten thousand broken files are one line too, not the whole log

Outcome = Literal["ok", "refused", "failed", "busy"]


@dataclass(frozen=True)
class Found:
    """Where a fault was and how often: of a finding what is nobody's own."""

    code: str
    severity: str
    export: str
    file: str
    column: str
    count: int

    @classmethod
    def of(cls, finding: Finding) -> "Found":
        return cls(finding.code, finding.severity, finding.export, finding.file,
                   finding.column, finding.count)  # fmt: skip


@dataclass(frozen=True)
class Entry:
    """How one command ended. `at` is in UTC; `generation` is the one served afterwards.

    `findings` are the first MOST_FINDINGS of `findings_total`; `accounts` hold, for each export of
    a build, where its rows went.
    """

    at: datetime
    command: str
    outcome: Outcome
    exit_code: int
    seconds: float
    generation: int | None = None
    deleted: tuple[int, ...] = ()  # generations that the command took away
    problem: str | None = None
    findings: tuple[Found, ...] = ()
    findings_total: int = 0
    accounts: tuple[Mapping[str, object], ...] = field(default=(), hash=False)


NAMES = tuple(key.name for key in fields(Entry))


def record(home: Path, entry: Entry) -> None:
    """Append to the log of a HOME that is there; StorageFailed when it cannot be written."""
    line = json.dumps(asdict(entry), default=_iso, ensure_ascii=False)
    folder = home / FOLDER
    try:
        if not home.is_dir():
            return  # a command that went wrong before HOME was made does not make it
        folder.mkdir(mode=PRIVATE_FOLDER, exist_ok=True)
        folder.chmod(PRIVATE_FOLDER)
        with _held(folder, fcntl.LOCK_EX):
            _append(folder / FILE, line)
    except OSError as broken:
        raise StorageFailed("storage", detail=str(broken)) from broken


def refusals(home: Path, limit: int = 20) -> tuple[Entry, ...]:
    """The last builds that were refused, newest first; StorageFailed when the log is unreadable."""
    return tuple(islice((e for e in _builds(home) if e.outcome == "refused"), limit))


def last_build(home: Path) -> Entry | None:
    """The last build that ran: one that found another running did not."""
    return next((entry for entry in _builds(home) if entry.outcome != "busy"), None)


class _PrivateFile(RotatingFileHandler):
    """A log that only its owner reads, and that does not keep its failures to itself."""

    def _open(self) -> TextIOWrapper:
        return open(self.baseFilename, "a", encoding="utf-8", opener=private)

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: ARG002
        raise


def private(path: str, flags: int) -> int:
    descriptor = os.open(path, flags, PRIVATE_FILE)
    os.fchmod(descriptor, PRIVATE_FILE)  # also a file that was there
    return descriptor


def _append(path: Path, line: str) -> None:
    torn = path.exists() and path.read_bytes()[-1:] not in (b"", b"\n")  # by a kill while writing
    handler = _PrivateFile(path, maxBytes=MOST_BYTES, backupCount=FILES_BEFORE, encoding="utf-8")
    try:
        handler.emit(logging.makeLogRecord({"msg": "\n" + line if torn else line}))
    finally:
        handler.close()


def _builds(home: Path) -> Iterator[Entry]:
    """Every build in the log, newest first, past lines that are no entry, such as a torn one."""
    for line in _lines(home / FOLDER):
        try:
            entry = _entry(json.loads(line))
        except (ValueError, TypeError, KeyError):
            continue
        if entry.command == "build":
            yield entry


def _lines(folder: Path) -> Iterator[bytes]:
    """The lines of all files of the log, newest first."""
    try:
        if not folder.is_dir():
            return
        with _held(folder, fcntl.LOCK_SH):
            files = [folder / FILE, *(folder / f"{FILE}.{n + 1}" for n in range(FILES_BEFORE))]
            kept = [file.read_bytes() for file in files if file.exists()]
    except OSError as broken:
        raise StorageFailed("storage", detail=str(broken)) from broken
    for content in kept:
        yield from reversed(content.splitlines())


def _entry(line: dict[str, Any]) -> Entry:
    known = {name: line[name] for name in NAMES if name in line}
    return Entry(**known | {
        "at": datetime.fromisoformat(line["at"]),
        "deleted": tuple(line["deleted"]),
        "findings": tuple(Found(**found) for found in line["findings"]),
        "accounts": tuple(line["accounts"]),
    })  # fmt: skip


def _iso(value: date | datetime) -> str:
    return value.isoformat()


@contextmanager
def _held(folder: Path, how: int) -> Iterator[None]:
    """One writes at a time, and nobody reads while files change their names."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)

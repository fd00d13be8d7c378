"""What a check has found, and what of the exports can be used."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any, Literal

from ecosphere.contract.memory import Part
from ecosphere.contract.terms import Contract, Value
from ecosphere.text import Text

Severity = Literal["refuse", "quarantine", "notice"]

QUARANTINE_SHARE = (
    0.001  # orphans and implausible dates up to this share are set aside, not refused
)

UNTOLD = "…"  # stands where the command line would name a value
ROWS = re.compile(r"–|#\d+(, #\d+)*")
COUNTS_ALONE = {"outside_band"}  # findings whose example is a day and its number of rows

TREE, PARENT = "branches", "parent_id"  # the export of units, and what makes them a tree


@dataclass(frozen=True)
class Finding:
    """One fault: where it is, how often, and one example that is never a person's own value.

    `values` holds what its words need besides: what was expected, the line to add.
    """

    code: str
    export: str
    file: str = "–"
    column: str = "–"
    count: int = 0
    example: str = "–"
    severity: Severity = "refuse"
    values: Mapping[str, object] = field(default_factory=dict, hash=False)

    def message(self, text: Text) -> str:
        """What was found, what was expected, what to do next."""
        shown = {"export": self.export, "file": self.file, "column": self.column,
                 "count": f"{self.count:,}", "example": self.example}  # fmt: skip
        return text(f"check.{self.code}", **shown, **self.values)

    def without_values(self) -> "Finding":
        """The same for a screen: no value of an export, but the number of a row, or a day."""
        is_plain = bool(ROWS.fullmatch(self.example)) or self.code in COUNTS_ALONE
        bare = replace(self, example=self.example if is_plain else UNTOLD)
        if self.code != "not_allowed":
            return bare
        return replace(bare, values={**self.values, "found": UNTOLD, "line": UNTOLD})


@dataclass(frozen=True)
class Attribute:
    """What people can be filtered by: its name in both languages, the labels of its values, and the
    column of customers that tells it.

    One with a `depth` is the unit that stands so far below the bank, above the unit in the column.
    """

    name: str
    en: str
    zh: str
    column: str
    labels: tuple[Value, ...] = ()
    depth: int = 0


@dataclass(frozen=True)
class Source:
    """An export that can be read.

    `raw` is a select that yields every contract column in our names and types, without the rows
    that the mapping drops; `checked` the same without the rows set aside; `quarantined` counts each
    of these once, under the first rule that it meets; `stamps` tell whether a file has changed.
    """

    contract: Contract
    files: tuple[Path, ...]
    raw: str
    checked: str
    present: tuple[str, ...]
    attributes: tuple[Attribute, ...] = ()
    rows_in: int = 0
    dropped: int = 0
    quarantined: Mapping[str, int] = field(default_factory=dict, hash=False)
    first_day: date | None = None
    last_day: date | None = None
    parts: tuple[Part, ...] = ()
    stamps: Mapping[Path, tuple[int, int] | None] = field(default_factory=dict, hash=False)

    @property
    def name(self) -> str:
        return self.contract.name

    @property
    def filterable(self) -> tuple[str, ...]:
        return tuple(attribute.name for attribute in self.attributes if attribute.depth < 2)

    @property
    def rows_kept(self) -> int:
        return self.rows_in - self.dropped - sum(self.quarantined.values())


@dataclass(frozen=True)
class Report:
    """Every finding of one check, and the exports by name."""

    folder: Path
    findings: tuple[Finding, ...]
    sources: Mapping[str, Source] = field(hash=False)

    @property
    def refused(self) -> bool:
        return any(finding.severity == "refuse" for finding in self.findings)

    def as_dict(self) -> dict[str, Any]:
        """All of it as plain values, for JSON."""
        return {
            "folder": str(self.folder),
            "refused": self.refused,
            "findings": [_finding(finding) for finding in self.findings],
            "sources": {name: _source(source) for name, source in self.sources.items()},
        }


def limited(count: int, rows: int) -> Severity:
    """Few such rows are set aside, more refuse the export."""
    return "quarantine" if count <= rows * QUARANTINE_SHARE else "refuse"


def attributes(report: Report) -> tuple[Attribute, ...]:
    """What people can be filtered by, in contract order, then in mapping order, then lower units.

    Units are known only where their tree is delivered too.
    """
    found: dict[str, Attribute] = {}
    for source in report.sources.values():
        if not source.contract.attributes_of:
            found.update({attribute.name: attribute for attribute in source.attributes})
    has_tree = TREE in report.sources and PARENT in report.sources[TREE].present
    known = [attribute for attribute in found.values() if has_tree or not attribute.depth]
    return tuple(sorted(known, key=lambda attribute: max(attribute.depth, 1)))


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "code": finding.code,
        "severity": finding.severity,
        "export": finding.export,
        "file": finding.file,
        "column": finding.column,
        "count": finding.count,
        "example": finding.example,
        "values": {key: str(value) for key, value in finding.values.items()},
        "message": {language: finding.message(Text(language)) for language in ("en", "zh")},
    }


def _source(source: Source) -> dict[str, Any]:
    return {
        "files": [str(file) for file in source.files],
        "rows_in": source.rows_in,
        "dropped": source.dropped,
        "quarantined": dict(source.quarantined),
        "kept": source.rows_kept,
        "columns": list(source.present),
        "filterable": list(source.filterable),
        "first_day": source.first_day and source.first_day.isoformat(),
        "last_day": source.last_day and source.last_day.isoformat(),
    }

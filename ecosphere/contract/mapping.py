"""The mapping file: how a bank's own files become our exports. Data only, never an expression."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches
from pathlib import Path
from typing import Literal

from ecosphere.contract.terms import contracts

# Our name for a way to write a day, and how DuckDB reads it; "day" is a whole date without a time.
DATE_FORMS = {
    "yyyymmdd": "%Y%m%d",
    "yyyy-mm-dd": "%Y-%m-%d",
    "yyyy/mm/dd": "%Y/%m/%d",
    "yyyymm": "%Y%m",
    "yyyy-mm": "%Y-%m",
    "yyyymmddhhmmss": "%Y%m%d%H%M%S",
    "yyyy-mm-dd hh:mm:ss": "%Y-%m-%d %H:%M:%S",
    "day": None,
}
UNITS = {"fen": "/ 100", "wan": "* 10000"}  # 分 and 万元 to yuan

Band = Literal["refuse", "notice", "off"]  # what a day far outside the usual number of rows does


@dataclass(frozen=True)
class ColumnMapping:
    """How one column of ours comes from theirs, or from a constant."""

    ours: str
    theirs: str | None = None
    values: tuple[tuple[str, str], ...] = ()
    null: tuple[str, ...] = ()
    date: str | None = None
    unit: str | None = None
    true: tuple[str, ...] = ()
    false: tuple[str, ...] = ()
    trim: bool = False
    pad: int | None = None
    constant: str | None = None
    filterable: bool = False
    en: str = ""
    zh: str = ""


@dataclass(frozen=True)
class ExportMapping:
    """What the mapping file says of one export. Without a word of it, names are taken as ours.

    A row is dropped when all columns of a group in `drop_null` are null; `complete_when` is the
    file that stands beside a whole delivery; `band` is what a day of too few or too many rows does.
    """

    export: str
    file: str | None = None
    timezone: str | None = None
    drop_null: tuple[tuple[str, ...], ...] = ()
    allow: tuple[str, ...] = ()
    complete_when: str = ""
    band: Band = "notice"
    columns: tuple[ColumnMapping, ...] = ()

    def column(self, ours: str) -> ColumnMapping:
        for column in self.columns:
            if column.ours == ours:
                return column
        return ColumnMapping(ours, theirs=ours)

    @property
    def further(self) -> tuple[ColumnMapping, ...]:
        """The filterable columns that the contract does not know."""
        known = contracts()[self.export].names
        return tuple(column for column in self.columns if column.ours not in known)


@dataclass(frozen=True)
class Mapping:
    """A whole mapping file; `path` is None when there is none."""

    path: Path | None = None
    exports: tuple[ExportMapping, ...] = field(default=())

    def of(self, export: str) -> ExportMapping:
        for mapping in self.exports:
            if mapping.export == export:
                return mapping
        return ExportMapping(export)


def nearest(name: str, known: Iterable[str]) -> str:
    """The known name most like this one; nothing when none is like it."""
    by_folded = {candidate.casefold(): candidate for candidate in known}
    found = get_close_matches(name.casefold(), by_folded, n=1, cutoff=0.5)
    return by_folded[found[0]] if found else ""

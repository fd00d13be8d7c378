"""Reads the mapping file: every fault in it is a Problem that names the key."""

import re
import tomllib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from dataclasses import replace as replaced
from datetime import date, datetime
from pathlib import Path
from typing import Any, NoReturn, get_args
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from ecosphere.contract.mapping import (
    DATE_FORMS,
    UNITS,
    Band,
    ColumnMapping,
    ExportMapping,
    Mapping,
    nearest,
)
from ecosphere.contract.terms import Column, Contract, Type, contracts
from ecosphere.model import Problem

LONGEST_ID = 64  # a zero-padded id is never longer; a slip of the pen must not fill the memory

NAME = r"[a-z][a-z0-9_]{0,39}"  # a further column becomes a column of ours and a word in the URL

EXPORT_KEYS = ("file", "timezone", "drop_null", "allow", "complete_when", "band", "columns")


def read_mapping(path: Path | None) -> Mapping:
    """Read a mapping file; without a path, the empty mapping. Every fault is a Problem."""
    if path is None:
        return Mapping()
    try:
        tables = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError as missing:
        raise Problem("mapping_missing", file=path) from missing
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as broken:
        raise Problem("mapping_unreadable", file=path, detail=str(broken)) from broken
    reader = _Reader(path)
    return Mapping(path, tuple(reader.export(name, table) for name, table in tables.items()))


@dataclass(frozen=True)
class _Reader:
    """Turns tables into a Mapping and names the file and the key in whatever is wrong."""

    path: Path

    def export(self, name: str, given: object) -> ExportMapping:
        self._known("mapping_unknown_export", name, name, contracts())
        contract = contracts()[name]
        table = self._table(name, given)
        for key in table:
            self._known("mapping_unknown_key", f"{name}.{key}", key, EXPORT_KEYS)
        columns = self._table(f"{name}.columns", table.get("columns", {}))
        found = ExportMapping(
            export=name,
            file=self._file(f"{name}.file", table.get("file")),
            timezone=self._timezone(f"{name}.timezone", table.get("timezone")),
            drop_null=self._groups(f"{name}.drop_null", table.get("drop_null", [])),
            allow=self._texts(f"{name}.allow", table.get("allow", [])),
            complete_when=self._marker(f"{name}.complete_when", table.get("complete_when", "")),
            band=self._choice(f"{name}.band", table.get("band", "notice"), get_args(Band)),
            columns=tuple(self.column(contract, ours, value) for ours, value in columns.items()),
        )
        ours = (*contract.names, *(column.ours for column in found.columns))
        for column in (column for group in found.drop_null for column in group):
            self._known("mapping_unknown_column", f"{name}.drop_null", column, ours)
        return found

    def column(self, contract: Contract, ours: str, given: object) -> ColumnMapping:
        key = f"{contract.name}.columns.{ours}"
        if isinstance(given, str):
            given = {"from": given}
        table = self._table(key, given)
        further = table.get("filterable") and contract.filterable
        if ours not in contract.names and not further:
            self._known("mapping_unknown_column", key, ours, contract.names)
        if not re.fullmatch(NAME, ours) or ours in contract.trees:
            self._refuse(key, ours, "a name of a-z, 0-9 and _ that is not taken")
        for part in table:
            self._known("mapping_unknown_key", f"{key}.{part}", part, _READ)
        if ("from" in table) == ("constant" in table):
            self._refuse(key, table, 'either "from" or "constant"')
        column = ColumnMapping(ours)
        for part, value in table.items():
            column = replaced(column, **_READ[part](self, f"{key}.{part}", value))
        self._fits(key, _column_type(contract, ours), column)
        return column

    def _fits(self, key: str, column: Column, mapping: ColumnMapping) -> None:
        """A date form is for dates, a unit for numbers, a flag for flags."""
        given = {"date": mapping.date, "unit": mapping.unit, "flag": mapping.true + mapping.false,
                 "pad": mapping.pad, "values": mapping.values}  # fmt: skip
        for part, types in _FOR.items():
            if given[part] and column.type not in types:
                self._refuse(f"{key}.{part}", column.type, f"a column of type {' / '.join(types)}")
        if mapping.constant is not None and not _castable(mapping.constant, column.type):
            self._refuse(f"{key}.constant", mapping.constant, f"a value of type {column.type}")
        if mapping.filterable and not (mapping.en and mapping.zh):
            self._refuse(key, mapping.ours, 'labels: en = "...", zh = "..."')
        if set(mapping.true) & set(mapping.false):
            self._refuse(f"{key}.flag", mapping.true, "no value both true and false")

    def _table(self, key: str, given: object) -> dict[str, Any]:
        if not isinstance(given, dict):
            self._refuse(key, given, "a table")
        return dict(given)

    def _text(self, key: str, given: object) -> str:
        # A date or a number may stand without quotes; a NUL would end the SQL text too early.
        if isinstance(given, (dict, list)) or "\0" in str(given):
            self._refuse(key, given, "a text")
        return str(given).lower() if isinstance(given, bool) else str(given)

    def _name(self, key: str, given: object) -> str:
        if not isinstance(given, str) or not given or "\0" in given:
            self._refuse(key, given, "a text that is not empty")
        return given

    def _texts(self, key: str, given: object) -> tuple[str, ...]:
        if not isinstance(given, list):
            self._refuse(key, given, "a list of texts")
        return tuple(self._text(key, value) for value in given)

    def _groups(self, key: str, given: object) -> tuple[tuple[str, ...], ...]:
        if not isinstance(given, list) or [] in given:
            self._refuse(key, given, "a list of columns, or of lists of columns")
        return tuple(self._texts(key, v if isinstance(v, list) else [v]) for v in given)

    def _values(self, key: str, given: object) -> tuple[tuple[str, str], ...]:
        pairs = self._table(key, given).items()
        return tuple((self._text(key, theirs), self._text(key, ours)) for theirs, ours in pairs)

    def _flag(self, key: str, given: object) -> dict[str, Any]:
        table = self._table(key, given)
        if not table or not set(table) <= {"true", "false"}:
            self._refuse(key, given, "{ true = [...], false = [...] }")
        return {part: self._texts(f"{key}.{part}", values) for part, values in table.items()}

    def _choice(self, key: str, given: object, known: Iterable[str]) -> Any:
        if not isinstance(given, str) or given not in known:
            self._refuse(key, given, " / ".join(known))
        return given

    def _switch(self, key: str, given: object) -> bool:
        if not isinstance(given, bool):
            self._refuse(key, given, "true / false")
        return given

    def _length(self, key: str, given: object) -> int:
        if type(given) is not int or not 1 <= given <= LONGEST_ID:
            self._refuse(key, given, f"1 – {LONGEST_ID}")
        return given

    def _file(self, key: str, given: object) -> str | None:
        if given is None:
            return None
        pattern = self._name(key, given)
        if Path(pattern).is_absolute() or ".." in Path(pattern).parts:
            self._refuse(key, pattern, "a pattern inside the export folder")
        return pattern

    def _marker(self, key: str, given: object) -> str:
        """The name of a file; * stands for the name of the export's own file."""
        if not isinstance(given, str) or "/" in given or "\0" in given:
            self._refuse(key, given, "the name of a file, such as _SUCCESS or *.ok")
        return given

    def _timezone(self, key: str, given: object) -> str | None:
        if given is None:
            return None
        try:
            return ZoneInfo(self._name(key, given)).key
        except (ZoneInfoNotFoundError, ValueError, OSError):
            self._refuse(key, given, "a zone such as Asia/Shanghai")

    def _known(self, problem: str, key: str, name: str, known: Iterable[str]) -> None:
        if name not in known:
            raise Problem(problem, file=self.path, at=key, value=name,
                          suggestion=nearest(name, known) or "–",
                          known=", ".join(known))  # fmt: skip

    def _refuse(self, key: str, value: object, expected: str) -> NoReturn:
        raise Problem("mapping_value", file=self.path, at=key, value=value, expected=expected)


_READ: dict[str, Any] = {
    "from": lambda r, key, v: {"theirs": r._name(key, v)},
    "values": lambda r, key, v: {"values": r._values(key, v)},
    "null": lambda r, key, v: {"null": r._texts(key, v)},
    "date": lambda r, key, v: {"date": r._choice(key, v, DATE_FORMS)},
    "unit": lambda r, key, v: {"unit": r._choice(key, v, UNITS)},
    "flag": lambda r, key, v: r._flag(key, v),
    "trim": lambda r, key, v: {"trim": r._switch(key, v)},
    "pad": lambda r, key, v: {"pad": r._length(key, v)},
    "constant": lambda r, key, v: {"constant": r._text(key, v)},
    "filterable": lambda r, key, v: {"filterable": r._switch(key, v)},
    "en": lambda r, key, v: {"en": r._name(key, v)},
    "zh": lambda r, key, v: {"zh": r._name(key, v)},
}

_FOR: dict[str, tuple[Type, ...]] = {
    "date": ("timestamp", "date", "month"),
    "unit": ("number",),
    "flag": ("flag",),
    "pad": ("id", "code"),
    "values": ("id", "code", "text"),
}


def _column_type(contract: Contract, ours: str) -> Column:
    return contract.column(ours) if ours in contract.names else Column(ours, "code")


_PARSE: dict[Type, Callable[[str], object]] = {
    "number": float,
    "integer": int,
    "timestamp": datetime.fromisoformat,
    "date": date.fromisoformat,
    "month": date.fromisoformat,
    "flag": {"true": True, "false": False}.__getitem__,
}


def _castable(text: str, kind: Type) -> bool:
    try:
        _PARSE.get(kind, str)(text)
    except (ValueError, KeyError):
        return False
    return True

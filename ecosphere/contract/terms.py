"""What a bank may deliver: the contracts in data/contract, one per export."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any, Literal

from ecosphere.config import ROOT

FOLDER = ROOT / "data" / "contract"

Type = Literal["id", "text", "code", "timestamp", "date", "month", "number", "integer", "flag"]
Sensitivity = Literal["internal", "personal"]
Relation = Literal["not_before", "within", "tree"]


@dataclass(frozen=True)
class Value:
    """An allowed value and its labels.

    `initiated` is false where the system acts, no person; `is_aum` is true for a product category
    whose balance belongs to the assets under management; `relationship` is the kind of relationship
    with the bank that holding a product category makes; at an `offline` channel people come in
    person.
    """

    code: str
    en: str
    zh: str
    initiated: bool = True
    is_aum: bool = False
    relationship: str = ""
    offline: bool = False


@dataclass(frozen=True)
class Column:
    """A column of an export.

    `values` are all that is allowed unless `open`; `references` is (export, column); a date before
    `first_plausible`, or later than tomorrow unless `future`, is implausible; a number below
    `at_least` is not allowed; `several` values make a list; a flag that `tells_initiated` is false
    where the system acts, no person; `tree` is the name of the attribute by which people are
    filtered where the column refers to a unit and the tree of units is delivered.
    """

    name: str
    type: Type
    required: bool = False
    nullable: bool = True
    unique: bool = False
    several: bool = False
    values: tuple[Value, ...] = ()
    open: bool = False
    sensitivity: Sensitivity = "internal"
    filterable: bool = False
    en: str = ""
    zh: str = ""
    references: tuple[str, str] | None = None
    first_plausible: date | None = None
    future: bool = False
    at_least: float | None = None
    tells_initiated: bool = False
    tree: str = ""

    @property
    def personal(self) -> bool:
        return self.sensitivity == "personal"

    @property
    def dated(self) -> bool:
        return self.type in ("timestamp", "date", "month")

    @property
    def codes(self) -> tuple[str, ...]:
        return tuple(value.code for value in self.values)

    @property
    def not_initiated(self) -> tuple[str, ...]:
        """The codes by which the system acts, not the person."""
        return tuple(value.code for value in self.values if not value.initiated)

    @property
    def aum(self) -> tuple[str, ...]:
        """The codes whose balances belong to the assets under management."""
        return tuple(value.code for value in self.values if value.is_aum)

    @property
    def offline(self) -> tuple[str, ...]:
        """The codes of channels where people come in person."""
        return tuple(value.code for value in self.values if value.offline)

    @property
    def relationships(self) -> dict[str, str]:
        """The codes that make a kind of relationship, and which."""
        return {value.code: value.relationship for value in self.values if value.relationship}


@dataclass(frozen=True)
class Between:
    """What columns of one row, or of a row and its parent, must be to each other.

    not_before: the second day is not before the first. within: the first number is neither below
    the second nor above the third. tree: id, parent and level; every row hangs on one that stands
    higher, and at the top there is no parent.
    """

    kind: Relation
    columns: tuple[str, ...]


@dataclass(frozen=True)
class Contract:
    """An export: its columns in order, its key, and what it lights up.

    At least one column of each group in `one_of` must be filled; `day` is the column whose first
    and last day say which time the export speaks of; `attributes_of` is the export whose columns
    it repeats; `pages` are those it lights up, `worth` is why that is worth delivering it;
    `complete_when` names the file that stands beside a delivery once it is whole; a `daily` export
    holds about as many rows on one Monday as on the next.
    """

    name: str
    en: str
    zh: str
    lights_up: Mapping[str, str]
    worth: Mapping[str, str]
    pages: tuple[str, ...]
    columns: tuple[Column, ...]
    key: tuple[str, ...] = ()
    required: bool = False
    person_level: bool = False
    one_of: tuple[tuple[str, ...], ...] = ()
    day: str | None = None
    attributes_of: str = ""
    rules: tuple[Between, ...] = ()
    complete_when: str = ""
    daily: bool = False

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(column.name for column in self.columns)

    def column(self, name: str) -> Column:
        """The column of that name; KeyError when there is none."""
        for column in self.columns:
            if column.name == name:
                return column
        raise KeyError(name)

    @property
    def trees(self) -> tuple[str, ...]:
        """The attributes that come from trees of units."""
        return tuple(column.tree for column in self.columns if column.tree)

    @property
    def filterable(self) -> bool:
        """Whether people can be filtered by its columns, and hence by further ones of a bank."""
        return any(column.filterable for column in self.columns)


_PLAIN = ("en", "zh", "required", "person_level", "day", "lights_up", "worth", "attributes_of",
          "complete_when", "daily")  # fmt: skip


@cache
def contracts() -> dict[str, Contract]:
    """Every contract by the name of its export, required ones first."""
    tables = {path.stem: tomllib.loads(path.read_text(encoding="utf-8"))
              for path in sorted(FOLDER.glob("*.toml"))}  # fmt: skip
    columns = {name: _columns(table) for name, table in tables.items()}
    found = [_contract(name, table, columns) for name, table in tables.items()]
    return {contract.name: contract for contract in sorted(found, key=lambda c: not c.required)}


def _contract(
    name: str, table: Mapping[str, Any], columns: Mapping[str, tuple[Column, ...]]
) -> Contract:
    own = columns[name]
    lent = columns.get(table.get("attributes_of", ""), ())
    stated = {column.name for column in own}
    attributes = (replace(c, required=False) for c in lent if c.name not in stated)
    plain = {key: table[key] for key in _PLAIN if key in table}
    return Contract(
        name=name,
        columns=(*own, *attributes),
        key=tuple(table.get("key", ())),
        one_of=tuple(tuple(group) for group in table.get("one_of", ())),
        pages=tuple(table["pages"]),
        rules=tuple(Between(r["kind"], tuple(r["columns"])) for r in table.get("rules", ())),
        **plain,
    )


def _columns(table: Mapping[str, Any]) -> tuple[Column, ...]:
    return tuple(_column(name, settings) for name, settings in table["columns"].items())


def _column(name: str, settings: Mapping[str, Any]) -> Column:
    values = tuple(Value(**value) for value in settings.get("values", ()))
    export, _, column = settings.get("references", "").partition(".")
    rest = {k: v for k, v in settings.items() if k not in ("values", "references")}
    return Column(name=name, values=values, references=(export, column) if column else None, **rest)

"""What the files of queries/ say of themselves: the keys of their headers."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sqlglot
from sqlglot import exp

from ecosphere.model import GROUP, Problem

# What a column may be, and so what the privacy door does with it.
COLUMN_KINDS = frozenset({
    "month", "date", "text", "flag",  # keys and words
    "count",                          # people: hidden when few
    "rows",                           # rows, files or days, with no person behind each: shown
    "money",                          # hidden when few, or when one or two of them make most of it
    "derived",                        # computed by SQL or a statistic from counts: hidden with them
    "plan",                           # the bank's own figures, no person behind them
})  # fmt: skip
KINDS = frozenset({"full count", "sample", "model"})
PER_GROUP = "group"  # the parameter that names the group: plans are told of each
SPLIT = "split"  # the option that names the attribute to split by
COMPARE = "compare"  # the option that says what a month is compared with, the same on every page
DIRECTIONS = frozenset({"up is better", "up is worse", "none"})


@dataclass(frozen=True)
class Query:
    """A file of queries/exports, people or facts: it builds a table."""

    name: str
    sql: str
    reads: tuple[str, ...]
    params: tuple[str, ...] = ()
    # Its columns that hold a cell -> of which month: the row's, so many after it, or a column's.
    cells: Mapping[str, int | str] = field(default_factory=dict)
    whole: bool = False  # speaks of the whole bank only: empty under a Who filter
    month: str = ""  # its column that says which month, where rows belong to one
    masks: tuple[str, ...] = ()  # its columns that are masks of days; the first covers the others
    tail: str = ""  # its column that masks the days before the month: reason enough for a row
    counts: tuple[str, ...] = ()  # its columns that add up over people, the others being its key
    person: str = ""  # its column that says who
    definition: str = ""  # its column that says by which definition of active
    places: bool = False  # its columns partner and channel say where
    chart: tuple[str, ...] = ()  # of its columns, those of which one chart shows one value
    schema: str = ""  # where its table stands: export, people or stored


@dataclass(frozen=True)
class Question:
    """A file of queries/metrics: it answers a reader. The keys of its header are its fields."""

    name: str
    description: str
    sql: str
    grain: tuple[str, ...]
    unit: str
    kind: str
    direction: str
    people: str
    where: tuple[str, ...]  # kinds of places by which it can be restricted
    reads: tuple[str, ...]
    owner: str
    columns: Mapping[str, str]
    params: tuple[str, ...] = ()
    order: tuple[str, ...] = ()
    options: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    derived: Mapping[str, str] = field(default_factory=dict)
    sums: tuple[tuple[str, ...], ...] = ()  # (total, part, part, ...)
    differences: tuple[tuple[str, str], ...] = ()  # (larger, smaller): their gap is a group too
    # column = the flag of rows in which it is part of the row before, or "" for always
    nested: Mapping[str, str] = field(default_factory=dict)
    base: str = ""  # the column of the month a row is compared with; without it the month before
    previous: Mapping[str, str] = field(default_factory=dict)  # column = that column of that month
    money: Mapping[str, tuple[str, str]] = field(default_factory=dict)  # its two largest shares
    additive: str = ""
    split: tuple[str, ...] = ()  # columns that add up over groups of people
    by: tuple[str, ...] = ()  # attributes to split by where none is chosen: the first that is there
    every: bool = False  # a split shows all groups, not the largest only
    official: str = ""  # the official metric that its people of a month are compared with
    statistic: str = ""
    needs: Mapping[str, str] = field(
        default_factory=dict
    )  # option = the export column behind its other values
    roles: tuple[str, ...] = ()  # who may ask; empty is everybody
    default: bool = False
    public: bool = False

    @property
    def stem(self) -> str:
        return self.name.partition("/")[0]

    def by_group(self) -> "Question":
        """The same question by groups of people, beside the total that they add up to."""
        kinds = ("month", "date", "text", "flag", *(("plan",) if PER_GROUP in self.params else ()))
        told = {name: kind for name, kind in self.columns.items() if name in self.grain
                or name in self.split or kind in kinds}  # fmt: skip
        keys = {name: told[name] for name in self.grain}
        columns = {**keys, GROUP: "text", "is_total": "flag", **told}
        return replace(
            self,
            grain=(*self.grain, GROUP),
            columns=columns,
            derived={n: f for n, f in self.derived.items() if columns_of(f) <= set(columns)},
            sums=(),
            differences=tuple(pair for pair in self.differences if set(pair) <= set(columns)),
            nested={n: f for n, f in self.nested.items() if {n, f or n} <= set(columns)},
            previous={n: e for n, e in self.previous.items() if {n, e} <= set(columns)},
            money={},
            additive=GROUP,
            official="",
        )

    def option(self, name: str, value: str | None) -> Any:
        """The parameter an option's value stands for; the first value is the default."""
        if name not in self.options:
            raise Problem("unknown_option", value=name, query=self.name,
                          known=", ".join(self.options) or "-")  # fmt: skip
        values = self.options[name]
        chosen = value or next(iter(values))
        if chosen not in values:
            raise Problem("unknown_option_value", option=name, value=value,
                          known=", ".join(values))  # fmt: skip
        return values[chosen]


def columns_of(formula: str) -> set[str]:
    """The columns that a formula names."""
    return {
        column.name for column in sqlglot.parse_one(formula, read="duckdb").find_all(exp.Column)
    }

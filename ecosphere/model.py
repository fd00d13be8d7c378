"""The nouns every layer shares. No input or output here."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import partial
from typing import Any, Protocol

import polars as pl

NOT_STATED = (
    "not_stated"  # the value of an attribute that the export leaves empty: a value like any other
)

# An answer by groups has the column `group`: codes of values, and these two.
GROUP = "group"
REST = "_rest"  # all groups that are not shown by themselves
TOTAL = "_total"


class Problem(Exception):
    """Something a reader or an operator can put right.

    Carries a text key (`errors.<key>`) and its values, so that a screen tells it in the reader's
    language and the command line exits with `exit_code`.
    """

    exit_code = 2

    def __init__(self, key: str, /, **values: object) -> None:
        super().__init__(key, values)
        self.key = key
        self.values = values

    def __reduce__(self) -> tuple[Any, ...]:
        """Sent from one process to another it is the same: Python would lose the values."""
        return partial(type(self), self.key, **self.values), ()


class ExportRefused(Problem):
    """An export breaks its contract."""

    exit_code = 3


class BuildRunning(Problem):
    """Another build holds the lock."""

    exit_code = 4


class StorageFailed(Problem):
    """The disk or a file could not be read or written."""

    exit_code = 5


class GenerationFailed(Problem):
    """The built generation failed its own checks and is not served."""

    exit_code = 6


class Unhealthy(Problem):
    """The doctor found something that keeps Ecosphere from serving, from building or private."""

    exit_code = 7


@dataclass(frozen=True)
class Month:
    """A calendar month; `code` is what tables store, so that neighbours differ by one."""

    code: int

    @classmethod
    def of(cls, day: date) -> "Month":
        return cls(day.year * 12 + day.month - 1)

    @classmethod
    def parse(cls, text: str) -> "Month":
        """Read 'YYYY-MM'; a Problem when it is not a month."""
        year, _, month = text.partition("-")
        if not (len(year) == 4 and year.isdigit() and month.isdigit() and 1 <= int(month) <= 12):
            raise Problem("not_a_month", value=text)
        return cls(int(year) * 12 + int(month) - 1)

    @property
    def first_day(self) -> date:
        return date(self.code // 12, self.code % 12 + 1, 1)

    @property
    def last_day(self) -> date:
        return date.fromordinal(Month(self.code + 1).first_day.toordinal() - 1)

    def __str__(self) -> str:
        return f"{self.code // 12:04d}-{self.code % 12 + 1:02d}"


PLACES = ("scene", "partner", "channel")  # where something was done; other names are of people

Chosen = tuple[tuple[str, tuple[str, ...]], ...]  # ((name, (value, ...)), ...), in order


@dataclass(frozen=True)
class Filters:
    """What a reader has chosen. Values of one name are OR, names AND.

    `who` chooses people by their attributes, `cohort` by what they did and hold; `where` chooses
    what they did. `listed` is the key of a list of people that was given for this session.
    """

    first: Month | None = None
    last: Month | None = None
    as_of: date | None = None
    who: Chosen = ()
    where: Chosen = ()
    cohort: str = ""
    listed: str = ""

    @classmethod
    def of(cls, chosen: Mapping[str, list[str]], **others: Any) -> "Filters":
        """Order and repetition of the choices never matter, so equal choices compare equal."""
        some = sorted((name, tuple(sorted(set(v)))) for name, v in chosen.items() if v)
        who = tuple(pair for pair in some if pair[0] not in PLACES)
        where = tuple(pair for pair in some if pair[0] in PLACES)
        return cls(who=who, where=where, **others)


@dataclass(frozen=True)
class Role:
    """What one kind of reader may see and take. `rows` restricts it to people with these values."""

    name: str
    k: int = 10
    round_to: int = 1
    rows: Chosen = ()
    upload: bool = False
    export: bool = True
    export_ids: bool = False
    edit: bool = False
    check: bool = False

    @property
    def may_check(self) -> bool:
        """Whether it may have exports checked: a report speaks of the whole bank, not of rows."""
        return self.check and not self.rows


@dataclass(frozen=True)
class ExportDate:
    """An export used by a generation and the last day it speaks of."""

    name: str
    as_of: date | None


@dataclass(frozen=True)
class Mark:
    """A number of a month that differs from the bank's official figure by more than tolerated.

    `difference` and `tolerance` are shares of that figure; `reason` is in words, by language.
    """

    month: date
    source: str
    difference: float
    tolerance: float
    reason: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Origin:
    """Where an answer comes from: enough to ask again and get the same."""

    sql: str
    params: Mapping[str, object] = field(hash=False)
    filters: Filters
    generation: int
    as_of: date
    sources: tuple[ExportDate, ...]
    withheld: int  # people left out for want of consent, in every total
    rows: Chosen = ()  # what the role is restricted to
    present_value: tuple[str, ...] = ()  # filtered attributes that show today's value in old months
    unplaced: tuple[str, ...] = ()  # chosen places by which this question cannot be restricted
    marks: tuple[Mark, ...] = ()  # months outside the tolerance of an official figure
    split: str = ""  # the attribute whose values are the groups


@dataclass(frozen=True)
class Released:
    """A table that has passed the privacy door: the only kind charts and exports accept.

    `table` has the header's columns in order, the derived ones, and `hidden`: true where a cell of
    the row is hidden. A hidden cell is null. Only `privacy.release` makes one.
    """

    name: str
    table: pl.DataFrame = field(hash=False)
    counts: tuple[str, ...]  # the columns that count people
    covered: pl.DataFrame = field(hash=False)  # of the same shape: which cells are hidden
    hidden_cells: int
    k: int
    unit: str
    kind: str
    direction: str
    role: str
    origin: Origin


class Ask(Protocol):
    """Put a question by name; the answer is released."""

    def __call__(self, name: str, **options: str) -> Released: ...


class Engine(Protocol):
    """A database that answers with frames and carries out statements."""

    def run(self, sql: str, params: Mapping[str, object] | None = None) -> pl.DataFrame: ...

    def execute(self, sql: str, params: Mapping[str, object] | None = None) -> None: ...

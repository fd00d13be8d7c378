"""Make tables from the files of queries/: the names a file reads lead to the tables made so far.

The stage, attached as `stage`, becomes the generation. What is needed on the way stands in a
database of its own: dropping it from the stage would leave ids of people who have not consented in
the free pages of its file.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import polars as pl

from ecosphere import contract
from ecosphere.library import GIVEN, Query, placed, query
from ecosphere.model import Engine

PASSING = (
    "pair_seen",
    "pair_lost",
    "link_anew",
    "link_changed",
    "consent_changed",
    "profile_anew",
    "profile_change",
    "event_month",
    "scene_user_moved",
    "touched",
    "state_before",
)
# Written month by month, in this order: some need the events, the others only people of the month.
FROM_EVENTS = ("person_place", "scene_user_month", "unmatched_month", "match_month")
# Of these, those to which events of further days add.
ADD_UP = ("person_place", "scene_user_month", "match_month")
FACTS = (
    "active_month",
    "moves",
    "active_day",
    "days_active",
    "scene_breadth",
    "channel_breadth",
    "channel_flow",
    "retention",
    "scene_month",
    "channel_month",
    "partner_month",
    "partner_pair",
)
# A file that reads one of these in a monthly step sees that month only.
MONTHLY_PEOPLE = (
    "person_place",
    "scene_user_month",
    "person_month",
    "person_account",
    "person_relationship",
    "person_contact",
)

Span = tuple[date, date]  # from a day to before another


@dataclass(frozen=True)
class Rows:
    """Which rows a step reads of the tables of people by month: without restrictions, all."""

    month: int | None = None
    people: tuple[int, int] | None = None  # from one number to another
    touched: bool = False  # of those who are counted again, the months that are
    before: bool = False  # as the generation before held them, and everything beside them
    held: bool = False  # from the copies that `hold` has made
    attributes: int | None = None  # in the cells of only so many

    def of(self, table: str) -> str:
        """A select of these rows of one of the tables."""
        touched = (
            " inner join work.touched as touched"
            " on touched.person = held.person and held.month >= touched.since"
        )
        limits = [f"held.month = {self.month}"] if self.month is not None else []
        limits += ["held.person between {} and {}".format(*self.people)] if self.people else []
        where = f" where {' and '.join(limits)}" if limits else ""
        return f"select held.* from {table} as held{touched if self.touched else ''}{where}"


EVERY_ROW = Rows()


@dataclass(frozen=True)
class Tables:
    """The tables of one build."""

    engine: Engine

    def run(self, found: Query, **params: object) -> pl.DataFrame:
        return self.engine.run(self.select(found), params)

    def create(self, name: str, only: Collection[Span] | None = None, **params: object) -> None:
        """Make a whole table, or from the events of some days only; of the parameters it takes
        those its header names."""
        found = query(name)
        kind = "view" if found.schema == "export" else "table"
        sql = f"create or replace {kind} {place(found)} as {self.select(found, only=only)}"
        self.engine.execute(sql, {key: params[key] for key in found.params})

    def append(self, name: str, rows: Rows) -> None:
        """Add rows to a table, the earliest month first, and make the table with the first."""
        found = query(name)
        target = place(found)
        verb = f"insert into {target}" if self.exists(found) else f"create table {target} as"
        params = dict.fromkeys(found.params, rows.month)
        order = (found.month,) if rows.month is None else ()
        told = (
            self._counted(found, rows) if name in FACTS else self.select(found, rows, order=order)
        )
        self.engine.execute(f"{verb} {told}", params)

    def hold(self, name: str, rows: Rows) -> None:
        """Copy rows of now and of before aside: a large table is then gone through once."""
        for each in (rows, replace(rows, before=True)):
            self.engine.execute(
                f"create or replace table {_copy(name, each)} as {each.of(_place(name, each))}"
            )

    def amend(self, name: str, rows: Rows) -> None:
        """Take off a fact what people counted before, and add what they count now."""
        found = query(name)
        now, before = (self._counted(found, each) for each in (rows, replace(rows, before=True)))
        less = ", ".join(f"-{column} as {column}" for column in found.counts)
        key = ", ".join(self._key(found))
        self.add(found, f"({now}) union all by name (select {key}, {less} from ({before}))")

    def add(self, found: Query, more: str, **params: object) -> None:
        """Add rows to those with the same key: counts are summed, masks united. A row that then
        counts nothing goes. What was added stands in work.more."""
        target, key = place(found), self._key(found)
        pair = " = ".join(f"({', '.join(f'{side}.{c}' for c in key)})" for side in ("held", "more"))
        same = f"semi join work.more using ({', '.join(key)})"
        self._unite(found, "work.more", more, params)
        self._unite(found, "work.united", f"from work.more union all by name from {target} {same}")
        self.engine.execute(f"delete from {target} as held using work.more as more where {pair}")
        self.engine.execute(f"insert into {target} from work.united")

    def _unite(
        self, found: Query, into: str, rows: str, params: Mapping[str, object] | None = None
    ) -> None:
        """Rows with one key become one."""
        united = {column: f"cast(sum({column}) as bigint)" for column in found.counts}
        united |= {column: f"bit_or({column})" for column in found.masks}
        told = ", ".join(f"{united.get(column, column)} as {column}" for column in self._all(found))
        some = " or ".join(f"sum({column}) <> 0" for column in found.counts)
        self.engine.execute(
            f"create or replace table {into} as select {told} from ({rows}) "
            f"group by all{f' having {some}' if some else ''}",
            params,
        )

    def _key(self, found: Query) -> list[str]:
        return [c for c in self._all(found) if c not in (*found.counts, *found.masks)]

    def _all(self, found: Query) -> list[str]:
        return self.engine.run(f"select * from {place(found)} limit 0").columns

    def delete(self, name: str, months: Collection[int]) -> None:
        """Take some months out of a table."""
        if months and self.exists(query(name)):
            listed = ", ".join(map(str, sorted(months)))
            self.engine.execute(f"delete from {place(query(name))} where month in ({listed})")

    def drop(self, *names: str) -> None:
        for name in names:
            self.engine.execute(f"drop table if exists {place(query(name))}")

    def fill(self, name: str, columns: Mapping[str, tuple[str, list[Any]]]) -> None:
        """A table `schema.name` of the stage from values: column -> (type, values)."""
        types = ", ".join(f"{column} {kind}" for column, (kind, _) in columns.items())
        self.engine.execute(f"create or replace table stage.{name} ({types})")
        unnested = ", ".join(
            f"unnest(${column}::{kind}[])" for column, (kind, _) in columns.items()
        )
        values = {column: given for column, (_, given) in columns.items()}
        self.engine.execute(f"insert into stage.{name} select {unnested}", values)

    def value(self, sql: str, **params: object) -> object:
        """The one value of a select with one row."""
        return self.engine.run(sql, params).item()

    def rows(self, table: str) -> int:
        return int(self.engine.run(f"select count(*) as n from {table}").item())

    def counts(self, name: str, **params: object) -> dict[int, int]:
        """The rows (month, count) of a query."""
        found = self.run(query(name), **params)
        return dict(found.select("month", "count").iter_rows())

    def select(
        self,
        found: Query,
        rows: Rows = EVERY_ROW,
        only: Collection[Span] | None = None,
        order: tuple[str, ...] = (),
    ) -> str:
        reads = {name: _relation(found, name, rows, only) for name in found.reads}
        return placed(found.sql, reads, order)

    def most_attributes(self) -> int:
        """How many attributes the cells of people hold."""
        most = self.value("select max(attributes) from stage.stored.cell_within")
        return int(str(most or 0))

    def _counted(self, found: Query, rows: Rows) -> str:
        """The rows of a fact, in cells of as many attributes as it carries."""
        sql = "select attributes from stage.stored.fact where fact = $fact"
        attributes = int(str(self.value(sql, fact=found.name)))
        fewer = attributes if attributes < self.most_attributes() else None
        return self.select(found, replace(rows, attributes=fewer))

    def exists(self, found: Query) -> bool:
        sql = (
            "select count(*) as n from duckdb_tables() where database_name = 'stage' "
            "and schema_name = $schema and table_name = $name"
        )
        return bool(self.value(sql, schema=found.schema, name=found.name))


def _relation(reader: Query, name: str, rows: Rows, only: Collection[Span] | None) -> str:
    """Where a bare name leads: the export itself, the view on it, or a table made before."""
    if name in GIVEN:
        return f"select * from work.{name}"
    if name in contract.contracts() and (reader.schema == "export" or name != "events"):
        return f"select * from checked.{name}"
    target = _place(name, rows)
    if name == "events" and only is not None:
        return f"select * from {target} where {_within(only)}"
    if name in MONTHLY_PEOPLE and not rows.held:
        return _in_wider_cells(query(name), reader, rows.of(target), rows)
    source = _copy(name, rows) if name in MONTHLY_PEOPLE else target
    return _in_wider_cells(query(name), reader, f"select * from {source}", rows)


def _in_wider_cells(found: Query, reader: Query, told: str, rows: Rows) -> str:
    """Rows of people in the cells that share the first attributes, where the reader names cells."""
    cells = [cell for cell in found.cells if re.search(rf"\b{cell}\b", reader.sql)]
    if rows.attributes is None or not cells:
        return told
    wider = ", ".join(f"{cell}_of.within as {cell}" for cell in cells)
    joins = " ".join(
        f"inner join {_place('cell_within', rows)} as {cell}_of "
        f"on {cell}_of.cell = told.{cell} and {cell}_of.attributes = {rows.attributes}"
        for cell in cells
    )
    return f"select told.* exclude ({', '.join(cells)}), {wider} from ({told}) as told {joins}"


def _place(name: str, rows: Rows) -> str:
    found = query(name)
    return f"previous.{found.schema}.{name}" if rows.before else place(found)


def _copy(name: str, rows: Rows) -> str:
    return f"work.{name}_{'before' if rows.before else 'now'}"


def _within(only: Collection[Span]) -> str:
    """Events of these days. Ranges, since by them the engine leaves out parts of files."""
    spans = (
        f"(occurred_at >= date '{first}' and occurred_at < date '{following}')"
        for first, following in sorted(only)
    )
    return " or ".join(spans) or "false"


def place(found: Query) -> str:
    """Where a table stands."""
    if found.name in PASSING:
        return f"work.{found.name}"
    return (
        f"export.{found.name}" if found.schema == "export" else f"stage.{found.schema}.{found.name}"
    )

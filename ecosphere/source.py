"""ask(name, filters, options) -> Released: the only caller of engine and privacy at serving time.

A question's SQL never mentions a filter. Each table it reads is put in front of it under its bare
name, holding only what was chosen.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from importlib import import_module

import polars as pl

from ecosphere.engines import duckdb
from ecosphere.generations import Home
from ecosphere.library import GIVEN, Query, Question, exports_behind, placed, query, question
from ecosphere.model import (
    NOT_STATED,
    Engine,
    ExportDate,
    Filters,
    Month,
    Origin,
    Problem,
    Released,
    Role,
)
from ecosphere.privacy import may, release

ANSWERS_KEPT = 512  # a released table is a few kilobytes


@dataclass(frozen=True)
class Attribute:
    """A property of people that a reader may filter by, with the labels of its values."""

    name: str
    label: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]  # value -> language -> label, in the order to show
    position: int
    is_carried: bool
    known_since: int


@dataclass(frozen=True)
class Catalog:
    """What a generation says of itself."""

    number: int
    as_of: date
    months: tuple[Month, ...]
    exports: Mapping[str, date | None]
    columns: frozenset[str]  # 'export.column'
    attributes: Mapping[str, Attribute]
    withheld_people: int


class Source:
    """One generation, open for questions."""

    def __init__(self, engine: Engine, number: int):
        self._engine = engine
        self.catalog = _read_catalog(engine, number)
        self._answer = lru_cache(ANSWERS_KEPT)(self._answer_now)

    def ask(self, name: str, filters: Filters, options: Mapping[str, str], role: Role) -> Released:
        """The released answer to one question. A Problem names what cannot be asked."""
        return self._answer(name, filters, tuple(sorted(options.items())), role)

    def _answer_now(
        self, name: str, filters: Filters, options: tuple[tuple[str, str], ...], role: Role
    ) -> Released:
        asked = question(name)
        may(role, asked)
        view = _View.of(self.catalog, filters, role)
        params = {**view.params(asked), **self._options(asked, dict(options))}
        tables = {read: view.table(query(read)) for read in asked.reads}
        sql = placed(asked.sql, tables, asked.order)
        restricting = view.restricting() if "$who_0" in sql else {}
        frame = self._engine.run(sql, {**params, **restricting})
        if asked.statistic:
            frame = _statistic(asked.statistic)(frame)
        if frame.columns != list(asked.columns):
            raise RuntimeError(f"{name}: columns {frame.columns}, header {list(asked.columns)}")
        return release(
            frame, asked, role, self._origin(asked, view, sql, {**params, **restricting})
        )

    def _options(self, asked: Question, given: Mapping[str, str]) -> dict[str, object]:
        for name, value in given.items():
            is_default = asked.option(name, value) == asked.option(name, None)
            needed = asked.needs.get(name)
            if needed and not is_default and needed not in self.catalog.columns:
                raise Problem("option_needs_column", option=name, value=value, column=needed)
        return {name: asked.option(name, given.get(name)) for name in asked.options}

    def _origin(
        self, asked: Question, view: "_View", sql: str, params: dict[str, object]
    ) -> Origin:
        behind = sorted(exports_behind(asked.name) & set(self.catalog.exports))
        return Origin(
            sql=sql,
            params=params,
            filters=view.filters,
            generation=self.catalog.number,
            as_of=view.as_of,
            sources=tuple(ExportDate(name, self.catalog.exports[name]) for name in behind),
            withheld=self.catalog.withheld_people,
            present_value=view.present_value(),
        )


def open_source(home: Home, number: int | None = None) -> Source:
    """Open the served generation, or the one of that number."""
    chosen = home.served() if number is None else number
    return Source(duckdb.serving(home.generation(chosen)), chosen)


@dataclass(frozen=True)
class _View:
    """A generation as one reader with these filters sees it: which tables hold which rows."""

    catalog: Catalog
    filters: Filters
    as_of: date
    first: Month
    last: Month
    conditions: tuple[tuple[str, tuple[str, ...]], ...]  # chosen by the reader and by the role

    @classmethod
    def of(cls, catalog: Catalog, filters: Filters, role: Role) -> "_View":
        as_of = filters.as_of or catalog.as_of
        if not catalog.months[0].first_day <= as_of <= catalog.as_of:
            raise Problem("as_of_outside", value=as_of, first=catalog.months[0].first_day,
                          last=catalog.as_of)  # fmt: skip
        # Rows after the as-of day of the data are kept; a view as of an earlier day ends there.
        end = Month.of(as_of) if as_of < catalog.as_of else catalog.months[-1]
        start = catalog.months[0]
        first, last = filters.first or start, filters.last or end
        if first.code > end.code or last.code < start.code:
            raise Problem("period_outside", first=first, last=last, known=f"{start} – {end}")
        if first.code > last.code:
            raise Problem("period_reversed", first=first, last=last)
        for name, values in (*filters.who, *role.rows):
            _check_choice(catalog, name, values)
        last = min(last, end, key=lambda month: month.code)
        return cls(catalog, filters, as_of, first, last, (*filters.who, *role.rows))

    def params(self, asked: Question) -> dict[str, object]:
        offered: dict[str, object] = {
            "first_month": self.first.code,
            "last_month": self.last.code,
            "as_of": self.as_of,
            "is_filtered": bool(self.conditions),
        }
        return {name: offered[name] for name in asked.params}

    def restricting(self) -> dict[str, object]:
        """The chosen values, as parameters: they never enter the text of a query."""
        return {f"who_{place}": list(values) for place, (_, values) in enumerate(self.conditions)}

    def present_value(self) -> tuple[str, ...]:
        """Attributes filtered by whose value in the first months shown is a later one."""
        return tuple(
            name
            for name, _ in self.conditions
            if self.catalog.attributes[name].known_since > self.first.code
        )

    def table(self, found: Query) -> str:
        """The rows of a table that were chosen, as a select."""
        rows = self._months(found)
        if not self.conditions:
            insides = "".join(f", true as {inside}" for inside in _INSIDE[len(found.cells)])
            return f"select *{insides} from ({rows}) as fact"
        if found.whole:
            return f"select * from ({rows}) as fact where false"
        if len(found.cells) == 1:
            return f"select fact.* from ({rows}) as fact where cell in ({self._chosen()})"
        insides = "".join(
            f", {cell} in ({self._chosen()}) as {inside}"
            for cell, inside in zip(found.cells, _INSIDE[len(found.cells)], strict=True)
        )
        return f"select *{insides} from ({rows}) as fact"

    def _chosen(self) -> str:
        """The cells that satisfy every condition."""
        tests = " and ".join(
            f"profile[{self.catalog.attributes[name].position}] = any($who_{place})"
            for place, (name, _) in enumerate(self.conditions)
        )
        return f"select cell from generation.stored.cell where {tests}"

    def _months(self, found: Query) -> str:
        """The rows up to the as-of day. The month it cuts is counted anew from people."""
        stored = f"select * from generation.{found.schema}.{found.name}"
        if not found.month or self.as_of >= self.catalog.as_of:
            return stored
        last = Month.of(self.as_of)
        masked = [name for name in found.reads if name not in GIVEN and query(name).masks]
        if not masked or self.as_of == last.last_day:
            return f"{stored} where {found.month} <= {last.code}"
        anew = placed(found.sql, {name: self._cut(query(name)) for name in found.reads})
        finished = f"{stored} where {found.month} < {last.code}"
        return f"{finished} union all by name select * from ({anew}) as anew"

    def _cut(self, found: Query) -> str:
        """The people of the cut month, with the days after the as-of day taken off."""
        stored = f"select * from generation.{found.schema}.{found.name}"
        if not found.masks:
            return stored
        days = (1 << self.as_of.day) - 1
        kept = ", ".join(f"{mask} & {days} as {mask}" for mask in found.masks)
        return (
            f"select * exclude ({', '.join(found.masks)}), {kept} "
            f"from generation.{found.schema}.{found.name} "
            f"where {found.month} = {Month.of(self.as_of).code} and {found.masks[0]} & {days} > 0"
        )


_INSIDE: Mapping[int, tuple[str, ...]] = {0: (), 1: (), 2: ("inside", "inside_before")}


def _check_choice(catalog: Catalog, name: str, values: tuple[str, ...]) -> None:
    attribute = catalog.attributes.get(name)
    if attribute is None:
        raise Problem("unknown_attribute", value=name, known=", ".join(catalog.attributes) or "-")
    if not attribute.is_carried:
        carried = ", ".join(a.name for a in catalog.attributes.values() if a.is_carried)
        raise Problem("attribute_not_carried", value=name, known=carried)
    for value in values:
        if value not in attribute.values:
            raise Problem("unknown_value", attribute=name, value=value,
                          known=", ".join(attribute.values))  # fmt: skip


def _statistic(name: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """A pure function of ecosphere.statistics, named `topic.function` in a header."""
    topic, _, function = name.partition(".")
    found: Callable[[pl.DataFrame], pl.DataFrame] = getattr(
        import_module(f"ecosphere.statistics.{topic}"), function
    )
    return found


def _read_catalog(engine: Engine, number: int) -> Catalog:
    def rows(table: str, order: str) -> list[dict[str, object]]:
        return engine.run(f"select * from generation.stored.{table} order by {order}").to_dicts()

    generation = rows("generation", "as_of")[0]
    accounts = rows("export_account", "export")
    columns = rows("export_column", "export, name")
    return Catalog(
        number=number,
        as_of=generation["as_of"],  # type: ignore[arg-type]
        months=tuple(Month(int(str(row["month"]))) for row in rows("month", "month")),
        exports={str(row["export"]): row["as_of"] for row in accounts},  # type: ignore[misc]
        columns=frozenset(f"{row['export']}.{row['name']}" for row in columns),
        attributes={a.name: a for a in _attributes(engine)},
        withheld_people=int(str(generation["withheld_people"])),
    )


def _attributes(engine: Engine) -> list[Attribute]:
    stored = "generation.stored"
    labels = engine.run(f"select * from {stored}.attribute_value").to_dicts()
    found = []
    for row in engine.run(f"select * from {stored}.attribute order by position").to_dicts():
        seen = _values(engine, row["position"])
        known = {one["value"]: {"en": one["en"], "zh": one["zh"]} for one in labels
                 if one["name"] == row["name"]}  # fmt: skip
        # Labelled values in the contract's order, then the bank's own, then what is not stated.
        order = [value for value in known if value in seen]
        order += sorted(value for value in seen if value not in known and value != NOT_STATED)
        order += [value for value in seen if value == NOT_STATED]
        found.append(
            Attribute(
                name=row["name"],
                label={"en": row["en"], "zh": row["zh"]},
                values={value: known.get(value, {}) for value in order},
                position=row["position"],
                is_carried=row["is_carried"],
                known_since=row["known_since"],
            )
        )
    return found


def _values(engine: Engine, position: int) -> list[str]:
    sql = f"select distinct profile[{position}] as value from generation.stored.cell order by value"
    return [value for value in engine.run(sql)["value"].to_list() if value is not None]

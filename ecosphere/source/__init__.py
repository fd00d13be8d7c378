"""ask(name, filters, options) -> Released: the only caller of engine and privacy at serving time.

A question's SQL never mentions a filter. Each table it reads is put in front of it under its bare
name, holding only what was chosen.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from functools import lru_cache, partial
from importlib import import_module
from pathlib import Path
from threading import Condition

import polars as pl
from cachetools import LRUCache, cached

from ecosphere.engines import duckdb
from ecosphere.generations import Home
from ecosphere.library import LIVE, PER_GROUP, SPLIT, Question, exports_behind, question
from ecosphere.model import Engine, ExportDate, Filters, Mark, Origin, Problem, Released, Role
from ecosphere.privacy import may, release
from ecosphere.source import live, marks
from ecosphere.source.attributes import Attribute, Value
from ecosphere.source.catalog import Catalog, read_catalog
from ecosphere.source.cohorts import Cohorts
from ecosphere.source.kept import Kept
from ecosphere.source.people import Params
from ecosphere.source.split import Split
from ecosphere.source.view import View

__all__ = ["Attribute", "Catalog", "Source", "Value", "open_source"]

ANSWERS_KEPT = 512  # a released table is a few kilobytes
ROLES_KEPT = 64


class Source:
    """One generation, open for questions; the log of `home` tells of builds refused since."""

    def __init__(self, engine: Engine, number: int, home: Path | None = None):
        self._engine = engine
        self._home = home
        self.catalog = read_catalog(engine, number)
        self._offered = lru_cache(ROLES_KEPT)(self.catalog.offered)
        self._kept = Kept(engine)
        self._cohorts = Cohorts(engine, self.catalog)
        # Readers who ask the same at once wait for one answer.
        self._answer = cached(LRUCache(ANSWERS_KEPT), condition=Condition())(self._answer_now)

    def ask(self, name: str, filters: Filters, options: Mapping[str, str], role: Role) -> Released:
        """The released answer to one question. A Problem names what cannot be asked."""
        is_live = not LIVE.isdisjoint(question(name).reads)
        answer = self._answer_now if is_live else self._answer
        return answer(name, filters, tuple(sorted(options.items())), role)

    def offered(self, role: Role) -> Catalog:
        """The catalog with no values but those that a role may choose."""
        return self._offered(role)

    def take(self, ids: Iterable[str], role: Role) -> str:
        """Keep a list of people in memory; its key is a filter, `Filters.listed`."""
        return self._cohorts.take(ids, role)

    def _answer_now(
        self, name: str, filters: Filters, options: tuple[tuple[str, str], ...], role: Role
    ) -> Released:
        asked = question(name)
        may(role, asked)
        members = self._cohorts.members(filters, role)
        chosen = View.of(self.catalog, self._offered(role), filters, role, members)
        view = chosen.placed_as(asked)
        given = dict(options)
        by = given.pop(SPLIT, "") or self._by(asked, role)
        params = {**view.params(asked), **self._options(asked, given)}
        if by or asked.by:
            return self._by_group(asked, chosen, params, by, role)
        params |= live.params(LIVE.intersection(asked.reads), self._home, self.catalog.timezone)
        frame = self._rows(asked, view, params)
        if asked.statistic:
            frame = _statistic(asked.statistic)(frame)
        if frame.columns != list(asked.columns):
            raise RuntimeError(f"{name}: columns {frame.columns}, header {list(asked.columns)}")
        origin = self._origin(asked, chosen, params, role)
        return release(
            frame, asked, role, replace(origin, marks=self._marks(asked, view, options, role))
        )

    def _by_group(
        self, asked: Question, chosen: View, params: dict[str, object], by: str, role: Role
    ) -> Released:
        """The answer by the values of an attribute, beside the total that they add up to."""
        if not asked.split:
            raise Problem("not_split", query=asked.name)
        if PER_GROUP in params:  # a plan holds for the whole group: the groups are no filter
            params["is_filtered"] = chosen.people.is_filtered_beside(by)
        split = Split.of(chosen.placed_as(asked), self._offered(role), by, every=asked.every)
        frame = split.answer(asked, lambda code, v: self._rows(asked, v, _of_group(params, code)))
        sql, told = split.told(lambda v: _with_values(v.sql(asked, v.anew), v, params))
        origin = replace(
            self._origin(asked, split.widest, params, role),
            sql=sql, params=told, split=by, unplaced=chosen.unplaced(asked),
        )  # fmt: skip
        return release(frame, asked.by_group(), role, origin)

    def _by(self, asked: Question, role: Role) -> str:
        """The attribute that a question is always told by: the first of its own that is there.
        Without any, all people are one group."""
        known = self._offered(role).attributes
        return next((name for name in asked.by if name in known), "")

    def _rows(self, asked: Question, view: View, params: Params) -> pl.DataFrame:
        if view.is_stored(asked):
            return self._engine.run(*_with_values(view.sql(asked, view.anew), view, params))
        with self._kept.facts(view, _definition(params)) as facts:
            return self._engine.run(*_with_values(view.sql(asked, facts), view, params))

    def _options(self, asked: Question, given: Mapping[str, str]) -> dict[str, object]:
        for name, value in given.items():
            is_default = asked.option(name, value) == asked.option(name, None)
            needed = asked.needs.get(name)
            if needed and not is_default and needed not in self.catalog.columns:
                raise Problem("option_needs_column", option=name, value=value, column=needed)
        return {name: asked.option(name, given.get(name)) for name in asked.options}

    def _marks(
        self, asked: Question, view: View, options: tuple[tuple[str, str], ...], role: Role
    ) -> tuple[Mark, ...]:
        """Months in which this is further from an official figure than tolerated.

        A part of the bank is not what that figure speaks of. What is told of it is what the page
        of reconciliation tells this role.
        """
        has_figures = marks.EXPORT in self.catalog.exports
        if not (asked.official and has_figures) or view.people or view.places:
            return ()
        metric = marks.metric(asked, dict(options))
        return marks.outside(self.ask(marks.QUESTION, view.filters, {}, role).table, metric)

    def _origin(self, asked: Question, chosen: View, params: Params, role: Role) -> Origin:
        """The SQL told is the whole way from people, also where facts were counted step by step."""
        view = chosen.placed_as(asked)
        anew = partial(view.anew, definition=_definition(params))
        sql, told = _with_values(view.sql(asked, anew), view, params)
        behind = exports_behind(asked.name) | view.exports()
        sources = sorted(behind & set(self.catalog.exports))
        return Origin(
            sql=sql,
            params=told,
            filters=view.filters,
            generation=self.catalog.number,
            as_of=view.as_of,
            sources=tuple(ExportDate(name, self.catalog.exports[name]) for name in sources),
            withheld=self.catalog.withheld_people,
            rows=role.rows,
            present_value=view.present_value(),
            unplaced=chosen.unplaced(asked),
        )


def open_source(home: Home, number: int | None = None) -> Source:
    """Open the served generation, or the one of that number."""
    chosen = home.served() if number is None else number
    return Source(duckdb.serving(home.generation(chosen)), chosen, home.path)


def _with_values(sql: str, view: View, params: Params) -> tuple[str, dict[str, object]]:
    """The SQL, and the parameters that it names."""
    return sql, {**params, **view.restricting(sql)}


def _of_group(params: Params, code: str) -> Params:
    return {**params, PER_GROUP: code} if PER_GROUP in params else params


def _definition(params: Params) -> int | None:
    """The definition of active that is asked for, where the question offers a choice."""
    found = params.get("definition")
    return found if isinstance(found, int) else None


def _statistic(name: str) -> Callable[[pl.DataFrame], pl.DataFrame]:
    """A pure function of ecosphere.statistics, named `topic.function` in a header."""
    topic, _, function = name.partition(".")
    found: Callable[[pl.DataFrame], pl.DataFrame] = getattr(
        import_module(f"ecosphere.statistics.{topic}"), function
    )
    return found

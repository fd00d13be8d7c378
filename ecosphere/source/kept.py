"""Facts counted anew, kept in the memory of the serving connection for the questions to come."""

from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import count
from threading import Lock

from ecosphere.library import Query
from ecosphere.model import Engine
from ecosphere.source.anew import counted
from ecosphere.source.view import Condition, Facts, View

FACTS_KEPT = 48  # in two cells a fact has some hundred rows
# Counting who was where takes memory by people and months; with so many at a time it stays within
# half of what serving may use, however many there are.
PEOPLE_MONTHS = 1_000_000


class Kept:
    """The facts of the groups that were asked for last.

    One group at a time is counted and asked for: two at once would take twice the memory, and
    readers who choose the same would both count it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._lock = Lock()
        self._numbers = count(1)
        self._facts: OrderedDict[object, str] = OrderedDict()
        self._group: tuple[tuple[Condition, ...], str] | None = None

    @contextmanager
    def facts(self, view: View) -> Iterator[Facts]:
        """The facts of a view in two cells, by name; they are there until the block ends."""
        with self._lock:
            try:
                yield partial(self._rows, view)
            finally:
                while len(self._facts) > FACTS_KEPT:
                    self._drop(self._facts.popitem(last=False)[1])

    def _rows(self, view: View, found: Query) -> str:
        key = (found.name, view.conditions, view.as_of)
        if key not in self._facts:
            self._facts[key] = self._count(view, found)
        self._facts.move_to_end(key)
        return f"select * from {self._facts[key]}"

    def _count(self, view: View, found: Query) -> str:
        """A new table of the fact."""
        who = f"select * from {self._who(view)}"
        people = self._engine.run(f"select count(distinct person) as n from ({who}) as w").item()
        months = max(1, PEOPLE_MONTHS // max(1, people))
        table = self._table(found.name)
        try:
            verb = f"create table {table} as"
            for stretch in view.stretches(months):
                self._engine.execute(f"{verb} {counted(found, stretch, who)}")
                verb = f"insert into {table} by name"
        except BaseException:
            self._drop(table)
            raise
        return table

    def _who(self, view: View) -> str:
        """The table of everybody who is ever chosen; only that of the last group is kept."""
        if self._group is None or self._group[0] != view.conditions:
            if self._group:
                self._drop(self._group[1])
            self._group = None
            table = self._table("who")
            self._engine.execute(f"create table {table} as {view.who()}", view.restricting())
            self._group = (view.conditions, table)
        return self._group[1]

    def _table(self, name: str) -> str:
        self._engine.execute("create schema if not exists anew")
        return f"anew.{name}_{next(self._numbers)}"

    def _drop(self, table: str) -> None:
        self._engine.execute(f"drop table if exists {table}")

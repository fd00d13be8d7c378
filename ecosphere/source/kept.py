"""Facts counted anew, kept in the memory of the serving connection for the questions to come."""

from collections import Counter, OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from itertools import count
from threading import Lock

from ecosphere.library import Query, query
from ecosphere.model import Engine
from ecosphere.source.anew import Counting
from ecosphere.source.people import Params, People
from ecosphere.source.view import Facts, View

FACTS_KEPT = 96  # in two cells a fact has some hundred rows
# So many people times months are counted at a time, that memory stays within half of what serving
# may use, however many there are: rows of months are gone through once, who was where is gathered
# by person and month first. In chosen places it is so many rows of who was where.
PEOPLE_MONTHS, GATHERED, PLACED = 50_000_000, 1_000_000, 2_000_000


class Kept:
    """The facts of the groups that were asked for last.

    One fact at a time is counted: two at once would take twice the memory, and readers who choose
    the same would both count it. What is there is read by everybody at once.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._counting = Lock()
        self._looking = Lock()
        self._numbers = count(1)
        self._facts: OrderedDict[object, str] = OrderedDict()
        self._readers: Counter[str] = Counter()  # by table, also of those that are kept no more
        self._group: tuple[People, str] | None = None

    @contextmanager
    def facts(self, view: View, definition: int | None) -> Iterator[Facts]:
        """The facts of a view in two cells, by name; they are there until the block ends."""
        read: list[str] = []

        def rows(found: Query) -> str:
            read.append(self._table(view, found, definition))
            return f"select * from {read[-1]}"

        try:
            yield rows
        finally:
            self._leave(read)

    def _table(self, view: View, found: Query, definition: int | None) -> str:
        """The table of a fact, which this reader then holds."""
        key = (found.name, definition, view.people, view.places, view.as_of)
        if table := self._held(key):
            return table
        with self._counting:
            if table := self._held(key):  # another reader was quicker
                return table
            table = self._count(view, found, definition)
            with self._looking:
                self._facts[key] = table
                self._readers[table] += 1
            return table

    def _held(self, key: object) -> str | None:
        with self._looking:
            if table := self._facts.get(key):
                self._facts.move_to_end(key)
                self._readers[table] += 1
            return table

    def _leave(self, read: list[str]) -> None:
        """Let go of tables; those that nobody reads and that are kept no more are dropped."""
        with self._looking:
            self._readers.subtract(read)
            while len(self._facts) > FACTS_KEPT:
                self._facts.popitem(last=False)
            kept = set(self._facts.values())
            gone = [t for t, readers in self._readers.items() if not readers and t not in kept]
            for table in gone:
                del self._readers[table]
        for table in gone:
            self._drop(table)

    def _count(self, view: View, found: Query, definition: int | None) -> str:
        """A new table of the fact, one part after the other."""
        counting = replace(view.counting(f"select * from {self._who(view)}"), definition=definition)
        table, verb = self._new(found.name), "create table {} as"
        try:
            for part in self._parts(counting, found):
                rows = part.fact(found)
                self._engine.execute(f"{verb.format(table)} {rows}", view.restricting(rows))
                verb = "insert into {} by name"
        except BaseException:
            self._drop(table)
            raise
        return table

    def _parts(self, counting: Counting, found: Query) -> Iterator[Counting]:
        """Some months at a time; in chosen places, where a month tells of those before it, some
        people at a time. What is nobody's is one part."""
        if not counting.places:
            people = self._one(f"select count(distinct person) as n from ({counting.who}) as who")
            is_gathered = any(query(name).places for name in found.reads)
            most = GATHERED if is_gathered else PEOPLE_MONTHS
            yield from counting.by_months(max(1, most // max(1, people)))
        elif any(query(name).person for name in found.reads):
            sql = f"select count(*) as n from ({counting.placed()}) as placed"
            parts = self._one(sql, counting.places.params()) // PLACED + 1
            last = self._one(f"select coalesce(max(person), 0) as n from ({counting.who}) as who")
            size = last // parts + 1
            for first in range(0, last + 1, size):
                yield replace(counting, people=(first, first + size - 1))
        else:
            yield counting

    def _who(self, view: View) -> str:
        """The table of everybody who is ever chosen; only that of the last group is kept."""
        if self._group is None or self._group[0] != view.people:
            if self._group:
                self._drop(self._group[1])
            self._group = None
            table, who = self._new("who"), view.people.who()
            self._engine.execute(f"create table {table} as {who}", view.restricting(who))
            self._group = (view.people, table)
        return self._group[1]

    def _one(self, sql: str, params: Params | None = None) -> int:
        return int(self._engine.run(sql, params).item())

    def _new(self, name: str) -> str:
        self._engine.execute("create schema if not exists anew")
        return f"anew.{name}_{next(self._numbers)}"

    def _drop(self, table: str) -> None:
        self._engine.execute(f"drop table if exists {table}")

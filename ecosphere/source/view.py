"""A generation as one reader with these filters sees it: which tables hold which rows."""

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date

from ecosphere.cohorts import exports, parse
from ecosphere.library import GIVEN, PER_GROUP, Query, Question, placed, query, says_where
from ecosphere.model import TOTAL, Filters, Month, Problem, Role
from ecosphere.source import live
from ecosphere.source.anew import Counting
from ecosphere.source.catalog import Catalog
from ecosphere.source.people import Condition, Members, People
from ecosphere.source.places import Places

TREE = "branches"  # the export of units

PARAMETER = re.compile(r"\$([a-z_]\w*)")

Facts = Callable[[Query], str]  # a fact -> its rows, as a select

_INSIDE: Mapping[int, tuple[str, ...]] = {0: (), 1: (), 2: ("inside", "inside_before")}


@dataclass(frozen=True)
class View:
    """Facts hold the first attributes and all places. By anything else they are counted anew."""

    catalog: Catalog
    filters: Filters
    as_of: date
    first: Month
    last: Month
    people: People
    places: Places

    @classmethod
    def of(
        cls,
        catalog: Catalog,
        offered: Catalog,
        filters: Filters,
        role: Role,
        members: Iterable[Members] = (),
    ) -> "View":
        """`offered` is what the role may choose; its rows may be anything that is there."""
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
        last = min(last, end, key=lambda month: month.code)
        for name, values in filters.where:
            catalog.find(name, values)
        conditions = [
            Condition.of(name, offered.find(name, values)) for name, values in filters.who
        ]
        conditions += [Condition.of(name, catalog.find(name, values)) for name, values in role.rows]
        people = People(tuple(conditions), tuple(members))
        return cls(catalog, filters, as_of, first, last, people, Places(filters.where))

    def placed_as(self, asked: Question) -> "View":
        """The same in those of the chosen places by which the question can be restricted."""
        return replace(self, places=self.places.only(asked.where))

    def unplaced(self, asked: Question) -> tuple[str, ...]:
        """Kinds of places that were chosen and do not restrict the question, though people do
        stand behind it."""
        left = {name for name, _ in self.places.only(asked.where).chosen}
        return tuple(n for n, _ in self.places.chosen if not asked.public and n not in left)

    def is_stored(self, asked: Question) -> bool:
        """Whether the stored facts know everything that is asked for."""
        return all(self._is_stored(query(name)) for name in asked.reads)

    def params(self, asked: Question) -> dict[str, object]:
        offered: dict[str, object] = {
            "first_month": self.first.code,
            "last_month": self.last.code,
            "as_of": self.as_of,
            "is_filtered": bool(self.people),
            PER_GROUP: TOTAL,
        }
        return {name: offered[name] for name in asked.params}

    def restricting(self, sql: str) -> dict[str, object]:
        """The chosen values that an SQL names, as parameters: they never enter its text."""
        named, chosen = set(PARAMETER.findall(sql)), self.people.params() | self.places.params()
        return {name: value for name, value in chosen.items() if name in named}

    def present_value(self) -> tuple[str, ...]:
        """Attributes filtered by whose value in the first months shown is a later one."""
        return tuple(
            condition.attribute
            for condition in self.people.conditions
            if self.catalog.attributes[condition.attribute].known_since > self.first.code
        )

    def exports(self) -> frozenset[str]:
        """The exports that decide who was chosen, beyond those of all people."""
        names = (condition.attribute for condition in self.people.conditions)
        is_by_tree = any(self.catalog.attributes[name].is_tree for name in names)
        behind = exports(parse(self.filters.cohort)) if self.filters.cohort else frozenset()
        return behind | ({TREE} if is_by_tree else set())

    def sql(self, asked: Question, anew: Facts) -> str:
        """The question over the rows that were chosen; `anew` gives facts that are not stored."""
        tables = {name: self._table(query(name), anew) for name in asked.reads}
        return placed(asked.sql, tables, asked.order)

    def anew(self, found: Query, definition: int | None = None) -> str:
        """A fact in two cells, counted from people in one step."""
        return replace(self.counting(self.people.who()), definition=definition).fact(found)

    def counting(self, who: str) -> Counting:
        """What is counted anew of all months up to the as-of day; `who` selects who is counted."""
        return Counting(
            first=self.catalog.months[0].code,
            last=self._end.code,
            day=self.as_of.day if self._is_cut else None,
            who=who,
            is_everybody=not self.people,
            is_steady=not self.people.conditions,
            places=self.places,
        )

    @property
    def _end(self) -> Month:
        """The last month to be seen: rows after the as-of day of the data are kept."""
        is_earlier = self.as_of < self.catalog.as_of
        return Month.of(self.as_of) if is_earlier else self.catalog.months[-1]

    @property
    def _is_cut(self) -> bool:
        """Whether the day of an earlier view lies within its last month."""
        return self.as_of < self.catalog.as_of and self.as_of < self._end.last_day

    def _is_stored(self, found: Query) -> bool:
        """Whether what was chosen can be told from the stored rows of a table."""
        is_placed = bool(self.places) and says_where(found.name)
        is_told = not found.cells or self.people.is_told_by(self.catalog.carried.get(found.name, 0))
        return is_told and not is_placed

    def _table(self, found: Query, anew: Facts) -> str:
        """The rows of a table that were chosen, as a select."""
        is_stored = self._is_stored(found)
        is_restricted = self.people or (self.places and not says_where(found.name))
        if found.whole and is_restricted:
            return f"select * from ({self._stored(found)}) as fact where false"
        rows = self._stored(found) if is_stored else anew(found)
        names = _INSIDE[len(found.cells)]
        if not self.people:
            return f"select *{''.join(f', true as {name}' for name in names)} from ({rows}) as fact"
        chosen = self._chosen_cells() if is_stored else "1"
        if len(found.cells) == 1:
            return f"select fact.* from ({rows}) as fact where cell in ({chosen})"
        pairs = zip(found.cells, names, strict=True)
        insides = "".join(f", {cell} in ({chosen}) as {name}" for cell, name in pairs)
        either = f" where {' or '.join(names)}" if names else ""
        return f"select * from (select *{insides} from ({rows}) as fact) as fact{either}"

    def _stored(self, found: Query) -> str:
        """The rows up to the as-of day. The month it cuts is counted anew from people."""
        if found.schema == "live":
            return live.select(found.name)
        stored = f"select * from generation.{found.schema}.{found.name}"
        if not found.month or self.as_of >= self.catalog.as_of:
            return stored
        end = self._end.code
        if not self._is_cut or not any(
            query(name).masks for name in found.reads if name not in GIVEN
        ):
            return f"{stored} where {found.month} <= {end}"
        anew = Counting(end, end, self.as_of.day).fact(found)
        finished = f"{stored} where {found.month} < {end}"
        return f"{finished} union all by name select * from ({anew}) as anew"

    def _chosen_cells(self) -> str:
        """The cells that satisfy every condition."""
        return f"select cell from generation.stored.cell where {self.people.tests()}"

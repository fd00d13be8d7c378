"""A generation as one reader with these filters sees it: which tables hold which rows."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import count

from ecosphere.library import GIVEN, Query, Question, placed, query
from ecosphere.model import Filters, Month, Problem, Role
from ecosphere.source import refused
from ecosphere.source.anew import Stretch, counted
from ecosphere.source.catalog import Catalog, Value

TREE = "branches"  # the export of units

Facts = Callable[[Query], str]  # a fact -> its rows, as a select

_INSIDE: Mapping[int, tuple[str, ...]] = {0: (), 1: (), 2: ("inside", "inside_before")}


@dataclass(frozen=True)
class Condition:
    """An attribute and what was chosen of it, by the place of a profile that holds it."""

    attribute: str
    places: tuple[tuple[int, tuple[str, ...]], ...]

    @classmethod
    def of(cls, attribute: str, chosen: Mapping[str, Value]) -> "Condition":
        places: dict[int, list[str]] = {}
        for code, value in chosen.items():
            for position in value.positions:
                places.setdefault(position, []).append(code)
        return cls(attribute, tuple((place, tuple(places[place])) for place in sorted(places)))


@dataclass(frozen=True)
class View:
    """Facts hold the first attributes. By any other condition they are counted anew from people."""

    catalog: Catalog
    filters: Filters
    as_of: date
    first: Month
    last: Month
    conditions: tuple[Condition, ...]  # chosen by the reader and by the role

    @classmethod
    def of(cls, catalog: Catalog, offered: Catalog, filters: Filters, role: Role) -> "View":
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
        conditions = [
            Condition.of(name, offered.find(name, values)) for name, values in filters.who
        ]
        conditions += [Condition.of(name, catalog.find(name, values)) for name, values in role.rows]
        return cls(catalog, filters, as_of, first, last, tuple(conditions))

    @property
    def is_carried(self) -> bool:
        """Whether the stored facts know everything that is asked for."""
        places = (place for condition in self.conditions for place, _ in condition.places)
        return all(place <= self.catalog.carried for place in places)

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
        places = [values for condition in self.conditions for _, values in condition.places]
        return {f"who_{number}": list(values) for number, values in enumerate(places)}

    def present_value(self) -> tuple[str, ...]:
        """Attributes filtered by whose value in the first months shown is a later one."""
        return tuple(
            condition.attribute
            for condition in self.conditions
            if self.catalog.attributes[condition.attribute].known_since > self.first.code
        )

    def exports(self) -> frozenset[str]:
        """The exports that decide who was chosen, beyond those of all people."""
        chosen = (self.catalog.attributes[condition.attribute] for condition in self.conditions)
        return frozenset({TREE} if any(attribute.is_tree for attribute in chosen) else ())

    def sql(self, asked: Question, anew: Facts) -> str:
        """The question over the rows that were chosen; `anew` gives facts that are not stored."""
        tables = {name: self._table(query(name), anew) for name in asked.reads}
        return placed(asked.sql, tables, asked.order)

    def who(self) -> str:
        """Everybody who was ever chosen, by runs of months: cell 1 while chosen, else 0."""
        stored, tests = "generation.people.person_profile", self._tests()
        return (
            f"select person, since, until, case when {tests} then 1 else 0 end as cell "
            f"from {stored} where person in (select person from {stored} where {tests})"
        )

    def anew(self, found: Query) -> str:
        """A fact in two cells, counted from people in one step."""
        who = self.who()
        parts = (counted(found, stretch, who) for stretch in self.stretches())
        return " union all by name ".join(f"select * from ({part}) as anew" for part in parts)

    def stretches(self, months: int = 10_000) -> list[Stretch]:
        """The months up to the as-of day, so many at a time; the one that it cuts stands alone."""
        end = self._end.code
        last = end - 1 if self._is_cut else end
        firsts = range(self.catalog.months[0].code, last + 1, months)
        found = [Stretch(first, min(first + months - 1, last)) for first in firsts]
        return [*found, Stretch(end, end, self.as_of.day)] if self._is_cut else found

    @property
    def _end(self) -> Month:
        """The last month to be seen: rows after the as-of day of the data are kept."""
        is_earlier = self.as_of < self.catalog.as_of
        return Month.of(self.as_of) if is_earlier else self.catalog.months[-1]

    @property
    def _is_cut(self) -> bool:
        """Whether the day of an earlier view lies within its last month."""
        return self.as_of < self.catalog.as_of and self.as_of < self._end.last_day

    def _table(self, found: Query, anew: Facts) -> str:
        """The rows of a table that were chosen, as a select."""
        rows = self._stored(found) if self.is_carried or not found.cells else anew(found)
        names = _INSIDE[len(found.cells)]
        if not self.conditions:
            return f"select *{''.join(f', true as {name}' for name in names)} from ({rows}) as fact"
        if found.whole:
            return f"select * from ({rows}) as fact where false"
        if len(found.cells) == 1:
            return f"select fact.* from ({rows}) as fact where cell in ({self._chosen()})"
        pairs = zip(found.cells, names, strict=True)
        insides = "".join(f", {cell} in ({self._chosen()}) as {name}" for cell, name in pairs)
        either = f" where {' or '.join(names)}" if names else ""
        return f"select * from (select *{insides} from ({rows}) as fact) as fact{either}"

    def _stored(self, found: Query) -> str:
        """The rows up to the as-of day. The month it cuts is counted anew from people."""
        if found.schema == "live":
            return refused.SELECT
        stored = f"select * from generation.{found.schema}.{found.name}"
        if not found.month or self.as_of >= self.catalog.as_of:
            return stored
        end = self._end.code
        if not self._is_cut or not any(
            query(name).masks for name in found.reads if name not in GIVEN
        ):
            return f"{stored} where {found.month} <= {end}"
        anew = counted(found, Stretch(end, end, self.as_of.day))
        finished = f"{stored} where {found.month} < {end}"
        return f"{finished} union all by name select * from ({anew}) as anew"

    def _chosen(self) -> str:
        """The cells that satisfy every condition."""
        if not self.is_carried:
            return "1"
        return f"select cell from generation.stored.cell where {self._tests()}"

    def _tests(self) -> str:
        """Whether a profile satisfies every condition: one of the values in one of the places."""
        numbers = count()
        return " and ".join(
            f"({' or '.join(f'profile[{place}] = any($who_{next(numbers)})' for place in places)})"
            for places in ([place for place, _ in one.places] for one in self.conditions)
        )

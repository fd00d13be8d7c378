"""Facts counted anew from people, by the same SQL that built them: for what facts do not hold.

That is a month cut by an earlier day, what was done in some places only, and groups that cells do
not tell. Such a group is a system of two cells: 1 is chosen, 0 is not. People who are never chosen
are left out.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from ecosphere.library import Query, placed, query
from ecosphere.source.people import ALWAYS
from ecosphere.source.places import Places

# In chosen places everything is counted from the first month on: nothing was before.
NOTHING_BEFORE = {
    "state_before": "select cast(null as tinyint) as definition, cast(null as integer) as person, "
    "cast(null as smallint) as first_month, cast(null as smallint) as last_month, "
    "cast(null as bigint) as last_days, cast(null as boolean) as is_just_before where false"
}


@dataclass(frozen=True)
class Counting:
    """What is counted: months from `first` to `last`, of which `day` is the last day that is seen.

    `who` selects person, since, until and cell of everybody who is ever chosen; without it the
    cells are the stored ones. It is all people where `is_everybody`, and nobody comes or goes where
    `is_steady`. `people` are numbers from one to another, `definition` is the only one asked for.
    """

    first: int
    last: int
    day: int | None = None
    who: str = ""
    is_everybody: bool = False
    is_steady: bool = False
    places: Places = field(default_factory=Places)
    people: tuple[int, int] | None = None
    definition: int | None = None

    def fact(self, found: Query) -> str:
        """The rows of a fact, as a select."""
        return placed(found.sql, {name: self._rows(query(name), found) for name in found.reads})

    def by_months(self, months: int) -> Iterator["Counting"]:
        """The same, so many months at a time; the one that a day cuts stands alone."""
        finished = self.last if self.day is None else self.last - 1
        for first in range(self.first, finished + 1, months):
            yield replace(self, first=first, last=min(first + months - 1, finished), day=None)
        if self.day is not None:
            yield replace(self, first=self.last)

    def _rows(self, found: Query, reader: Query) -> str:
        if found.name in NOTHING_BEFORE:
            return NOTHING_BEFORE[found.name]
        if self.who and found.cells and not found.month:  # the cell of a person by runs of months
            return _select(self.who, self._limits(found))
        if found.schema != "people" or not found.month:
            return f"select * from generation.{found.schema}.{found.name}"
        if self.places and not found.places:
            return self._from_places(found)
        rows = self._in_months(found)
        return self._in_two_cells(found, rows, reader) if self.who and found.cells else rows

    def placed(self) -> str:
        """Who was in the chosen places when."""
        return self._in_months(query("person_place"))

    def _from_places(self, found: Query) -> str:
        """A table of people as it is when only the chosen places are seen."""
        always = dict.fromkeys(found.cells, "1") if self.is_steady else {}
        return _select(self.fact(found), self._limits(found), _told(always))

    def _limits(self, found: Query) -> list[str]:
        """Conditions on the rows of a table, beside those on months."""
        limits = self.places.tests() if found.places else []
        if found.person and self.people:
            limits.append("{} between {} and {}".format(found.person, *self.people))
        if found.definition and self.definition is not None:
            limits.append(f"{found.definition} = {self.definition}")
        is_joined = found.cells and not self.is_steady
        if found.person and found.month and self.who and not is_joined and not self.is_everybody:
            # A fact may group before it joins cells: everybody would not fit into memory.
            limits.append(f"{found.person} in (select person from ({self.who}) as chosen)")
        return limits

    def _in_months(self, found: Query) -> str:
        """The rows of the months, without days that are not seen and people of no other day.

        How often something was done by a day within a month no row tells: it is not known then.
        """
        stored, limits = f"generation.{found.schema}.{found.name}", self._limits(found)
        if self.day is None or not found.masks:
            months = f"{found.month} between {self.first} and {self.last}"
            return _select(stored, [months, *limits], _told(self._of_one_definition(found)))
        days = (1 << self.day) - 1
        seen = {mask: f"{mask} & {days}" for mask in found.masks}
        seen |= dict.fromkeys(found.counts, "cast(null as bigint)")
        told = _told(seen | self._of_one_definition(found))
        tail = f" or {found.tail} > 0" if found.tail else ""
        is_there = f"({found.masks[0]} & {days} > 0{tail})"
        last = _select(stored, [f"{found.month} = {self.last}", is_there, *limits], told)
        if self.first == self.last:
            return last
        whole = [f"{found.month} >= {self.first}", f"{found.month} < {self.last}", *limits]
        finished = _select(stored, whole, _told(self._of_one_definition(found)))
        return f"{finished} union all by name {last}"

    def _of_one_definition(self, found: Query) -> dict[str, str]:
        """The masks of definitions that are not asked for are empty: counting them takes time."""
        if self.definition is None or not found.places:
            return {}
        asked = found.masks[self.definition - 1]
        return {mask: "cast(0 as bigint)" for mask in found.masks[1:] if mask != asked}

    def _in_two_cells(self, found: Query, rows: str, reader: Query) -> str:
        """Each cell of a row is that of the person in its own month; those not read stay out.

        Most people stand in one cell in all months: these are not looked up month by month.
        """
        read = [cell for cell in found.cells if re.search(rf"\b{cell}\b", reader.sql)]
        told = f"month_row.* exclude ({', '.join(found.cells)})"
        if self.is_steady:
            cells = "".join(f", 1 as {cell}" for cell in read)
            return f"select {told}{cells} from ({rows}) as month_row"
        steady = "".join(f", who.cell as {cell}" for cell in read)
        return (
            f"select {told}{steady} from ({rows}) as month_row "
            f"inner join (select * from ({self.who}) as who where {ALWAYS}) as who "
            f"on who.person = month_row.{found.person} "
            f"union all by name {self._month_by_month(found, rows, read, told)}"
        )

    def _month_by_month(self, found: Query, rows: str, read: list[str], told: str) -> str:
        """The same of people who have stood in several cells."""
        cells = "".join(f", who_{cell}.cell as {cell}" for cell in read)
        joins = " ".join(
            f"inner join (select * from ({self.who}) as who where not ({ALWAYS})) as who_{cell} "
            f"on who_{cell}.person = month_row.{found.person} "
            f"and month_row.{_month(found, cell)} between who_{cell}.since and who_{cell}.until"
            for cell in read
        )
        return f"select {told}{cells} from ({rows}) as month_row {joins}"


def _month(found: Query, cell: str) -> str:
    """The month of a cell: so many after that of the row, or one that a column tells."""
    of = found.cells[cell]
    return of if isinstance(of, str) else f"{found.month} + {of}"


def _told(others: Mapping[str, str]) -> str:
    """All columns, some of them as something else."""
    if not others:
        return "*"
    columns = ", ".join(f"{told} as {column}" for column, told in others.items())
    return f"* exclude ({', '.join(others)}), {columns}"


def _select(rows: str, limits: Iterable[str], told: str = "*") -> str:
    table = rows if rows.startswith("generation.") else f"({rows}) as rows_of_it"
    where = " and ".join(limits)
    return f"select {told} from {table}{f' where {where}' if where else ''}"

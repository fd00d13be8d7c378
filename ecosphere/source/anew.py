"""Facts counted anew from people, by the same SQL that built them: for what facts do not hold.

That is a month cut by an earlier day, what was done in some places only, and groups that cells do
not tell. Such a group is a system of two cells: 1 is chosen, 0 is not. People who are never chosen
are left out.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from ecosphere.library import Query, placed, query
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

    def _rows(self, found: Query, reader: Query) -> str:
        if found.name in NOTHING_BEFORE:
            return NOTHING_BEFORE[found.name]
        if self.who and found.cells and not found.month:  # the cell of a person by runs of months
            return _select(self.who, self._limits(found))
        if found.schema != "people" or not found.month:
            return f"select * from generation.{found.schema}.{found.name}"
        if self.places and not found.places:
            return _select(self.fact(found), self._limits(found))
        rows = self._in_months(found)
        return self._in_two_cells(found, rows, reader) if self.who and found.cells else rows

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
            return _select(stored, [f"{found.month} between {self.first} and {self.last}", *limits])
        days = (1 << self.day) - 1
        seen = [f"{mask} & {days} as {mask}" for mask in found.masks]
        seen += [f"cast(null as bigint) as {column}" for column in found.counts]
        told = f"* exclude ({', '.join((*found.masks, *found.counts))}), {', '.join(seen)}"
        tail = f" or {found.tail} > 0" if found.tail else ""
        is_there = f"({found.masks[0]} & {days} > 0{tail})"
        last = _select(stored, [f"{found.month} = {self.last}", is_there, *limits], told)
        if self.first == self.last:
            return last
        whole = [f"{found.month} >= {self.first}", f"{found.month} < {self.last}", *limits]
        return f"{_select(stored, whole)} union all by name {last}"

    def _in_two_cells(self, found: Query, rows: str, reader: Query) -> str:
        """Each cell of a row is that of the person in its own month; those not read stay out."""
        read = [cell for cell in found.cells if re.search(rf"\b{cell}\b", reader.sql)]
        told = f"month_row.* exclude ({', '.join(found.cells)})"
        if self.is_steady:
            cells = "".join(f", 1 as {cell}" for cell in read)
            return f"select {told}{cells} from ({rows}) as month_row"
        cells = "".join(f", who_{cell}.cell as {cell}" for cell in read)
        joins = " ".join(
            f"inner join ({self.who}) as who_{cell} "
            f"on who_{cell}.person = month_row.{found.person} "
            f"and month_row.{_month(found, cell)} between who_{cell}.since and who_{cell}.until"
            for cell in read
        )
        return f"select {told}{cells} from ({rows}) as month_row {joins}"


def _month(found: Query, cell: str) -> str:
    """The month of a cell: so many after that of the row, or one that a column tells."""
    of = found.cells[cell]
    return of if isinstance(of, str) else f"{found.month} + {of}"


def _select(rows: str, limits: Iterable[str], told: str = "*") -> str:
    table = rows if rows.startswith("generation.") else f"({rows}) as rows_of_it"
    where = " and ".join(limits)
    return f"select {told} from {table}{f' where {where}' if where else ''}"

"""Facts counted anew from people, by the same SQL that built them: for what facts do not hold.

That is a month cut by an earlier day, what was done in some places only, and groups that cells do
not tell. Such a group is a system of two cells: 1 is chosen, 0 is not. People who are never chosen
are left out.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field

from ecosphere.library import Query, placed, query
from ecosphere.source.places import Places

# In chosen places everything is counted from the first month on: nothing was before.
NOTHING_BEFORE = {
    "state_before": "select cast(null as tinyint) as definition, cast(null as integer) as person, "
    "cast(null as smallint) as first_month, cast(null as smallint) as last_month where false"
}


@dataclass(frozen=True)
class Counting:
    """What is counted: months from `first` to `last`, of which `day` is the last day that is seen.

    `who` selects person, since, until and cell of everybody who is ever chosen, and of all people
    where `is_everybody`; without it the cells are the stored ones. `people` are numbers from one to
    another, `definition` is the only one that is asked for.
    """

    first: int
    last: int
    day: int | None = None
    who: str = ""
    is_everybody: bool = False
    places: Places = field(default_factory=Places)
    people: tuple[int, int] | None = None
    definition: int | None = None

    def fact(self, found: Query) -> str:
        """The rows of a fact, as a select."""
        return placed(found.sql, {name: self._rows(query(name)) for name in found.reads})

    def _rows(self, found: Query) -> str:
        if found.name in NOTHING_BEFORE:
            return NOTHING_BEFORE[found.name]
        if self.who and found.cells and not found.month:  # the cell of a person by runs of months
            return _select(self.who, self._limits(found))
        if found.schema != "people" or not found.month:
            return f"select * from generation.{found.schema}.{found.name}"
        if self.places and not found.places:
            return _select(self.fact(found), self._limits(found))
        rows = self._in_months(found)
        return self._in_two_cells(found, rows) if self.who and found.cells else rows

    def _limits(self, found: Query) -> list[str]:
        """Conditions on the rows of a table, beside those on months."""
        limits = self.places.tests() if found.places else []
        if found.person and self.people:
            limits.append("{} between {} and {}".format(found.person, *self.people))
        if found.definition and self.definition is not None:
            limits.append(f"{found.definition} = {self.definition}")
        if found.person and found.month and self.who and not found.cells and not self.is_everybody:
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
        cut = [f"{found.month} = {self.last}", f"{found.masks[0]} & {days} > 0", *limits]
        last = _select(stored, cut, told)
        if self.first == self.last:
            return last
        whole = [f"{found.month} >= {self.first}", f"{found.month} < {self.last}", *limits]
        return f"{_select(stored, whole)} union all by name {last}"

    def _in_two_cells(self, found: Query, rows: str) -> str:
        """The first cell of a row is that of its month, the second that of the month before."""
        cells = ", ".join(f"who_{ago}.cell as {cell}" for ago, cell in enumerate(found.cells))
        joins = " ".join(
            f"inner join ({self.who}) as who_{ago} on who_{ago}.person = month_row.{found.person} "
            f"and month_row.{found.month} - {ago} between who_{ago}.since and who_{ago}.until"
            for ago in range(len(found.cells))
        )
        return (
            f"select month_row.* exclude ({', '.join(found.cells)}), {cells} "
            f"from ({rows}) as month_row {joins}"
        )


def _select(rows: str, limits: Iterable[str], told: str = "*") -> str:
    table = rows if rows.startswith("generation.") else f"({rows}) as rows_of_it"
    where = " and ".join(limits)
    return f"select {told} from {table}{f' where {where}' if where else ''}"

"""Facts counted anew from people, by the same SQL that built them: for what facts do not hold.

That is a month cut by an earlier day, and groups that cells do not tell. Such a group is a system
of two cells: 1 is chosen, 0 is not. People who are never chosen are left out.
"""

from dataclasses import dataclass

from ecosphere.library import Query, placed, query


@dataclass(frozen=True)
class Stretch:
    """Neighbouring months; `day`, where there is one, is the last that is seen of them."""

    first: int
    last: int
    day: int | None = None


def counted(found: Query, stretch: Stretch, who: str = "") -> str:
    """The rows of a fact in these months, as a select.

    `who` selects person, since, until and cell of everybody who is ever chosen; without it the
    cells are the stored ones.
    """
    return placed(found.sql, {name: _read(query(name), stretch, who) for name in found.reads})


def _read(found: Query, stretch: Stretch, who: str) -> str:
    if who and found.cells and not found.month:  # the cell of a person by runs of months
        return who
    if found.schema != "people" or not found.month:
        return f"select * from generation.{found.schema}.{found.name}"
    rows = _in_months(found, stretch)
    if not who:
        return rows
    if not found.cells:
        # A fact may group before it joins cells: everybody would not fit into memory.
        return f"{rows} and person in (select person from ({who}) as chosen)"
    return _in_two_cells(found, rows, who)


def _in_months(found: Query, stretch: Stretch) -> str:
    """The rows of the months, without days that are not seen and people of no other day."""
    stored = f"generation.{found.schema}.{found.name}"
    months = f"{found.month} between {stretch.first} and {stretch.last}"
    if stretch.day is None or not found.masks:
        return f"select * from {stored} where {months}"
    days = (1 << stretch.day) - 1
    seen = ", ".join(f"{mask} & {days} as {mask}" for mask in found.masks)
    return (
        f"select * exclude ({', '.join(found.masks)}), {seen} "
        f"from {stored} where {months} and {found.masks[0]} & {days} > 0"
    )


def _in_two_cells(found: Query, rows: str, who: str) -> str:
    """The first cell of a row is that of its month, the second that of the month before."""
    cells = ", ".join(f"who_{ago}.cell as {cell}" for ago, cell in enumerate(found.cells))
    joins = " ".join(
        f"inner join ({who}) as who_{ago} on who_{ago}.person = month_row.person "
        f"and month_row.{found.month} - {ago} between who_{ago}.since and who_{ago}.until"
        for ago in range(len(found.cells))
    )
    return (
        f"select month_row.* exclude ({', '.join(found.cells)}), {cells} "
        f"from ({rows}) as month_row {joins}"
    )

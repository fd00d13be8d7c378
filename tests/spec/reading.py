"""Read a fact as a reader with these filters would have it read: in words, summed over cells."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

from ecosphere.library import Query, query
from ecosphere.model import Month, Role
from ecosphere.source import Source
from ecosphere.source.view import View
from tests.spec.asking import filters
from tests.spec.deeds import DEFINITIONS, Facts
from tests.spec.exports import EVERYTHING
from tests.spec.oracle import Who


@dataclass(frozen=True)
class Asked:
    """As much of a question as a view needs to know."""

    sql: str
    reads: tuple[str, ...]
    order: tuple[str, ...] = ()


def fact(
    source: Source,
    name: str,
    who: Who | None = None,
    as_of: date | None = None,
    role: Role = EVERYTHING,
) -> Facts:
    """Key -> counts, as the plain functions of `deeds` give them."""
    found = query(name)
    view = View.of(source.catalog, source.catalog, filters(who, as_of=as_of), role)
    sums = ", ".join(f"cast(sum({count}) as bigint) as {count}" for count in found.counts)
    keys = _keys(source, found)
    asked = Asked(f"select {', '.join(keys)}, {sums} from {name} group by all", (name,))
    sql = view.sql(asked, view.anew)
    rows = source._engine.run(sql, view.restricting(sql))
    words = _words(source)
    return {
        tuple(_key(keys, row, words)): tuple(row[count] for count in found.counts)
        for row in rows.iter_rows(named=True)
    }


def _keys(source: Source, found: Query) -> list[str]:
    columns = source._engine.run(f"from generation.stored.{found.name} limit 0").columns
    return [name for name in columns if name not in {*found.counts, *found.cells}]


def _words(source: Source) -> dict[str, dict[int, Any]]:
    """What stands for the numbers of a column."""
    found = {
        name: dict(
            source._engine.run(f"select {name}, {name}_id from generation.stored.{name}").rows()
        )
        for name in ("partner", "channel")
    }
    return found | {"definition": dict(enumerate(DEFINITIONS, start=1))}


def _key(keys: list[str], row: dict[str, Any], words: dict[str, dict[int, Any]]) -> Iterator[Any]:
    for name in keys:
        if name in ("month", "cohort", "previous"):
            yield Month(row[name]).first_day if row[name] else None
        elif name == "partner_a":
            yield frozenset(words["partner"][row[one]] for one in ("partner_a", "partner_b"))
        elif name != "partner_b":
            yield words.get(name, {}).get(row[name], row[name])

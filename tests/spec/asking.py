"""Put the questions of `active_users` to a source and read the released rows."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Any

from ecosphere.model import Filters, Month, Role
from ecosphere.source import Source
from tests.spec.exports import EVERYTHING
from tests.spec.oracle import ANY, Counts, Who

MAU = ("people", "people_before", "gross", "unmatched")
GROWTH = ("people", "people_before", "new", "retained", "resurrected", "lapsed", "stayed",
          "moved_in", "moved_out")  # fmt: skip


def filters(who: Who | None = None, **period: Any) -> Filters:
    return Filters.of({name: list(values) for name, values in (who or {}).items()}, **period)


def rows(
    source: Source,
    exhibit: str,
    who: Who | None = None,
    as_of: date | None = None,
    definition: str = ANY,
    role: Role = EVERYTHING,
) -> list[dict[str, Any]]:
    """The released rows of `mau` or `growth`, one per month."""
    asked = filters(who, as_of=as_of)
    options = {"definition": definition}
    released = source.ask(f"active_users/{exhibit}", asked, options, role)
    return list(released.table.iter_rows(named=True))


def column(source: Source, exhibit: str, name: str, **asked: Any) -> list[Any]:
    """One column of the released rows."""
    return [row[name] for row in rows(source, exhibit, **asked)]


def row_of(source: Source, exhibit: str, month: str, **asked: Any) -> dict[str, Any]:
    """The released row of one month, given as "2026-01"."""
    first = Month.parse(month).first_day
    return next(row for row in rows(source, exhibit, **asked) if row["month"] == first)


def answers(source: Source, **asked: Any) -> Counts:
    """Every count of both exhibits by month, as the oracle gives them."""
    return _counts(rows(source, "mau", **asked), rows(source, "growth", **asked))


def counts_of(source: Source, chosen: Filters, definition: str) -> Counts:
    """The same under any filters."""
    released = (
        source.ask(f"active_users/{exhibit}", chosen, {"definition": definition}, EVERYTHING)
        for exhibit in ("mau", "growth")
    )
    return _counts(*(list(one.table.iter_rows(named=True)) for one in released))


def _counts(of_mau: list[dict[str, Any]], of_growth: list[dict[str, Any]]) -> Counts:
    found = {}
    for mau, growth in zip(of_mau, of_growth, strict=True):
        assert [mau[name] for name in ("month", *SHARED)] == [
            growth[name] for name in ("month", *SHARED)
        ]
        found[mau["month"]] = _only(mau, MAU) | _only(growth, GROWTH)
    return found


SHARED = ("people", "people_before", "is_complete")  # both exhibits must say the same


def _only(row: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    return {name: row[name] for name in names}

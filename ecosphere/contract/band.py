"""Days that hold far fewer or far more rows than the same weekday around them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from ecosphere.contract.keys import Bound
from ecosphere.contract.quote import day, identifier, listed
from ecosphere.contract.report import Finding, Severity
from ecosphere.contract.rules import ONE_DAY, located, staged
from ecosphere.contract.suggest import table
from ecosphere.model import Engine

LOWEST, HIGHEST = 0.5, 2.0  # -50 % and +100 %
LEAST = 100  # with fewer rows a day, such a change is chance
WEEKS = (-4, -3, -2, -1, 1, 2, 3, 4)
LEAST_WEEKS = 4  # with fewer days beside it, nobody knows what is usual
# People travel before the festival, and the shops are closed until the Lantern Festival after it.
BEFORE_FESTIVAL, AFTER_FESTIVAL = timedelta(days=7), timedelta(days=15)


@dataclass(frozen=True)
class _Outside:
    on: date
    rows: int
    usual: float

    @property
    def share(self) -> float:
        return self.rows / self.usual


def outside_band(engine: Engine, bound: Mapping[str, Bound]) -> Iterator[Finding]:
    """A finding for each daily export of which some days are unusual, holidays left out."""
    excused: set[date] | None = None
    for mine in bound.values():
        contract = mine.delivery.contract
        if contract.daily and contract.day in mine.shapes and mine.delivery.mapping.band != "off":
            excused = _excused(engine, bound) if excused is None else excused
            counts = _by_day(engine, mine)
            found = list(_outside(counts, excused, mine.delivery.today))
            if found:
                yield _finding(engine, mine, found)


def _by_day(engine: Engine, mine: Bound) -> dict[date, int]:
    """Rows by day. What the system writes comes on days of its own, such as those of interest."""
    column = f"cast({identifier(mine.delivery.contract.day or '')} as date)"
    told = {s.column.name: s.column for s in mine.shapes.values()
            if s.column.not_initiated or s.column.tells_initiated}  # fmt: skip
    by_system = [f"{identifier(name)} in ({listed(c.not_initiated)})" if c.not_initiated
                 else f"not {identifier(name)}" for name, c in told.items()]  # fmt: skip
    kept = " and ".join(f"({condition}) is not true" for condition in by_system) or "true"
    names = "".join(f", {identifier(name)}" for name in told)
    # Few different days and codes are grouped first: faster than asking every row.
    groups = (f"select {column} as day{names}, count(*) as n "
              f"from ({staged(mine.delivery, mine.shapes)}) group by all")  # fmt: skip
    rows = engine.run(
        f"select day, cast(coalesce(sum(n) filter (where {kept}), 0) as bigint) from ({groups}) "
        f"where day is not null group by 1 order by 1"
    )
    return dict(rows.iter_rows())


def _outside(counts: Mapping[date, int], excused: set[date], today: date) -> Iterator[_Outside]:
    """Days that are over and lie outside the band; a day without a row is one of them."""
    plausible = sorted(on for on in counts if date(1900, 1, 1) < on < today)
    if not plausible:
        return
    on, last = plausible[0], plausible[-1]
    while on <= last:
        same_weekday = (on + timedelta(weeks=weeks) for weeks in WEEKS)
        beside = [counts[one] for one in same_weekday if one in counts and one not in excused]
        usual = median(beside) if len(beside) >= LEAST_WEEKS else 0
        rows = counts.get(on, 0)
        if usual >= LEAST and on not in excused and not LOWEST <= rows / usual <= HIGHEST:
            yield _Outside(on, rows, usual)
        on += ONE_DAY


def _excused(engine: Engine, bound: Mapping[str, Bound]) -> set[date]:
    """Holidays, and the weeks around Spring Festival, as the calendar notes them."""
    calendar = bound.get("calendar")
    if calendar is None or not {"on", "kind"} <= set(calendar.shapes):
        return set()
    notes = engine.run(f'select "on", kind from ({staged(calendar.delivery, calendar.shapes)})')
    excused = {on for on, kind in notes.iter_rows() if kind == "holiday"}
    for on, kind in notes.iter_rows():
        if kind == "spring_festival" and on is not None:
            span = range((BEFORE_FESTIVAL + AFTER_FESTIVAL).days + 1)
            excused |= {on - BEFORE_FESTIVAL + number * ONE_DAY for number in span}
    return excused


def _finding(engine: Engine, mine: Bound, found: list[_Outside]) -> Finding:
    """The day that differs most, by how many times, stands for all of them."""
    worst = max(found, key=lambda one: max(one.share, 1 / max(one.share, 1e-9)))
    delivery = mine.delivery
    finding = delivery.finding(
        "outside_band", _file_of(engine, mine, worst.on), delivery.contract.day or "–", len(found),
        found=f"{worst.rows:,}", expected=f"{worst.usual:,.0f}",
        table=table(delivery.contract.name, columns=False), line='band = "refuse"',
    )  # fmt: skip
    severity: Severity = "refuse" if delivery.mapping.band == "refuse" else "notice"
    return replace(finding, example=worst.on.isoformat(), severity=severity)


def _file_of(engine: Engine, mine: Bound, on: date) -> str:
    """The file that holds most rows of a day, or of the days around it when there are none."""
    column = f"cast({identifier(mine.delivery.contract.day or '')} as date)"
    distance = f"abs(datediff('day', {column}, {day(on)}))"
    rows = engine.run(
        f'select "its file", count(*) as n from ({located(mine.delivery, mine.shapes)}) '
        f"where {column} between {day(on - ONE_DAY)} and {day(on + ONE_DAY)} "
        f'group by "its file", {distance} order by {distance}, n desc, 1 limit 1'
    )
    file = Path(rows.item(0, 0)) if len(rows) else mine.delivery.files[0]
    return mine.delivery.shown(file)

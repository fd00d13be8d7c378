"""Days that hold far fewer or far more rows than the same weekday around them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from statistics import median

from ecosphere.contract.keys import Bound
from ecosphere.contract.memory import Part
from ecosphere.contract.parts import by_day
from ecosphere.contract.quote import day, identifier
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


def outside_band(
    engine: Engine, bound: Mapping[str, Bound], parts: Mapping[str, Iterable[Part]]
) -> Iterator[Finding]:
    """A finding for each daily export of which some days are unusual, holidays left out.

    What the system writes comes on days of its own, such as those of interest, and is left out.
    """
    excused: set[date] | None = None
    for mine in bound.values():
        contract = mine.delivery.contract
        if contract.daily and contract.day in mine.shapes and mine.delivery.mapping.band != "off":
            excused = _excused(engine, bound) if excused is None else excused
            counts = {day: own for day, (_, own) in by_day(parts[contract.name]).items()}
            found = list(_outside(counts, excused, mine.delivery.today))
            if found:
                yield _finding(engine, mine, found)


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

"""The one pass over an export: every rule counted, every page of every file read."""

from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ecosphere.contract.columns import Shapes
from ecosphere.contract.files import Delivery, damaged, file_fault
from ecosphere.contract.garbled import garbled
from ecosphere.contract.mapping import nearest
from ecosphere.contract.memory import Part
from ecosphere.contract.personal import masked
from ecosphere.contract.quote import day, identifier, parquet
from ecosphere.contract.report import Finding, Severity, limited
from ecosphere.contract.rules import FILE, ROW, Rule, located, staged
from ecosphere.contract.suggest import line, some, table
from ecosphere.model import Engine

# Identical rows are looked for among every n-th value of the row's hash, so that this many rows
# are compared: all copies of a row have one hash, hence the share found is that of the whole.
COMPARED_ROWS = 2_000_000
IDENTICAL_SHARE = 0.01
SHOWN_VALUES = 10
EARLIEST, LATEST = date(1900, 1, 1), date(2900, 1, 1)  # a day outside says nothing of an export


@dataclass(frozen=True)
class Tally:
    """What one pass has counted."""

    rows: int = 0
    hits: tuple[int, ...] = ()
    first_day: date | None = None
    last_day: date | None = None
    identical: float = 0.0  # share of rows that repeat another one in all columns

    def plus(self, parts: Iterable[Part]) -> "Tally":
        """With the files that were counted before, in which no rule was met."""
        before = list(parts)
        rows = self.rows + sum(part.rows for part in before)
        days = [day for part in before for day in part.days]
        days += [day for day in (self.first_day, self.last_day) if day]
        return replace(
            self,
            rows=rows,
            first_day=min(days, default=None),
            last_day=max(days, default=None),
            identical=self.identical * self.rows / rows if rows else 0.0,
        )


def tally(engine: Engine, delivery: Delivery, shapes: Shapes, rules: list[Rule]) -> Tally:
    """Count every rule. Raises whatever the engine raises when a file is broken inside."""
    whole = _whole_row(delivery, shapes, rules)
    every = max(delivery.rows // COMPARED_ROWS, 1)
    # Only what may hold is counted afterwards: in the usual, clean case nothing is.
    maybe = [f"{_screen(rule)} as {identifier(f'maybe {i}')}"
             for i, rule in enumerate(rules) if not rule.listed]  # fmt: skip
    asked = ["count(*) as n", 'bit_xor("whole row") as readable', *maybe, *_days(shapes, delivery)]
    if not _keyed(delivery, shapes):
        mine = f'"whole row" % {every} = 0'
        asked += [
            f"count(*) filter (where {mine}) as compared",
            f'count(distinct case when {mine} then "whole row" end) as different',
        ]
    source = staged(delivery, shapes, **{"whole row": whole})
    row = engine.run(f"select {', '.join(asked)} from ({source})").row(0, named=True)
    for file in delivery.uneven:
        read_whole(engine, file)
    suspects = [rule for i, rule in enumerate(rules) if row.get(f"maybe {i}")]
    suspects += _unlisted(engine, delivery, shapes, [rule for rule in rules if rule.listed])
    counts = _counts(engine, delivery, shapes, suspects)
    first, last = _plausible(engine, delivery, shapes, row)
    return Tally(
        rows=row["n"],
        hits=tuple(counts.get(rule.name, 0) for rule in rules),
        first_day=first,
        last_day=last,
        identical=1 - row["different"] / row["compared"] if row.get("compared") else 0.0,
    )


def _whole_row(delivery: Delivery, shapes: Shapes, rules: list[Rule]) -> str:
    """A hash for which every column is read, or every one that no rule reads already."""
    read = {shapes[rule.column].theirs for rule in rules if rule.reads}
    needed = [name for name in delivery.columns
              if name not in read or not _keyed(delivery, shapes)]  # fmt: skip
    return f"hash({', '.join(map(identifier, needed)) or '0'})"


def _screen(rule: Rule) -> str:
    return rule.screen or f"bool_or({rule.condition})"


def _unlisted(engine: Engine, delivery: Delivery, shapes: Shapes, rules: list[Rule]) -> list[Rule]:
    """The rules that one of the few different values of their columns meets."""
    if not rules:
        return []
    names = ", ".join(identifier(rule.column) for rule in rules)
    asked = ", ".join(f"bool_or({rule.condition})" for rule in rules)
    values = f"select distinct {names} from ({staged(delivery, shapes)})"
    found = engine.run(f"select {asked} from ({values})").row(0)
    return [rule for rule, met in zip(rules, found, strict=True) if met]


def _counts(
    engine: Engine, delivery: Delivery, shapes: Shapes, rules: list[Rule]
) -> dict[str, int]:
    """How many rows meet each rule. A plain `where` reaches the statistics in the files."""
    if not rules:
        return {}
    asked = ", ".join(f"count(*) filter (where {rule.condition})" for rule in rules)
    any_of = " or ".join(f"({rule.condition})" for rule in rules)
    row = engine.run(f"select {asked} from ({staged(delivery, shapes)}) where {any_of}").row(0)
    return {rule.name: count for rule, count in zip(rules, row, strict=True)}


def read_whole(engine: Engine, file: Path) -> None:
    """Read every page of every column. Raises whatever the engine raises when one is broken."""
    engine.run(f"select bit_xor(hash(whole)) from {parquet([file])} as whole")


def whole_files(
    engine: Engine, delivery: Delivery, files: Iterable[Path]
) -> tuple[list[Path], list[Finding]]:
    """The files of which every page can be read, and a finding for each other one."""
    good, findings = [], []
    for file in files:
        try:
            read_whole(engine, file)
            good.append(file)
        except Exception as broken:
            if not file_fault(broken):
                raise
            findings.append(damaged(delivery, file, broken))
    return good, findings


def judged(
    engine: Engine, delivery: Delivery, shapes: Shapes, rules: list[Rule], found: Tally
) -> list[Finding]:
    """A finding for each rule that rows have met, and for identical rows."""
    hit = [(rule, count) for rule, count in zip(rules, found.hits, strict=True) if count]
    findings = [_finding(engine, delivery, shapes, rule, count, found.rows) for rule, count in hit]
    identical = _identical(delivery, found)
    return [finding for finding in [*findings, identical] if finding]


def _keyed(delivery: Delivery, shapes: Shapes) -> bool:
    """Whether a key, or a unique column, already says that no row comes twice."""
    unique = any(shaped.column.unique for shaped in shapes.values())
    return unique or bool(delivery.contract.key)


def dated(shapes: Shapes, delivery: Delivery) -> str:
    """The column that dates the export, when it is delivered and has dates."""
    name = delivery.contract.day or ""
    return name if name in shapes and shapes[name].column.dated else ""


def _days(shapes: Shapes, delivery: Delivery) -> list[str]:
    name = identifier(dated(shapes, delivery))
    return [f"min({name}) as first_day", f"max({name}) as last_day"] if name != '""' else []


def _plausible(
    engine: Engine, delivery: Delivery, shapes: Shapes, row: dict[str, Any]
) -> tuple[date | None, date | None]:
    """First and last day of the export; implausible ones do not count, a month ends on its last."""
    name = dated(shapes, delivery)
    first, last = _day(row.get("first_day")), _day(row.get("last_day"))
    if first and last and not EARLIEST < first <= last < LATEST:
        column = identifier(name)
        first, last = map(_day, engine.run(
            f"select min({column}), max({column}) from ({staged(delivery, shapes)}) "
            f"where {column} > {day(EARLIEST)} and {column} < {day(LATEST)}").row(0))  # fmt: skip
    if last and shapes[name].column.type == "month":
        last = min(last.replace(day=monthrange(last.year, last.month)[1]), delivery.today)
    return first, last


def _day(value: date | datetime | None) -> date | None:
    return value.date() if isinstance(value, datetime) else value


def _finding(
    engine: Engine, delivery: Delivery, shapes: Shapes, rule: Rule, count: int, rows: int
) -> Finding | None:
    if rule.code == "mojibake":
        count = _garbled(engine, delivery, shapes, rule)
        if not count:
            return None
    file, example = _where(engine, delivery, shapes, rule)
    values = dict(rule.values)
    if rule.code == "not_allowed":
        values |= _not_allowed(engine, delivery, shapes, rule)
    found = delivery.finding(rule.code, file, rule.column, count, rows=f"{rows:,}", **values)
    severity = limited(count, rows) if rule.limited else "refuse"
    return replace(found, example=example, severity=severity)


def _where(engine: Engine, delivery: Delivery, shapes: Shapes, rule: Rule) -> tuple[str, str]:
    """The file with most such rows, how many others have some, and one example."""
    shown = f"min({rule.example})" if rule.example else f"min({identifier(ROW)})"
    files = engine.run(
        f"select {identifier(FILE)} as file, count(*) as n, {shown} as example "
        f"from ({located(delivery, shapes)}) where {rule.condition} "
        f"group by all order by n desc, file limit 1000"
    )
    more = f" (+{len(files) - 1})" if len(files) > 1 else ""
    example = files["example"][0]
    said = masked(str(example)) if rule.example else f"#{example}"
    return delivery.shown(Path(files["file"][0])) + more, said


def _not_allowed(
    engine: Engine, delivery: Delivery, shapes: Shapes, rule: Rule
) -> dict[str, object]:
    """The values found, most frequent first, and the line that translates them."""
    name, shaped = identifier(rule.column), shapes[rule.column]
    frame = engine.run(
        f"select left({name}, 40) as value from ({staged(delivery, shapes)}) "
        f"where {rule.condition} group by 1 order by count(*) desc, 1 limit {SHOWN_VALUES + 1}"
    )
    found = [masked(value) for value in frame["value"]]
    meant = tuple((value, nearest(value, shaped.column.codes) or "…")
                  for value in found[:SHOWN_VALUES])  # fmt: skip
    mapping = shaped.mapping
    return {"found": some(found, SHOWN_VALUES), "table": table(delivery.contract.name),
            "line": line(mapping, theirs=shaped.theirs, values=mapping.values + meant)}  # fmt: skip


def _garbled(engine: Engine, delivery: Delivery, shapes: Shapes, rule: Rule) -> int:
    """How many of the suspect rows are mojibake: rare characters alone prove nothing."""
    name = identifier(rule.column)
    values = (
        f"select {name}, count(*) as n from ({staged(delivery, shapes)}) "
        f"where {rule.suspect} group by 1"
    )
    found = engine.run(
        f"select * from ({values}) where {rule.condition} order by 2 desc, 1 limit 1000"
    )
    return sum(n for value, n in found.iter_rows() if garbled(value))


def _identical(delivery: Delivery, found: Tally) -> Finding | None:
    count = round(found.identical * found.rows)
    if not count:
        return None
    severity: Severity = "refuse" if found.identical > IDENTICAL_SHARE else "notice"
    finding = delivery.finding("identical_rows", delivery.shown(delivery.files[0]), count=count,
                               rows=f"{found.rows:,}")  # fmt: skip
    return replace(finding, severity=severity)

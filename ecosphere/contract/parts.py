"""The files of an export one by one: which are new, and what each holds."""

from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date
from pathlib import Path

from ecosphere.contract.columns import Shapes
from ecosphere.contract.files import Delivery, digest
from ecosphere.contract.memory import Memory, Part, Stamp
from ecosphere.contract.quote import identifier, listed
from ecosphere.contract.rules import FILE, staged
from ecosphere.contract.tally import dated
from ecosphere.model import Engine

Seal = tuple[Stamp, str]  # the second is the digest of the content


def seals(delivery: Delivery, memory: Memory | None) -> dict[Path, Seal]:
    """The digest of every file. One whose stamp is still the same is not read for it."""
    if memory is None:
        return {}
    stamps = {file: _stamp(file) for file in delivery.files}
    known = {file: part.digest for file, stamp in stamps.items()
             if (part := _remembered(delivery, file, memory)) and part.stamp == stamp}  # fmt: skip
    unknown = [file for file in delivery.files if file not in known]
    with ThreadPoolExecutor(2) as threads:  # two cores; hashing does not hold the interpreter
        digests = known | dict(zip(unknown, threads.map(digest, unknown), strict=True))
    return {file: (stamp, digests[file]) for file, stamp in stamps.items()}


def trusted(
    engine: Engine,
    delivery: Delivery,
    shapes: Shapes,
    sealed: Mapping[Path, Seal],
    memory: Memory | None,
) -> dict[Path, Part]:
    """The files that are what they were, with every row in order then.

    Under a key rows of all files are compared, so with a new one every file is examined. Where
    nothing is unique, a file is also examined with each new one of its days: it might hold the same
    rows.
    """
    if memory is None:
        return {}
    same = {file: part for file, (_, digest) in sealed.items()
            if (part := _remembered(delivery, file, memory))
            and part.digest == digest and not part.aside}  # fmt: skip
    fresh = tuple(file for file in delivery.files if file not in same)
    if fresh and delivery.contract.key:
        return {}
    if not fresh or any(shaped.column.unique for shaped in shapes.values()):
        return same
    first, last = _span(engine, replace(delivery, files=fresh), shapes)
    return {file: part for file, part in same.items()
            if not any(first <= day <= last for day in part.days)}  # fmt: skip


def unchanged(delivery: Delivery, sealed: Mapping[Path, Seal], memory: Memory | None) -> bool:
    """Whether an export is file by file what the last check found."""
    if memory is None:
        return False
    before = {(name, file): part.digest for (name, file), part in memory.parts.items()
              if name == delivery.contract.name}  # fmt: skip
    now = {(delivery.contract.name, delivery.shown(file)): digest
           for file, (_, digest) in sealed.items()}  # fmt: skip
    return before == now


def examined(
    engine: Engine,
    delivery: Delivery,
    shapes: Shapes,
    sealed: Mapping[Path, Seal],
    first_rule: str,
) -> tuple[list[Part], dict[int, int]]:
    """A part for each file, and how many rows each rule has set aside, by its number."""
    if not delivery.files:
        return [], {}
    counted = engine.run(_by_file(delivery, shapes, first_rule)).rows()
    rows: dict[str, int] = {}
    aside: dict[str, int] = {}
    days: dict[str, dict[date, tuple[int, int]]] = {}
    met: dict[int, int] = {}
    for file, rule, day, count, own in counted:
        rows[file] = rows.get(file, 0) + count
        if rule is not None:
            aside[file] = aside.get(file, 0) + count
            met[rule] = met.get(rule, 0) + count
        elif day is not None:
            days.setdefault(file, {})[day] = (count, own)
    nothing: Seal = ((0, 0, 0), "")
    return [
        Part(delivery.contract.name, delivery.shown(file), *sealed.get(file, nothing),
             rows=rows.get(name, 0), aside=aside.get(name, 0), days=days.get(name, {}))
        for file, name in ((file, str(file)) for file in delivery.files)
    ], met  # fmt: skip


def by_day(parts: Iterable[Part]) -> dict[date, tuple[int, int]]:
    """Rows by day over several files."""
    found: dict[date, tuple[int, int]] = {}
    for part in parts:
        for day, (rows, own) in part.days.items():
            so_far = found.get(day, (0, 0))
            found[day] = so_far[0] + rows, so_far[1] + own
    return found


def _by_file(delivery: Delivery, shapes: Shapes, first_rule: str) -> str:
    """Rows by file, rule and day. What the system writes comes on days of its own, as interest."""
    name = dated(shapes, delivery)
    day = f"cast({identifier(name)} as date)" if name else "cast(null as date)"
    told = {s.column.name: s.column for s in shapes.values()
            if s.column.not_initiated or s.column.tells_initiated}  # fmt: skip
    by_system = [f"{identifier(name)} in ({listed(c.not_initiated)})" if c.not_initiated
                 else f"not {identifier(name)}" for name, c in told.items()]  # fmt: skip
    own = " and ".join(f"({condition}) is not true" for condition in by_system) or "true"
    names = "".join(f", {identifier(name)}" for name in told)
    rows = staged(delivery, shapes, **{FILE: "filename"})
    # Few different days and codes are grouped first: faster than asking every row.
    return (
        f"select file, rule, day, cast(sum(n) as bigint), "
        f"cast(coalesce(sum(n) filter (where {own}), 0) as bigint) from ("
        f"select {identifier(FILE)} as file, {first_rule} as rule, {day} as day{names}, "
        f"count(*) as n from ({rows}) group by all) group by file, rule, day"
    )


def _span(engine: Engine, delivery: Delivery, shapes: Shapes) -> tuple[date, date]:
    """First and last day of some files; all days where they tell none."""
    name = dated(shapes, delivery)
    day = f"cast({identifier(name)} as date)" if name else "cast(null as date)"
    sql = f"select min({day}), max({day}) from ({staged(delivery, shapes)})"
    first, last = engine.run(sql).row(0)
    return first or date.min, last or date.max


def _remembered(delivery: Delivery, file: Path, memory: Memory) -> Part | None:
    return memory.parts.get((delivery.contract.name, delivery.shown(file)))


def _stamp(file: Path) -> Stamp:
    status = file.stat()
    return status.st_size, status.st_mtime_ns, status.st_ctime_ns

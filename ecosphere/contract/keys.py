"""What must hold between rows: keys are unique, and what one export names the other one holds."""

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from ecosphere.contract import suggest
from ecosphere.contract.columns import Shapes
from ecosphere.contract.files import Delivery
from ecosphere.contract.memory import Memory
from ecosphere.contract.personal import masked
from ecosphere.contract.quote import identifier, literal
from ecosphere.contract.report import Finding, limited
from ecosphere.contract.rules import FILE, ROW, located, staged
from ecosphere.contract.shape import SPACES, Shaped
from ecosphere.contract.unique import all_different
from ecosphere.model import Engine


@dataclass(frozen=True)
class Bound:
    """An export whose columns are bound to ours."""

    delivery: Delivery
    shapes: Shapes
    rows: int  # without those that the mapping drops
    trusted: Collection[Path] = ()  # files that were examined before
    is_unchanged: bool = False  # file by file what the last check found

    @property
    def fresh(self) -> "Bound":
        """The same, of the files that have not been examined before."""
        files = tuple(file for file in self.delivery.files if file not in self.trusted)
        return replace(self, delivery=replace(self.delivery, files=files), trusted=())


def duplicates(engine: Engine, bound: Bound) -> list[Finding]:
    """A finding where the key, or a unique column, is not unique. Null keys are told elsewhere."""
    contract, shapes = bound.delivery.contract, bound.shapes
    if bound.trusted and not any(_repeats(engine, bound, column.name)
                                 for column in contract.columns
                                 if column.unique and column.name in shapes):  # fmt: skip
        bound = bound.fresh
    if not bound.delivery.files:
        return []
    required = [name for name in contract.key if contract.column(name).required]
    present = [name for name in contract.key if name in shapes]
    asked = [(present, required)] if required and set(required) <= set(present) else []
    asked += [([c.name], [c.name]) for c in contract.columns if c.unique and c.name in shapes]
    found = (_duplicates(engine, bound, key, filled) for key, filled in asked)
    return [finding for finding in found if finding]


def references(
    engine: Engine, bound: Mapping[str, Bound], memory: Memory | None = None
) -> tuple[list[Finding], dict[str, Any]]:
    """Findings of ids that the export they refer to does not hold, and the rules to set them aside.

    Files that were in order before are asked again only where that export may have lost an id.
    """
    findings: list[Finding] = []
    rules: dict[str, Any] = {}
    for name, mine in bound.items():
        for shaped in mine.shapes.values():
            target = _target(shaped, bound)
            if target is None:
                continue
            findings += _mixed_ids(engine, mine, shaped, *target)
            asked = mine if not mine.trusted or _lost(engine, *target, memory) else mine.fresh
            orphans = _orphans(engine, asked, shaped, *target) if asked.delivery.files else []
            if orphans:
                rules.setdefault(name, []).append(_rule(shaped, *target))
            findings += orphans
    return findings, rules


def _duplicates(engine: Engine, bound: Bound, key: list[str], filled: list[str]) -> Finding | None:
    columns = ", ".join(map(identifier, key))
    kept = " and ".join(f"{identifier(name)} is not null" for name in filled)
    source = f"(select * from ({staged(bound.delivery, bound.shapes)}) where {kept})"
    if all_different(engine, bound.delivery, bound.shapes, key, source):
        return None
    twice = f"select {columns}, count(*) as n from {source} group by {columns} having count(*) > 1"
    groups, excess = engine.run(
        f"select count(*), cast(coalesce(sum(n) - count(*), 0) as bigint) from ({twice})"
    ).row(0)
    if not groups:
        return None
    file, example = _first(engine, bound, key, twice)
    code = "duplicate_key" if key != filled or len(key) > 1 or bound.delivery.contract.key else \
        "duplicate_value"  # fmt: skip
    return replace(bound.delivery.finding(code, file, " + ".join(key), excess,
                                          groups=f"{groups:,}"), example=example)  # fmt: skip


def _first(engine: Engine, bound: Bound, key: list[str], twice: str) -> tuple[str, str]:
    """The file with most of the repeated keys, and the rows of one of them (never its value)."""
    same = " and ".join(f"s.{identifier(k)} is not distinct from d.{identifier(k)}" for k in key)
    one = f"(select * from ({twice}) order by n desc limit 1)"
    found = engine.run(
        f"select {identifier(FILE)} as file, {identifier(ROW)} as row "
        f"from ({located(bound.delivery, bound.shapes)}) s join {one} d on {same} "
        f"order by 1, 2 limit 2"
    )
    files = [bound.delivery.shown(Path(file)) for file in found["file"]]
    rows = ", ".join(f"#{row}" for row in found["row"])
    return (files[0] if len(set(files)) == 1 else f"{files[0]}, {files[1]}"), rows


def _repeats(engine: Engine, bound: Bound, name: str) -> bool:
    """Whether a unique value of a new file stands in one that was examined before."""
    old = replace(bound.delivery, files=tuple(bound.trusted))
    new = bound.fresh.delivery
    if not new.files:
        return False
    shaped = bound.shapes[name]
    # As they stand in the files where that says the same: then statistics leave most files out.
    mapping, theirs = shaped.mapping, shaped.theirs
    if theirs is not None and not (mapping.trim or mapping.pad or mapping.null):
        shaped = replace(shaped, ours=identifier(theirs))
    only = {name: shaped}
    return bool(engine.run(
        f"select exists(from ({staged(old, only)}) semi join ({staged(new, only)}) "
        f"using ({identifier(name)})) as found"
    ).item())  # fmt: skip


def _lost(engine: Engine, there: Bound, target: Shaped, memory: Memory | None) -> bool:
    """Whether an export may hold less than it did. Of some ids only their number is remembered."""
    name = f"{there.delivery.contract.name}.{target.column.name}"
    if there.is_unchanged:
        return False
    if memory is None or name not in memory.held:
        return True
    rows, digests = memory.held[name]
    now = f"(select cast(md5(id) as uuid) as id from {_ids(there, target)})"
    gone = f"select count(*) from ({digests}) as held(id) anti join {now} using (id)"
    return there.rows < rows or bool(engine.run(gone).item())


def _target(shaped: Shaped, bound: Mapping[str, Bound]) -> tuple[Bound, Shaped] | None:
    """The column that another export holds these ids in, when that export is delivered."""
    if shaped.column.references is None or shaped.theirs is None:
        return None
    export, column = shaped.column.references
    there = bound.get(export)
    return (there, there.shapes[column]) if there and column in there.shapes else None


def _mixed_ids(
    engine: Engine, mine: Bound, shaped: Shaped, there: Bound, target: Shaped
) -> Iterator[Finding]:
    """Integers on one side and texts on the other: leading zeros may be lost, the mapping says."""
    sides = {shaped.family: (mine, shaped), target.family: (there, target)}
    if set(sides) != {"integer", "text"}:
        return
    bound, number = sides["integer"]
    if number.mapping.pad or number.mapping.trim:
        return
    other, text = sides["text"]
    length = engine.run(
        f"select coalesce(max(length({identifier(text.column.name)})), 1) "
        f"from ({staged(other.delivery, other.shapes)})"
    ).item()
    line = suggest.line(number.mapping, theirs=number.theirs, pad=min(int(length), 64))
    yield mine.delivery.finding(
        "mixed_id_types", mine.delivery.shown(mine.delivery.files[0]), shaped.column.name,
        mine.rows, found=shaped.family, other=there.delivery.contract.name,
        expected=target.family, table=suggest.table(bound.delivery.contract.name), line=line,
    )  # fmt: skip


def _orphans(
    engine: Engine, mine: Bound, shaped: Shaped, there: Bound, target: Shaped
) -> list[Finding]:
    """Orphans, and apart from them the ids that only padding keeps from matching."""
    here = _ids(mine, shaped)
    held = _ids(there, target)
    lost = f"(select id from {here} anti join {held} using (id))"
    if not engine.run(f"select count(*) from {lost}").item():
        return []
    counted = _counted(engine, mine, shaped, lost, held)
    findings = []
    for code, extra in (("orphan", {}), ("id_trim", {"trim": True}), ("id_zero", {"pad": True})):
        part = counted.filter(counted["code"] == code)
        if len(part):
            count = int(part["n"].sum())
            values = _remedy(engine, mine, shaped, there, target, lost, held, extra)
            found = mine.delivery.finding(
                code, _files(mine, list(part["file"])), shaped.column.name, count,
                rows=f"{mine.rows:,}", other=there.delivery.contract.name,
                other_column=target.column.name, **values,
            )  # fmt: skip
            example = masked(str(part["example"][0]))
            findings.append(replace(found, example=example, severity=limited(count, mine.rows)))
    return findings


def _counted(engine: Engine, mine: Bound, shaped: Shaped, lost: str, held: str) -> Any:
    """Rows with a lost id by file and by what keeps it from matching."""
    trimmed = f"trim(id, {literal(SPACES)})"
    bare = f"ltrim({trimmed}, '0')"
    shown = identifier(ROW) if shaped.column.personal else "id"
    example = f"'#' || min({shown})" if shaped.column.personal else f"min({shown})"
    sql = f"""
        with lost as materialized (select id, {trimmed} as a, {bare} as b from {lost}),
        held as materialized (select distinct {trimmed} as a, {bare} as b from {held}),
        judged as (
            select id, case when a in (select a from held) then 'id_trim'
                when b in (select b from held where b <> '') then 'id_zero'
                else 'orphan' end as code
            from lost
        )
        select code, {identifier(FILE)} as file, count(*) as n, {example} as example
        from (select {identifier(shaped.column.name)} as id, {identifier(FILE)}, {identifier(ROW)}
              from ({located(mine.delivery, mine.shapes)})) join judged using (id)
        group by code, file order by code, n desc, file
    """
    return engine.run(sql)


def _remedy(
    engine: Engine, mine: Bound, shaped: Shaped, there: Bound, target: Shaped,
    lost: str, held: str, extra: Mapping[str, bool],
) -> dict[str, object]:  # fmt: skip
    """The line that makes the ids match: on the side with the spaces, or with the shorter ids."""
    if not extra:
        return {}
    trimmed = f"trim(id, {literal(SPACES)})"
    spaces = f"count(*) filter (where id <> {trimmed})"
    measure = f"select coalesce(max(length({trimmed})), 1), {spaces} from"
    alike = f"{trimmed} in (select {trimmed} from {held})"
    if "pad" in extra:  # of these only: an orphan, or spaces, would say nothing of the length
        bare = f"ltrim({trimmed}, '0')"
        alike = f"not {alike} and {bare} in (select {bare} from {held})"
    lost = f"(select id from {lost} where {alike})"
    (ours, padded), (theirs, _) = (engine.run(f"{measure} {ids}").row(0) for ids in (lost, held))
    change: dict[str, object]
    if "trim" in extra:
        at, side, change = (
            (mine, shaped, {"trim": True}) if padded else (there, target, {"trim": True})
        )
    else:
        shorter = (mine, shaped) if ours < theirs else (there, target)
        (at, side), change = shorter, {"pad": min(max(ours, theirs), 64)}
    return {"table": suggest.table(at.delivery.contract.name),
            "line": suggest.line(side.mapping, theirs=side.theirs, **change)}  # fmt: skip


def _rule(shaped: Shaped, there: Bound, target: Shaped) -> tuple[str, str]:
    name, held = identifier(shaped.column.name), _ids(there, target)
    return f"orphan.{shaped.column.name}", f"{name} is not null and {name} not in {held}"


def _ids(bound: Bound, shaped: Shaped) -> str:
    """The distinct ids that a column holds."""
    name = identifier(shaped.column.name)
    only = {shaped.column.name: shaped} | {
        column: bound.shapes[column] for group in bound.delivery.mapping.drop_null
        for column in group
        if column in bound.shapes
    }  # fmt: skip
    return f"(select distinct {name} as id from ({staged(bound.delivery, only)}) where {name} is not null)"  # noqa: E501


def _files(bound: Bound, files: list[str]) -> str:
    more = f" (+{len(files) - 1})" if len(files) > 1 else ""
    return bound.delivery.shown(Path(files[0])) + more

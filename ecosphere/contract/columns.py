"""Which column of a file becomes which of ours, and every one that cannot."""

from collections.abc import Iterator
from dataclasses import replace

from ecosphere.contract import suggest
from ecosphere.contract.files import Delivery
from ecosphere.contract.mapping import ColumnMapping, nearest
from ecosphere.contract.report import Attribute, Finding
from ecosphere.contract.shape import Shaped, constant, family, fits, shape
from ecosphere.contract.terms import Column
from ecosphere.model import Engine

Shapes = dict[str, Shaped]

TREE_DEPTH = 3  # units stand on three levels below the bank: tier-1 branch, tier-2 branch, outlet


def wanted(delivery: Delivery) -> tuple[Column, ...]:
    """The contract's columns and then the further filterable ones of the mapping."""
    further = (Column(m.ours, "code", filterable=True, en=m.en, zh=m.zh)
               for m in delivery.mapping.further)  # fmt: skip
    return (*delivery.contract.columns, *further)


def used(delivery: Delivery, schemas: list[dict[str, str]]) -> set[str]:
    """The names, as the files spell them, of the columns that would be read."""
    asked = {(delivery.mapping.column(c.name).theirs or "").casefold() for c in wanted(delivery)}
    return {name for schema in schemas for name in schema if name.casefold() in asked}


def bind(engine: Engine, delivery: Delivery) -> tuple[Shapes, list[Finding]]:
    """Every column of ours that the files can fill, and a finding for each that they should but cannot."""  # noqa: E501
    shapes: Shapes = {}
    findings: list[Finding] = []
    for column in wanted(delivery):
        found = _bind(engine, delivery, column)
        if isinstance(found, Shaped):
            shapes[column.name] = found
        elif found:
            findings.append(found)
    return shapes, [*findings, *_nothing_to_drop(delivery), *_mixed_time(delivery, shapes)]


def attributes(delivery: Delivery, shapes: Shapes) -> tuple[Attribute, ...]:
    """What people can be filtered by, with the bank's own labels where it gives them."""
    return tuple(
        Attribute(name, shaped.mapping.en or column.en, shaped.mapping.zh or column.zh,
                  column.name, column.values, depth)
        for column in wanted(delivery)
        if (shaped := shapes.get(column.name))
        for name, depth in _filters(column).items()
    )  # fmt: skip


def _filters(column: Column) -> dict[str, int]:
    """The attributes that come from a column, and how deep in the tree of units each stands."""
    if column.tree:
        lower = {f"{column.tree}.{depth}": depth for depth in range(2, TREE_DEPTH + 1)}
        return {column.tree: 1, **lower}
    return {column.name: 0} if column.filterable else {}


def _bind(engine: Engine, delivery: Delivery, column: Column) -> Shaped | Finding | None:
    mapping = delivery.mapping.column(column.name)
    if mapping.constant is not None:
        return constant(column, mapping)
    theirs = delivery.theirs(mapping.theirs or column.name)
    if theirs is None:
        return _missing(delivery, column, mapping)
    kind = family(delivery.columns[theirs])
    if fits(column, mapping, kind):
        sql_type = delivery.columns[theirs]
        return shape(column, mapping, theirs, sql_type, delivery.timezone)
    return _misfit(engine, delivery, column, replace(mapping, theirs=theirs))


def _missing(delivery: Delivery, column: Column, mapping: ColumnMapping) -> Finding | None:
    file, here = delivery.shown(delivery.files[0]), list(delivery.columns)
    if mapping in delivery.mapping.columns:
        return _missing_mapped(delivery, column.name, mapping)
    if not column.required:
        return None
    taken = used(delivery, [delivery.columns])
    free = {name: kind for name, kind in delivery.columns.items() if name not in taken}
    candidate = suggest.renamed(column, free)
    return delivery.finding(
        "renamed_column" if candidate else "missing_column", file, column.name,
        len(delivery.files), expected=column.type, candidate=candidate or "–",
        known=suggest.some(here, 40), table=suggest.table(delivery.contract.name),
        line=suggest.line(mapping, theirs=candidate) if candidate else "–",
    )  # fmt: skip


def _missing_mapped(delivery: Delivery, ours: str, mapping: ColumnMapping) -> Finding:
    here, theirs = list(delivery.columns), mapping.theirs or ours
    return delivery.finding(
        "mapped_column_missing", delivery.shown(delivery.files[0]), theirs, len(delivery.files),
        ours=ours, suggestion=nearest(theirs, here) or "–", known=suggest.some(here, 40),
    )  # fmt: skip


def _nothing_to_drop(delivery: Delivery) -> Iterator[Finding]:
    """`drop_null` on columns that are not there would drop every row, or none."""
    for group in delivery.mapping.drop_null:
        plain = [name for name in group
                 if delivery.mapping.column(name) not in delivery.mapping.columns]  # fmt: skip
        if len(plain) == len(group) and not any(map(delivery.theirs, plain)):
            yield _missing_mapped(delivery, plain[0], delivery.mapping.column(plain[0]))


def _misfit(engine: Engine, delivery: Delivery, column: Column, mapping: ColumnMapping) -> Finding:
    """A column of another type: often one that a line in the mapping puts right."""
    theirs = mapping.theirs or ""
    sql_type = delivery.columns[theirs]
    code, changes = remedy(engine, delivery.scan, column, theirs, family(sql_type))
    where = {"table": suggest.table(delivery.contract.name), "found": sql_type,
             "expected": column.type, "contract": f"{delivery.contract.name}.toml"}  # fmt: skip
    line = suggest.line(mapping, **changes) if changes else "–"
    return delivery.finding(code, delivery.shown(delivery.files[0]), theirs, delivery.rows,
                            line=line, **where)  # fmt: skip


def remedy(
    engine: Engine, scan: str, column: Column, theirs: str, kind: str
) -> tuple[str, dict[str, object]]:
    """What is wrong with a column of another kind, and what its line in the mapping has to say."""
    if kind in ("text", "integer"):
        if column.dated and (form := suggest.date_form(engine, scan, theirs)):
            return "text_date", {"date": form}
        if column.type == "flag" and (flag := suggest.flag_values(engine, scan, theirs)):
            return "text_flag", {"true": tuple(flag[0]), "false": tuple(flag[1])}
    if column.type == "timestamp" and kind == "date":
        return "text_date", {"date": "day"}
    return ("unknown_type" if kind in ("other", "list") else "retyped"), {}


def _mixed_time(delivery: Delivery, shapes: Shapes) -> Iterator[Finding]:
    """Wall-clock times and times with a zone in one export: nobody could tell which is which."""
    times = [s for s in shapes.values() if s.column.type == "timestamp" and s.theirs]
    kinds = {shaped.family for shaped in times}
    if {"naive", "aware"} <= kinds:
        aware = [str(shaped.theirs) for shaped in times if shaped.family == "aware"]
        naive = [str(shaped.theirs) for shaped in times if shaped.family == "naive"]
        yield delivery.finding(
            "mixed_time", delivery.shown(delivery.files[0]), aware[0], len(times),
            found=f"TIMESTAMP WITH TIME ZONE ({suggest.some(aware)})",
            expected=f"TIMESTAMP ({suggest.some(naive)})",
        )  # fmt: skip

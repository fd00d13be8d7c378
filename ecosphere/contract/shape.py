"""From a bank's columns to ours: one SQL expression per column, no value looked at yet."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from ecosphere.contract.mapping import DATE_FORMS, UNITS, ColumnMapping
from ecosphere.contract.quote import day, identifier, listed, literal
from ecosphere.contract.terms import Column

Groups = tuple[tuple[str, ...], ...]

SPACES = " \t\u00a0\u3000"  # fixed-width padding: half-width, tab, no-break and full-width

SQL_TYPES = {
    "id": "varchar", "text": "varchar", "code": "varchar", "timestamp": "timestamp",
    "date": "date", "month": "date", "number": "double", "integer": "bigint", "flag": "boolean",
}  # fmt: skip

# What a column of ours may be in the file without a word in the mapping.
ACCEPTED = {
    "id": {"text", "integer"},
    "text": {"text"},
    "code": {"text", "integer"},
    "timestamp": {"naive", "aware"},
    "date": {"date", "naive", "aware"},
    "month": {"date", "naive", "aware"},
    "number": {"number", "integer"},
    "integer": {"integer"},
    "flag": {"flag"},
}

FAMILIES = {
    "VARCHAR": "text", "BOOLEAN": "flag", "DATE": "date",
    "TIMESTAMP": "naive", "TIMESTAMP_S": "naive", "TIMESTAMP_MS": "naive", "TIMESTAMP_NS": "naive",
    "TIMESTAMP WITH TIME ZONE": "aware", "FLOAT": "number", "DOUBLE": "number",
    "VARCHAR[]": "list",
    '"NULL"': "empty",
}  # fmt: skip


@dataclass(frozen=True)
class Shaped:
    """A column of ours as SQL over the file's columns.

    `given` is what was delivered, without sentinels; where it is filled and `ours` is null, the
    value could not be read. `loses` says whether that can happen at all.
    """

    column: Column
    mapping: ColumnMapping
    theirs: str | None
    family: str
    given: str
    ours: str
    loses: bool = False


def family(sql_type: str) -> str:
    """The kind of a file's column; "other" for what no column of ours can be."""
    if sql_type.endswith("INT") or sql_type.endswith("INTEGER"):
        return "integer"
    if sql_type.startswith("DECIMAL"):
        return "integer" if sql_type.endswith(",0)") else "number"
    if sql_type.startswith("ENUM"):
        return "text"
    return FAMILIES.get(sql_type, "other")


def fits(column: Column, mapping: ColumnMapping, kind: str) -> bool:
    """Whether a file's column of this kind can become this column of ours."""
    if kind == "empty":  # a column without any value has no type of its own
        return True
    if mapping.date == "day":
        return kind == "date"
    if mapping.date:
        return kind in ("text", "integer")
    if mapping.true or mapping.false:
        return kind in ("text", "integer", "flag")
    if column.several and kind == "list":
        return True
    return kind in ACCEPTED[column.type] or (column.type == "month" and kind == "text")


def shape(
    column: Column, mapping: ColumnMapping, theirs: str, sql_type: str, timezone: str
) -> Shaped:
    """The expressions of a column that fits."""
    kind = family(sql_type)
    given = _without_sentinels(_trimmed(identifier(theirs), kind, mapping), kind, mapping)
    ours, loses = _ours(column, mapping, kind, given, timezone)
    loses = loses and sql_type != SQL_TYPES[column.type].upper()
    return Shaped(column, mapping, theirs, kind, given, ours, loses)


def constant(column: Column, mapping: ColumnMapping) -> Shaped:
    value = f"cast({literal(mapping.constant or '')} as {SQL_TYPES[column.type]})"
    return Shaped(column, mapping, None, "constant", value, value)


def absent(column: Column) -> str:
    return f"cast(null as {SQL_TYPES[column.type]}{'[]' if column.several else ''})"


def _trimmed(theirs: str, kind: str, mapping: ColumnMapping) -> str:
    if kind != "text" or not mapping.trim:
        return theirs
    return f"nullif(trim({theirs}, {literal(SPACES)}), '')"  # padding alone is nothing at all


def _without_sentinels(given: str, kind: str, mapping: ColumnMapping) -> str:
    if not mapping.null or kind in ("flag", "list"):
        return given
    if kind in ("date", "naive", "aware"):
        found = [day(value) for value in map(_as_day, mapping.null) if value]
        compared = f"cast({given} as date)"
    else:
        found, compared = [literal(value) for value in mapping.null], f"cast({given} as varchar)"
    if not found:
        return given
    return f"case when {compared} in ({', '.join(found)}) then null else {given} end"


def _ours(
    column: Column, mapping: ColumnMapping, kind: str, given: str, timezone: str
) -> tuple[str, bool]:
    if column.type == "flag" and (mapping.true or mapping.false):
        return _flag(given, mapping), True
    if column.dated:
        return _dated(column, mapping, kind, given, timezone)
    if column.several and kind == "list":
        return given, False
    if column.type in ("id", "text", "code"):
        text = _text(given, mapping)
        return (f"string_split({text}, ';')" if column.several else text), False
    sql = f"try_cast({given} as {SQL_TYPES[column.type]})"
    return (f"({sql} {UNITS[mapping.unit]})" if mapping.unit else sql), True


def _text(given: str, mapping: ColumnMapping) -> str:
    text = f"cast({given} as varchar)"
    if mapping.values:
        whens = (f"when {literal(a)} then {literal(b)}" for a, b in mapping.values)
        text = f"case {text} {' '.join(whens)} else {text} end"
    if mapping.pad:  # lpad alone would cut what is longer
        text = f"case when length({text}) < {mapping.pad} then lpad({text}, {mapping.pad}, '0') else {text} end"  # noqa: E501
    return text


def _flag(given: str, mapping: ColumnMapping) -> str:
    text = f"cast({given} as varchar)"
    sides = (("true", mapping.true), ("false", mapping.false))
    whens = (f"when {text} in ({listed(values)}) then {side}" for side, values in sides if values)
    return f"case {' '.join(whens)} end"


def _dated(
    column: Column, mapping: ColumnMapping, kind: str, given: str, timezone: str
) -> tuple[str, bool]:
    form = DATE_FORMS.get(mapping.date or ("yyyy-mm" if kind == "text" else "day"))
    if form:
        given = f"try_strptime(cast({given} as varchar), {literal(form)})"
    elif kind == "aware":
        given = f"timezone({literal(timezone)}, {given})"
    if column.type == "month":
        given = f"date_trunc('month', {given})"
    return f"try_cast({given} as {SQL_TYPES[column.type]})", form is not None


def _as_day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def raw_select(
    shaped: Mapping[str, Shaped], columns: tuple[Column, ...], scan: str, drop_null: Groups
) -> str:
    """Every contract column, in our names and types, without the rows that the mapping drops."""
    named = {c.name: shaped[c.name].ours if c.name in shaped else absent(c) for c in columns}
    delivered = (tuple(name for name in group if name in shaped) for group in drop_null)
    return select_kept(named, scan, tuple(delivered))


def absent_columns(columns: tuple[Column, ...], shaped: Mapping[str, Shaped]) -> dict[str, str]:
    """A null of the right type for each column that is not delivered."""
    return {c.name: absent(c) for c in columns if c.name not in shaped}


def select_kept(named: Mapping[str, str], scan: str, drop_null: Groups) -> str:
    """A select of expressions under names, without rows in which all of a group are null."""
    listing = ", ".join(f"{sql} as {identifier(name)}" for name, sql in named.items())
    groups = ([identifier(name) for name in group if name in named] for group in drop_null)
    kept = " and ".join(f"coalesce({', '.join(group)}) is not null" for group in groups if group)
    select = f"select {listing} from {scan}"
    return f"select * from ({select}) where {kept}" if kept else select

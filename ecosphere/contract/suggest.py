"""The very line to add to a mapping file."""

import json
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from ecosphere.contract.mapping import DATE_FORMS, ColumnMapping, ExportMapping, nearest
from ecosphere.contract.quote import identifier, literal
from ecosphere.contract.shape import ACCEPTED, family
from ecosphere.contract.terms import Column
from ecosphere.model import Engine

SAMPLE = 1000  # values looked at to guess how a column is written

TRUE = {"Y", "y", "1", "是", "T", "t", "true", "TRUE", "True", "yes", "YES"}
FALSE = {"N", "n", "0", "否", "F", "f", "false", "FALSE", "False", "no", "NO"}


def line(mapping: ColumnMapping, **changes: Any) -> str:
    """`ours = ...` as TOML, with what the mapping says already and these changes."""
    wanted = replace(mapping, **changes)
    parts = {
        "from": wanted.theirs,
        "constant": wanted.constant,
        "values": dict(wanted.values),
        "null": list(wanted.null),
        "date": wanted.date,
        "unit": wanted.unit,
        "flag": _present({"true": list(wanted.true), "false": list(wanted.false)}),
        "trim": wanted.trim,
        "pad": wanted.pad,
        "filterable": wanted.filterable,
        "en": wanted.en,
        "zh": wanted.zh,
    }
    stated = _present(parts)
    plain = set(stated) == {"from"}
    return f"{wanted.ours} = {toml(stated['from'] if plain else stated)}"


def dropping(mapping: ExportMapping, group: tuple[str, ...]) -> str:
    """`drop_null = ...` with one more group of columns."""
    groups = [*mapping.drop_null, group]
    return f"drop_null = {toml([g[0] if len(g) == 1 else list(g) for g in groups])}"


def toml(value: object) -> str:
    """A value as TOML on one line."""
    if isinstance(value, dict):
        inside = ", ".join(f"{_key(key)} = {toml(item)}" for key, item in value.items())
        return f"{{ {inside} }}"
    if isinstance(value, list):
        return f"[{', '.join(map(toml, value))}]"
    # TOML escapes like JSON, and DEL as well.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def renamed(column: Column, free: dict[str, str]) -> str:
    """The file's column that this one may be under another name: nearest by name, equal in type."""
    alike = [name for name, kind in free.items() if family(kind) in ACCEPTED[column.type]]
    found = nearest(column.name, alike)
    return found or (alike[0] if len(alike) == 1 else "")


def date_form(engine: Engine, scan: str, theirs: str) -> str:
    """How the days in a text or integer column are written; nothing when they are not days."""
    forms = {name: form for name, form in DATE_FORMS.items() if form}
    text = f"cast({identifier(theirs)} as varchar)"
    sample = f"select {text} as x from {scan} where {identifier(theirs)} is not null limit {SAMPLE}"
    counts = ", ".join(
        f"count(try_strptime(x, {literal(form)})) as {identifier(name)}"
        for name, form in forms.items()
    )
    row = engine.run(f"select count(*) as n, {counts} from ({sample})").row(0, named=True)
    read = {name: row[name] for name in forms}
    best = max(read, key=lambda name: read[name])
    return best if row["n"] and read[best] >= 0.5 * row["n"] else ""


def flag_values(engine: Engine, scan: str, theirs: str) -> tuple[list[str], list[str]] | None:
    """The values of a column that stand for yes and for no; None when there are others."""
    text = f"cast({identifier(theirs)} as varchar)"
    sample = f"select {text} as x from {scan} where {identifier(theirs)} is not null limit {SAMPLE}"
    found = set(engine.run(f"select distinct x from ({sample})")["x"])
    if not found or not found <= TRUE | FALSE:
        return None
    pairs = (("Y", "N"), ("y", "n"), ("1", "0"), ("是", "否"), ("T", "F"), ("true", "false"))
    both = found | {value for pair in pairs if found & set(pair) for value in pair}
    return sorted(both & TRUE), sorted(both & FALSE)


def table(export: str, columns: bool = True) -> str:
    """Where in the mapping file the line goes."""
    return f"[{export}.columns]" if columns else f"[{export}]"


def some(values: Iterable[object], limit: int = 10) -> str:
    found = [str(value) for value in values]
    return ", ".join(found[:limit]) + (", …" if len(found) > limit else "")


def _present(parts: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in parts.items() if value not in (None, "", [], {}, False)}


def _key(key: str) -> str:
    bare = key.isascii() and key.replace("_", "").isalnum()
    return key if bare else toml(key)

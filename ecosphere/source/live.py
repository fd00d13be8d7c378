"""Tables that no generation holds: their rows come in as parameters of the question.

What builds were refused since is told anew with every question; what measures mean stands in the
headers of queries/ and in text/.
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from zoneinfo import ZoneInfo

from ecosphere import journal
from ecosphere.library import questions
from ecosphere.text import Text

Row = tuple[object, ...]

COLUMNS: Mapping[str, Mapping[str, str]] = {
    "refusal": {
        "refused_at": "timestamp",  # in the bank's time zone
        "at_utc": "timestamp",
        "exit_code": "bigint",
        "severity": "varchar",
        "rule": "varchar",
        "export": "varchar",
        "file": "varchar",
        "column_name": "varchar",
        "rows": "bigint",
    },
    "measure": {
        "measure": "varchar",
        "title": "varchar",
        "title_en": "varchar",
        "definition_text": "varchar",
        "definition_text_en": "varchar",
        "unit": "varchar",
        "number_kind": "varchar",
        "keys": "varchar",
        "owner": "varchar",
        "page": "varchar",
        "sql_text": "varchar",
    },
}


def select(table: str) -> str:
    """The table as a select over parameters."""
    return "select " + ", ".join(
        f"unnest(cast(${table}_{name} as {kind}[])) as {name}"
        for name, kind in COLUMNS[table].items()
    )


def params(tables: Iterable[str], home: Path | None, timezone: str) -> dict[str, object]:
    """The columns of these tables as parameters of their selects."""
    found: dict[str, object] = {}
    for table in tables:
        rows = list(ROWS[table](home, timezone))
        found |= {
            f"{table}_{name}": [row[place] for row in rows]
            for place, name in enumerate(COLUMNS[table])
        }
    return found


def _refusals(home: Path | None, timezone: str) -> Iterable[Row]:
    """Newest first; without a HOME nothing was refused."""
    for entry in journal.refusals(home) if home else ():
        for found in entry.findings:
            yield (
                entry.at.astimezone(ZoneInfo(timezone)).replace(tzinfo=None),
                entry.at.replace(tzinfo=None),
                entry.exit_code,
                found.severity,
                found.code,
                found.export,
                found.file,
                found.column,
                found.count,
            )


def _measures(_: Path | None, __: str) -> Iterable[Row]:
    """Every question a reader can ask; its page has the name of its stem."""
    en, zh = Text("en"), Text("zh")
    for question in questions().values():
        key = question.name.replace("/", ".")
        yield (
            question.name,
            zh(f"{key}.title"),
            en(f"{key}.title"),
            zh(f"{key}.definition"),
            en(f"{key}.definition"),
            question.unit,
            question.kind,
            ", ".join(question.grain),
            question.owner,
            question.stem,
            question.sql.strip(),
        )


ROWS: Mapping[str, Callable[[Path | None, str], Iterable[Row]]] = {
    "refusal": _refusals,
    "measure": _measures,
}

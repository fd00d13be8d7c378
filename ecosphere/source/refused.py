"""Builds that were refused, as a table: the one thing that is told anew with every question.

A refused build makes no generation, so none can hold it. Its rows come in as parameters.
"""

from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from ecosphere import journal

COLUMNS = {
    "refused_at": "timestamp",  # in the bank's time zone
    "at_utc": "timestamp",
    "exit_code": "bigint",
    "severity": "varchar",
    "rule": "varchar",
    "export": "varchar",
    "file": "varchar",
    "column_name": "varchar",
    "rows": "bigint",
}
SELECT = "select " + ", ".join(
    f"unnest(cast($refusal_{name} as {kind}[])) as {name}" for name, kind in COLUMNS.items()
)


@dataclass(frozen=True)
class Refused:
    """The log of a HOME; without one nothing was refused."""

    home: Path | None = None

    def params(self, timezone: str) -> dict[str, object]:
        """The columns of the table, newest refusal first, as parameters of SELECT."""
        entries = journal.refusals(self.home) if self.home else ()
        rows = [
            (
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
            for entry in entries
            for found in entry.findings
        ]
        return {
            f"refusal_{name}": [row[place] for row in rows] for place, name in enumerate(COLUMNS)
        }

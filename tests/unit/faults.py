"""Exports made for a test of `check`, and the one finding that is looked for."""

import re
from datetime import date, datetime, timedelta
from pathlib import Path

import duckdb
import polars as pl

from ecosphere.contract import Finding, Report, check, read_mapping
from ecosphere.engines.duckdb import DuckDB
from ecosphere.text import Text

TODAY = date(2026, 11, 23)
DAY = datetime(2026, 11, 1)
EN, ZH = Text("en"), Text("zh")


def events(rows: int = 4, **columns: object) -> pl.DataFrame:
    """Clean events; each column may be replaced, one value standing for all rows."""
    plain = {
        "customer_id": [f"c{i:04d}" for i in range(rows)],
        "occurred_at": [DAY + timedelta(minutes=i) for i in range(rows)],
    }
    given = {k: v if isinstance(v, (list, pl.Series)) else [v] * rows for k, v in columns.items()}
    return pl.DataFrame({**plain, **given})


def look(folder: Path, mapping: str = "", **exports: pl.DataFrame) -> Report:
    for name, frame in exports.items():
        frame.write_parquet(folder / f"{name}.parquet")
    path = folder / "mapping.toml"
    path.write_text(mapping, encoding="utf-8")
    connection = duckdb.connect(":memory:")
    connection.execute("set TimeZone = 'UTC'")
    engine = DuckDB(connection)
    try:
        return check(engine, folder, read_mapping(path), "Asia/Shanghai", TODAY)
    finally:
        engine.close()


def the(report: Report, code: str, column: str | None = None) -> Finding:
    """The one finding of that kind; its words name file, column and count in both languages."""
    found = [f for f in report.findings if f.code == code and column in (None, f.column)]
    assert len(found) == 1, report.findings
    for text in (EN, ZH):
        words = found[0].message(text)
        assert found[0].file in words
        assert found[0].column == "–" or found[0].column in words
        assert not re.search(r"[{}]", words.replace(str(found[0].values.get("line")), ""))
        if found[0].count:
            assert f"{found[0].count:,}" in words
        assert str(found[0].values.get("line", "")).strip("–") in words
    return found[0]


def lifted(folder: Path, found: Finding, **exports: pl.DataFrame) -> Report:
    """The report after the suggested line has been added to the mapping file."""
    return look(folder, f"{found.values['table']}\n{found.values['line']}\n", **exports)


def codes(report: Report) -> set[str]:
    return {finding.code for finding in report.findings}

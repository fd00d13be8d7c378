"""A released table as bytes: CSV, JSON, parquet. Hidden and missing cells are empty or null."""

import io
import json
from collections.abc import Mapping
from datetime import date

import polars as pl

from ecosphere.model import GROUP, Released

# A spreadsheet takes a text that begins so for a formula; the full-width forms too.
STARTS_FORMULA = r"^[=+\-@\t\r＝＋－＠]"
MARK = "outside_tolerance"
SELDOM = ("hidden", MARK)
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # without it Excel reads UTF-8 as the local code page


NO_WORDS: Mapping[str, str] = {}


def csv_bytes(released: Released, words: Mapping[str, str] = NO_WORDS) -> bytes:
    """Comma-separated, for spreadsheets: byte order mark, CRLF, no text that starts a formula.

    `words` stand for the codes of groups, as in the other files.
    """
    table = _worded(marked(released), words)
    texts = [name for name, kind in table.schema.items() if kind == pl.String]
    table = table.with_columns(
        pl.when(pl.col(name).str.contains(STARTS_FORMULA))
        .then(pl.concat_str(pl.lit("'"), pl.col(name)))
        .otherwise(pl.col(name))
        .alias(name)
        for name in texts
    )
    return BYTE_ORDER_MARK + table.write_csv(line_terminator="\r\n").encode("utf-8")


def json_bytes(released: Released, words: Mapping[str, str] = NO_WORDS) -> bytes:
    """Records with the columns in order; `hidden` and the mark only on rows that have them."""
    records = [
        {name: _plain(value) for name, value in row.items() if name not in SELDOM or value}
        for row in _worded(marked(released), words).iter_rows(named=True)
    ]
    return (json.dumps(records, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8")


def parquet_bytes(released: Released, words: Mapping[str, str] = NO_WORDS) -> bytes:
    buffer = io.BytesIO()
    _worded(marked(released), words).write_parquet(buffer)
    return buffer.getvalue()


def marked(released: Released) -> pl.DataFrame:
    """The table, with one more column where an official figure of a month shown is not met.

    `outside_tolerance` names the report and, in both languages alike, difference and tolerance.
    """
    told: dict[date, list[str]] = {}
    for mark in released.origin.marks:
        words = f"{mark.source} {mark.difference:+.2%} (±{mark.tolerance:.2%})"
        told.setdefault(mark.month, []).append(words)
    if not told:
        return released.table
    texts = [", ".join(told.get(month, ())) or None for month in released.table["month"]]
    return released.table.with_columns(pl.Series(MARK, texts, dtype=pl.String))


def _worded(table: pl.DataFrame, words: Mapping[str, str]) -> pl.DataFrame:
    return table.with_columns(pl.col(GROUP).replace(words)) if words else table


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value

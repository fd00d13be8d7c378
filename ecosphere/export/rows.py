"""A released table as bytes: CSV, JSON, parquet. Hidden and missing cells are empty or null."""

import io
import json
from datetime import date

import polars as pl

from ecosphere.model import Released

# A spreadsheet takes a text that begins so for a formula; the full-width forms too.
STARTS_FORMULA = r"^[=+\-@\t\r＝＋－＠]"
BYTE_ORDER_MARK = b"\xef\xbb\xbf"  # without it Excel reads UTF-8 as the local code page


def csv_bytes(released: Released) -> bytes:
    """Comma-separated, for spreadsheets: byte order mark, CRLF, no text that starts a formula."""
    texts = pl.col(pl.String)
    table = released.table.with_columns(
        pl.when(texts.str.contains(STARTS_FORMULA))
        .then(pl.concat_str(pl.lit("'"), texts))
        .otherwise(texts)
        .name.keep()
    )
    return BYTE_ORDER_MARK + table.write_csv(line_terminator="\r\n").encode("utf-8")


def json_bytes(released: Released) -> bytes:
    """Records with the columns in order; `hidden` only on a row that hides something."""
    records = [
        {name: _plain(value) for name, value in row.items() if name != "hidden" or value}
        for row in released.table.iter_rows(named=True)
    ]
    return (json.dumps(records, ensure_ascii=False, allow_nan=False) + "\n").encode("utf-8")


def parquet_bytes(released: Released) -> bytes:
    buffer = io.BytesIO()
    released.table.write_parquet(buffer)
    return buffer.getvalue()


def _plain(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value

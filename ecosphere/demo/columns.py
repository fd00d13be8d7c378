"""Codes to columns: texts, days and times, null where a code or a time is missing."""

from collections.abc import Sequence

import numpy as np
import polars as pl

from ecosphere.demo.arrays import NEVER, Flags, Ints

# Times are multiples of 2**22 microseconds, some four seconds: a parquet file keeps 64 bits per
# time, and those whose low bytes are zero take half the space.
_CLOCK_BITS = 22


def text(labels: Sequence[str], codes: Ints) -> pl.Series:
    """The label of each code; -1 is null."""
    return look_up(pl.Series(labels, dtype=pl.String), codes)


def look_up(texts: pl.Series, codes: Ints) -> pl.Series:
    """The text of each code; -1 is null."""
    at = pl.DataFrame({"at": pl.Series(codes, dtype=pl.Int64)})
    row = pl.when(pl.col("at") >= 0).then(pl.col("at"))
    return at.select(pl.lit(texts).gather(row)).to_series()


def dates(days: Ints) -> pl.Series:
    """Days from day numbers; NEVER is null."""
    number = pl.Series(days, dtype=pl.Int32)
    return number.set(number == NEVER, None).cast(pl.Date)


def moments(seconds: Ints) -> pl.Series:
    """Times from seconds since 1970-01-01, rounded down; -1 is null."""
    micros = pl.Series((seconds.astype(np.int64) * 1_000_000) >> _CLOCK_BITS << _CLOCK_BITS)
    return micros.set(pl.Series(seconds < 0), None).cast(pl.Datetime("us"))


def flags(values: Flags, stated: Flags) -> pl.Series:
    """True and false, null where not stated."""
    return pl.Series(values).set(pl.Series(~stated), None)

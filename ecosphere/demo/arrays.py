"""Names for the arrays of the demo: what they hold, not how wide they are."""

from datetime import date
from typing import Any

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[Any]  # int8 to int64: the narrowest that holds the codes
Floats = npt.NDArray[Any]
Flags = npt.NDArray[np.bool_]

UNKNOWN = -1  # a code that is written as null
NEVER = 2**31 - 1  # a day number that is written as null, later than every real day

_EPOCH = date(1970, 1, 1)


def day_number(day: date) -> int:
    """Days since 1970-01-01, as parquet stores a date."""
    return (day - _EPOCH).days


def draw_given(rng: np.random.Generator, shares: Floats, given: Ints) -> Ints:
    """One code per entry of `given`, with the probabilities of that row of `shares`."""
    bounds = np.cumsum(shares, axis=1)[:, :-1]
    code = np.zeros(len(given), np.int8)
    uniform = rng.random(len(given), dtype=np.float32)
    for column in bounds.T:  # column by column: a table of people x codes would not fit in memory
        code += uniform > column[given]
    return code


def draw_slices(weights: Floats, quanta: int) -> Ints:
    """Inverse distribution per row: cell [row, quantum] is the code that a uniform draw gives."""
    at = (np.arange(quanta) + 0.5) / quanta
    bounds = np.cumsum(weights, axis=1) / weights.sum(axis=1, keepdims=True)
    return np.stack([np.searchsorted(row, at) for row in bounds[:, :-1]]).astype(np.int8)

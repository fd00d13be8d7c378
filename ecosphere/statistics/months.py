"""A series of calendar months for forecasts and change points: its scale, Spring Festival."""

from dataclasses import dataclass

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]

YEAR = 12  # months; a shorter series says nothing of the months it lacks
SEASONAL_FROM = 2 * YEAR  # months; from here on every calendar month was seen twice


@dataclass(frozen=True)
class Scale:
    """Where months are compared: as logarithms of people, or as people."""

    is_log: bool

    def of(self, people: Floats) -> Floats:
        return np.log(people) if self.is_log else people

    def people(self, values: Floats) -> Floats:
        return np.exp(values) if self.is_log else np.maximum(values, 0.0)


@dataclass(frozen=True)
class Cleaned:
    """Months without Spring Festival, and what the festival does to a month (None: never seen).

    `values` and `effect` are on the scale; the effect is added: to logarithms as a ratio.
    """

    values: Floats
    effect: float | None


def scale_of(people: Floats) -> Scale:
    """Logarithms, unless nobody came in some month.

    Counts of people grow by shares, and seasons and festivals take shares of them; so logarithms
    turn all three into sums, keep intervals above 0 and let one huge month pull less. A month of
    0 has no logarithm, and 1 instead of it would look like a fall by a factor.
    """
    return Scale(is_log=bool((people > 0).all()))


def cleaned(people: Floats, is_festival: Flags, scale: Scale) -> Cleaned:
    """Months of Spring Festival replaced by a line between their neighbours, on the scale.

    A first or last month has one neighbour and takes its value; its effect counts only if no
    other festival is known. The effect is the mean of observed less interpolated: on logarithms
    the (geometric) mean ratio. On people it is the mean ratio less one, see `with_festival`.
    """
    observed = scale.of(people)
    if not is_festival.any() or is_festival.all():
        return Cleaned(observed, None)
    places = np.arange(len(people))
    values = np.interp(places, places[~is_festival], observed[~is_festival])
    inner = is_festival & (places > 0) & (places < len(people) - 1)
    seen = inner if inner.any() else is_festival
    if scale.is_log:
        return Cleaned(values, float(np.mean((observed - values)[seen])))
    seen &= values > 0
    ratios = observed[seen] / values[seen]
    return Cleaned(values, float(np.mean(ratios)) - 1 if ratios.size else None)


def with_festival(values: Floats, is_festival: Flags, effect: float | None, scale: Scale) -> Floats:
    """Values on the scale, with the effect in months of Spring Festival."""
    if effect is None:
        return values
    changed = values + effect if scale.is_log else values * (1 + effect)
    return np.where(is_festival, changed, values)


def refusal(known: pl.DataFrame, span: pl.DataFrame) -> str | None:
    """ "short" or "festival" if a series is not looked into, the first that applies; or None.

    `known` are the months with people, `span` all that are read or forecast.
    """
    if known.height < YEAR:
        return "short"
    is_moving = span["month"].dt.month().is_in([1, 2]).any()
    if is_moving and not span["knows_festival"].all():
        return "festival"
    return None


def check(frame: pl.DataFrame) -> None:
    """Raise ValueError unless each row is the month after the row before."""
    months = frame["month"].dt.month_start()
    if not (months == frame["month"]).all():
        raise ValueError("month: expected the first day of each month")
    if not (months.dt.offset_by("1mo") == months.shift(-1)).head(-1).all():
        raise ValueError("month: expected each month once, in order, without a gap")

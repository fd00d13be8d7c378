"""Forecasts of monthly people that say how well they would have done.

What is done, and how well it does on public series: docs/forecast.md.
"""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import polars as pl

from ecosphere.statistics import months
from ecosphere.statistics.forecasters import Path, ets, naive, seasonal_naive
from ecosphere.statistics.months import SEASONAL_FROM, Flags, Floats, Scale

ORIGINS = 6  # ends of the known months that are tried: half a year, as quick as a page has to be
FARTHEST = 6  # months ahead that are tried
LEAST = 1e-9  # half width that a factor can be taken of: nobody's billionth part
SHARE = 0.8  # of the months that an interval is to hold

COLUMNS = pl.Schema(
    {
        "month": pl.Date,
        "people": pl.Int64,
        "least_people": pl.Int64,
        "expected": pl.Float64,
        "low": pl.Float64,
        "high": pl.Float64,
        "method": pl.String,
        "refusal": pl.String,
        "mase": pl.Float64,
        "mase_naive": pl.Float64,
        "coverage": pl.Float64,
        "tried": pl.Int64,
    }
)
Method = Callable[[Floats, int], Path]


@dataclass(frozen=True)
class _Series:
    """All months: people of the known ones, which come first; where Spring Festival lies; scale."""

    people: Floats
    is_festival: Flags
    scale: Scale

    @property
    def known(self) -> int:
        return len(self.people)

    @property
    def ahead(self) -> int:
        return len(self.is_festival) - self.known


@dataclass(frozen=True)
class _HoldOut:
    """A known month, `step` (from 0) months after the first `known`: how far off."""

    known: int
    step: int
    missed: float  # absolute, on the scale
    error: float  # absolute, in people
    change: (
        float  # mean absolute change from one of the first `known` months to the next, in people
    )


@dataclass(frozen=True)
class _Trial:
    """What a method would have said: half widths by origin, hold-outs in order of origin."""

    halves: dict[int, Floats]
    hold_outs: list[_HoldOut]

    @property
    def error(self) -> float:
        return sum(hold_out.error for hold_out in self.hold_outs)

    @property
    def mase(self) -> float | None:
        change = sum(hold_out.change for hold_out in self.hold_outs)
        return self.error / change if change else None


def monthly(frame: pl.DataFrame) -> pl.DataFrame:
    """Forecast the months without people, with an 80 % interval and its measured merit.

    `frame`: one row per calendar month in order, with `month` (date, first day), `people` (null in
    the months to be forecast, which come last), `is_festival` (Spring Festival lies in that month)
    and `knows_festival` (the same in all rows). Returns the same rows with the columns `COLUMNS`:

    - `expected`, `low`, `high`: people, only in months to be forecast; `expected` is the median.
    - `least_people`: the smallest people of all known months, in every row.
    - `method`: "ets", or "seasonal_naive" (from 24 months) or "naive" (with drift) where it errs no
      more on the hold-outs.
    - `refusal`: "empty", "short" (fewer than 12 known months) or "festival" (January or February
      without a calendar that knows Spring Festival, or a month of it to be forecast and none
      known). Then all that a forecast would say is null.
    - `mase`, `mase_naive`: mean absolute scaled error of the method and of the naive one over the
      hold-outs: their absolute errors over the mean absolute change from one month to the next
      within the months known then (Hyndman & Koehler 2006; sums are divided, so a quiet start does
      not divide by 0). Below 1: better ahead than "as last month" was within.
    - `coverage`: share of the `tried` hold-outs inside the interval that they would have been
      given: widened by none but the errors known by then.

    Intervals are those of the method, times the factor that would have held 80 % of the hold-outs
    (split conformal prediction, scores relative to the width: Lei et al. 2018), never below 1. On
    logarithms intervals stay above 0; on people they end there.

    Raises ValueError for months out of order and for an unknown month between known ones.
    """
    months.check(frame)
    known = frame.filter(pl.col("people").is_not_null())
    if frame["people"].head(known.height).null_count():
        raise ValueError("people: expected months without people after all others")
    refusal = _refusal(frame, known)
    told: dict[str, object] = {"least_people": known["people"].min(), "refusal": refusal}
    if refusal is None:
        people = known["people"].to_numpy().astype(float)
        series = _Series(people, frame["is_festival"].to_numpy(), months.scale_of(people))
        told |= _forecast(series)
    return frame.select("month", "people").with_columns(
        _column(told.get(name), frame.height, name) for name in COLUMNS.names()[2:]
    )


def _column(value: object, height: int, name: str) -> pl.Series:
    """One value in every row, or an array in the last rows and null in the others."""
    cells = [value] * height
    if isinstance(value, np.ndarray):
        cells = [*[None] * (height - len(value)), *value.tolist()]
    return pl.Series(name, cells, dtype=COLUMNS[name])


def _refusal(frame: pl.DataFrame, known: pl.DataFrame) -> str | None:
    """Why nothing is forecast, or None."""
    if known.height == frame.height or not (known["people"] > 0).any():
        return "empty"
    if reason := months.refusal(known, frame):
        return reason
    to_come = frame["is_festival"].tail(frame.height - known.height)
    return "festival" if to_come.any() and not known["is_festival"].any() else None


def _forecast(series: _Series) -> dict[str, object]:
    """What the columns say of a series that is forecast."""
    rival: Method = seasonal_naive if series.known >= SEASONAL_FROM else naive
    simple, smooth = _trial(series, rival), _trial(series, ets)
    method, trial = (ets, smooth) if smooth.error < simple.error else (rival, simple)
    path = _path(series, method, series.known, series.ahead)
    half = _widened(path.half, trial.hold_outs)
    inside = _inside(trial)
    return {
        "expected": series.scale.people(path.middle),
        "low": series.scale.people(path.middle - half),
        "high": series.scale.people(path.middle + half),
        "method": method.__name__,
        "mase": trial.mase,
        "mase_naive": simple.mase,
        "coverage": sum(inside) / len(inside) if inside else None,
        "tried": len(inside),
    }


def _path(series: _Series, method: Method, known: int, steps: int) -> Path:
    """What a method says of the months after the first `known`, Spring Festival put back in."""
    clean = months.cleaned(series.people[:known], series.is_festival[:known], series.scale)
    path = method(clean.values, steps)
    is_festival = series.is_festival[known : known + steps]
    middle = months.with_festival(path.middle, is_festival, clean.effect, series.scale)
    return Path(middle, path.half)


def _trial(series: _Series, method: Method) -> _Trial:
    """A method with a rolling origin: the last months are forecast from those before them.

    A month of Spring Festival is not tried while none is known: such a forecast is refused.
    """
    steps = min(series.ahead, FARTHEST)
    halves, hold_outs = {}, []
    for known in range(series.known - ORIGINS, series.known):
        path = _path(series, method, known, steps)
        halves[known] = path.half
        change = _change(series, known)
        for step, month in enumerate(range(known, min(known + steps, series.known))):
            if series.is_festival[month] and not series.is_festival[:known].any():
                continue
            missed, error = _missed(series, month, path.middle[step])
            hold_outs.append(_HoldOut(known, step, missed, error, change))
    return _Trial(halves, hold_outs)


def _missed(series: _Series, month: int, middle: float) -> tuple[float, float]:
    """How far a middle is off a known month: on the scale, and in people."""
    people, said = series.people[month], np.array(middle)
    missed = abs(series.scale.of(people) - said)
    return float(missed), float(abs(people - series.scale.people(said)))


def _change(series: _Series, known: int) -> float:
    """The mean absolute change from month to month, Spring Festival aside, in people."""
    clean = months.cleaned(series.people[:known], series.is_festival[:known], series.scale)
    return float(np.mean(np.abs(np.diff(series.scale.people(clean.values)))))


def _widened(half: Floats, hold_outs: Sequence[_HoldOut]) -> Floats:
    """Half widths times the factor that would have held 80 % of the hold-outs, never below 1.

    The factor is the k-th smallest of the n misses relative to the half width at their step, with
    k = ceil(0.8 (n + 1)), or the largest of fewer than 4.
    """
    if not hold_outs:
        return half
    width = np.maximum(half, LEAST)
    factors = sorted(hold_out.missed / width[hold_out.step] for hold_out in hold_outs)
    rank = min(math.ceil(SHARE * (len(factors) + 1)), len(factors))
    factor = factors[rank - 1]
    return width * factor if factor > 1 else half


def _inside(trial: _Trial) -> list[bool]:
    """Of each hold-out, whether the interval that was possible then held it.

    Possible were the method's own half widths, widened by hold-outs that were past by then.
    """
    halves = {
        known: _widened(half, [past for past in trial.hold_outs if past.known + past.step < known])
        for known, half in trial.halves.items()
    }
    return [out.missed <= halves[out.known][out.step] for out in trial.hold_outs]

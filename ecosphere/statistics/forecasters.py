"""Three ways to go on with a series: exponential smoothing, the year before, a straight line.

Each takes the known values (floats, one a month, at least 4, none missing) and a number of months,
and returns a `Path` on the scale of the values.
"""

import warnings
from dataclasses import dataclass
from typing import Any

import numpy as np
import polars as pl

from ecosphere.statistics.months import SEASONAL_FROM, YEAR, Floats

Z80 = 1.2815515655446004  # 90 % of a normal distribution lie below it: 80 % between −Z80 and Z80
ROUNDING = 1e-9  # of the values' range: changes that differ by less are the same
# Trend and season of each form: none, damped, and both with a season. A trend that is not damped
# goes on for ever, which no bank's customers do (Gardner & McKenzie 1985).
FORMS = (("", ""), ("add", ""), ("", "add"), ("add", "add"))


@dataclass(frozen=True)
class Path:
    """For each month ahead the middle of the forecast, and half the width of its 80 % interval."""

    middle: Floats
    half: Floats


def ets(values: Floats, steps: int) -> Path:
    """Additive exponential smoothing, in the form with the least AICc.

    Error, trend (none or damped) and season (none, or from 24 months on) are added; smoothing and
    first states are estimated together by maximum likelihood (Hyndman, Koehler, Ord & Snyder 2008,
    "Forecasting with Exponential Smoothing", chapters 2, 5, 7). The variances of the months ahead
    are exact (their table 6.1), times n / (n − parameters), since a fit with many parameters leaves
    smaller errors than it will make. Values that are all the same, or a straight line to the last
    digit, leave no error to fit: they go on as `naive` says.
    """
    fits = [fit for form in FORMS if (fit := _fit(values, *form)) is not None]
    if np.ptp(np.diff(values)) <= ROUNDING * np.ptp(values) or not fits:
        return naive(values, steps)
    best = min(fits, key=lambda fit: float(fit.aicc))
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        ahead = best.get_prediction(start=len(values), end=len(values) + steps - 1)
    freedom = len(values) / (len(values) - best.df_model)
    spread = np.sqrt(np.asarray(ahead.forecast_variance, dtype=float) * freedom)
    return Path(np.asarray(ahead.predicted_mean, dtype=float), Z80 * spread)


def seasonal_naive(values: Floats, steps: int) -> Path:
    """The same month of the last year known; at least 13 values.

    Variance: of a change over a year, once for each year ahead begun (Hyndman & Athanasopoulos,
    "Forecasting: Principles and Practice", 3rd edition, section 5.5).
    """
    ahead = np.arange(steps)
    years = ahead // YEAR + 1
    changes = values[YEAR:] - values[:-YEAR]
    spread = np.sqrt(np.mean(changes**2) * years)
    return Path(values[len(values) - YEAR + ahead % YEAR], Z80 * spread)


def naive(values: Floats, steps: int) -> Path:
    """The last month, and for each month ahead the mean change of a month: naive with drift.

    Variance: that of a change around the mean change, times h (1 + h / (n − 1)) for h months ahead
    (Hyndman & Athanasopoulos, section 5.5).
    """
    ahead = np.arange(1, steps + 1)
    changes = np.diff(values)
    drift = float(np.mean(changes))
    square = np.sum((changes - drift) ** 2) / (len(changes) - 1)
    spread = np.sqrt(square * ahead * (1 + ahead / len(changes)))
    return Path(values[-1] + drift * ahead, Z80 * spread)


def _fit(values: Floats, trend: str, seasonal: str) -> Any | None:
    """The results of statsmodels for one form; None where the months are too few for it."""
    if seasonal and len(values) < SEASONAL_FROM:
        return None
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel  # takes a second to import

    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")  # a fit that did not converge has a worse AICc, that is all
        model = ETSModel(
            pl.Series(values).to_pandas(),  # it computes intervals for no other kind of series
            trend=trend or None,
            damped_trend=bool(trend),
            seasonal=seasonal or None,
            seasonal_periods=YEAR if seasonal else None,
        )
        fit = model.fit(disp=False)
    is_usable = np.isfinite(fit.aicc) and fit.df_model < len(values) - 1
    return fit if is_usable else None

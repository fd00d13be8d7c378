"""Forecasts: by hand, against statsmodels called directly, and measured on public series."""

from datetime import date

import numpy as np
import polars as pl
import pytest
from statsmodels.datasets import co2, elnino

from ecosphere.statistics import forecast
from ecosphere.statistics.forecasters import Z80, ets, naive, seasonal_naive

FESTIVALS = {date(2024, 2, 1), date(2025, 1, 1), date(2026, 2, 1)}


def frame(people: list[int], ahead: int, *, start: date = date(2024, 3, 1), knows: bool = True):
    """Months from `start` on: known people, and so many months to come."""
    height = len(people) + ahead
    months = pl.date_range(start, start.replace(year=start.year + 12), "1mo", eager=True)[:height]
    return pl.DataFrame(
        {
            "month": months,
            "people": [*people, *[None] * ahead],
            "is_festival": [month in FESTIVALS for month in months],
            "knows_festival": [knows] * height,
        },
        schema_overrides={"people": pl.Int64},
    )


def coverage(values: np.ndarray, length: int, steps: int) -> tuple[float, int]:
    """The share of months inside their interval, over all starts in a long series."""
    inside = []
    for start in range(0, len(values) - length - steps, 61):
        known = values[start : start + length]
        told = forecast.monthly(frame([int(v) for v in known], steps, start=date(2001, 3, 1)))
        ahead = told.drop_nulls("expected")
        truth = values[start + length : start + length + steps]
        inside += [low <= value <= high for low, value, high in
                   zip(ahead["low"], truth, ahead["high"], strict=True)]  # fmt: skip
    return sum(inside) / len(inside), len(inside)


def test_naive_with_drift_by_hand():
    path = naive(np.array([10.0, 12.0, 11.0, 16.0]), 2)  # changes 2, -1, 5: mean 2
    assert path.middle.tolist() == [18.0, 20.0]
    square = (0 + 9 + 9) / 2
    assert path.half[0] == pytest.approx(Z80 * np.sqrt(square * 1 * (1 + 1 / 3)))


def test_seasonal_naive_repeats_the_year():
    values = np.arange(24.0)
    path = seasonal_naive(values, 13)
    assert path.middle.tolist() == [*values[12:].tolist(), 12.0]
    assert path.half[12] == pytest.approx(path.half[0] * np.sqrt(2))  # a second year ahead


def test_ets_is_that_of_statsmodels():
    from statsmodels.tsa.exponential_smoothing.ets import ETSModel

    rng = np.random.default_rng(5)
    values = 100 + np.cumsum(rng.normal(0, 1, 20))
    direct = ETSModel(pl.Series(values).to_pandas()).fit(disp=False)
    other = ETSModel(pl.Series(values).to_pandas(), trend="add", damped_trend=True)
    with np.errstate(all="ignore"):
        damped = other.fit(disp=False)
    best = min((direct, damped), key=lambda fit: fit.aicc)
    assert ets(values, 3).middle == pytest.approx(np.asarray(best.forecast(3)))


@pytest.mark.parametrize(
    ("people", "ahead", "knows", "why"),
    [
        ([100] * 11, 2, True, "short"),
        ([100] * 12, 2, False, "festival"),
        ([0] * 14, 2, True, "empty"),
        ([100] * 14, 0, True, "empty"),
    ],
)
def test_what_cannot_be_known_is_refused(people, ahead, knows, why):
    told = forecast.monthly(frame(people, ahead, knows=knows))
    assert told["refusal"].unique().to_list() == [why]
    assert told["expected"].null_count() == told.height


def test_a_constant_series_stays_and_a_festival_comes_back():
    people = [1000 if m not in (11, 23) else 700 for m in range(24)]
    people[10], people[23] = 700, 700  # Jan 2025, Feb 2026
    people[11] = 1000
    told = forecast.monthly(frame(people, 3)).drop_nulls("expected")
    assert told["expected"].to_list() == pytest.approx([1000] * 3, rel=0.02)
    assert told["least_people"].to_list() == [700] * 3


def test_a_trend_goes_on_better_than_a_straight_line():
    rng = np.random.default_rng(7)
    people = [int(1000 * 1.01**m * np.exp(rng.normal(0, 0.01))) for m in range(30)]
    told = forecast.monthly(frame(people[:26], 4)).drop_nulls("expected")
    assert (told["low"] < told["expected"]).all()
    assert told["mase"][0] <= told["mase_naive"][0]


def test_the_interval_holds_about_four_of_five_months_of_public_series():
    """Carbon dioxide over Mauna Loa (Keeling), and the sea's temperature (El Niño), by month."""
    carbon = co2.load_pandas().data["co2"].resample("MS").mean().interpolate().to_numpy() * 10
    warmth = elnino.load_pandas().data.iloc[:, 1:].to_numpy().ravel() * 100
    told = [coverage(values[-200:], 30, 3) for values in (carbon, warmth)]
    months = sum(count for _, count in told)
    assert months >= 15
    assert 0.6 <= sum(share * count for share, count in told) / months <= 1.0

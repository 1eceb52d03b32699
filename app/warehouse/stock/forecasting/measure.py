"""Measures forecasts at the last origins of a history, each made from what was known before it.

Errors are scaled as in the M5 competition: root mean squared error over the horizon divided by that of the seasonal
naive forecast (this weekday last week) within the history, so that SKUs of any size count alike. Beside it stands the
mean absolute error of the median forecast, scaled the same way, for those who count absolute errors.

Source: Hyndman and Koehler, Another look at measures of forecast accuracy, IJF 22 (2006);
Makridakis, Spiliotis and Assimakopoulos, The M5 competition, IJF 38 (2022).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.warehouse.stock.demand import Demand
from app.warehouse.stock.forecasting.forecaster import Forecaster

Array = NDArray[np.float64]
SEASON = 7
LEVELS = (0.8, 0.95)


@dataclass(frozen=True, slots=True)
class Measured:
    """Errors over all SKUs and origins; an SKU without a sale before an origin is left out of that one."""

    origins: int
    series: int
    rmsse: float
    """Of the mean forecast by day."""
    rmsse_naive: float
    mase: float
    """Of the median forecast by day."""
    mase_naive: float
    weekly_rmsse: float
    """Of sums of 7 days, scaled by those of the week before."""
    weekly_rmsse_naive: float
    coverage: dict[float, float]
    """Share of days within the interval of that level."""
    total_coverage: dict[float, float]
    """Share of whole horizons within the interval of that level."""

    @property
    def ratio(self) -> float:
        """Squared-error measure to that of the seasonal naive forecast."""
        return self.rmsse / self.rmsse_naive

    @property
    def absolute_ratio(self) -> float:
        """Absolute-error measure to that of the seasonal naive forecast."""
        return self.mase / self.mase_naive

    @property
    def weekly_ratio(self) -> float:
        """As `ratio`, by week."""
        return self.weekly_rmsse / self.weekly_rmsse_naive

    def to_dict(self) -> dict[str, object]:
        """As JSON."""
        return {
            "origins": self.origins,
            "series": self.series,
            "rmsse": self.rmsse,
            "rmsse_seasonal_naive": self.rmsse_naive,
            "ratio": self.ratio,
            "mase": self.mase,
            "mase_seasonal_naive": self.mase_naive,
            "absolute_ratio": self.absolute_ratio,
            "weekly_ratio": self.weekly_ratio,
            "coverage": {f"{level:g}": share for level, share in self.coverage.items()},
            "total_coverage": {f"{level:g}": share for level, share in self.total_coverage.items()},
        }


def measure(
    demand: Demand,
    forecaster: Forecaster,
    *,
    origins: int = 3,
    on_series: Callable[[], None] | None = None,
) -> Measured:
    """At so many origins, a horizon apart, the last of which ends with the history.

    `ValueError` when the history is too short for one.
    """
    horizon = forecaster.params.horizon
    starts = measured_origins(demand, horizon, origins)
    if not starts:
        raise ValueError(f"Expected a history of at least {horizon + 2 * SEASON} days, got {demand.days}.")
    parts: dict[str, list[Array]] = {}
    for start in starts:
        for name, values in _errors_at(demand, forecaster, start, on_series).items():
            parts.setdefault(name, []).append(values)
    mean = {name: float(np.nanmean(np.concatenate(values))) for name, values in parts.items()}
    return Measured(
        origins=len(starts),
        series=len(demand.skus),
        **{name: value for name, value in mean.items() if "@" not in name},
        coverage={level: mean[f"day@{level}"] for level in LEVELS},
        total_coverage={level: mean[f"total@{level}"] for level in LEVELS},
    )


def measured_origins(demand: Demand, horizon: int, count: int) -> list[int]:
    """Origins with a whole horizon behind and enough days before them, the newest first."""
    starts = (demand.days - horizon * number for number in range(1, count + 1))
    return [start for start in starts if start >= 2 * SEASON]


def _errors_at(
    demand: Demand, forecaster: Forecaster, start: int, on_series: Callable[[], None] | None
) -> dict[str, Array]:
    horizon = forecaster.params.horizon
    made = forecaster.forecast(demand, origin=start, on_series=on_series)
    past, came = demand.quantities[:, :start], demand.quantities[:, start : start + horizon]
    kept = (past.sum(axis=1) > 0) & (np.abs(_steps(past)).sum(axis=1) > 0)
    past, came = past[kept], came[kept]
    naive = np.tile(past[:, -SEASON:], (1, -(-horizon // SEASON)))[:, :horizon]
    mean, median = made.mean[kept], made.daily_quantile(0.5)[kept]
    errors = {
        "rmsse": _rmse(mean - came) / _rmse(_steps(past)),
        "rmsse_naive": _rmse(naive - came) / _rmse(_steps(past)),
        "mase": np.abs(median - came).mean(axis=1) / np.abs(_steps(past)).mean(axis=1),
        "mase_naive": np.abs(naive - came).mean(axis=1) / np.abs(_steps(past)).mean(axis=1),
        **_weekly(past, came, mean),
    }
    for level in LEVELS:
        tail = (1 - level) / 2
        low, high = made.daily_quantile(tail, is_lower=True)[kept], made.daily_quantile(1 - tail)[kept]
        errors[f"day@{level}"] = ((low <= came) & (came <= high)).mean(axis=1)
        low, high = made.quantile(horizon, tail, is_lower=True)[kept], made.quantile(horizon, 1 - tail)[kept]
        errors[f"total@{level}"] = ((low <= came.sum(axis=1)) & (came.sum(axis=1) <= high)).astype(float)
    return errors


def _weekly(past: Array, came: Array, mean: Array) -> dict[str, Array]:
    weeks = came.shape[1] // SEASON
    if not weeks or past.shape[1] < 2 * SEASON:
        nothing = np.full(len(past), np.nan)
        return {"weekly_rmsse": nothing, "weekly_rmsse_naive": nothing}
    before = _by_week(past[:, past.shape[1] % SEASON :])
    scale = _rmse(np.diff(before, axis=1))
    scale[scale == 0] = np.nan
    real = _by_week(came[:, : weeks * SEASON])
    return {
        "weekly_rmsse": _rmse(_by_week(mean[:, : weeks * SEASON]) - real) / scale,
        "weekly_rmsse_naive": _rmse(before[:, -1:] - real) / scale,
    }


def _by_week(daily: Array) -> Array:
    return np.asarray(daily.reshape(len(daily), -1, SEASON).sum(axis=2))


def _steps(past: Array) -> Array:
    """Each day against the same weekday a week before."""
    return past[:, SEASON:] - past[:, :-SEASON]


def _rmse(errors: Array) -> Array:
    return np.asarray(np.sqrt(np.square(errors).mean(axis=1)))

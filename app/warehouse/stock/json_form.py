"""Forecasts as JSON."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from app.warehouse.stock.forecasting import Forecast

Array = NDArray[np.float64]
By = Literal["day", "week"]
_WEEK = 7
_DIGITS = 4


def forecast_to_dict(forecast: Forecast, *, level: float = 0.8, by: By = "day") -> list[dict[str, Any]]:
    """One a SKU: `forecast`, a list with date (of the first day), mean, median, low and high; `total` of the whole
    horizon; `models` with their weights; `level` of the intervals.
    """
    first = forecast.demand.last + timedelta(days=1)
    tail = (1 - level) / 2
    length = 1 if by == "day" else _WEEK
    mean = _summed(forecast.mean, length)
    spread = forecast.spread(length)
    tables = (
        mean,
        spread.quantile(mean, 0.5),
        spread.quantile(mean, tail, is_lower=True),
        spread.quantile(mean, 1 - tail),
    )
    dates = [(first + timedelta(days=length * step)).isoformat() for step in range(mean.shape[1])]
    horizon = forecast.mean.shape[1]
    whole = (
        forecast.total(horizon),
        forecast.quantile(horizon, 0.5),
        forecast.quantile(horizon, tail, is_lower=True),
        forecast.quantile(horizon, 1 - tail),
    )
    return [
        {
            "sku": sku,
            "level": level,
            "forecast": [
                {"date": day, **_numbers([table[row, step] for table in tables])} for step, day in enumerate(dates)
            ],
            "total": {"days": horizon, **_numbers([table[row] for table in whole])},
            "models": {name: round(weight, _DIGITS) for name, weight in forecast.models(row).items()},
        }
        for row, sku in enumerate(forecast.demand.skus)
    ]


def _summed(mean: Array, length: int) -> Array:
    """By stretches of so many days; the last one may be cut short."""
    starts = np.arange(0, mean.shape[1], length)
    return np.asarray(np.add.reduceat(mean, starts, axis=1))


def _numbers(values: list[Any]) -> dict[str, float]:
    mean, median, low, high = (float(value) for value in values)
    return {"mean": round(mean, _DIGITS), "median": median, "low": min(low, median), "high": max(high, median)}

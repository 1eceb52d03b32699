"""Models that may forecast a SKU's level, on its history with weekday, events and season taken out.

Those of `statsforecast` for single series: Croston's with Syntetos and Boylan's correction, Teunter, Syntetos and
Babai's for what goes out of use, ADIDA and IMAPA for what sells in lumps, smoothing, ETS and MSTL for what sells daily.
Beside them a rate that recent sales of the SKU and of its product or category give together: what sold twice in two
years has no history that a model could learn from.
"""

from __future__ import annotations

import logging
import warnings
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.warehouse.stock.demand import Demand
from app.warehouse.stock.forecasting.factors import Factors

logger = logging.getLogger(__name__)
Array = NDArray[np.float64]

HALF_LIVES = (60, 180, 720)
"""Days after which a sale counts half for the rates."""
_PRIOR_UNITS = 1.0
"""What product and category count for beside a SKU's own sales."""
_FEWEST_SALES = 6
"""Days with a sale from which on the models of single series are tried."""
_DAILY = 0.5
"""Share of days with a sale from which on the models for regular demand are tried."""
_LONG_DAYS = 1100
_ETS_DAYS = 180
_DIVISOR = 0.25
"""No day is taken for less usual than that: what is divided by almost nothing says nothing."""

RATES = tuple(f"rate_{days}" for days in HALF_LIVES)
SPARSE = ("croston_sba", "tsb_fast", "tsb_slow", "adida", "imapa", "ses", "mean_56", "mean_182")
REGULAR = ("seasonal_es", "auto_ets", "mstl")
NAMES = (*RATES, *SPARSE, *REGULAR)
"""Every candidate; the first index of what `candidate_means` gives."""


@cache
def _models() -> dict[str, Any]:
    """By name; loading the library takes seconds."""
    from statsforecast import models

    return {
        "croston_sba": models.CrostonSBA(),
        "tsb_fast": models.TSB(0.1, 0.1),
        "tsb_slow": models.TSB(0.05, 0.02),
        "adida": models.ADIDA(),
        "imapa": models.IMAPA(),
        "ses": models.SimpleExponentialSmoothingOptimized(),
        "mean_56": models.WindowAverage(56),
        "mean_182": models.WindowAverage(182),
        "seasonal_es": models.SeasonalExponentialSmoothingOptimized(7),
        "auto_ets": models.AutoETS(season_length=7, model="ZNZ"),
        "mstl": models.MSTL(season_length=[7]),
    }


def candidate_means(
    demand: Demand, factors: Factors, horizon: int, *, on_series: Callable[[], None] = lambda: None
) -> Array:
    """Float64, (candidates, SKUs, horizon): means of the days to come; NaN where a candidate was not tried."""
    means = np.full((len(NAMES), len(demand.skus), horizon), np.nan)
    for number, half_life in enumerate(HALF_LIVES):
        means[number] = pooled_rate(demand, factors.past, half_life)[:, None] * factors.future
    adjusted = demand.quantities / np.maximum(factors.past, _DIVISOR)
    for row in range(len(demand.skus)):
        sales = np.flatnonzero(demand.quantities[row])
        if len(sales) >= _FEWEST_SALES:
            history = adjusted[row, sales[0] :][-_LONG_DAYS:]
            share = len(sales) / (demand.days - sales[0])
            names = (*SPARSE, *REGULAR) if share >= _DAILY and len(history) >= 56 else SPARSE
            for name, level in _levels(history, horizon, names):
                means[NAMES.index(name), row] = level * factors.future[row]
        on_series()
    return means


def _levels(history: Array, horizon: int, names: Sequence[str]) -> list[tuple[str, Array]]:
    found = []
    for name in names:
        model = _models()[name]
        window = getattr(model, "window_size", 0)
        if window > len(history):
            continue
        given = history[-_ETS_DAYS:] if name == "auto_ets" else history
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # statsmodels' remarks on short series
                level = np.asarray(model.forecast(y=given, h=horizon)["mean"], dtype=np.float64)
        except Exception:
            logger.debug("%s gave no forecast", name, exc_info=True)  # the others do
            continue
        if np.isfinite(level).all():
            found.append((name, np.clip(level, 0, 4 * history.max())))
    return found


def pooled_rate(demand: Demand, factors: Array, half_life: float) -> Array:
    """Float64, (SKUs,): units a usual day, recent sales counting more, pulled towards product and category.

    The mean of a gamma posterior whose prior is the rate of the level above: few sales move it little.
    """
    weights = 0.5 ** (np.arange(demand.days)[::-1] / half_life)
    since = demand.quantities.cumsum(axis=1) > 0
    # The first sale says from when on a SKU is there, not how fast it sells; one of the first day says the latter.
    is_counted = (since.cumsum(axis=1) > 1) | (np.arange(demand.days) == 0)
    after_first = np.where(is_counted, demand.quantities, 0.0)
    since[~since.any(axis=1)] = True  # offered all along, and never bought
    sold = after_first @ weights
    usual = (factors * since) @ weights
    whole = float((demand.quantities @ weights).sum()) / max(float(usual.sum()), 1e-9)
    rate = np.full(len(demand.skus), whole)
    for groups in (demand.categories, demand.products):
        rate = _pulled(groups, sold, usual, rate)
    return np.asarray((sold + _PRIOR_UNITS) / (usual + _PRIOR_UNITS / np.maximum(rate, 1e-9)))


def _pulled(groups: Sequence[str], sold: Array, usual: Array, prior: Array) -> Array:
    """The rate of each row's group, drawn towards what was thought before; an unnamed group has none of its own."""
    names, index = np.unique(np.array(groups), return_inverse=True)
    units = np.bincount(index, sold, len(names))
    time = np.bincount(index, usual, len(names))
    rate = (units[index] + _PRIOR_UNITS) / (time[index] + _PRIOR_UNITS / np.maximum(prior, 1e-9))
    return np.where(np.array(groups) == "", prior, rate)

"""How much more or less than usual is bought on each day: weekday, events and season, learned from many SKUs at once.

One SKU sells too rarely to show what a Sunday or 双11 does to it; all of them together show it well. So weekday and
events are learned from the sum of all SKUs, and the season of the year from all, then from each category and each
product as far as each has sold enough to differ (Poisson regression with a penalty, which is a prior at no effect).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray

from app.warehouse.stock.demand import Demand, dates_from
from app.warehouse.stock.events import EventCalendar

Array = NDArray[np.float64]
_YEAR = 365.25
_SEASON_DAYS = 400
"""A season of the year is told from growth only when more than a year was seen."""
_KNOT_DAYS = 60
_SEASON_UNITS = 20
"""A category or product that sold less follows those above it."""
_EFFECT_SD = 1.0
"""Prior of weekdays' and events' effects, on the log scale."""
_SEASON_SD = 0.5
_LOW, _HIGH = 0.05, 30.0


@dataclass(frozen=True, slots=True)
class Factors:
    """Float64, (SKUs, days): of the history and of the days after it; 1 is a usual day."""

    past: Array
    future: Array


def no_factors(demand: Demand, horizon: int) -> Factors:
    """Every day is as any other."""
    shape = len(demand.skus)
    return Factors(np.ones((shape, demand.days)), np.ones((shape, horizon)))


def learn_factors(demand: Demand, horizon: int, calendar: EventCalendar) -> Factors:
    """Learned from the whole of `demand`, whose end is the end of what is known."""
    total = demand.quantities.sum(axis=0)
    if demand.days < 14 or not total.any():
        return no_factors(demand, horizon)
    days = dates_from(demand.first, demand.days + horizon)
    features, penalties, is_effect = _features(days, demand.days, calendar)
    fitted = _fit(features[: demand.days], total, np.ones(demand.days), penalties, scale=1 / demand.days)
    effect = np.exp(features[:, is_effect] @ fitted[1][is_effect])
    expected = np.exp(np.clip(fitted[0] + features[: demand.days] @ fitted[1], -20, 20))
    table = np.broadcast_to(effect, (len(demand.skus), len(days))).copy()
    if demand.days >= _SEASON_DAYS:
        _add_seasons(table, demand, expected, days)
    np.clip(table, _LOW, _HIGH, out=table)
    return Factors(table[:, : demand.days], table[:, demand.days :])


def _features(days: Sequence[date], known: int, calendar: EventCalendar) -> tuple[Array, Array, NDArray[np.bool_]]:
    """Columns, their prior deviations, and which of them stay when growth is left to the level."""
    index = np.arange(len(days), dtype=np.float64)
    weekdays = np.array([[float(day.weekday() == number) for number in range(7)] for day in days])
    events = calendar.table(days)
    events = events[:, events[:known].any(axis=0)]
    seasons = _waves(days, 3) if known >= _SEASON_DAYS else np.zeros((len(days), 0))
    knots = [0.0] if known >= _SEASON_DAYS else [float(knot) for knot in range(0, known, _KNOT_DAYS)]
    growth = np.stack([np.minimum(np.maximum(index - knot, 0), known - 1 - knot) / 100 for knot in knots], axis=1)
    blocks = (weekdays, events, seasons, growth)
    spread = (_EFFECT_SD / 2, _EFFECT_SD, _SEASON_SD, 1.0)
    penalties = np.concatenate([np.full(block.shape[1], sd) for block, sd in zip(blocks, spread, strict=True)])
    is_effect = np.concatenate([np.full(block.shape[1], block is not growth) for block in blocks])
    return np.concatenate(blocks, axis=1), penalties, is_effect


def _waves(days: Sequence[date], count: int) -> Array:
    turn = np.array([2 * np.pi * day.timetuple().tm_yday / _YEAR for day in days])
    waves = [wave(number * turn) for number in range(1, count + 1) for wave in (np.sin, np.cos)]
    return np.stack(waves, axis=1)


def _fit(features: Array, counts: Array, exposure: Array, deviations: Array, *, scale: float) -> tuple[float, Array]:
    """Intercept and coefficients of a Poisson regression of counts / exposure; `deviations` are those of the prior."""
    from sklearn.linear_model import PoissonRegressor

    scaled = features * deviations  # a penalty of 1 on each scaled coefficient
    regressor: Any = PoissonRegressor
    model = regressor(alpha=scale, solver="newton-cholesky", tol=1e-6)
    model.fit(scaled, counts / exposure, sample_weight=exposure)
    return float(model.intercept_), np.asarray(model.coef_) * deviations


def _add_seasons(table: Array, demand: Demand, expected: Array, days: Sequence[date]) -> None:
    """Multiply each row by what its category, then its product, does at a time of the year beyond all others."""
    weeks = np.arange(demand.days) // 7
    starts = np.flatnonzero(np.diff(weeks, prepend=-1))
    waves = _waves(days, 2)
    weekly_waves = waves[: demand.days][np.minimum(starts + 3, demand.days - 1)]
    effect = np.ones((len(demand.skus), len(days)))
    for groups in (demand.categories, demand.products):
        rows_of: dict[str, list[int]] = {}
        for row, group in enumerate(groups):
            if group:
                rows_of.setdefault(group, []).append(row)
        for rows in rows_of.values():
            sold = demand.quantities[rows].sum(axis=0)
            if sold.sum() < _SEASON_UNITS or len(rows_of) < 2:
                continue
            likely = expected * effect[rows[0], : demand.days]
            seen = np.arange(demand.days) >= np.flatnonzero(sold)[0]
            likely = np.where(seen, likely, 0.0)
            likely *= sold.sum() / likely.sum()
            counts = np.add.reduceat(sold, starts)
            exposure = np.add.reduceat(likely, starts)
            kept = exposure > 1e-9
            prior = np.full(waves.shape[1], _SEASON_SD)
            _, coefficients = _fit(
                weekly_waves[kept], counts[kept], exposure[kept], prior, scale=1 / float(exposure.sum())
            )
            effect[rows] *= np.exp(waves @ coefficients)
    table *= effect

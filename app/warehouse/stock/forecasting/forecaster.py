"""Forecasts each SKU by a combination of models that did well for it, and for those like it, at earlier origins."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.warehouse.stock.demand import Demand
from app.warehouse.stock.events import EventCalendar, read_calendar
from app.warehouse.stock.forecasting.candidates import NAMES, RATES, candidate_means
from app.warehouse.stock.forecasting.distribution import Spread, learn_spread
from app.warehouse.stock.forecasting.factors import learn_factors

Array = NDArray[np.float64]
Step = Callable[[], None]
_FEWEST_DAYS = 28
"""Of a history before an earlier origin; with fewer there is nothing to choose by."""


@dataclass(frozen=True, slots=True)
class ForecastParams:
    """How to forecast."""

    horizon: int = 28
    """Days ahead."""
    folds: int = 4
    """Earlier origins, a horizon apart, on which the models are compared."""
    kept: int = 4
    """Models that are combined."""
    own_weight: float = 0.5
    """Of a SKU's own errors against those of SKUs like it, where it sells daily; less where it sells rarely."""

    def __post_init__(self) -> None:
        if self.horizon < 1 or self.folds < 1 or self.kept < 1 or not 0 <= self.own_weight <= 1:
            raise ValueError(f"Expected horizon, folds, kept >= 1 and own_weight in [0, 1], got {self}.")


@dataclass(frozen=True, slots=True)
class Forecast:
    """Demand of the days after a history."""

    demand: Demand
    mean: Array
    """Float64, (SKUs, horizon), units a day."""
    weights: Array
    """Float64, (SKUs, candidates), of the models of `candidates.NAMES`; a row sums to 1."""
    spreads: tuple[Spread, ...]
    """Over 1 day, and over ever longer stretches up to the horizon."""

    def total(self, days: int, *, start: int = 0) -> Array:
        """Mean demand, (SKUs,), of so many days from the day `start` (0 is the first) on; beyond the horizon as at
        its end.
        """
        horizon = self.mean.shape[1]
        within = self.mean[:, start : start + days].sum(axis=1)
        beyond = max(start + days - max(horizon, start), 0)
        return np.asarray(within + beyond * self.mean[:, -7:].mean(axis=1))

    def quantile(self, days: int, level: float, *, start: int = 0, is_lower: bool = False) -> Array:
        """Units, (SKUs,), that demand of those days stays at or under with chance `level`."""
        return self.spread(days).quantile(self.total(days, start=start), level, is_lower=is_lower)

    def daily_quantile(self, level: float, *, is_lower: bool = False) -> Array:
        """As `quantile`, of each day to come, (SKUs, horizon)."""
        return self.spreads[0].quantile(self.mean, level, is_lower=is_lower)

    def spread(self, days: int) -> Spread:
        """The spread of the nearest stretch that was looked at."""
        return min(self.spreads, key=lambda spread: abs(np.log(spread.days / max(days, 1))))

    def models(self, row: int) -> dict[str, float]:
        """Which models a SKU's forecast is combined from, the weightiest first."""
        order = np.argsort(-self.weights[row], kind="stable")
        return {NAMES[number]: float(self.weights[row, number]) for number in order if self.weights[row, number] > 0}


@dataclass(slots=True)
class Forecaster:
    """Keeps what it computed of each origin, so that forecasts from several origins share their past."""

    params: ForecastParams = field(default_factory=ForecastParams)
    calendar: EventCalendar = field(default_factory=read_calendar)
    _known: dict[int, Array] = field(default_factory=dict, repr=False)
    _of: Demand | None = field(default=None, repr=False)

    def forecast(self, demand: Demand, *, origin: int | None = None, on_series: Step | None = None) -> Forecast:
        """The days after the first `origin` days (by default after all of them); what comes later is not looked at.

        `on_series` is called for each SKU at each origin that was not computed before; `steps` says how often.
        """
        self._attend(demand)
        origin = demand.days if origin is None else origin
        past = demand.until(origin)
        earlier = [(fold, self._means(demand, fold, on_series)) for fold in self.origins(origin)]
        weights = self._weights(past, earlier)
        mean = _combined(weights, self._means(demand, origin, on_series))
        return Forecast(past, mean, weights, self._spreads(past, earlier, weights))

    def steps(self, demand: Demand, origins: Iterable[int]) -> int:
        """How many SKUs at how many origins have to be computed for forecasts from those."""
        self._attend(demand)
        wanted = {one for origin in origins for one in (origin, *self.origins(origin))}
        return len(wanted - set(self._known)) * len(demand.skus)

    def _attend(self, demand: Demand) -> None:
        """What was computed of another history is forgotten."""
        if self._of is not demand:
            self._known, self._of = {}, demand

    def origins(self, origin: int) -> list[int]:
        """Earlier origins whose horizon lies before this one, the newest first."""
        step = self.params.horizon
        return [origin - step * number for number in range(1, self.params.folds + 1)
                if origin - step * number >= _FEWEST_DAYS]  # fmt: skip

    def _means(self, demand: Demand, origin: int, on_series: Step | None) -> Array:
        if origin not in self._known:
            past = demand.until(origin)
            factors = learn_factors(past, self.params.horizon, self.calendar)
            step = on_series or (lambda: None)
            self._known[origin] = candidate_means(past, factors, self.params.horizon, on_series=step)
        return self._known[origin]

    def _weights(self, past: Demand, earlier: Sequence[tuple[int, Array]]) -> Array:
        """By mean squared error at earlier origins, a SKU's own beside that of SKUs that sell as often."""
        count = len(past.skus)
        if not earlier:
            weights = np.zeros((count, len(NAMES)))
            weights[:, [NAMES.index(name) for name in RATES]] = 1 / len(RATES)
            return weights
        errors = np.full((len(NAMES), count), np.nan)
        squares = []
        for fold, means in earlier:
            came = past.quantities[:, fold : fold + self.params.horizon]
            daily = np.square(means - came).mean(axis=2)
            whole = np.square(means.sum(axis=2) - came.sum(axis=1)) / self.params.horizon
            squares.append(daily + whole)
        tried = np.isfinite(squares).all(axis=0)
        errors[tried] = np.mean(squares, axis=0)[tried]
        rate = NAMES.index(RATES[1])
        relative = (errors + 1e-6) / (errors[rate] + 1e-6 + 0.05 * errors[rate].mean())
        busy = np.minimum((past.quantities > 0).mean(axis=1) * 2, 1.0)
        own = self.params.own_weight * busy
        score = np.full_like(relative, np.nan)
        classes = np.digitize((past.quantities > 0).sum(axis=1) / past.days, (0.005, 0.02, 0.1, 0.3, 0.6))
        for kind in np.unique(classes):
            rows = np.flatnonzero(classes == kind)
            part = relative[:, rows]
            ours = errors[rate][rows] + 1e-6
            known = np.isfinite(part)
            sums = np.where(known, np.nan_to_num(errors[:, rows]), 0.0).sum(axis=1)
            against = np.where(known, ours, 0.0).sum(axis=1)
            pooled = np.where(known.sum(axis=1) >= 3, sums / np.maximum(against, 1e-9), np.nan)
            mixed = own[rows] * part + (1 - own[rows]) * pooled[:, None]
            score[:, rows] = np.where(known, np.where(np.isfinite(mixed), mixed, part), np.nan)
        return _best(score, self.params.kept)

    def _spreads(self, past: Demand, earlier: Sequence[tuple[int, Array]], weights: Array) -> tuple[Spread, ...]:
        horizon = self.params.horizon
        lengths = sorted({1, *(days for days in (3, 7, 14, 28, 56, 91) if days < horizon), horizon})
        spreads = []
        for days in lengths:
            means, came = [np.zeros(0)], [np.zeros(0)]
            for fold, candidates in earlier:
                mean = _combined(weights, candidates)
                real = past.quantities[:, fold : fold + horizon]
                for start in range(0, horizon - days + 1, days):
                    means.append(mean[:, start : start + days].sum(axis=1))
                    came.append(real[:, start : start + days].sum(axis=1))
            spreads.append(learn_spread(np.concatenate(means), np.concatenate(came), days))
        return tuple(spreads)


def _best(score: Array, kept: int) -> Array:
    """Float64, (SKUs, candidates): the best few by the inverse of their squared score, which sum to 1."""
    worst = np.where(np.isfinite(score), score, np.inf)
    limit = np.sort(worst, axis=0)[min(kept, len(worst)) - 1]
    usable = np.isfinite(worst) & (worst <= limit)
    strength = np.where(usable, 1 / np.square(np.maximum(worst, 1e-3)), 0.0)
    return np.asarray((strength / strength.sum(axis=0)).T)


def _combined(weights: Array, means: Array) -> Array:
    """Float64, (SKUs, horizon): what was not tried this time gives its weight to the others."""
    present = np.isfinite(means[:, :, 0]).T
    shares = np.where(present, weights, 0.0)
    lost = shares.sum(axis=1) <= 0
    shares[lost, NAMES.index(RATES[1])] = 1.0
    shares /= shares.sum(axis=1, keepdims=True)
    return np.asarray(np.einsum("sc,csh->sh", shares, np.nan_to_num(means)))

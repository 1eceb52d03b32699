"""Plays rules of ordering against what was really sold: how often stock was out, and what holding it cost."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field

import numpy as np
from numpy.typing import NDArray

from app.warehouse.stock.demand import Demand
from app.warehouse.stock.forecasting import Forecast, Forecaster
from app.warehouse.stock.replenishment import ReplenishmentParams, Rule, naive_rule, rule_of

Array = NDArray[np.float64]
_FACTORS = (*(1 + step / 4 for step in range(17)), *range(6, 21))
_MISSES = (1.0, 0.85, 0.7, 0.6, 0.5, 0.4, 0.3, 0.25, 0.2, 0.15, 0.1, 0.05, 0.02)
"""What is left of the chance to run out, tried from the first on."""
_NAIVE_DAYS = 7
_LEARNING_DAYS = 364
"""A whole year has each sale once."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """Of one rule over all SKUs."""

    cycle_service: float
    """Share of orders that were in before stock was out."""
    fill_rate: float
    """Share of units asked for that were there."""
    mean_units: float
    """Units in stock, all SKUs, mean over the days."""
    mean_value_cents: float
    """What they cost."""
    holding_cents_year: float
    """What holding them costs in a year."""
    orders: int

    def to_dict(self) -> dict[str, float]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Simulation:
    """A rule beside simple ones over the same days."""

    days: int
    target: float
    """The service level that was wanted."""
    level: float
    """The level of quantiles that the days before had shown to be needed for it."""
    ours: Outcome
    naive: Outcome
    """Mean of the last quarter, half as much again."""
    naive_matched: Outcome | None
    """The same with the smallest factor that serves as well as ours; None when none tried does."""
    naive_factor: float | None

    @property
    def holding_saved(self) -> float | None:
        """Share of holding cost saved against the simple rule that serves as well."""
        if self.naive_matched is None or not self.naive_matched.holding_cents_year:
            return None
        return 1 - self.ours.holding_cents_year / self.naive_matched.holding_cents_year

    def to_dict(self) -> dict[str, object]:
        """As JSON."""
        return {
            "days": self.days,
            "target": self.target,
            "level": self.level,
            "ours": self.ours.to_dict(),
            "naive": self.naive.to_dict(),
            "naive_matched": None if self.naive_matched is None else self.naive_matched.to_dict(),
            "naive_factor": self.naive_factor,
            "holding_saved": self.holding_saved,
        }


@dataclass(slots=True)
class Replay:
    """Plays rules over past days; forecasts of each moment are made once, whatever is asked of them."""

    demand: Demand
    forecaster: Forecaster
    params: ReplenishmentParams
    cost_cents: Array
    """Float64, (SKUs,): what one unit costs."""
    holding_rate: float = 0.25
    """Of the cost, a year."""
    on_series: Callable[[], None] | None = None
    _forecasts: dict[int, Forecast] = field(default_factory=dict, repr=False)

    def play(self, first: int, last: int, *, level: float, rows: NDArray[np.bool_] | None = None) -> Outcome:
        """Our rule over the days from `first` up to before `last`, quantiles at `level`; of all SKUs or some."""
        rows = np.ones(len(self.demand.skus), dtype=bool) if rows is None else rows
        rules = {
            moment + offset: rule_of(self._forecast(moment), self.params, start=offset, level=level).only(rows)
            for moment in self._moments(first, last)
            for offset in range(self._step)
        }
        return self._player(first, last, rows)(rules)

    def play_naive(self, first: int, last: int, *, factor: float) -> Outcome:
        """The simple rule over those days."""
        past = self.demand.quantities
        moments = range(first, last, _NAIVE_DAYS)
        return self._player(first, last, np.ones(len(past), dtype=bool))(
            {moment: naive_rule(past[:, :moment], self.params, factor=factor) for moment in moments}
        )

    def level_for(self, first: int, last: int) -> float:
        """The least level of quantiles with which the service level was reached in those days, with some certainty.

        It lies above the service level: orders go out when more was sold than usual, and several units at once take
        the stock below the reorder point. SKUs that were new in those days do not count: no level serves what nobody
        knew of.
        """
        target = self.params.service_level
        known = np.asarray(self.demand.quantities[:, :first].any(axis=1))
        levels = [1 - (1 - target) * miss for miss in _MISSES]

        def suffices(level: float) -> bool:
            outcome = self.play(first, last, level=level, rows=known)
            noise = np.sqrt(target * (1 - target) / max(outcome.orders, 1))
            return bool(outcome.cycle_service >= target + noise)

        return levels[min(bisect_left(levels, True, key=suffices), len(levels) - 1)]

    @property
    def _step(self) -> int:
        return self.forecaster.params.horizon

    def _moments(self, first: int, last: int) -> range:
        return range(first, last, self._step)

    def _forecast(self, moment: int) -> Forecast:
        if moment not in self._forecasts:
            self._forecasts[moment] = self.forecaster.forecast(self.demand, origin=moment, on_series=self.on_series)
        return self._forecasts[moment]

    def _player(self, first: int, last: int, rows: NDArray[np.bool_]) -> _Player:
        asked = self.demand.quantities[rows, first:last]
        return _Player(asked, self.params, first, self.cost_cents[rows], self.holding_rate)


def simulated_moments(demand: Demand, horizon: int, days: int) -> list[int]:
    """Origins of the forecasts that a simulation of so many days asks for; [] where the history is too short."""
    days = days // horizon * horizon
    learning = min(max(demand.days - days - horizon, 0) // horizon * horizon, _LEARNING_DAYS // horizon * horizon)
    if not days or learning < days:
        return []
    return list(range(demand.days - days - learning, demand.days, horizon))


def simulate(replay: Replay, *, days: int = 168) -> Simulation:
    """Over the last so many days, with the level that reached the service level in the year before them.

    Each rule begins with as much as it would fill up to, and is made anew day by day from what was known when a
    horizon began.
    `ValueError` when the history is shorter than twice `days` and a horizon.
    """
    moments = simulated_moments(replay.demand, replay.forecaster.params.horizon, days)
    if not moments:
        raise ValueError(f"Expected a history of more than twice {days} days, got {replay.demand.days}.")
    end, step = replay.demand.days, replay.forecaster.params.horizon
    days = days // step * step
    start = end - days
    level = replay.level_for(moments[0], start)
    ours = replay.play(start, end, level=level)
    naive = replay.play_naive(start, end, factor=1.5)
    for factor in _FACTORS:
        matched = replay.play_naive(start, end, factor=factor)
        if matched.fill_rate >= ours.fill_rate and matched.cycle_service >= ours.cycle_service:
            return Simulation(days, replay.params.service_level, level, ours, naive, matched, factor)
    return Simulation(days, replay.params.service_level, level, ours, naive, None, None)


class _Player:
    def __init__(
        self, asked: Array, params: ReplenishmentParams, start: int, cost_cents: Array, holding_rate: float
    ) -> None:
        self._asked, self._params, self._start = asked, params, start
        self._cost, self._rate = cost_cents, holding_rate

    def __call__(self, rules: Mapping[int, Rule]) -> Outcome:
        """Day by day: goods arrive, customers buy what is there, the stock is looked at."""
        asked = self._asked
        count, days = asked.shape
        wait = self._params.lead_time_days
        arrivals = np.zeros((count, days + wait + 2))
        rule = rules[min(rules)]
        stock = rule.up_to.copy()
        pending = np.zeros(count)
        was_out = np.zeros((count, days + 1), dtype=bool)
        placed: list[tuple[NDArray[np.int64], int]] = []
        units = value = missed = 0.0
        for day in range(days):
            rule = rules.get(self._start + day, rule)
            stock += arrivals[:, day]
            pending -= arrivals[:, day]
            sold = np.minimum(stock, asked[:, day])
            lost = asked[:, day] - sold
            missed += lost.sum()
            was_out[:, day] = lost > 0
            stock -= sold
            units += stock.sum()
            value += float(stock @ self._cost)
            if day % self._params.review_days == 0:
                wanted = rule.orders(stock + pending)
                # Ordered at the end of a day: with a lead time of 0 it lies there the next morning.
                arrivals[:, day + wait + 1] += wanted
                pending += wanted
                if wanted.any():
                    placed.append((np.flatnonzero(wanted), day))
        outs = np.concatenate([np.zeros((count, 1)), was_out[:, :days].cumsum(axis=1)], axis=1)
        safe = total = 0
        for rows, day in placed:
            end = min(day + wait + 1, days)
            total += len(rows)
            safe += int((outs[rows, end] - outs[rows, day] == 0).sum())
        demand_total = asked.sum()
        return Outcome(
            cycle_service=safe / total if total else 1.0,
            fill_rate=float(1 - missed / demand_total) if demand_total else 1.0,
            mean_units=float(units / days),
            mean_value_cents=value / days,
            holding_cents_year=value / days * self._rate,
            orders=total,
        )

"""When to order again and how much: reorder point, safety stock and proposals at a service level.

An SKU is looked at every `review_days`. When what lies there and what is on its way fall to the reorder point, as
much is ordered as fills it up to the order-up-to level. Until an order placed at the next look arrives, demand of
lead time and review time has to be served from stock: the reorder point is the quantile of the demand of those days
at the service level, the safety stock what it holds beyond their mean.

Source: Silver, Pyke and Thomas, Inventory and production management in supply chains, 4th ed., section 6.7 and 7.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.warehouse.stock.forecasting import Forecast

Array = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class ReplenishmentParams:
    """Terms of ordering, the same for all SKUs unless a lead time of its own is given."""

    lead_time_days: int = 7
    """From order to goods on the shelf; 0 where they come on the same day."""
    review_days: int = 1
    """Between two looks at the stock."""
    service_level: float = 0.95
    """Chance that stock lasts until an order is in."""
    order_days: int = 28
    """How many days an order is to serve beyond that."""

    def __post_init__(self) -> None:
        if self.lead_time_days < 0 or self.review_days < 1 or self.order_days < 1:
            raise ValueError(f"Expected lead_time_days >= 0, review_days >= 1 and order_days >= 1, got {self}.")
        if not 0.5 <= self.service_level < 1:
            raise ValueError(f"Expected a service level in [0.5, 1), got {self.service_level}.")

    @property
    def protection_days(self) -> int:
        """Days that stock has to last for without help."""
        return self.lead_time_days + self.review_days


@dataclass(frozen=True, slots=True)
class Rule:
    """When to order and up to what, whole units, (SKUs,)."""

    reorder: Array
    up_to: Array
    expected: Array
    """Mean demand of the days that stock has to last for."""

    @property
    def safety(self) -> Array:
        """What the reorder point holds beyond mean demand."""
        return np.maximum(self.reorder - self.expected, 0)

    def only(self, rows: NDArray[np.bool_]) -> Rule:
        """Of those SKUs alone."""
        return Rule(self.reorder[rows], self.up_to[rows], self.expected[rows])

    def orders(self, position: Array) -> Array:
        """Units to order now, given what lies there and is on its way."""
        return np.where(position <= self.reorder, np.maximum(self.up_to - position, 0), 0.0)


def rule_of(forecast: Forecast, params: ReplenishmentParams, *, start: int = 0, level: float | None = None) -> Rule:
    """By the distribution of demand over the days that stock has to last for, from the day `start` of the forecast on.

    `level` takes the place of the service level as the level of the quantile: see `simulation.level_for`.
    """
    days = params.protection_days
    expected = forecast.total(days, start=start)
    reorder = forecast.quantile(days, params.service_level if level is None else level, start=start)
    after = forecast.total(days + params.order_days, start=start) - expected
    up_to = np.maximum(np.ceil(reorder + after), reorder + 1)
    return Rule(reorder, up_to, expected)


def naive_rule(history: Array, params: ReplenishmentParams, *, factor: float = 1.5, window: int = 91) -> Rule:
    """What many shops do: mean of the last quarter, half as much again; at least one unit is kept of what sells."""
    recent = history[:, -window:]
    daily = recent.mean(axis=1)
    expected = daily * params.protection_days
    reorder = np.floor(factor * expected)
    up_to = np.maximum(np.ceil(reorder + daily * params.order_days), reorder + 1)
    return Rule(reorder, up_to, expected)

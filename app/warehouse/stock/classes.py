"""ABC by what a SKU brings in, XYZ by how evenly it sells."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
Abc = Literal["A", "B", "C"]
Xyz = Literal["X", "Y", "Z"]
_A, _B = 0.80, 0.95
_X, _Y = 0.5, 1.0
PERIOD_DAYS = 28


def abc_classes(revenue: Array) -> list[Abc]:
    """A: those that bring the first 80 % of revenue, (SKUs,); B: up to 95 %; C: the rest, and what brings nothing.

    Source: Silver, Pyke and Thomas, Inventory and production management in supply chains, 4th ed., section 2.2.
    """
    total = revenue.sum()
    order = np.argsort(-revenue, kind="stable")
    classes: list[Abc] = ["C"] * len(revenue)
    before = 0.0
    for row in order:
        if revenue[row] <= 0 or not total:
            break
        share = before / total
        classes[row] = "A" if share < _A else "B" if share < _B else "C"
        before += revenue[row]
    return classes


def xyz_classes(quantities: Array, factors: Array | None = None) -> list[Xyz]:
    """By the coefficient of variation of sales in periods of 28 days over the last year: X to .5, Y to 1, Z beyond.

    `quantities` and `factors` (what weekday, events and season do to each day): float64, (SKUs, days). With factors a
    season that comes back each year does not count as uneven. Fewer than three periods are Z.
    """
    recent = quantities[:, -13 * PERIOD_DAYS :]
    usual = np.ones_like(recent) if factors is None else factors[:, -recent.shape[1] :]
    periods = recent.shape[1] // PERIOD_DAYS
    if periods < 3:
        return ["Z"] * len(quantities)
    sold, due = (_periods(part, periods) for part in (recent, usual))
    adjusted = sold / np.maximum(due / PERIOD_DAYS, 0.05)
    mean = adjusted.mean(axis=1)
    variation = np.divide(adjusted.std(axis=1), mean, out=np.full(len(mean), np.inf), where=mean > 0)
    return ["X" if value <= _X else "Y" if value <= _Y else "Z" for value in variation]


def _periods(daily: Array, periods: int) -> Array:
    kept = daily[:, -periods * PERIOD_DAYS :]
    return np.asarray(kept.reshape(len(daily), periods, PERIOD_DAYS).sum(axis=2))

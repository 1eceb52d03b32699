"""What no division into batches falls short of, without looking at batches."""

from __future__ import annotations

import numpy as np

from app.warehouse.picking.occupancy import Numbers
from app.warehouse.picking.problem import Loads


def capacity_bound(alone: Numbers, loads: Loads, limits: Loads) -> float:
    """Metres, from the shortest tour of each order alone, `alone`, and what a device carries.

    A tour is at least as long as that of any order on it. With batches by their longest order, longest first, the first
    k cannot hold more than k devices' load; so the batch after them holds an order from behind that load, orders
    taken longest first, and one of those before it. Summing these orders' tours bounds the total.
    """
    if not len(alone):
        return 0.0
    by_length = np.argsort(-alone, kind="stable")
    best = float(alone.max())
    for load, limit in zip(loads[by_length].T, limits, strict=True):
        if limit <= 0:
            continue
        carried = np.cumsum(load)
        batches = -(-int(carried[-1]) // int(limit))
        begins = np.searchsorted(carried, np.arange(batches) * limit, side="right")
        best = max(best, float(alone[by_length[begins]].sum()))
    return best

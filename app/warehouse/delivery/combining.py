"""Puts the best routes of many solutions together anew: each stop in exactly one, the least in all.

Source: Rochat and Taillard, J. of Heuristics 1, 1995 (the pool and the set partitioning over it).
"""

from __future__ import annotations

from collections.abc import Iterable
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from app.warehouse.delivery.telling import Found, Routes

if TYPE_CHECKING:
    import pyvrp

_MOST_COLUMNS = 20_000


def combined(data: pyvrp.ProblemData, found: Iterable[Found], *, seconds: float) -> Found:
    """The best of several searches, or something better that is put together from their routes.

    Raises `ValueError` for none.
    """
    from app.warehouse.delivery.searching import cost_of, solution_of

    searches = list(found)
    best = min(searches, key=lambda one: one.cost)
    if seconds <= 0 or not best.is_feasible or any(not client.required for client in data.clients()):
        return best
    pool = sorted({route for one in searches for route in one.pool})
    if not len(best.routes) < len(pool) <= _MOST_COLUMNS:
        return best
    routes = _partition(data, pool, seconds=seconds, most=best.cost)
    if routes is None:
        return best
    solution = solution_of(data, routes)
    cost = cost_of(solution)
    if not solution.is_feasible() or cost >= best.cost:
        return best
    return Found(routes, cost, True, best.pool, best.iterations)


def _partition(
    data: pyvrp.ProblemData, pool: list[tuple[int, tuple[int, ...]]], *, seconds: float, most: float
) -> Routes | None:
    from app.warehouse.delivery.searching import cost_of, solution_of

    optimize: Any = import_module("scipy.optimize")  # has no types of its own
    sparse: Any = import_module("scipy.sparse")

    costs = np.array([cost_of(solution_of(data, [route]).routes()[0]) for route in pool])
    stops = [k for _, visits in pool for k in visits]
    columns = [j for j, (_, visits) in enumerate(pool) for _ in visits]
    visits = sparse.csr_matrix((np.ones(len(stops)), (stops, columns)), shape=(data.num_clients, len(pool)))
    kinds = sparse.csr_matrix(
        (np.ones(len(pool)), ([kind for kind, _ in pool], range(len(pool)))), shape=(data.num_vehicle_types, len(pool))
    )
    available = [kind.num_available for kind in data.vehicle_types()]
    required = np.array([float(client.required) for client in data.clients()])
    answer = optimize.milp(
        costs,
        constraints=[
            optimize.LinearConstraint(visits, required, 1),
            optimize.LinearConstraint(kinds, 0, available),
            optimize.LinearConstraint(costs[None, :], 0, most),
        ],
        bounds=optimize.Bounds(0, 1),
        integrality=np.ones(len(pool)),
        options={"time_limit": seconds},
    )
    if answer.x is None:
        return None
    return tuple(pool[j] for j in np.flatnonzero(answer.x > 0.5))

"""Lower bounds: no plan can be cheaper, whoever makes it."""

from __future__ import annotations

import math
import time
from importlib import import_module
from typing import Any

import numpy as np

_STEPS = 400
_PATIENCE = 15


def fewest_routes(loads: np.ndarray, capacity: np.ndarray) -> int:
    """How many vehicles the loads need at least: (n, k) loads of stops, (k,) what the largest vehicle takes."""
    total = loads.sum(axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        needed = np.where(capacity > 0, np.ceil(total / capacity - 1e-9), np.where(total > 0, np.inf, 0))
    most = float(needed.max(initial=1.0))
    return max(1, int(most)) if math.isfinite(most) else len(loads)


def distance_bound(
    distance: np.ndarray,
    loads: np.ndarray,
    capacity: np.ndarray,
    *,
    seconds: float = 2.0,
    target: float | None = None,
) -> float:
    """No set of routes that visits every stop is shorter than this.

    The larger of two bounds. Haimovich and Rinnooy Kan: each stop needs its share of a trip out and back. And a
    Lagrangian one after Held and Karp: r routes hold a spanning tree in which the depot has at least r edges, and r
    more edges to the depot; multipliers on the degrees of stops are raised by subgradient steps. Every step gives a
    bound, so that stopping early is honest. Windows are not looked at: where they bind, the bound is weak.

    Args:
        distance: (n + 1, n + 1) float64, the depot first; need not be symmetric.
        loads: (n, k), not negative.
        capacity: (k,), of the largest vehicle.
        seconds: after which the climb ends.
        target: length of a known solution, which sets the size of the steps.

    Source: Haimovich and Rinnooy Kan, Math. of OR 10(4), 1985, lemma 1; Held and Karp, Math. Programming 1, 1971;
    Fisher, OR 42(4), 1994, section 2 (trees for vehicles).
    """
    if len(distance) <= 1:
        return 0.0
    both = np.minimum(distance, distance.T).astype(np.float64)
    routes = fewest_routes(loads, capacity)
    with np.errstate(divide="ignore", invalid="ignore"):
        shares = np.where(capacity > 0, loads / capacity, 0.0)
    away = _shortest_ways(both)[1:]
    radial = max((float((2 * away * shares[:, k]).sum()) for k in range(shares.shape[1])), default=0.0)
    return max(radial, _tree_bound(both, routes, seconds=seconds, target=target))


def window_bound(distance: np.ndarray, may_follow: np.ndarray, routes: int) -> float:
    """No set of at least `routes` routes is shorter, where some stops can never follow others.

    Every stop has one before it and one behind it, the depot may be either as often as one likes: an assignment. Strong
    where windows are narrow, for then few stops can follow a stop; weak where they are wide.

    Args:
        distance: (n + 1, n + 1) float64, the depot first.
        may_follow: (n + 1, n + 1) bool: [i, j] whether a vehicle can drive from i straight to j and be in time.
        routes: that are needed at least.

    Source: Dell'Amico, Maffioli and Varbrand, Int. Trans. in OR 2(3), 1995 (assignment relaxation of routes).
    """
    optimize: Any = import_module("scipy.optimize")  # has no types of its own

    n = len(distance) - 1
    if n < 1:
        return 0.0
    never = 1.0 + 4 * (n + 1) * float(distance.max(initial=0.0))
    allowed = np.where(may_follow, distance, never)
    costs = np.zeros((2 * n, 2 * n))
    """Rows leave, columns are reached: n stops, then the depot n times; an unused visit to it costs nothing."""
    costs[:n, :n] = allowed[1:, 1:]
    np.fill_diagonal(costs[:n, :n], never)
    costs[:n, n:] = allowed[1:, :1]
    costs[n:, :n] = allowed[:1, 1:]
    costs[n : n + min(routes, n), n:] = never
    rows, columns = optimize.linear_sum_assignment(costs)
    value = float(costs[rows, columns].sum())
    return value if value < never else 0.0


def _tree_bound(distance: np.ndarray, routes: int, *, seconds: float, target: float | None) -> float:
    deadline = time.monotonic() + seconds
    n = len(distance) - 1
    multipliers = np.zeros(n + 1)
    """Of the degrees of stops; that of the depot is a reward for each of its edges in the tree, never negative."""
    best, scale, idle = 0.0, 1.0, 0
    for step in range(_STEPS):
        value, degrees = _relaxed(distance, multipliers, routes)
        idle = 0 if value > best else idle + 1
        best = max(best, value)
        if idle >= _PATIENCE:
            scale, idle = scale / 2, 0
        slope = np.append(routes - degrees[0], degrees[1:] - 2).astype(float)
        size = float(slope @ slope)
        if size == 0 or scale < 1e-3 or (step and time.monotonic() >= deadline):
            break
        aim = 1.01 * max(best, value) if target is None else max(target, best)
        multipliers += scale * max(aim - value, 1e-9) / size * slope
        multipliers[0] = max(multipliers[0], 0.0)
    return best


def _shortest_ways(distance: np.ndarray) -> np.ndarray:
    """From the depot to each point, by whatever is in between (Dijkstra): rounded distances need not be metric."""
    ways: np.ndarray = distance[0].astype(float)
    is_open = np.ones(len(distance), dtype=bool)
    for _ in range(len(distance)):
        k = int(np.argmin(np.where(is_open, ways, np.inf)))
        is_open[k] = False
        ways = np.minimum(ways, ways[k] + distance[k])
    return ways


def _relaxed(distance: np.ndarray, multipliers: np.ndarray, routes: int) -> tuple[float, np.ndarray]:
    """Cheapest tree and further edges under the multipliers: its value, a bound, and the degrees in it."""
    reward, weights = multipliers[0], multipliers[1:]
    cost = distance.copy()
    cost[1:, 1:] += weights[:, None] + weights[None, :]
    cost[0, 1:] += weights
    closing = cost[0, 1:].copy()
    cost[0, 1:] -= reward
    cost[1:, 0] = cost[0, 1:]
    value, degrees = _spanning_tree(cost)
    order = np.argsort(closing, kind="stable")
    count = min(len(order), max(routes, int((closing < 0).sum())))
    chosen = order[:count]
    degrees[1 + chosen] += 1
    value += float(closing[chosen].sum()) - 2 * float(weights.sum()) + reward * routes
    return value, degrees


def _spanning_tree(cost: np.ndarray) -> tuple[float, np.ndarray]:
    """Prim's algorithm on a full matrix; lengths of edges may be negative."""
    n = len(cost)
    degrees = np.zeros(n, dtype=int)
    nearest = np.zeros(n, dtype=int)
    reach = cost[0].copy()
    reach[0] = np.inf
    is_open = np.ones(n, dtype=bool)
    is_open[0] = False
    total = 0.0
    for _ in range(n - 1):
        k = int(np.argmin(reach))
        total += float(reach[k])
        degrees[k] += 1
        degrees[nearest[k]] += 1
        is_open[k] = False
        closer = is_open & (cost[k] < reach)
        reach[closer] = cost[k][closer]
        nearest[closer] = k
        reach[k] = np.inf
    return total, degrees

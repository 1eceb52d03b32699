"""Searches for cheap routes with PyVRP's iterated local search.

PyVRP starts its penalties for broken constraints in the middle of their range, which takes minutes to come down to a
useful size. Here they start where breaking a constraint by an average stop costs as much as ten average legs, and
they are looked at more often.

Source: Wouda, Lan and Kool, "PyVRP: a high-performance VRP solver package", INFORMS J. on Computing 36(4), 2024; the
start of the penalties as in its versions up to 0.12.
"""

from __future__ import annotations

import time
import warnings
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import pyvrp
from pyvrp.IteratedLocalSearch import IteratedLocalSearch, IteratedLocalSearchCallbacks, IteratedLocalSearchParams
from pyvrp.PenaltyManager import PenaltyManager, PenaltyParams
from pyvrp.search import (
    OPERATORS,
    LocalSearch,
    NeighbourhoodParams,
    PerturbationManager,
    PerturbationParams,
    compute_neighbours,
)

from app.warehouse.delivery.telling import Found, Routes, Tell

_TELL_EVERY_S = 0.5
_MOST_ROUTES_KEPT = 20_000
_LEGS = 10.0
"""What breaking a constraint by an average stop costs at first."""


@dataclass(frozen=True, slots=True)
class SearchParams:
    """How the search goes about it."""

    neighbours: int = 25
    """Of each stop, among which better places are looked for."""
    solutions_between_updates: int = 200
    """Of the penalties."""
    disturbed: int = 18
    """Stops at most that are moved at random before each local search."""
    patience: int = 50_000
    """Solutions without a better one before it begins anew from the best."""
    history: int = 300
    """Solutions ago with which a new one is compared (late acceptance)."""

    def __post_init__(self) -> None:
        if min(self.neighbours, self.solutions_between_updates, self.disturbed, self.patience, self.history) < 1:
            raise ValueError("Expected every parameter of the search >= 1.")


def search(
    data: pyvrp.ProblemData,
    *,
    seconds: float,
    seed: int = 0,
    start: Routes | None = None,
    until_feasible: bool = False,
    params: SearchParams = SearchParams(),
    tell: Tell | None = None,
) -> Found:
    """The cheapest routes found within the time; the same seed and number of iterations find the same.

    Args:
        data: the problem, in whole numbers.
        seconds: after which to stop; 0 gives the first solution.
        seed: of the random numbers.
        start: routes to begin with; random ones by default.
        until_feasible: stop at the first solution that keeps all constraints.
        params: of the search.
        tell: told how it goes.
    """
    deadline = time.monotonic() + seconds
    rng = pyvrp.RandomNumberGenerator(seed=seed)
    neighbourhood = NeighbourhoodParams(num_neighbours=params.neighbours)
    disturbing = PerturbationManager(PerturbationParams(1, params.disturbed))
    local = LocalSearch(data, rng, compute_neighbours(data, neighbourhood), disturbing)
    for operator in OPERATORS:
        if operator.supports(data):
            local.add_operator(operator(data))
    penalties = first_penalties(data)
    penalty_params = PenaltyParams(
        solutions_between_updates=params.solutions_between_updates,
        max_penalty=max(100_000.0, 100 * max(*penalties[0], *penalties[1:])),
    )
    manager = PenaltyManager(penalties, penalty_params)
    first = pyvrp.Solution.make_random(data, rng) if start is None else solution_of(data, start)
    if start is None or not first.is_feasible():
        first = local(first, manager.max_cost_evaluator(), exhaustive=True)
    watch = _Watch(tell, time.monotonic())
    ils = IteratedLocalSearchParams(
        num_iters_no_improvement=params.patience, history_length=params.history, callbacks=watch
    )

    def stop(best_cost: float) -> bool:
        return time.monotonic() >= deadline or (until_feasible and best_cost < np.iinfo(np.int64).max)

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # penalties at their greatest: `is_feasible` says it
        result = IteratedLocalSearch(data, manager, local, first, ils).run(stop, collect_stats=False, display=False)
    best = result.best
    watch.keep(best)
    cost = float(result.cost()) if best.is_feasible() else float("inf")
    return Found(routes_of(best), cost, best.is_feasible(), frozenset(watch.pool), result.num_iterations)


def first_penalties(data: pyvrp.ProblemData) -> tuple[list[float], float, float]:
    """What a unit too much of each load, of time and of distance costs at first."""
    distance, duration = np.asarray(data.distance_matrix(0)), np.asarray(data.duration_matrix(0))
    kind = data.vehicle_type(0)
    usual = distance < pyvrp.constants.MAX_VALUE  # what no vehicle may drive is no leg
    leg = _LEGS * (kind.unit_distance_cost * _mean(distance[usual]) + kind.unit_duration_cost * _mean(duration[usual]))
    loads = [
        leg / max(1.0, _mean(np.array([max(client.delivery[k], client.pickup[k]) for client in data.clients()])))
        for k in range(data.num_load_dimensions)
    ]
    return loads, leg / max(1.0, _mean(duration[usual])), _LEGS * max(1.0, float(kind.unit_distance_cost))


def routes_of(solution: pyvrp.Solution) -> Routes:
    """Those of a solution, without its depots."""
    return tuple(
        (route.vehicle_type(), tuple(activity.idx for activity in route if activity.is_client()))
        for route in solution.routes()
    )


def cost_of(driven: pyvrp.Solution | pyvrp.Route) -> float:
    """What routes cost that keep all constraints, in the units of the data."""
    return float(driven.distance_cost() + driven.duration_cost() + driven.fixed_vehicle_cost())


def solution_of(data: pyvrp.ProblemData, routes: Iterable[tuple[int, Sequence[int]]]) -> pyvrp.Solution:
    """Routes as PyVRP has them."""
    client = pyvrp.ActivityType.CLIENT
    return pyvrp.Solution(
        data,
        [pyvrp.Route(data, [pyvrp.Activity(client, idx) for idx in visits], kind) for kind, visits in routes if visits],
    )


class _Watch(IteratedLocalSearchCallbacks):
    """Tells of the search, and keeps routes of good solutions."""

    def __init__(self, tell: Tell | None, began: float) -> None:
        self._tell, self._began, self._told = tell, began, began
        self._iteration, self._best = 0, float("inf")
        self.pool: set[tuple[int, tuple[int, ...]]] = set()

    def on_best(self, best: pyvrp.Solution) -> None:
        if best.is_feasible():
            self._best = cost_of(best)
            self.keep(best)

    def on_iteration(
        self,
        current: pyvrp.Solution,
        candidate: pyvrp.Solution,  # noqa: ARG002
        best: pyvrp.Solution,  # noqa: ARG002
        cost_evaluator: pyvrp.CostEvaluator,  # noqa: ARG002
    ) -> None:
        self._iteration += 1
        if self._iteration % 20:
            return
        if current.is_feasible():
            self.keep(current)
        if self._tell is not None and time.monotonic() - self._told >= _TELL_EVERY_S:
            self._told = time.monotonic()
            self._tell(self._told - self._began, self._best)

    def keep(self, solution: pyvrp.Solution) -> None:
        if len(self.pool) < _MOST_ROUTES_KEPT and solution.is_feasible():
            self.pool.update(routes_of(solution))


def _mean(values: np.ndarray) -> float:
    return float(np.mean(values)) if values.size else 0.0

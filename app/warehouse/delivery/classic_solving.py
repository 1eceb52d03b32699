"""Routes for an instance of the literature, with a bound beside them."""

from __future__ import annotations

import math
import time
from dataclasses import dataclass, replace

import numpy as np

from app.warehouse.delivery.bounds import distance_bound, fewest_routes, window_bound
from app.warehouse.delivery.classic import Instance
from app.warehouse.delivery.errors import DeliveryInfeasible
from app.warehouse.delivery.solving import SolveParams, solve
from app.warehouse.delivery.telling import Tell

_BOUND_SHARE, _MOST_BOUND_S = 0.05, 2.0
_MOST_FOR_ASSIGNMENT = 400
"""Stops: with more, the assignment takes longer than it is worth."""


@dataclass(frozen=True, slots=True)
class Solved:
    """Routes of stop numbers, as the literature counts their length."""

    routes: tuple[tuple[int, ...], ...]
    cost: float
    lower_bound: float

    @property
    def gap(self) -> float:
        """By what share the cost is above the bound."""
        return self.cost / self.lower_bound - 1 if self.lower_bound > 0 else 0.0


def solve_instance(instance: Instance, params: SolveParams, *, tell: Tell | None = None) -> Solved:
    """The best routes found in the time. Raises `DeliveryInfeasible` when none were found that keep everything."""
    began = time.monotonic()
    bound_s = min(_BOUND_SHARE * params.seconds, _MOST_BOUND_S)
    searching = replace(params, seconds=params.seconds - bound_s, counts_vehicles_first=instance.counts_vehicles_first)
    found = solve(instance.data, searching, tell=tell)
    if not found.is_feasible:
        raise DeliveryInfeasible(
            f"No routes were found for {instance.name} that keep capacities and windows in {params.seconds:g} s. "
            "Give it longer, or more vehicles."
        )
    routes = tuple(tuple(k + 1 for k in visits) for _, visits in found.routes)
    cost = instance.cost(routes)
    cost = round(cost) if float(cost).is_integer() else round(cost, 6)
    left = max(0.0, params.seconds - (time.monotonic() - began))
    return Solved(routes, cost, _bound(instance, cost, seconds=min(bound_s, left)))


def _bound(instance: Instance, cost: float, *, seconds: float) -> float:
    data = instance.data
    loads = np.array([client.delivery for client in data.clients()], dtype=float)
    room = np.array([kind.capacity for kind in data.vehicle_types()], dtype=float).max(axis=0)
    bound = distance_bound(instance.distance, loads, room, seconds=seconds, target=cost)
    if data.num_clients <= _MOST_FOR_ASSIGNMENT:
        bound = max(bound, window_bound(instance.distance, _may_follow(instance), fewest_routes(loads, room)))
    step = 1.0 if instance.scale == 1 else 0.1 if instance.scale == 10 else 0.0
    whole = math.ceil(bound / step - 1e-6) * step if step else bound
    return min(cost, round(whole, 6))


def _may_follow(instance: Instance) -> np.ndarray:
    data = instance.data
    early = np.array([data.depots()[0].tw_early, *(client.tw_early for client in data.clients())], dtype=float)
    late = np.array([data.depots()[0].tw_late, *(client.tw_late for client in data.clients())], dtype=float)
    service = np.array([0, *(client.service_duration for client in data.clients())], dtype=float)
    duration = data.duration_matrix(0).astype(float)
    earliest = np.maximum(early, early[0] + duration[0])
    earliest[0] = early[0]
    may = earliest[:, None] + service[:, None] + duration <= late[None, :]
    np.fill_diagonal(may, False)
    return np.asarray(may)

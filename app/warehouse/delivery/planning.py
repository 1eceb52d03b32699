"""Makes the plan of a day, or says why there is none."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from app.warehouse.delivery.bounds import distance_bound, fewest_routes
from app.warehouse.delivery.conflicts import as_stops, certain_conflict, message_of, smallest_conflict
from app.warehouse.delivery.errors import DeliveryInfeasible
from app.warehouse.delivery.plan import Plan, VehicleRoute
from app.warehouse.delivery.problem import Problem, Stop
from app.warehouse.delivery.solving import SolveParams, solve
from app.warehouse.delivery.telling import Tell
from app.warehouse.delivery.timetable import Broken, drive

if TYPE_CHECKING:
    from app.warehouse.delivery.modelling import Modelled

_BOUND_SHARE, _MOST_BOUND_S = 0.1, 2.0
_MOST_FOR_SHORTEST = 400
_ASK_S = 0.3
"""Given to the search for each question of an explanation."""


def make_plan(problem: Problem, params: SolveParams, *, tell: Tell | None = None) -> Plan:
    """The cheapest plan found in the time.

    Raises `DeliveryInfeasible`, which names the fewest wishes and limits that are in each other's way.
    """
    from app.warehouse.delivery.modelling import model_of

    if not problem.stops:
        return Plan((), lower_bound_cents=0.0)
    if conflicts := certain_conflict(problem):
        raise DeliveryInfeasible(message_of(conflicts, is_proven=True).en, conflicts)
    model = model_of(problem)
    bound_s = min(_BOUND_SHARE * params.seconds, _MOST_BOUND_S)
    found = solve(model.data, replace(params, seconds=params.seconds - bound_s), tell=tell)
    routes = _driven(problem, model, found.routes) if found.is_feasible else None
    if routes is None:
        raise _explained(problem, seconds=params.seconds, seed=params.seed)
    served = {stop_id for route in routes for stop_id in route.stop_ids}
    left_out = tuple(stop.stop_id for stop in problem.stops if stop.stop_id not in served)
    plan = Plan(tuple(sorted(routes, key=lambda route: route.vehicle_id)), left_out)
    return replace(plan, lower_bound_cents=cost_bound(problem, seconds=bound_s))


def _driven(
    problem: Problem, model: Modelled, routes: Sequence[tuple[int, tuple[int, ...]]]
) -> list[VehicleRoute] | None:
    """None where our timetable finds something broken after all."""
    driven = []
    for vehicle, numbers in model.by_vehicle(tuple(routes)):
        route = drive(problem, vehicle, numbers)
        if isinstance(route, Broken):
            return None
        driven.append(route)
    return driven


def cost_bound(problem: Problem, *, seconds: float) -> float:
    """No plan costs less, in cents: vehicles that the loads need, distance, and the time spent at stops."""
    numbers = [k for k, stop in enumerate(problem.stops) if not stop.may_wait]
    if not numbers:
        return 0.0
    depots, first = range(len(problem.depots)), len(problem.depots)
    every = np.zeros((len(problem.stops) + 1, len(problem.stops) + 1))
    every[1:, 1:] = problem.distance[first:, first:]
    every[0, 1:] = problem.distance[np.ix_(depots, range(first, len(problem.distance)))].min(axis=0)
    every[1:, 0] = problem.distance[np.ix_(range(first, len(problem.distance)), depots)].min(axis=1)
    if len(numbers) < len(problem.stops):  # a way by a stop that may wait might be shorter than the straight one
        if len(every) > _MOST_FOR_SHORTEST:
            return 0.0
        every = _shortest_between(every)
    kept = [0, *(k + 1 for k in numbers)]
    distance = every[np.ix_(kept, kept)]
    loads = np.array([problem.stops[k].load for k in numbers], dtype=float)
    room = np.array([vehicle.capacity for vehicle in problem.vehicles], dtype=float).max(axis=0)
    fixed = min(vehicle.fixed_cents for vehicle in problem.vehicles) * fewest_routes(loads, room)
    metres = distance_bound(distance, loads, room, seconds=seconds)
    service_s = sum(problem.stops[k].service_s for k in numbers)
    return float(
        fixed
        + min(vehicle.per_km_cents for vehicle in problem.vehicles) * metres / 1000
        + min(vehicle.per_hour_cents for vehicle in problem.vehicles) * service_s / 3600
    )


def _shortest_between(distance: np.ndarray) -> np.ndarray:
    """By whatever is in between (Floyd and Warshall)."""
    ways = distance.copy()
    for k in range(len(ways)):
        ways = np.minimum(ways, ways[:, k, None] + ways[None, k, :])
    return ways


def _explained(problem: Problem, *, seconds: float, seed: int) -> DeliveryInfeasible:
    """Leaves out stops until a plan is found; what cannot be left out is what is in the way."""
    from app.warehouse.delivery.modelling import model_of
    from app.warehouse.delivery.searching import search

    deadline = time.monotonic() + max(2.0, min(seconds, 30.0))
    stops = [stop for stop in problem.stops if not stop.may_wait]

    def can_keep(kept: Sequence[Stop]) -> bool:
        if not kept:
            return True
        if time.monotonic() > deadline:
            return False
        part = only(problem, [stop.stop_id for stop in kept])
        if certain_conflict(part):
            return False
        return search(model_of(part).data, seconds=_ASK_S, seed=seed, until_feasible=True).is_feasible

    chosen = smallest_conflict(stops, can_keep)
    if not chosen or len(chosen) == len(stops):
        chosen = stops
    conflicts = as_stops(chosen, len(problem.vehicles))
    return DeliveryInfeasible(message_of(conflicts, is_proven=False).en, conflicts)


def only(problem: Problem, stop_ids: Sequence[str], vehicle_ids: Sequence[str] | None = None) -> Problem:
    """The problem with some of its stops and vehicles alone, in the order that they had."""
    kept = set(stop_ids)
    numbers = [k for k, stop in enumerate(problem.stops) if stop.stop_id in kept]
    points = [*range(len(problem.depots)), *(problem.stop_at(k) for k in numbers)]
    vehicles = [v for v in problem.vehicles if vehicle_ids is None or v.vehicle_id in set(vehicle_ids)]
    return replace(
        problem,
        stops=tuple(problem.stops[k] for k in numbers),
        vehicles=tuple(vehicles),
        distance=problem.distance[np.ix_(points, points)],
        duration=problem.duration[np.ix_(points, points)],
    )

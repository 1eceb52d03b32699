"""Puts a problem of ours into PyVRP's terms, and its routes back into ours."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyvrp

from app.warehouse.delivery.problem import UNLIMITED, Problem, Stop, Vehicle, Window
from app.warehouse.delivery.telling import Routes

_MILLI = 1000
"""Costs are counted in thousandths of a cent, so that a metre costs a whole number of them."""
_H = 3600
_NO_LIMIT = int(np.iinfo(np.int64).max)
_Matrix = Any
"""int64, (points, points); PyVRP's stubs name a kind of array that numpy's do not know."""
_PRIZE_LEGS = 4
"""What a stop is worth before it is left for another day, in its dearest legs; doubled by each step of priority, and
less than what the search lets an overloaded vehicle cost."""


@dataclass(frozen=True)
class Modelled:
    """A problem as PyVRP sees it, and what its numbers stand for."""

    data: pyvrp.ProblemData
    client_stops: tuple[int, ...]
    """Number of the stop by client: one client for each window of a stop."""
    vehicles: tuple[tuple[Vehicle, ...], ...]
    """Those of each type."""

    def by_vehicle(self, routes: Routes) -> list[tuple[Vehicle, list[int]]]:
        """Routes as vehicles with numbers of stops."""
        left = [list(group) for group in self.vehicles]
        return [(left[kind].pop(0), [self.client_stops[k] for k in visits]) for kind, visits in routes]


def model_of(problem: Problem) -> Modelled:
    """Raises `ValueError` for a problem without vehicles."""
    groups = _alike(problem.vehicles)
    clients, client_stops, client_groups = _clients(problem)
    skill_sets = sorted({vehicle.skills for vehicle in problem.vehicles}, key=sorted)
    profiles = [_profile(problem, skills) for skills in skill_sets]
    data = pyvrp.ProblemData(
        [pyvrp.Location(x=0, y=0) for _ in range(len(problem.depots) + len(problem.stops))],
        clients,
        [
            pyvrp.Depot(location=k, tw_early=depot.open.start_s, tw_late=depot.open.end_s)
            for k, depot in enumerate(problem.depots)
        ],
        [_vehicle_type(problem, group, skill_sets.index(group[0].skills)) for group in groups],
        [distance for distance, _ in profiles],
        [duration for _, duration in profiles],
        client_groups,
    )
    return Modelled(data, tuple(client_stops), tuple(groups))


def _alike(vehicles: Sequence[Vehicle]) -> list[tuple[Vehicle, ...]]:
    """Vehicles that differ by nothing but their names are of one type, which makes the search easier."""
    groups: dict[tuple[object, ...], list[Vehicle]] = {}
    for one in vehicles:
        key = (one.depot_id, one.capacity, one.shift, one.skills, one.fixed_cents, one.per_km_cents,
               one.per_hour_cents, one.max_distance_m, one.max_duration_s)  # fmt: skip
        groups.setdefault(key, []).append(one)
    return [tuple(group) for group in groups.values()]


def _clients(problem: Problem) -> tuple[list[pyvrp.Client], list[int], list[pyvrp.ClientGroup]]:
    clients: list[pyvrp.Client] = []
    client_stops: list[int] = []
    groups: list[pyvrp.ClientGroup] = []
    for number, stop in enumerate(problem.stops):
        group = None
        if len(stop.windows) > 1:
            group = len(groups)
            members = list(range(len(clients), len(clients) + len(stop.windows)))
            groups.append(pyvrp.ClientGroup(members, required=not stop.may_wait))
        for window in stop.windows:
            clients.append(_client(problem, number, stop, window, group))
            client_stops.append(number)
    return clients, client_stops, groups


def _client(problem: Problem, number: int, stop: Stop, window: Window, group: int | None) -> pyvrp.Client:
    point = problem.stop_at(number)
    return pyvrp.Client(
        location=point,
        delivery=list(stop.load),
        service_duration=stop.service_s,
        tw_early=window.start_s,
        tw_late=window.end_s,
        prize=_prize(problem, point, stop) if stop.may_wait else 0,
        required=not stop.may_wait and group is None,
        group=group,
    )


def _prize(problem: Problem, point: int, stop: Stop) -> int:
    dearest = max(
        vehicle.fixed_cents * _MILLI
        + vehicle.per_km_cents * int(problem.distance[point].max())
        + vehicle.per_hour_cents * _MILLI * (int(problem.duration[point].max()) + stop.service_s) // _H
        for vehicle in problem.vehicles
    )
    return int((_PRIZE_LEGS << stop.priority) * max(1, dearest))


def _profile(problem: Problem, skills: frozenset[str]) -> tuple[_Matrix, _Matrix]:
    """Travel of vehicles with some skills: what they may not visit is out of reach."""
    closed = [problem.stop_at(number) for number, stop in enumerate(problem.stops) if not stop.skills <= skills]
    matrices = []
    for matrix in (problem.distance, problem.duration):
        own = matrix.copy()
        own[closed, :] = own[:, closed] = pyvrp.constants.MAX_VALUE
        np.fill_diagonal(own, 0)
        matrices.append(own)
    return matrices[0], matrices[1]


def _vehicle_type(problem: Problem, group: Sequence[Vehicle], profile: int) -> pyvrp.VehicleType:
    one = group[0]
    depot = problem.depot_at(one.depot_id)
    return pyvrp.VehicleType(
        num_available=len(group),
        capacity=[min(room, UNLIMITED) for room in one.capacity],
        start_depot=depot,
        end_depot=depot,
        fixed_cost=one.fixed_cents * _MILLI,
        tw_early=one.shift.start_s,
        tw_late=one.shift.end_s,
        unit_distance_cost=one.per_km_cents,
        unit_duration_cost=round(one.per_hour_cents * _MILLI / _H),
        profile=profile,
        max_distance=_NO_LIMIT if one.max_distance_m is None else one.max_distance_m,
        shift_duration=_NO_LIMIT if one.max_duration_s is None else one.max_duration_s,
    )

"""When a vehicle is where, and what a route breaks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from app.warehouse.delivery.plan import VehicleRoute, Visit
from app.warehouse.delivery.problem import LOADS, UNLIMITED, Loads, Problem, Stop, Vehicle, Window

_H, _KM = 3600, 1000


@dataclass(frozen=True, slots=True)
class Broken:
    """Why a route cannot be driven: the first thing that does not hold."""

    what: str
    """window, skill, distance, duration, shift, or one of LOADS."""
    stop_id: str | None = None


@dataclass(frozen=True, slots=True)
class Way:
    """Where a vehicle stands before what is still to be planned: at the depot, or underway."""

    done: tuple[Visit, ...] = ()
    point: int | None = None
    """Where it was last; None for the depot."""
    at_s: int | None = None
    """Free to go on from then; None for the start of the shift."""
    departed_s: int | None = None
    distance_m: int = 0


def drive(
    problem: Problem,
    vehicle: Vehicle,
    stops: Sequence[int],
    way: Way = Way(),
    *,
    delay_s: int = 0,
    may_be_late: bool = False,
) -> VehicleRoute | Broken:
    """The route of a vehicle through stops (by number), each as early as may be; what is broken where it cannot be.

    Of several windows of a stop the first that can still be met counts: being early never hurts later stops. A vehicle
    leaves the depot just in time for its first stop, and later where its hours count and it would only wait on the way.

    Args:
        problem: with places, travel and wishes.
        vehicle: that drives.
        stops: still to be visited, in order.
        way: what lies behind it.
        delay_s: by which it is late from now on, as it is known.
        may_be_late: whether windows and the end of the shift may be missed, where what happened cannot be helped.
    """
    route = _drive(problem, vehicle, stops, way, delay_s, may_be_late)
    hours_count = vehicle.per_hour_cents > 0 or vehicle.max_duration_s is not None
    if not hours_count or way.departed_s is not None or may_be_late:
        return _within_limits(vehicle, route)
    if isinstance(route, VehicleRoute) and (later := _idle_s(problem, route)) > 0:
        route = _drive(problem, vehicle, stops, Way(at_s=route.departs_s + later - delay_s), delay_s, may_be_late)
    return _within_limits(vehicle, route)


def _drive(
    problem: Problem, vehicle: Vehicle, stops: Sequence[int], way: Way, delay_s: int, may_be_late: bool
) -> VehicleRoute | Broken:
    depot = problem.depot_at(vehicle.depot_id)
    opened = problem.depots[depot].open
    done = [problem.number_of(visit.stop_id) for visit in way.done]
    load = _load([problem.stops[k] for k in (*done, *stops) if k is not None])
    for name, carried, room in zip(LOADS, load, vehicle.capacity, strict=True):
        if carried > room:
            return Broken(name)
    begin = max(vehicle.shift.start_s, opened.start_s)
    at, point = way.at_s if way.at_s is not None else begin, depot if way.point is None else way.point
    at += delay_s
    departed, distance = way.departed_s, way.distance_m
    visits = list(way.done)
    for number in stops:
        stop, there = problem.stops[number], problem.stop_at(number)
        if not stop.skills <= vehicle.skills:
            return Broken("skill", stop.stop_id)
        took = int(problem.duration[point, there])
        window = next_window(stop, at + took)
        if window is None:
            if not may_be_late:
                return Broken("window", stop.stop_id)
            window = Window(0, at + took)
        if departed is None:
            at = departed = max(at, window.start_s - took)
        arrives = at + took
        starts = max(arrives, window.start_s)
        visits.append(Visit(stop.stop_id, arrives, starts, starts + stop.service_s, took))
        distance += int(problem.distance[point, there])
        at, point = starts + stop.service_s, there
    returns = at + int(problem.duration[point, depot]) if point != depot else at
    distance += int(problem.distance[point, depot])
    departed = begin if departed is None else departed
    if returns > min(vehicle.shift.end_s, opened.end_s) and visits and not may_be_late:
        return Broken("shift", visits[-1].stop_id)
    cost = route_cents(vehicle, distance, returns - departed) if visits else 0.0
    return VehicleRoute(vehicle.vehicle_id, departed, returns, tuple(visits), distance, load, cost, delay_s)


def _within_limits(vehicle: Vehicle, route: VehicleRoute | Broken) -> VehicleRoute | Broken:
    if isinstance(route, Broken):
        return route
    if vehicle.max_distance_m is not None and route.distance_m > vehicle.max_distance_m:
        return Broken("distance")
    if vehicle.max_duration_s is not None and route.returns_s - route.departs_s > vehicle.max_duration_s:
        return Broken("duration")
    return route


def _idle_s(problem: Problem, route: VehicleRoute) -> int:
    """By how much later it can leave without coming home later."""
    waited, slack = 0, UNLIMITED
    for visit in route.visits:
        number = problem.number_of(visit.stop_id)
        window = None if number is None else met_window(problem.stops[number], visit.starts_s)
        if window is None:
            return 0
        waited += visit.starts_s - visit.arrives_s
        slack = min(slack, waited + window.end_s - visit.starts_s)
    return min(waited, slack)


def route_cents(vehicle: Vehicle, distance_m: int, duration_s: int) -> float:
    """What a route costs."""
    return vehicle.fixed_cents + vehicle.per_km_cents * distance_m / _KM + vehicle.per_hour_cents * duration_s / _H


def next_window(stop: Stop, arrives_s: int) -> Window | None:
    """The first window of a stop that who arrives then can still meet; None for none."""
    return next((window for window in stop.windows if arrives_s <= window.end_s), None)


def met_window(stop: Stop, starts_s: int) -> Window | None:
    """The window of a stop that a time lies in; None for none."""
    return next((window for window in stop.windows if window.start_s <= starts_s <= window.end_s), None)


def _load(stops: Sequence[Stop]) -> Loads:
    weight, volume, pieces = (sum(stop.load[k] for stop in stops) for k in range(len(LOADS)))
    return weight, volume, pieces

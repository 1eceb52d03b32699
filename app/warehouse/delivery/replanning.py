"""Fits what arrives during the day into the plan that there is, and moves as little else as it can.

What was visited stays as it was, and so does the stop that a courier is on the way to. Parcels of a vehicle that has
left are on board: they stay with it, in another order where need be; what arrives later goes into a vehicle that is
still at its depot. In turn are tried: a place between other stops; a place that one other stop makes room for; a new
plan of all that has not left yet.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import pairwise
from typing import Literal

from app.warehouse.delivery.errors import DeliveryInfeasible, StopMissing, StopVisited
from app.warehouse.delivery.plan import Plan, VehicleRoute, moved_stops
from app.warehouse.delivery.planning import make_plan, only
from app.warehouse.delivery.problem import Problem, Vehicle
from app.warehouse.delivery.solving import SolveParams
from app.warehouse.delivery.timetable import Broken, Way, drive, met_window

How = Literal["unchanged", "inserted", "repaired", "planned_anew"]
_TRIES = 60
"""Ways to make room that are followed up."""
_REPAIR_S = 1.0


@dataclass(frozen=True, slots=True)
class News:
    """What arrived. The problem that goes with it has the new stops and wishes already."""

    now_s: int = 0
    """Seconds from midnight; routes that have left by then are underway."""
    to_place: tuple[str, ...] = ()
    """Stops that are new, or whose wishes changed."""
    removed: tuple[str, ...] = ()
    delays_s: dict[str, int] = field(default_factory=dict)
    """By vehicle: how late it is from now on."""


@dataclass(frozen=True, slots=True)
class Replanned:
    """A plan after news."""

    plan: Plan
    how: How
    moved: tuple[str, ...]
    """Stops that were planned before and have another vehicle or order now."""
    late: tuple[str, ...]
    """Stops that will be visited after their window, which nothing could help."""
    seconds: float


def replan(problem: Problem, plan: Plan, news: News, *, seconds: float = 5.0, seed: int = 1) -> Replanned:
    """The plan with the news in it.

    Args:
        problem: as it is now: with new stops and changed wishes, with or without those removed.
        plan: that was in force.
        news: what arrived.
        seconds: for a new plan, where nothing smaller helps.
        seed: of that search.

    Raises `StopMissing` or `StopVisited` for news of such a stop, `DeliveryInfeasible` where a new stop has no place.
    """
    began = time.monotonic()
    draft = _Draft(problem, plan, news)
    for stop_id in (*news.removed, *news.to_place):
        draft.take_out(stop_id, must_be_known=stop_id in news.to_place)
    how: How = "unchanged" if not news.to_place else "inserted"
    if draft.retime():
        how = "repaired"
    for stop_id in sorted(draft.pending, key=lambda one: -draft.priority(one)):
        if draft.insert(stop_id):
            continue
        if draft.make_room(stop_id, until=time.monotonic() + _REPAIR_S):
            how = "repaired"
            continue
        if draft.keep_where_it_was(stop_id):
            continue
        draft.plan_anew(stop_id, seconds=seconds, seed=seed)
        how = "planned_anew"
        break
    result = draft.result()
    moved = tuple(one for one in moved_stops(plan, result) if one not in set(news.to_place))
    return Replanned(result, how, moved, _late(problem, result), time.monotonic() - began)


def _late(problem: Problem, plan: Plan) -> tuple[str, ...]:
    """Stops ahead whose time lies in none of their windows."""
    found = []
    for _, visit in plan.visits():
        number = problem.number_of(visit.stop_id)
        if number is None or visit.is_done:
            continue
        if met_window(problem.stops[number], visit.starts_s) is None:
            found.append(visit.stop_id)
    return tuple(found)


def _as_far_as_known(plan: Plan, now_s: int) -> Plan:
    """A route that nobody tells of is taken to be driven as planned."""
    changed = {}
    for route in plan.routes:
        if route.departs_s < now_s and not any(visit.is_done for visit in route.visits):
            visits = tuple(replace(visit, is_done=visit.leaves_s <= now_s) for visit in route.visits)
            changed[route.vehicle_id] = replace(route, visits=visits)
    return plan.with_routes(changed)


class _Draft:
    """Routes in the making: of each vehicle what is fixed, and the numbers of the stops that may move."""

    def __init__(self, problem: Problem, plan: Plan, news: News) -> None:
        plan = _as_far_as_known(plan, news.now_s)
        self._problem, self._plan, self._news = problem, plan, news
        self._vehicles = {vehicle.vehicle_id: vehicle for vehicle in problem.vehicles}
        self._routes = {route.vehicle_id: route for route in plan.routes}
        self._underway = {
            name
            for name, route in self._routes.items()
            if route.departs_s < news.now_s or any(visit.is_done for visit in route.visits)
        }
        """Vehicles that have left their depot."""
        self._ways = {name: self._way(self._routes.get(name)) for name in self._vehicles}
        self._fixed: dict[str, int] = {}
        """How many of the numbers below must stay first: the stop that somebody is driving to."""
        self._numbers: dict[str, list[int]] = {}
        self._late_ok: set[str] = set()
        for name in self._vehicles:
            route = self._routes.get(name)
            ahead = [visit for visit in route.visits if not visit.is_done] if route else []
            self._numbers[name] = [self._number(visit.stop_id) for visit in ahead]
            is_driving = name in self._underway and bool(ahead)
            self._fixed[name] = 1 if is_driving else 0
        self.pending: list[str] = []

    def priority(self, stop_id: str) -> int:
        """Of a stop."""
        return self._problem.stops[self._number(stop_id)].priority

    def take_out(self, stop_id: str, *, must_be_known: bool) -> None:
        """Of its route. Raises `StopVisited`, or `StopMissing`."""
        found = self._plan.find(stop_id)
        number = self._problem.number_of(stop_id)
        if number is None and (must_be_known or found is None):
            raise StopMissing(f"There is no stop {stop_id!r} among those of the day.")
        if found is not None:
            route, place = found
            if route.visits[place].is_done:
                raise StopVisited(f"Stop {stop_id} was visited already.")
            self._numbers[route.vehicle_id] = [k for k in self._numbers[route.vehicle_id] if k != number]
            if self._is_first(route, stop_id):
                self._fixed[route.vehicle_id] = 0
        if must_be_known:
            self.pending.append(stop_id)

    def retime(self) -> bool:
        """Bring all routes to the present; whether any stop has to find another place for it."""
        is_broken = False
        for name, vehicle in self._vehicles.items():
            while isinstance(broken := self._drive(vehicle, self._numbers[name]), Broken):
                is_broken = True
                movable = self._numbers[name][self._fixed[name] :]
                if not movable or name in self._underway:
                    if not self._reorder(vehicle):
                        self._late_ok.add(name)
                    break
                out = self._to_give_up(vehicle, movable, broken)
                self._numbers[name].remove(out)
                self.pending.append(self._problem.stops[out].stop_id)
        return is_broken

    def insert(self, stop_id: str) -> bool:
        """Where it costs least; whether there is a place."""
        best = self._cheapest(stop_id)
        if best is None:
            return False
        self._numbers[best[1]].insert(best[2], self._number(stop_id))
        return True

    def make_room(self, stop_id: str, *, until: float) -> bool:
        """Move one other stop elsewhere so that this one fits; whether it could be done in the time."""
        number = self._number(stop_id)
        ways: list[tuple[float, str, int, list[int]]] = []
        for vehicle in self._open_to(stop_id):
            name, numbers = vehicle.vehicle_id, self._numbers[vehicle.vehicle_id]
            now = self._cost(vehicle, numbers) or 0.0
            for out in numbers[self._fixed[name] :]:
                if time.monotonic() > until:
                    break
                rest = [k for k in numbers if k != out]
                for place in range(self._fixed[name], len(rest) + 1):
                    changed = [*rest[:place], number, *rest[place:]]
                    cost = self._cost(vehicle, changed)
                    if cost is not None:
                        ways.append((cost - now, name, out, changed))
        best: tuple[float, str, int, list[int]] | None = None
        for change, name, out, changed in sorted(ways, key=lambda way: way[0])[:_TRIES]:
            before, self._numbers[name] = self._numbers[name], changed
            place_for_it = self._cheapest(self._problem.stops[out].stop_id)
            self._numbers[name] = before
            if place_for_it is not None and (best is None or change + place_for_it[0] < best[0]):
                best = change + place_for_it[0], name, out, changed
        if best is None:
            return False
        self._numbers[best[1]] = best[3]
        return self.insert(self._problem.stops[best[2]].stop_id)

    def _cheapest(self, stop_id: str) -> tuple[float, str, int] | None:
        """What a stop costs where it costs least, by which vehicle, before which of its stops; None for no place."""
        number = self._number(stop_id)
        best: tuple[float, str, int] | None = None
        for vehicle in self._open_to(stop_id):
            name, numbers = vehicle.vehicle_id, self._numbers[vehicle.vehicle_id]
            now = self._cost(vehicle, numbers)
            if now is None:
                continue
            for place in range(self._fixed[name], len(numbers) + 1):
                cost = self._cost(vehicle, [*numbers[:place], number, *numbers[place:]])
                if cost is not None and (best is None or cost - now < best[0]):
                    best = cost - now, name, place
        return best

    def keep_where_it_was(self, stop_id: str) -> bool:
        """A parcel that is on board stays there, late where it cannot be helped; whether it is on board."""
        found = self._plan.find(stop_id)
        if found is None or found[0].vehicle_id not in self._underway:
            return False
        name = found[0].vehicle_id
        self._numbers[name].append(self._number(stop_id))
        self._late_ok.add(name)
        return True

    def plan_anew(self, stop_id: str, *, seconds: float, seed: int) -> None:
        """Everything that is still at the depots; what may wait waits where nothing is. Raises `DeliveryInfeasible`."""
        here = [name for name in self._vehicles if name not in self._underway]
        at_depots = [k for name in here for k in self._numbers[name]]
        on_board = {k for name in self._underway for k in self._numbers[name]}
        waiting = [self._number(one) for one in self.pending if self._number(one) not in (*at_depots, *on_board)]
        if not here and self._problem.stops[self._number(stop_id)].may_wait:
            return
        if not here:
            raise DeliveryInfeasible(
                f"All vehicles have left, so {stop_id} cannot be loaded any more. Plan it for another day, or add a "
                "vehicle."
            )
        numbers = dict.fromkeys([*at_depots, *waiting])
        part = only(self._problem, [self._problem.stops[k].stop_id for k in numbers], here)
        vehicles = tuple(self._from_now(vehicle) for vehicle in part.vehicles)
        made = make_plan(replace(part, vehicles=vehicles), SolveParams(seconds=seconds, seed=seed))
        for name in here:
            self._numbers[name], self._late_ok = [], self._late_ok - {name}
        for route in made.routes:
            self._numbers[route.vehicle_id] = [self._number(one) for one in route.stop_ids]

    def result(self) -> Plan:
        """The plan as it is now."""
        routes = []
        for name, vehicle in self._vehicles.items():
            way = self._ways[name]
            if not self._numbers[name] and not way.done:
                continue
            route = self._drive(vehicle, self._numbers[name], may_be_late=name in self._late_ok)
            if isinstance(route, Broken):
                raise DeliveryInfeasible(f"The route of {name} cannot be driven any more: {route.what}.")
            routes.append(route)
        planned = {stop_id for route in routes for stop_id in route.stop_ids}
        waiting = tuple(stop.stop_id for stop in self._problem.stops if stop.stop_id not in planned)
        gone = set(self._news.removed)
        return Plan(tuple(routes), tuple(one for one in waiting if one not in gone))

    def _open_to(self, stop_id: str) -> Iterable[Vehicle]:
        """The vehicle that a parcel is on board of; else those still at their depots."""
        found = self._plan.find(stop_id)
        if found is not None and found[0].vehicle_id in self._underway:
            return [self._vehicles[found[0].vehicle_id]]
        return [vehicle for name, vehicle in self._vehicles.items() if name not in self._underway]

    def _to_give_up(self, vehicle: Vehicle, movable: Sequence[int], broken: Broken) -> int:
        """The stop without which a route can be driven again, the least urgent first; else the one that is too late."""
        numbers = self._numbers[vehicle.vehicle_id]
        for k in sorted(movable, key=lambda one: self._problem.stops[one].priority):
            if not isinstance(self._drive(vehicle, [one for one in numbers if one != k]), Broken):
                return k
        return next((k for k in movable if self._problem.stops[k].stop_id == broken.stop_id), movable[-1])

    def _reorder(self, vehicle: Vehicle) -> bool:
        """Put one stop of a route elsewhere in it so that all are in time again; whether it could be done."""
        name = vehicle.vehicle_id
        numbers, fixed = self._numbers[name], self._fixed[name]
        best: tuple[float, list[int]] | None = None
        for k in numbers[fixed:]:
            rest = [one for one in numbers if one != k]
            for place in range(fixed, len(rest) + 1):
                changed = [*rest[:place], k, *rest[place:]]
                cost = self._cost(vehicle, changed)
                if cost is not None and (best is None or cost < best[0]):
                    best = cost, changed
        if best is None:
            return False
        self._numbers[name] = best[1]
        return True

    def _cost(self, vehicle: Vehicle, numbers: Sequence[int]) -> float | None:
        """None for what cannot be driven."""
        may_be_late = vehicle.vehicle_id in self._late_ok
        route = self._drive(vehicle, numbers, may_be_late=may_be_late)
        return None if isinstance(route, Broken) else route.cost_cents

    def _drive(self, vehicle: Vehicle, numbers: Sequence[int], *, may_be_late: bool = False) -> VehicleRoute | Broken:
        name = vehicle.vehicle_id
        delay = self._news.delays_s.get(name, self._routes[name].delay_s if name in self._routes else 0)
        one = vehicle if name in self._underway else self._from_now(vehicle)
        return drive(self._problem, one, numbers, self._ways[name], delay_s=delay, may_be_late=may_be_late)

    def _from_now(self, vehicle: Vehicle) -> Vehicle:
        """Nobody leaves in the past."""
        start = max(vehicle.shift.start_s, min(self._news.now_s, vehicle.shift.end_s))
        return replace(vehicle, shift=replace(vehicle.shift, start_s=start))

    def _way(self, route: VehicleRoute | None) -> Way:
        if route is None or route.vehicle_id not in self._underway:
            return Way()
        done = tuple(visit for visit in route.visits if visit.is_done)
        ahead = next((visit for visit in route.visits if not visit.is_done), None)
        not_before = self._news.now_s - ahead.drive_s if ahead is not None else 0  # nobody arrives in the past
        if not done:
            return Way(at_s=max(route.departs_s, not_before), departed_s=route.departs_s)
        numbers = [self._number(visit.stop_id) for visit in done]
        depot = self._problem.depot_at(self._vehicles[route.vehicle_id].depot_id)
        points = [depot, *(self._problem.stop_at(k) for k in numbers)]
        driven = sum(int(self._problem.distance[a, b]) for a, b in pairwise(points))
        return Way(done, points[-1], max(done[-1].leaves_s, not_before), route.departs_s, driven)

    def _is_first(self, route: VehicleRoute, stop_id: str) -> bool:
        return next((visit.stop_id for visit in route.visits if not visit.is_done), None) == stop_id

    def _number(self, stop_id: str) -> int:
        number = self._problem.number_of(stop_id)
        if number is None:
            raise StopMissing(f"There is no stop {stop_id!r} among those of the day.")
        return number

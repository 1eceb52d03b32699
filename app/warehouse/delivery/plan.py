"""A plan: who goes where, in which order, and when they are there."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from app.warehouse.delivery.problem import Loads


@dataclass(frozen=True, slots=True)
class Visit:
    """One stop of a route. Times are seconds from midnight of the day."""

    stop_id: str
    arrives_s: int
    starts_s: int
    """After waiting for the window."""
    leaves_s: int
    drive_s: int
    """From the place before."""
    is_done: bool = False
    """Somebody has been there; the times are then as they were."""


@dataclass(frozen=True, slots=True)
class VehicleRoute:
    """The round of one vehicle."""

    vehicle_id: str
    departs_s: int
    returns_s: int
    visits: tuple[Visit, ...]
    distance_m: int
    load: Loads
    cost_cents: float
    delay_s: int = 0
    """By which the vehicle is known to be behind from its next stop on."""

    @property
    def stop_ids(self) -> tuple[str, ...]:
        """In order."""
        return tuple(visit.stop_id for visit in self.visits)


@dataclass(frozen=True, slots=True)
class Plan:
    """The routes of a day."""

    routes: tuple[VehicleRoute, ...]
    """Of vehicles that go out, in the order of the vehicles."""
    left_out: tuple[str, ...] = ()
    """Stops that wait for another day."""
    lower_bound_cents: float | None = None
    """No plan of these stops costs less; None where it was not worked out anew."""

    @property
    def cost_cents(self) -> float:
        """Of all routes."""
        return sum(route.cost_cents for route in self.routes)

    def find(self, stop_id: str) -> tuple[VehicleRoute, int] | None:
        """The route with a stop, and the stop's place in it."""
        for route in self.routes:
            if stop_id in route.stop_ids:
                return route, route.stop_ids.index(stop_id)
        return None

    def visits(self) -> Iterator[tuple[VehicleRoute, Visit]]:
        """All, route by route."""
        for route in self.routes:
            for visit in route.visits:
                yield route, visit

    def with_routes(self, changed: dict[str, VehicleRoute]) -> Plan:
        """With other routes for some vehicles."""
        kept = [changed.pop(route.vehicle_id, route) for route in self.routes]
        routes = [route for route in (*kept, *changed.values()) if route.visits]
        return replace(self, routes=tuple(sorted(routes, key=lambda route: route.vehicle_id)))


def moved_stops(before: Plan, after: Plan) -> tuple[str, ...]:
    """Stops of both plans that another vehicle brings now, or whose order among those of its route is another.

    Of a route's stops those count as staying that keep their order: the longest common subsequence.
    """
    moved = []
    was = {route.vehicle_id: route.stop_ids for route in before.routes}
    known = {stop_id for ids in was.values() for stop_id in ids}
    for route in after.routes:
        staying = _common(was.get(route.vehicle_id, ()), route.stop_ids)
        moved += [stop_id for stop_id in route.stop_ids if stop_id in known and stop_id not in staying]
    return tuple(moved)


def _common(first: tuple[str, ...], second: tuple[str, ...]) -> set[str]:
    """Of a longest common subsequence; no id stands twice."""
    rows = [[0] * (len(second) + 1) for _ in range(len(first) + 1)]
    for i, one in enumerate(first, start=1):
        for j, other in enumerate(second, start=1):
            rows[i][j] = rows[i - 1][j - 1] + 1 if one == other else max(rows[i - 1][j], rows[i][j - 1])
    found: set[str] = set()
    i, j = len(first), len(second)
    while i and j:
        if first[i - 1] == second[j - 1]:
            found.add(first[i - 1])
            i, j = i - 1, j - 1
        elif rows[i - 1][j] >= rows[i][j - 1]:
            i -= 1
        else:
            j -= 1
    return found

"""Plans as JSON: for files, for the console, and as they are kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from app.warehouse.delivery.conflicts import Conflict
from app.warehouse.delivery.plan import Plan, VehicleRoute, Visit
from app.warehouse.delivery.problem import LOADS, Problem, clock
from app.warehouse.delivery.promise import expected_window
from app.warehouse.delivery.timetable import met_window


def outcome_to(problem: Problem, plan: Plan) -> dict[str, Any]:
    """What `kefu warehouse route` writes: cost in cents, routes of stop ids, bound and gap, then the details."""
    bound, cost = plan.lower_bound_cents, plan.cost_cents
    return {
        "cost": round(cost, 2),
        "routes": [list(route.stop_ids) for route in plan.routes],
        "lower_bound": None if bound is None else round(min(bound, cost), 2),
        "gap": round(cost / bound - 1, 6) if bound else (0.0 if bound is not None and cost <= bound else None),
        "left_out": list(plan.left_out),
        "vehicles": [_route_view(problem, route) for route in plan.routes],
    }


def _route_view(problem: Problem, route: VehicleRoute) -> dict[str, Any]:
    """A route for people and programs, with times of day."""
    return {
        "vehicle": route.vehicle_id,
        "departs": clock(route.departs_s),
        "returns": clock(route.returns_s),
        "distance_m": route.distance_m,
        "load": dict(zip(LOADS, route.load, strict=True)),
        "cost": round(route.cost_cents, 2),
        "delay_minutes": round(route.delay_s / 60),
        "stops": [_visit_view(problem, route, place) for place in range(len(route.visits))],
    }


def _visit_view(problem: Problem, route: VehicleRoute, place: int) -> dict[str, Any]:
    visit = route.visits[place]
    number = problem.number_of(visit.stop_id)
    stop = None if number is None else problem.stops[number]
    met = None if stop is None else met_window(stop, visit.starts_s)
    expected = expected_window(route, place, met)
    return {
        "stop": visit.stop_id,
        "arrives": clock(visit.arrives_s),
        "starts": clock(visit.starts_s),
        "leaves": clock(visit.leaves_s),
        "expected": [clock(expected.start_s), clock(expected.end_s)],
        "is_done": visit.is_done,
        "is_late": stop is not None and not visit.is_done and met is None,
        "note": "" if stop is None else stop.note,
        "instructions": {"zh": "", "en": ""} if stop is None else stop.instructions.to_dict(),
    }


def plan_to(plan: Plan) -> dict[str, Any]:
    """JSON from which `plan_from` makes the same plan."""
    return {
        "left_out": list(plan.left_out),
        "lower_bound_cents": plan.lower_bound_cents,
        "routes": [
            {
                "vehicle": route.vehicle_id,
                "departs_s": route.departs_s,
                "returns_s": route.returns_s,
                "distance_m": route.distance_m,
                "load": list(route.load),
                "cost_cents": route.cost_cents,
                "delay_s": route.delay_s,
                "visits": [
                    [one.stop_id, one.arrives_s, one.starts_s, one.leaves_s, one.drive_s, one.is_done]
                    for one in route.visits
                ],
            }
            for route in plan.routes
        ],
    }


def plan_from(value: Mapping[str, Any]) -> Plan:
    """A plan as `plan_to` wrote it."""
    routes = []
    for one in value["routes"]:
        weight, volume, pieces = one["load"]
        routes.append(
            VehicleRoute(
                one["vehicle"],
                one["departs_s"],
                one["returns_s"],
                tuple(Visit(*visit) for visit in one["visits"]),
                one["distance_m"],
                (weight, volume, pieces),
                one["cost_cents"],
                one["delay_s"],
            )
        )
    return Plan(tuple(routes), tuple(value["left_out"]), value["lower_bound_cents"])


def conflicts_to(conflicts: Sequence[Conflict]) -> list[dict[str, Any]]:
    """Why there is no plan."""
    return [{"kind": one.kind, "subject": one.subject, "text": one.text.to_dict()} for one in conflicts]

"""Our own JSON of a day's deliveries, read with care and written as it is read.

    {"day": "2026-11-25", "time_zone": "Asia/Shanghai",
     "depots": [{"id": "D1", "lat": 31.2, "lon": 121.4, "open": ["07:00", "22:00"]}],
     "vehicles": [{"id": "V1", "depot": "D1", "count": 2, "capacity": {"weight_g": 800000, "pieces": 120},
                   "shift": ["08:30", "18:00"], "skills": ["lift"],
                   "cost": {"fixed_cents": 15000, "per_km_cents": 120, "per_hour_cents": 3000}}],
     "stops": [{"id": "S1", "lat": 31.23, "lon": 121.47, "demand": {"weight_g": 2300},
                "windows": [["09:00", "12:00"], ["18:00", "20:00"]], "service_minutes": 3, "skills": [],
                "not_before": "10:00", "priority": 3, "may_wait": false}]}

Travel is estimated from the places (`"travel"` changes how), or given: `"matrix": {"distance_m": [[…]], "duration_s":
[[…]]}` with the depots first, then the stops. Times of day may go past midnight ("25:30").
"""

from __future__ import annotations

import json
import math
from collections import Counter
from collections.abc import Sequence
from typing import Any, Literal

import numpy as np
from pydantic import ValidationError

from app.domain.action import Wording
from app.warehouse.delivery.day_json import DayJson, StopJson, TravelJson, VehicleJson
from app.warehouse.delivery.errors import RouteFileInvalid
from app.warehouse.delivery.problem import (
    ALL_DAY,
    DAY_S,
    LOADS,
    UNLIMITED,
    Depot,
    Loads,
    Place,
    Problem,
    Stop,
    Vehicle,
    Window,
    clock,
)
from app.warehouse.delivery.travel import TravelModel

_MINUTE_S, _HOUR_S, _KM_M = 60, 3600, 1000


def read_problem(text: str, *, name: str = "the input") -> Problem:
    """Raises `RouteFileInvalid`, which names the place in the JSON and what is wrong with it."""
    try:
        value = json.loads(text.lstrip("\ufeff"))
    except (ValueError, RecursionError) as error:
        raise RouteFileInvalid(f"{name} is no JSON: {error}") from None
    return problem_from(value, name=name)


def problem_from(value: object, *, name: str = "the input") -> Problem:
    """As `read_problem`, of JSON that is read already."""
    try:
        day = DayJson.model_validate(value)
    except ValidationError as error:
        raise RouteFileInvalid(f"{name}: {_first_fault(error)}") from None
    depots = tuple(Depot(one.id, one.place(), one.open.window() if one.open else ALL_DAY) for one in day.depots)
    vehicles = tuple(vehicle for one in day.vehicles for vehicle in _vehicles(one, depots, name))
    stops = tuple(_stop(one, number, name) for number, one in enumerate(day.stops))
    for what, ids in (
        ("depots", [one.depot_id for one in depots]),
        ("vehicles", [one.vehicle_id for one in vehicles]),
        ("stops", [one.stop_id for one in stops]),
    ):
        twice = next((one for one, count in Counter(ids).items() if count > 1), None)
        if twice is not None:
            raise RouteFileInvalid(f"{name}: two of the {what} have the id {twice!r}.")
    return _with_travel(day, depots, vehicles, stops, name)


def problem_to(problem: Problem) -> dict[str, Any]:
    """JSON from which `problem_from` makes the same problem."""
    value: dict[str, Any] = {
        "day": problem.day.isoformat(),
        "time_zone": problem.time_zone,
        "depots": [{"id": one.depot_id, **_place(one.place), "open": _span(one.open)} for one in problem.depots],
        "vehicles": [_vehicle_to(one) for one in problem.vehicles],
        "stops": [stop_to(one) for one in problem.stops],
    }
    if problem.settings:
        value["travel"] = dict(problem.settings)
    else:
        value["matrix"] = {"distance_m": problem.distance.tolist(), "duration_s": problem.duration.tolist()}
    return value


def stop_from(value: object, *, name: str = "the stop") -> Stop:
    """One stop. Raises `RouteFileInvalid`."""
    try:
        return _stop(StopJson.model_validate(value), None, name)
    except ValidationError as error:
        raise RouteFileInvalid(f"{name}: {_first_fault(error)}") from None


def stop_to(stop: Stop) -> dict[str, Any]:
    """One stop as JSON."""
    return {
        "id": stop.stop_id,
        **_place(stop.place),
        "demand": dict(zip(LOADS, stop.load, strict=True)),
        "windows": [_span(window) for window in stop.windows],
        "service_minutes": stop.service_s / _MINUTE_S,
        "skills": sorted(stop.skills),
        "priority": stop.priority,
        "may_wait": stop.may_wait,
        "order_id": stop.order_id,
        "tracking_number": stop.tracking_number,
        "label": stop.label,
        "note": stop.note,
        "instructions": stop.instructions.to_dict(),
    }


def narrowed(windows: Sequence[Window], *, not_before: int | None, not_after: int | None) -> tuple[Window, ...]:
    """Windows cut to what lies between; those that nothing is left of are gone."""
    start, end = not_before or 0, 2 * DAY_S if not_after is None else not_after
    cut = [Window(max(window.start_s, start), min(window.end_s, end)) for window in windows]
    return tuple(window for window in cut if window.start_s <= window.end_s)


def _vehicles(one: VehicleJson, depots: Sequence[Depot], name: str) -> list[Vehicle]:
    depot = depots[0].depot_id if one.depot is None else one.depot
    if depot not in {known.depot_id for known in depots}:
        raise RouteFileInvalid(f"{name}: vehicle {one.id!r} starts at depot {depot!r}, which is not among the depots.")
    capacity = _loads(*(UNLIMITED if room is None else room for room in
                        (one.capacity.weight_g, one.capacity.volume_cm3, one.capacity.pieces)))  # fmt: skip
    return [
        Vehicle(
            vehicle_id=one.id if one.count == 1 else f"{one.id}-{k}",
            depot_id=depot,
            capacity=capacity,
            shift=one.shift.window() if one.shift else ALL_DAY,
            skills=one.skills,
            fixed_cents=one.cost.fixed_cents,
            per_km_cents=one.cost.per_km_cents,
            per_hour_cents=one.cost.per_hour_cents,
            max_distance_m=None if one.max_km is None else round(one.max_km * _KM_M),
            max_duration_s=None if one.max_hours is None else round(one.max_hours * _HOUR_S),
        )
        for k in range(1, one.count + 1)
    ]


def _stop(one: StopJson, number: int | None, name: str) -> Stop:
    windows = sorted((interval.window() for interval in one.windows), key=lambda window: window.start_s)
    merged: list[Window] = []
    for window in windows or [ALL_DAY]:
        if merged and window.start_s <= merged[-1].end_s:
            merged[-1] = Window(merged[-1].start_s, max(merged[-1].end_s, window.end_s))
        else:
            merged.append(window)
    left = narrowed(merged, not_before=one.not_before, not_after=one.not_after)
    if not left:
        where = f"stops[{number}] ({one.id})" if number is not None else one.id
        asked = ", ".join(window.text() for window in merged)
        limits = [f"not before {clock(one.not_before)}"] if one.not_before is not None else []
        limits += [f"not after {clock(one.not_after)}"] if one.not_after is not None else []
        raise RouteFileInvalid(f"{name}: {where}: nothing is left of the windows {asked} with {' and '.join(limits)}.")
    return Stop(
        stop_id=one.id,
        place=one.place(),
        load=_loads(one.demand.weight_g, one.demand.volume_cm3, one.demand.pieces),
        windows=left,
        service_s=round(one.service_minutes * _MINUTE_S),
        skills=one.skills,
        priority=one.priority,
        may_wait=one.may_wait,
        order_id=one.order_id,
        tracking_number=one.tracking_number,
        label=one.label,
        note=one.note,
        instructions=Wording(one.instructions.zh, one.instructions.en),
    )


def _with_travel(
    day: DayJson, depots: tuple[Depot, ...], vehicles: tuple[Vehicle, ...], stops: tuple[Stop, ...], name: str
) -> Problem:
    if day.matrix is not None:
        if day.travel is not None:
            raise RouteFileInvalid(f"{name}: give travel or matrix, not both.")
        points = len(depots) + len(stops)
        for key, rows in (("distance_m", day.matrix.distance_m), ("duration_s", day.matrix.duration_s)):
            if len(rows) != points or any(len(row) != points for row in rows):
                raise RouteFileInvalid(f"{name}: matrix.{key} must have {points} rows of {points} numbers: the depots, "
                                       "then the stops.")  # fmt: skip
        distance, duration = (
            _whole(rows, up=up) for rows, up in ((day.matrix.distance_m, False), (day.matrix.duration_s, True))
        )
        return Problem(day.day, day.time_zone, depots, vehicles, stops, distance, duration)
    try:
        model = TravelModel(**(day.travel or TravelJson()).model_dump())
    except ValueError as error:
        raise RouteFileInvalid(f"{name}: travel: {error}") from None
    placed = [(f"depot {one.depot_id!r}", one.place) for one in depots]
    placed += [(f"stop {one.stop_id!r}", one.place) for one in stops]
    for what, place in placed:
        if place is None:
            raise RouteFileInvalid(f"{name}: {what} has no lat and lon, and there is no matrix.")
    places = [place for _, place in placed if place is not None]
    distance, duration = model.matrices(places)
    return Problem(day.day, day.time_zone, depots, vehicles, stops, distance, duration, model.to_dict())


def _whole(rows: Sequence[Sequence[float]], *, up: bool) -> np.ndarray:
    values = np.array(rows, dtype=float)
    whole: np.ndarray = (np.ceil(values) if up else np.rint(values)).astype(np.int64)
    np.fill_diagonal(whole, 0)
    return whole


def _loads(weight: int, volume: int, pieces: int) -> Loads:
    return weight, volume, pieces


def _place(place: Place | None) -> dict[str, float]:
    return {} if place is None else {"lat": place.latitude, "lon": place.longitude}


def _span(window: Window) -> list[str]:
    return [_time(window.start_s), _time(window.end_s)]


def _time(seconds: int) -> str:
    rest = seconds % _MINUTE_S
    return f"{clock(seconds)}:{rest:02d}" if rest else clock(seconds)


def _vehicle_to(one: Vehicle) -> dict[str, Any]:
    room = {key: value for key, value in zip(LOADS, one.capacity, strict=True) if value < UNLIMITED}
    value: dict[str, Any] = {
        "id": one.vehicle_id,
        "depot": one.depot_id,
        "capacity": room,
        "shift": _span(one.shift),
        "skills": sorted(one.skills),
        "cost": {
            "fixed_cents": one.fixed_cents,
            "per_km_cents": one.per_km_cents,
            "per_hour_cents": one.per_hour_cents,
        },
    }
    if one.max_distance_m is not None:
        value["max_km"] = one.max_distance_m / _KM_M
    if one.max_duration_s is not None:
        value["max_hours"] = one.max_duration_s / _HOUR_S
    return value


def _first_fault(error: ValidationError) -> str:
    fault = error.errors(include_url=False)[0]
    where = ""
    for part in fault["loc"]:
        where += f"[{part}]" if isinstance(part, int) else f"{'.' if where else ''}{part}"
    message = fault["msg"].removeprefix("Value error, ")
    given: Literal[""] | str = ""
    if fault["type"] not in ("value_error", "missing", "extra_forbidden") and _is_short(fault["input"]):
        given = f" (got {fault['input']!r})"
    more = f"; {len(error.errors()) - 1} more" if error.error_count() > 1 else ""
    return f"{where or 'the whole'}: {message}{given}{more}."


def _is_short(value: object) -> bool:
    is_number = isinstance(value, int | float) and math.isfinite(value)
    return is_number or (isinstance(value, str) and len(value) <= 60)

"""From orders to a plan: tours for each wave and zone, walked so that what is heavy comes first."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial

import numpy as np

from app.warehouse.picking.construction import first_come_first_served
from app.warehouse.picking.floor import Floor, Point
from app.warehouse.picking.occupancy import occupancy
from app.warehouse.picking.orders import PickJob, PickOrder
from app.warehouse.picking.plan import Pick, PickPlan, Stop, Tour
from app.warehouse.picking.problem import BatchingProblem
from app.warehouse.picking.routing import Routing, default_routing, shortest_alone
from app.warehouse.picking.solving import divide
from app.warehouse.picking.walks import Walk, in_order_passed

DEFAULT_SECONDS = 30.0

Tell = Callable[[int, int, float], None]
"""Called now and then with the orders whose tours are planned, all orders, and the metres so far of those in work."""


@dataclass(frozen=True, slots=True)
class _Part:
    """Orders that may share tours: of one wave, their lines in one zone."""

    zone: str
    due_at: datetime | None
    orders: tuple[PickOrder, ...]


def plan_picking(
    job: PickJob,
    *,
    routing: str | None = None,
    seconds: float = DEFAULT_SECONDS,
    seed: int = 1,
    tell: Tell = lambda *_: None,
) -> PickPlan:
    """Put orders together and plan their tours within about `seconds`.

    By default tours are the shortest that can be found. No orders give an empty plan. The same seed gives the same plan
    unless time runs out. Raises as `PickJob.check`, and `RoutingUnknown`.
    """
    if not seconds > 0:
        raise ValueError(f"Expected seconds above 0, got {seconds}.")
    job.check()
    walking = Routing(job.floor, routing or default_routing(job.floor))
    parts = _parts(job.orders)
    total = sum(len(part.orders) for part in parts)
    tours: list[Tour] = []
    bound_m = baseline_m = 0.0
    done = 0
    for part in parts:
        share = seconds * len(part.orders) / total
        planned, bound, baseline = _planned(
            job, part, walking, seconds=share, seed=seed, tell=partial(tell, done, total)
        )
        tours += planned
        bound_m, baseline_m, done = bound_m + bound, baseline_m + baseline, done + len(part.orders)
        tell(done, total, sum(tour.length_m for tour in planned))
    return PickPlan(tuple(tours), walking.name, bound_m, baseline_m)


def _parts(orders: Iterable[PickOrder]) -> list[_Part]:
    """By wave, the most urgent first, then by zone; orders as they came."""
    found: defaultdict[tuple[datetime | None, str], list[PickOrder]] = defaultdict(list)
    for order in orders:
        for zone in sorted({line.zone for line in order.lines}):
            lines = tuple(line for line in order.lines if line.zone == zone)
            found[order.due_at, zone].append(PickOrder(order.order_id, lines, order.due_at))

    def urgency(key: tuple[datetime | None, str]) -> tuple[bool, float, str]:
        due_at, zone = key
        return due_at is None, 0.0 if due_at is None else due_at.timestamp(), zone

    return [_Part(zone, due_at, tuple(found[due_at, zone])) for due_at, zone in sorted(found, key=urgency)]


def _planned(
    job: PickJob, part: _Part, walking: Routing, *, seconds: float, seed: int, tell: Callable[[float], None]
) -> tuple[list[Tour], float, float]:
    """The tours of a part, what they cannot fall short of, and what orders as they came would walk."""
    problem = _problem(job, part.orders, walking)
    alone = shortest_alone(job.floor, problem.rows, walking)
    division = divide(problem, alone, seconds=seconds, seed=seed, tell=lambda _, metres: tell(metres))
    plain = Routing(job.floor, "s-shape") if job.floor.blocks == 1 else walking
    as_they_came = first_come_first_served(problem)
    baseline = plain.lengths(np.stack([problem.row(batch) for batch in as_they_came])).sum()
    tours = [_tour([part.orders[number] for number in batch], part, walking) for batch in division.batches]
    return tours, division.bound_m, float(baseline)


def _problem(job: PickJob, orders: Sequence[PickOrder], walking: Routing) -> BatchingProblem:
    limits = job.device.limits or {"orders": len(orders)}
    loads = [list(job.device.load_of(order).values()) or [1] for order in orders]
    return BatchingProblem(
        np.stack([occupancy(job.floor, (line.place for line in order.lines)) for order in orders]),
        np.array(loads, dtype=np.int64),
        np.array(list(limits.values()), dtype=np.int64),
        walking.lengths,
    )


def _tour(orders: Sequence[PickOrder], part: _Part, walking: Routing) -> Tour:
    floor = walking.floor
    picks = [Pick(order.order_id, line) for order in orders for line in order.lines]
    at: defaultdict[Point, list[Pick]] = defaultdict(list)
    for pick in picks:
        at[floor.point(pick.line.place)].append(pick)
    walk = walking.walk(pick.line.place for pick in picks)
    passed = in_order_passed(walk, at)
    back = walk[::-1]
    passed_back = in_order_passed(back, at)
    if _harm([at[point] for point in passed_back]) < _harm([at[point] for point in passed]):
        walk, passed = back, passed_back
    length = float(walking.lengths(occupancy(floor, (pick.line.place for pick in picks))[None])[0])
    return Tour(
        order_ids=tuple(order.order_id for order in orders),
        stops=tuple(stop for point in passed for stop in _stops(floor, point, at[point])),
        length_m=length,
        way=_drawn(floor, walk),
        zone=part.zone,
        due_at=part.due_at,
    )


def _harm(picks: Sequence[Sequence[Pick]]) -> tuple[int, float]:
    """How much is put on top of something fragile, in grams, then how late what is heavy comes."""
    on_top, late = 0, 0.0
    has_fragile = False
    for position, here in enumerate(picks):
        weight = sum(pick.line.quantity * pick.line.weight_g for pick in here)
        late += position * weight
        on_top += sum(
            pick.line.quantity * pick.line.weight_g for pick in here if has_fragile and not pick.line.is_fragile
        )
        has_fragile = has_fragile or any(pick.line.is_fragile for pick in here)
    return on_top, late


def _stops(floor: Floor, point: Point, picks: Sequence[Pick]) -> list[Stop]:
    """One a label: the two sides of an aisle, and levels, are told apart; what is fragile comes last."""
    by_label: defaultdict[tuple[tuple[str, object], ...], list[Pick]] = defaultdict(list)
    for pick in picks:
        by_label[tuple(pick.line.label.items())].append(pick)
    (x, y), *_ = _drawn(floor, [point])
    stops = [Stop(found[0].line.label, x, y, tuple(found)) for found in by_label.values()]
    return sorted(stops, key=lambda stop: all(pick.line.is_fragile for pick in stop.picks))


def _drawn(floor: Floor, walk: Walk) -> tuple[tuple[float, float], ...]:
    """Points with y from the front."""
    top = floor.aisle_length_m
    is_front = floor.depot_end == "front"
    return tuple((aisle * floor.aisle_pitch_m, height if is_front else top - height) for aisle, height in walk)

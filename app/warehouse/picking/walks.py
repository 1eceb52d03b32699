"""From a set of places to the walk: the points that a picker passes, from the foot of the depot's aisle and back.

A walk is a list of points between which one goes straight, along an aisle or a cross aisle. Floors of one block.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Literal

from app.warehouse.picking.floor import Floor, Point
from app.warehouse.picking.shortest import Shape, shortest_shape

Walk = list[Point]
Heights = list[list[float]]
"""For each aisle the picks, ascending metres from the depot's cross aisle."""
_SAME_M = 1e-9
_Node = tuple[Literal["near", "far"], int]


def length_m(floor: Floor, walk: Sequence[Point]) -> float:
    """Metres."""
    return sum(
        abs(height - further) + abs(aisle - other) * floor.aisle_pitch_m
        for (aisle, height), (other, further) in pairwise(walk)
    )


def in_order_passed(walk: Sequence[Point], points: Iterable[Point]) -> list[Point]:
    """Points in the order in which a walk passes them first. Raises `ValueError` for one that it does not pass."""
    left = set(points)
    order: list[Point] = []
    for start, end in pairwise([*walk[:1], *walk]):
        passed = [point for point in left if _is_between(start, end, point)]
        passed.sort(key=lambda point: (abs(point[0] - start[0]), abs(point[1] - start[1]), point))
        order += passed
        left.difference_update(passed)
    if left:
        raise ValueError(f"The walk does not pass {sorted(left)}.")
    return order


def _is_between(start: Point, end: Point, point: Point) -> bool:
    return all(
        min(one, other) - _SAME_M <= value <= max(one, other) + _SAME_M
        for one, other, value in zip(start, end, point, strict=True)
    )


def simplified(walk: Iterable[Point]) -> Walk:
    """Without points that repeat the one before."""
    points: Walk = []
    for point in walk:
        if not points or points[-1] != point:
            points.append(point)
    return points


def s_shape_walk(floor: Floor, heights: Heights) -> Walk:
    """Each aisle with a pick is walked through; of an odd number the last is left where it was entered."""
    visited = _visited(heights)
    top = floor.aisle_length_m
    walk: Walk = [(floor.depot_aisle, 0.0)]
    at = 0.0
    for number, aisle in enumerate(visited, start=1):
        if number == len(visited) and number % 2 == 1:
            walk += [(aisle, 0.0), (aisle, heights[aisle][-1]), (aisle, 0.0)]
        else:
            walk += [(aisle, at), (aisle, top - at)]
            at = top - at
    return simplified([*walk, (floor.depot_aisle, 0.0)])


def returning_walk(floor: Floor, heights: Heights) -> Walk:
    """Each aisle is entered from the depot's cross aisle."""
    walk: Walk = [(floor.depot_aisle, 0.0)]
    for aisle in _visited(heights):
        walk += [(aisle, 0.0), (aisle, heights[aisle][-1]), (aisle, 0.0)]
    return simplified([*walk, (floor.depot_aisle, 0.0)])


def largest_gap_walk(floor: Floor, heights: Heights) -> Walk:
    """Through the first aisle, far ends on the way to the last, through it; near ends where one passes them anyway."""
    visited, top = _visited(heights), floor.aisle_length_m
    if len(visited) < 2:
        return returning_walk(floor, heights)
    first, *inner, last = visited
    depot = (floor.depot_aisle, 0.0)
    out, along, back = [depot], Walk(), Walk()
    for aisle in reversed(inner):
        near, far = max(pairwise([0.0, *heights[aisle], top]), key=lambda gap: gap[1] - gap[0])
        along = [(aisle, top), (aisle, far), (aisle, top), *along]
        if near > 0:
            (out if aisle < floor.depot_aisle else back).extend([(aisle, 0.0), (aisle, near), (aisle, 0.0)])
    return simplified([*out, (first, 0.0), (first, top), *along, (last, top), (last, 0.0), *back, depot])


def combined_walk(floor: Floor, heights: Heights) -> Walk:
    """Through or turning in each aisle, chosen for the shortest walk from left to right."""
    top, visited = floor.aisle_length_m, _visited(heights)
    near: tuple[float, Walk] = (0.0, [])
    far: tuple[float, Walk] | None = None
    for aisle in visited:
        up: Walk = [(aisle, 0.0), (aisle, heights[aisle][-1]), (aisle, 0.0)]
        down: Walk = [(aisle, top), (aisle, heights[aisle][0]), (aisle, top)]
        to_near = [(near[0] + 2 * heights[aisle][-1], near[1] + up)]
        to_far = [(near[0] + top, [*near[1], (aisle, 0.0), (aisle, top)])]
        if far is not None:
            to_near.append((far[0] + top, [*far[1], (aisle, top), (aisle, 0.0)]))
            to_far.append((far[0] + 2 * (top - heights[aisle][0]), far[1] + down))
        near, far = min(to_near, key=lambda way: way[0]), min(to_far, key=lambda way: way[0])
    depot = (floor.depot_aisle, 0.0)
    return simplified([depot, *near[1], depot])


def shortest_walk(floor: Floor, heights: Heights) -> Walk:
    """The shortest there is."""
    if not any(heights):
        return [(floor.depot_aisle, 0.0)]
    return _in_order(floor, shortest_shape(floor, heights), heights)


def _visited(heights: Heights) -> list[int]:
    return [aisle for aisle, picks in enumerate(heights) if picks]


def _in_order(floor: Floor, shape: Shape, heights: Heights) -> Walk:
    """A round trip over what the plan walks: each stretch as often as it says (Hierholzer)."""
    top = floor.aisle_length_m
    ways: defaultdict[_Node, list[_Node]] = defaultdict(list)
    detours: dict[_Node, float] = {}

    def join(one: _Node, other: _Node, times: int) -> None:
        ways[one] += [other] * times
        ways[other] += [one] * times

    for aisle, through in enumerate(shape.through):
        near: _Node = ("near", aisle)
        far: _Node = ("far", aisle)
        if through == "once" or through == "twice":
            join(near, far, 1 if through == "once" else 2)
        elif through == "from near" and heights[aisle]:
            detours[near] = heights[aisle][-1]
        elif through == "from far":
            detours[far] = heights[aisle][0]
        elif through == "both ends":
            detours[near], detours[far] = shape.skips[aisle]
    for aisle, across in enumerate(shape.across):
        near_times, far_times = _TIMES[across]
        join(("near", aisle), ("near", aisle + 1), near_times)
        join(("far", aisle), ("far", aisle + 1), far_times)

    trip: list[_Node] = []
    open_: list[_Node] = [("near", floor.depot_aisle)]
    while open_:
        if ways[open_[-1]]:
            after = min(ways[open_[-1]], key=lambda node: (node[1], node[0]))
            ways[open_[-1]].remove(after)
            ways[after].remove(open_[-1])
            open_.append(after)
        else:
            trip.append(open_.pop())
    walk: Walk = []
    for end, aisle in reversed(trip):
        height = 0.0 if end == "near" else top
        walk.append((aisle, height))
        turn = detours.pop((end, aisle), None)
        if turn is not None:
            walk += [(aisle, turn), (aisle, height)]
    return simplified(walk)


_TIMES = {"one each": (1, 1), "two near": (2, 0), "two far": (0, 2), "two each": (2, 2), "none": (0, 0)}

"""Walks on floors with cross aisles between blocks: a good tour, for the shortest is as hard as any round trip.

Begun with the nearest pick each time, then improved by taking stretches out and putting them elsewhere, turned or not,
until none helps (2-opt and Or-opt on distances along the aisles). Source of the distances: Roodbergen and de Koster,
International Journal of Production Research 39 (2001), section 2.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from app.warehouse.picking.floor import Floor, Point
from app.warehouse.picking.occupancy import Numbers, Words, heights_of
from app.warehouse.picking.walks import Heights, Walk, length_m, simplified

_LONGEST_STRETCH = 3
_EPSILON_M = 1e-9


class SeveralBlocks:
    """Tour lengths and walks; remembers the tours of sets that come again."""

    def __init__(self, floor: Floor) -> None:
        self._floor = floor
        self._known: dict[bytes, float] = {}

    def lengths(self, rows: Words) -> Numbers:
        """As `TourLengths`."""
        return np.array([self._length(row) for row in rows])

    def _length(self, row: Words) -> float:
        key = row.tobytes()
        if key not in self._known:
            self._known[key] = length_m(self._floor, self.walk(heights_of(self._floor, row)))
        return self._known[key]

    def walk(self, heights: Heights) -> Walk:
        """From the depot through all picks and back."""
        depot: Point = (self._floor.depot_aisle, 0.0)
        picks = [(aisle, height) for aisle, found in enumerate(heights) for height in found]
        if not picks:
            return [depot]
        points = [depot, *picks]
        distances = [[self._floor.distance_m(one, other) for other in points] for one in points]
        tour = _improved(_nearest_first(distances), distances)
        walk: Walk = [depot]
        for number in [*tour[1:], 0]:
            walk += self._way(walk[-1], points[number])
        return simplified(walk)

    def _way(self, start: Point, end: Point) -> Walk:
        """The points after `start` on a shortest way to `end`."""
        if start[0] == end[0]:
            return [end]
        cross = min(self._floor.cross_aisles_m, key=lambda height: abs(start[1] - height) + abs(end[1] - height))
        return [(start[0], cross), (end[0], cross), end]


def _nearest_first(distances: Sequence[Sequence[float]]) -> list[int]:
    tour, left = [0], set(range(1, len(distances)))
    while left:
        nearest = min(left, key=lambda number: (distances[tour[-1]][number], number))
        tour.append(nearest)
        left.remove(nearest)
    return tour


def _improved(tour: list[int], distances: Sequence[Sequence[float]]) -> list[int]:
    """Until neither turning a stretch nor moving a short one makes the round trip shorter."""
    while True:
        better = _turned(tour, distances) or _moved(tour, distances)
        if better is None:
            return tour
        tour = better


def _turned(tour: list[int], distances: Sequence[Sequence[float]]) -> list[int] | None:
    count = len(tour)
    for start in range(1, count - 1):
        before, first = tour[start - 1], tour[start]
        for end in range(start + 1, count):
            last, after = tour[end], tour[(end + 1) % count]
            now = distances[before][first] + distances[last][after]
            if distances[before][last] + distances[first][after] < now - _EPSILON_M:
                return [*tour[:start], *tour[start : end + 1][::-1], *tour[end + 1 :]]
    return None


def _moved(tour: list[int], distances: Sequence[Sequence[float]]) -> list[int] | None:
    count = len(tour)
    for size in range(1, _LONGEST_STRETCH + 1):
        for start in range(1, count - size + 1):
            stretch = tour[start : start + size]
            rest = [*tour[:start], *tour[start + size :]]
            before, after = tour[start - 1], tour[(start + size) % count]
            saved = distances[before][stretch[0]] + distances[stretch[-1]][after] - distances[before][after]
            for place in range(1, len(rest) + 1):
                one, other = rest[place - 1], rest[place % len(rest)]
                for piece in (stretch, stretch[::-1]):
                    added = distances[one][piece[0]] + distances[piece[-1]][other] - distances[one][other]
                    if added < saved - _EPSILON_M:
                        return [*rest[:place], *piece, *rest[place:]]
    return None

"""Random floors and picks, and the shortest tour by trying all orders of stops."""

from __future__ import annotations

import random

from app.warehouse.picking.floor import Floor, Place


def random_floor(chance: random.Random, *, blocks: int = 1) -> Floor:
    aisles = chance.randint(1, 6)
    return Floor(
        aisles,
        blocks * chance.choice([3, 8, 20, 45]),
        slot_length_m=chance.choice([1, 1.2]),
        aisle_pitch_m=chance.choice([2.5, 5, 30]),
        end_gap_m=chance.choice([0, 0.7, 1]),
        blocks=blocks,
        depot_aisle=chance.randrange(aisles),
        depot_end=chance.choice(["front", "back"]),
    )


def random_places(chance: random.Random, floor: Floor, most: int = 7) -> list[Place]:
    count = chance.randint(1, most)
    return [Place(chance.randrange(floor.aisles), chance.randrange(floor.slots)) for _ in range(count)]


def shortest_by_trying(floor: Floor, places: list[Place]) -> float:
    """Held and Karp's recursion over all subsets of stops, on distances along aisles and cross aisles."""
    points = sorted({floor.point(place) for place in places})
    depot = (floor.depot_aisle, 0.0)
    count = len(points)
    reached = {(1 << number, number): floor.distance_m(depot, point) for number, point in enumerate(points)}
    for subset in range(1, 1 << count):
        for last in range(count):
            if (subset, last) not in reached:
                continue
            for following in range(count):
                if subset >> following & 1:
                    continue
                key = (subset | 1 << following, following)
                length = reached[subset, last] + floor.distance_m(points[last], points[following])
                reached[key] = min(length, reached.get(key, float("inf")))
    return min(reached[(1 << count) - 1, last] + floor.distance_m(points[last], depot) for last in range(count))

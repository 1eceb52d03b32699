from __future__ import annotations

import itertools

import numpy as np
import pytest

from app.warehouse.delivery.bounds import distance_bound, fewest_routes, window_bound


def shortest(distance, loads, capacity):
    """The optimum by trying everything: each order of stops, cut into routes in every way."""
    best = float("inf")
    stops = range(1, len(distance))
    for order in itertools.permutations(stops):
        for cuts in itertools.product([False, True], repeat=len(order) - 1):
            routes, route = [], [order[0]]
            for stop, is_cut in zip(order[1:], cuts, strict=True):
                if is_cut:
                    routes.append(route)
                    route = []
                route.append(stop)
            routes.append(route)
            if all(sum(loads[k - 1, 0] for k in route) <= capacity[0] for route in routes):
                length = sum(distance[a, b] for route in routes for a, b in itertools.pairwise([0, *route, 0]))
                best = min(best, length)
    return best


@pytest.mark.parametrize("seed", range(12))
def test_no_solution_is_shorter_than_the_bound(seed):
    rng = np.random.default_rng(seed)
    points = rng.integers(0, 100, (7, 2)).astype(float)
    distance = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    loads = rng.integers(1, 10, (6, 1)).astype(float)
    capacity = np.array([max(12.0, float(loads.max()))])

    best = shortest(distance, loads, capacity)
    bound = distance_bound(distance, loads, capacity, seconds=1, target=best)
    everywhere = ~np.eye(7, dtype=bool)
    assigned = window_bound(distance, everywhere, fewest_routes(loads, capacity))

    assert 0.6 * best < bound <= best + 1e-6
    assert assigned <= best + 1e-6


def test_bounds_of_nothing_are_nothing():
    assert distance_bound(np.zeros((1, 1)), np.zeros((0, 1)), np.array([5.0])) == 0
    assert window_bound(np.zeros((1, 1)), np.zeros((1, 1), dtype=bool), 1) == 0


def test_two_stops_on_either_side_of_the_depot_are_bounded_exactly():
    at = np.array([0.0, 5.0, -5.0])
    distance = np.abs(at[:, None] - at[None])

    assert distance_bound(distance, np.ones((2, 1)), np.array([1.0])) == pytest.approx(20)

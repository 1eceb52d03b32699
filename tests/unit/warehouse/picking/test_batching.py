from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from app.warehouse.picking.bounds import capacity_bound
from app.warehouse.picking.construction import around_seeds, by_savings, first_come_first_served, side_by_side
from app.warehouse.picking.floor import Floor, Place
from app.warehouse.picking.occupancy import occupancy
from app.warehouse.picking.problem import BatchingProblem
from app.warehouse.picking.routing import Routing
from app.warehouse.picking.solving import divide

FLOOR = Floor(6, 20, aisle_pitch_m=4)


def random_problem(seed: int, orders: int, *, most: int = 6, limit: int = 10, routing: str = "shortest"):
    chance = random.Random(seed)
    rows, loads = [], []
    for _ in range(orders):
        count = chance.randint(1, most)
        rows.append(occupancy(FLOOR, [Place(chance.randrange(6), chance.randrange(20)) for _ in range(count)]))
        loads.append([count])
    return BatchingProblem(np.stack(rows), np.array(loads), np.array([limit]), Routing(FLOOR, routing).lengths)


def best_by_trying(problem: BatchingProblem) -> float:
    """Every way to put the orders into batches, by the batch of the first order that is left."""

    def best(left: tuple[int, ...]) -> float:
        if not left:
            return 0.0
        if left not in known:
            first, *others = left
            known[left] = min(
                float(problem.lengths_of([(first, *chosen)])[0])
                + best(tuple(order for order in others if order not in chosen))
                for size in range(len(others) + 1)
                for chosen in itertools.combinations(others, size)
                if problem.fits((first, *chosen))
            )
        return known[left]

    known: dict[tuple[int, ...], float] = {}
    return best(tuple(range(len(problem))))


def is_division(problem: BatchingProblem, batches) -> bool:
    placed = sorted(order for batch in batches for order in batch)
    return placed == list(range(len(problem))) and all(problem.fits(batch) for batch in batches)


@pytest.mark.parametrize("routing", ["shortest", "s-shape"])
@pytest.mark.parametrize("seed", range(6))
def test_up_to_nine_orders_get_the_best_batches_there_are_and_it_is_said(seed, routing):
    problem = random_problem(seed, orders=4 + seed, routing=routing)

    division = divide(problem, problem.lengths(problem.rows), seconds=10, seed=1)

    assert is_division(problem, division.batches)
    assert division.length_m == pytest.approx(best_by_trying(problem))
    assert division.bound_m == pytest.approx(division.length_m)


@pytest.mark.parametrize("build", [first_come_first_served, around_seeds, by_savings, side_by_side])
def test_each_beginning_carries_every_order_once(build):
    problem = random_problem(3, orders=40)

    assert is_division(problem, build(problem))


def test_first_come_first_served_begins_a_tour_when_the_next_order_does_not_fit():
    row = occupancy(FLOOR, [Place(0, 0)])
    loads = np.array([[4], [4], [3], [7], [3]])
    problem = BatchingProblem(np.stack([row] * 5), loads, np.array([10]), Routing(FLOOR, "shortest").lengths)

    assert first_come_first_served(problem) == [(0, 1), (2, 3), (4,)]


def test_savings_join_the_orders_that_lie_together():
    rows = [occupancy(FLOOR, [Place(aisle, 19)]) for aisle in (0, 5, 0, 5)]
    problem = BatchingProblem(np.stack(rows), np.ones((4, 1), int), np.array([2]), Routing(FLOOR, "shortest").lengths)

    assert sorted(by_savings(problem)) == [(0, 2), (1, 3)]


def test_the_bound_stays_below_the_best():
    for seed in range(10):
        problem = random_problem(seed, orders=6)
        alone = problem.lengths(problem.rows)

        assert capacity_bound(alone, problem.loads, problem.limits) <= best_by_trying(problem) + 1e-9


def test_the_same_seed_gives_the_same_batches_and_search_only_improves():
    problem = random_problem(1, orders=14)
    alone = problem.lengths(problem.rows)

    first, again = (divide(problem, alone, seconds=60, seed=5) for _ in range(2))

    assert first == again
    assert is_division(problem, first.batches)
    assert first.bound_m <= first.length_m <= problem.lengths_of(by_savings(problem)).sum() + 1e-9


def test_many_small_orders_without_a_limit_that_matters_are_planned_in_time():
    problem = random_problem(2, orders=150, most=2, limit=10_000)

    division = divide(problem, problem.lengths(problem.rows), seconds=1, seed=1)

    assert is_division(problem, division.batches)
    assert len(division.batches) == 1


def test_no_orders_make_no_batches():
    empty = BatchingProblem(
        np.zeros((0, 6), np.uint16), np.zeros((0, 1), int), np.array([5]), Routing(FLOOR, "shortest").lengths
    )

    assert divide(empty, np.zeros(0), seconds=1, seed=1).batches == ()

from __future__ import annotations

import itertools

import pytest

from app.warehouse.delivery import SolveParams, read_instance, solve_instance
from app.warehouse.delivery.errors import DeliveryInfeasible, RouteFileInvalid

VRP = """NAME : square
TYPE : CVRP
DIMENSION : 5
EDGE_WEIGHT_TYPE : EUC_2D
CAPACITY : 2
NODE_COORD_SECTION
1 0 0
2 0 10
3 10 10
4 0 -10
5 10 -10
DEMAND_SECTION
1 0
2 1
3 1
4 1
5 1
DEPOT_SECTION
1
-1
EOF
"""
SOLOMON = """R1

VEHICLE
NUMBER     CAPACITY
  {vehicles}         {capacity}

CUSTOMER
CUST NO.  XCOORD. YCOORD. DEMAND READY DUE SERVICE

    0      0         0          0          0       100          0
    1      3         4         10          0        {due}          1
    2      3        -4         10         20        40          1
    3      6         8         10          0        50          1
"""


def test_two_trips_round_a_square_cost_what_they_cost_by_hand(tmp_path):
    file = tmp_path / "square.vrp"
    file.write_text(VRP)
    (tmp_path / "square.sol").write_text("Route #1: 1 2\nRoute #2: 3 4\nCost 68\n")

    instance = read_instance(file)
    solved = solve_instance(instance, SolveParams(seconds=0.5))

    assert solved.cost == 2 * (10 + 10 + 14)  # the diagonal, 14.14, counts as 14
    assert sorted(sorted(route) for route in solved.routes) == [[1, 2], [3, 4]]
    assert instance.best_known == 68
    assert 0 < solved.lower_bound <= 68


def test_solomon_counts_vehicles_before_distance(tmp_path):
    file = tmp_path / "R1.txt"
    file.write_text(SOLOMON.format(vehicles=3, capacity=30, due=50))

    solved = solve_instance(read_instance(file), SolveParams(seconds=0.5))

    assert len(solved.routes) == 1
    best = min(_length(order) for order in itertools.permutations([1, 2, 3]) if _in_time(order))
    assert solved.cost == pytest.approx(best, abs=1e-6)


def _points():
    return {0: (0, 0), 1: (3, 4), 2: (3, -4), 3: (6, 8)}


def _length(order):
    points = _points()
    tour = [0, *order, 0]
    return sum(
        ((points[a][0] - points[b][0]) ** 2 + (points[a][1] - points[b][1]) ** 2) ** 0.5
        for a, b in itertools.pairwise(tour)
    )


def _in_time(order):
    windows, at, here = {1: (0, 50), 2: (20, 40), 3: (0, 50)}, 0.0, 0
    for stop in order:
        at = max(at + _length_of_leg(here, stop), windows[stop][0])
        if at > windows[stop][1]:
            return False
        at, here = at + 1, stop
    return True


def _length_of_leg(a, b):
    points = _points()
    return ((points[a][0] - points[b][0]) ** 2 + (points[a][1] - points[b][1]) ** 2) ** 0.5


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "number of vehicles"),
        ("not a file of routes", "number of vehicles"),
        (VRP.replace("CVRP", "TSP"), "type TSP"),
        (VRP.replace("DIMENSION : 5", "DIMENSION : 900000"), "DIMENSION"),
        (VRP.replace("DIMENSION : 5", "DIMENSION : 7"), "7"),
        (SOLOMON.format(vehicles=0, capacity=30, due=50), "number of vehicles"),
        (SOLOMON.format(vehicles=2, capacity=30, due=-5), "ends (-5) before it begins"),
        (SOLOMON.format(vehicles=2, capacity=30, due=50).replace("    2 ", "    7 "), "numbered"),
        (SOLOMON.format(vehicles=2, capacity=30, due="nan"), "row of numbers"),
    ],
)
def test_files_that_make_no_sense_are_refused_in_one_line(tmp_path, text, words):
    file = tmp_path / "bad.txt"
    file.write_text(text)

    with pytest.raises(RouteFileInvalid) as refused:
        read_instance(file)

    assert words in refused.value.message or "finite" in refused.value.message
    assert "\n" not in refused.value.message


def test_an_instance_without_a_solution_says_so(tmp_path):
    file = tmp_path / "tight.txt"
    file.write_text(SOLOMON.format(vehicles=1, capacity=20, due=50))

    with pytest.raises(DeliveryInfeasible, match="more vehicles"):
        solve_instance(read_instance(file), SolveParams(seconds=0.5))

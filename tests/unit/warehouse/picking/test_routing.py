from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest

from app.warehouse.picking.errors import FloorInvalid, RoutingUnknown
from app.warehouse.picking.floor import Floor, Place
from app.warehouse.picking.occupancy import occupancy
from app.warehouse.picking.routing import Routing
from app.warehouse.picking.walks import in_order_passed, length_m
from tests.unit.warehouse.picking.cases import random_floor, random_places, shortest_by_trying

ONE_BLOCK = ["shortest", "s-shape", "return", "largest-gap", "combined"]
HENN = Floor(10, 45)


def tour(name: str, places: list[Place], floor: Floor = HENN) -> float:
    return float(Routing(floor, name).lengths(occupancy(floor, places)[None])[0])


def test_shortest_tours_are_those_that_trying_all_orders_of_stops_finds():
    chance = random.Random(500)
    for _ in range(500):
        floor = random_floor(chance)
        places = random_places(chance, floor)

        assert tour("shortest", places, floor) == pytest.approx(shortest_by_trying(floor, places))


@pytest.mark.parametrize("name", ONE_BLOCK)
def test_a_walk_passes_all_picks_stays_on_the_floor_and_is_as_long_as_said(name):
    chance = random.Random(7)
    for _ in range(300):
        floor = random_floor(chance)
        places = random_places(chance, floor, most=9)
        walk = Routing(floor, name).walk(places)

        assert walk[0] == walk[-1] == (floor.depot_aisle, 0.0)
        assert set(in_order_passed(walk, {floor.point(place) for place in places}))
        for (aisle, height), (other, further) in pairwise(walk):
            assert aisle == other or (height == further and height in floor.cross_aisles_m)
        assert length_m(floor, walk) == pytest.approx(tour(name, places, floor))


@pytest.mark.parametrize("name", ONE_BLOCK[1:])
def test_no_simple_way_of_walking_is_shorter_than_the_shortest(name):
    chance = random.Random(11)
    for _ in range(200):
        floor = random_floor(chance)
        places = random_places(chance, floor, most=12)

        assert tour(name, places, floor) >= tour("shortest", places, floor) - 1e-9


def test_lengths_worked_out_by_hand():
    """Ten aisles of 46 m between cross aisles, 5 m apart, the depot at the foot of the first."""
    two = [Place(1, 44), Place(3, 0)]  # 45 m up the second aisle, 1 m up the fourth

    assert tour("s-shape", two) == 2 * 15 + 2 * 46
    assert tour("return", two) == 2 * 15 + 2 * 45 + 2 * 1
    assert tour("shortest", two) == 2 * 15 + 2 * 45 + 2 * 1
    three = [*two, Place(5, 9)]
    assert tour("s-shape", three) == 2 * 25 + 2 * 46 + 2 * 10
    assert tour("largest-gap", three) == 2 * 25 + 2 * 46 + 2 * 1
    assert tour("combined", three) == 2 * 25 + 2 * 45 + 2 * 1 + 2 * 10


def test_a_depot_at_the_back_sees_the_floor_mirrored():
    chance = random.Random(3)
    for _ in range(50):
        places = random_places(chance, HENN)
        back = Floor(10, 45, depot_end="back")

        assert tour("shortest", places, back) == tour("shortest", [Place(p.aisle, 44 - p.slot) for p in places])


def test_the_way_from_the_depot_to_its_cross_aisle_counts_twice_and_nothing_to_pick_is_no_way():
    far = Floor(3, 10, depot_distance_m=6)

    assert tour("shortest", [Place(0, 0)], far) == 2 * 6 + 2 * 1
    assert float(Routing(far, "shortest").lengths(np.zeros((1, 3), dtype=np.uint16))[0]) == 0
    assert Routing(far, "shortest").walk([]) == []


def test_walks_over_several_blocks_pass_all_picks_and_are_near_the_shortest():
    chance = random.Random(5)
    excess = []
    for _ in range(100):
        floor = random_floor(chance, blocks=chance.randint(2, 4))
        places = random_places(chance, floor)
        walk = Routing(floor, "improved").walk(places)

        assert walk[0] == walk[-1] == (floor.depot_aisle, 0.0)
        assert set(in_order_passed(walk, {floor.point(place) for place in places}))
        assert length_m(floor, walk) == pytest.approx(tour("improved", places, floor))
        excess.append(tour("improved", places, floor) / shortest_by_trying(floor, places) - 1)
    assert min(excess) >= -1e-9
    assert sum(excess) / len(excess) < 0.02


def test_a_way_of_walking_that_does_not_suit_the_floor_is_refused_with_those_that_do():
    with pytest.raises(RoutingUnknown, match="improved, not 's-shape'"):
        Routing(Floor(3, 10, blocks=2), "s-shape")
    with pytest.raises(RoutingUnknown, match="no such way of walking"):
        Routing(HENN, "teleport")


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"aisles": 0}, "aisles as a whole number from 1"),
        ({"slots": True}, "slots"),
        ({"blocks": 7}, "cannot be cut into 7 blocks"),
        ({"slot_length_m": 0}, "above 0"),
        ({"aisle_pitch_m": float("nan")}, "distance between aisles"),
        ({"end_gap_m": -1}, "from 0"),
        ({"depot_aisle": 10}, "depot aisle"),
        ({"depot_end": "roof"}, "front or the back"),
    ],
)
def test_a_floor_that_cannot_be_built_is_refused(fields, says):
    with pytest.raises(FloorInvalid, match=says):
        Floor(**{"aisles": 10, "slots": 45, **fields})

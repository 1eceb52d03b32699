from __future__ import annotations

import json
from pathlib import Path

import pytest

from app.warehouse.picking.errors import FloorInvalid, OrderTooLarge, PickOrdersInvalid, PlaceUnknown
from app.warehouse.picking.files import place_of_bin, read_floor, read_job, read_orders
from app.warehouse.picking.floor import Place
from app.warehouse.picking.planning import plan_picking

SETT = """no_aisles_: 10
no_cells__: 45
cell_lengt: 1
cell_width: 1.5
aisle_widt: 2
dis_ais_wa: 1
routing___: s
m_no_a_p_b: 30
"""
ORDERS = """Order 0	number of articles 2
0	Aisle 1	Location 2
1	Aisle 0	Location 44
Order 1	number of articles 1
0	Aisle 19	Location 0
"""
OWN = {"aisles": 4, "slots": 12, "slot_length_m": 1.2, "device": {"articles": 5, "weight_g": 9000}}


def written(folder: Path, name: str, content: object) -> Path:
    path = folder / name
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def test_henns_files_give_aisles_of_two_sides_five_metres_apart(tmp_path):
    job = read_job(written(tmp_path, "orders.txt", ORDERS), written(tmp_path, "sett.txt", SETT))

    assert (job.floor.aisles, job.floor.slots, job.floor.aisle_pitch_m, job.floor.aisle_length_m) == (10, 45, 5, 46)
    assert job.device.limits == {"articles": 30}
    assert [[line.place for line in order.lines] for order in job.orders] == [
        [Place(0, 2), Place(0, 44)],
        [Place(9, 0)],
    ]
    plan = plan_picking(job, seconds=1).to_dict()
    assert plan["length"] == 2 * 45 + 2 * 45 + 2 * 1  # up and down the first aisle; along nine aisles, 1 m up the tenth
    assert [stop["location"] for stop in plan["batches"][0]["stops"]] in ([2, 44, 0], [0, 2, 44])


def test_our_own_files_count_from_one_and_name_bins(tmp_path):
    floor, device = read_floor(written(tmp_path, "floor.yaml", OWN))
    lines = [{"aisle": 4, "location": 12, "side": "left"}, {"bin": "a-02-03-c", "quantity": 2, "weight_g": 400}]
    orders = read_orders(written(tmp_path, "orders.json", {"orders": [{"id": "单1", "lines": lines}]}))

    assert (floor.aisles, floor.slot_length_m, device.weight_g) == (4, 1.2, 9000)
    first, second = orders[0].lines
    assert (first.place, first.zone, second.place, second.zone) == (Place(3, 11), "", Place(1, 2), "A")
    assert (orders[0].articles, orders[0].weight_g) == (3, 800)


def test_a_bin_says_zone_aisle_and_bay():
    assert place_of_bin(" M-24-36-E ") == ("M", Place(23, 35))
    assert place_of_bin("11-01-C") is None
    assert place_of_bin("货位") is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no settings"),
        ("no_aisles_: ten", "number under no_aisles_"),
        (SETT.replace("m_no_a_p_b: 30", "m_no_a_p_b: -3"), "1 or more articles, not -3"),
        ('{"aisles": 3}', "does not say its slots"),
        ('{"aisles": 3, "slots": 4, "shelves": 2}', "no 'shelves'"),
        ('{"aisles": 3, "slots": 4, "depot": 1}', "Expected depot with"),
        ('{"aisles": 3, "slots": 4, "device": {"articles": -5}}', "not -5"),
        ("a: [", "neither YAML nor JSON"),
        ("[" * 1500, "neither YAML nor JSON"),
    ],
)
def test_a_warehouse_that_makes_no_sense_is_explained(tmp_path, text, says):
    with pytest.raises((FloorInvalid, PickOrdersInvalid), match=says):
        read_floor(written(tmp_path, "floor.yaml", text))


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("Order 0 number of articles 2\n0 Aisle 1 Location 2\n", "announces 2 articles, but 1 follow"),
        ("0 Aisle 1 Location 2\n", "Line 1 is"),
        ("Order 0 number of articles 1\nrubbish 垃圾\n", "Line 2 is 'rubbish 垃圾'"),
        ("{", "not JSON"),
        ({"orders": 3}, "Expected"),
        ([{"lines": []}], 'no "id"'),
        ([{"id": "1"}], "no list under"),
        ([{"id": "1", "lines": [{"bin": "../../etc"}]}], "is no bin"),
        ([{"id": "1", "lines": [{"aisle": "1"}]}], "neither a bin nor an aisle"),
        ([{"id": "1", "lines": [{"aisle": 1, "location": 1, "quantity": 1.5}]}], "whole number under quantity"),
        ([{"id": "1", "lines": [{"aisle": 1, "location": 1, "colour": 1}]}], "no 'colour'"),
        ([{"id": "1", "lines": [], "due_at": "2026-11-24T18:00"}], "time zone"),
        ([{"id": "1", "lines": [], "due_at": "soon"}], "no time"),
    ],
)
def test_orders_that_cannot_be_read_are_explained(tmp_path, content, says):
    with pytest.raises(PickOrdersInvalid, match=says):
        read_orders(written(tmp_path, "orders", content))


@pytest.mark.parametrize(
    ("orders", "error", "says"),
    [
        ([{"id": 1, "lines": []}], PickOrdersInvalid, "asks for nothing"),
        ([{"id": 1, "lines": [{"aisle": 1, "location": 1}]}] * 2, PickOrdersInvalid, "Order 1 comes twice"),
        ([{"id": 1, "lines": [{"aisle": 5, "location": 1}]}], PlaceUnknown, "aisle 5 location 1, but the floor has 4"),
        ([{"id": 1, "lines": [{"aisle": 1, "location": 0}]}], PlaceUnknown, "location 0"),
        ([{"id": 1, "lines": [{"aisle": 1, "location": 1, "quantity": 0}]}], PickOrdersInvalid, "asks for 0"),
        (
            [{"id": 1, "lines": [{"aisle": 1, "location": 1, "quantity": 6}]}],
            OrderTooLarge,
            "6 articles, more than the 5",
        ),
        ([{"id": 1, "lines": [{"bin": "B-01-01-A", "weight_g": 9001}]}], OrderTooLarge, "9001 grams in zone B"),
    ],
)
def test_orders_that_cannot_be_picked_are_explained(tmp_path, orders, error, says):
    job = read_job(written(tmp_path, "orders", orders), written(tmp_path, "floor", OWN))

    with pytest.raises(error, match=says):
        plan_picking(job, seconds=1)


def test_no_orders_are_an_empty_plan(tmp_path):
    job = read_job(written(tmp_path, "orders", []), written(tmp_path, "floor", OWN))

    plan = plan_picking(job, seconds=1).to_dict()

    assert (plan["length"], plan["batches"], plan["gap"]) == (0, [], 0)

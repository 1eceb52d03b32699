from __future__ import annotations

from itertools import permutations

import pytest

from app.warehouse.bins import Bin
from app.warehouse.stock.errors import PlacesInvalid
from app.warehouse.stock.places import Place, key_of, parse_bin, read_places
from app.warehouse.stock.slotting import SlottingParams, SShape, plan_slots

WALK = SShape(aisle_m=2, bay_m=1, bays=10)


def place(text, weight_g=500):
    return Place(parse_bin(text), weight_g)


def test_the_s_shape_is_as_long_as_worked_by_hand():
    def bins(*codes):
        return [parse_bin(code) for code in codes]

    assert WALK([]) == 0
    assert WALK(bins("A-01-03-A")) == 6  # three bays in and out
    assert WALK(bins("A-01-03-A", "A-03-10-A")) == 10 + 10 + 8  # through two aisles, four metres across and back
    assert WALK(bins("A-01-03-A", "A-02-09-A", "A-03-04-A")) == 20 + 2 * 4 + 8


@pytest.mark.parametrize("text", ["", "A-11", "A-11-01", "11-A-01-C", "A-1111-01-C", "A-11-01-CC", "架子"])
def test_what_is_no_bin_is_refused(text):
    with pytest.raises(PlacesInvalid):
        parse_bin(text)


def test_swaps_bring_what_is_picked_often_to_the_front_and_are_measured_on_other_orders():
    places = {"slow": place("A-01-01-A"), "fast": place("A-03-10-A"), "mid": place("A-02-05-A")}

    plan = plan_slots(places, [["fast"]] * 10 + [["slow"]], [["fast"]] * 4, walk=WALK)

    assert (plan.swaps[0].sku, plan.swaps[0].other_sku) == ("fast", "slow")
    assert plan.before_m == 4 * (20 + 8)
    assert plan.after_m == 4 * 2
    assert plan.saved == pytest.approx(1 - 8 / 112)


def test_things_bought_together_come_to_one_aisle():
    places = {"a": place("A-01-01-A"), "b": place("A-04-01-A"), "c": place("A-01-02-A"), "d": place("A-04-02-A")}
    orders = [["a", "b"]] * 20 + [["c"]] + [["d"]]

    plan = plan_slots(places, orders, orders, walk=WALK)

    best = min(
        sum(WALK([at[name] for name in order]) for order in orders)
        for at in (
            dict(zip(places, (places[name].bin for name in names), strict=True)) for names in permutations(places)
        )
    )
    assert plan.after_m == best


def test_heavy_things_are_not_put_up_high_and_those_that_are_there_are_named():
    places = {"anvil": place("A-03-10-A", 30_000), "pin": place("A-01-01-E"), "safe": place("A-02-02-D", 40_000)}

    plan = plan_slots(places, [["anvil"]] * 10, [["anvil"]], walk=WALK)

    assert all("pin" not in (swap.sku, swap.other_sku) for swap in plan.swaps)
    assert plan.too_high == ("safe",)


def test_zones_are_not_mixed_and_moves_are_limited():
    places = {f"a{n}": place(f"A-0{n}-10-A") for n in range(1, 6)} | {"cold": place("F-01-01-A")}
    orders = [["a5"]] * 9 + [["a4"]] * 8 + [["cold", "a5"]] * 3

    plan = plan_slots(places, orders, orders, params=SlottingParams(moves=1), walk=WALK)

    assert len(plan.swaps) == 1
    assert "cold" not in (plan.swaps[0].sku, plan.swaps[0].other_sku)


def test_nothing_to_learn_from_gives_no_swaps():
    plan = plan_slots({}, [["a"]], [])

    assert (plan.swaps, plan.saved) == ((), 0)


def test_the_catalogue_says_where_things_lie(tmp_path):
    path = tmp_path / "products.csv"
    path.write_text("sku,bin_location,weight_g\nSL-1,A-11-01-C,420\n", encoding="utf-8-sig")
    places = read_places(path)

    assert places == {"SL-1": Place(Bin("A", 11, 1, "C"), 420)}
    assert key_of(places, "SL-1-BK", "SL-1") == "SL-1"
    assert key_of(places, "X", "Y") is None


@pytest.mark.parametrize(
    "text",
    [
        "",
        "sku,weight_g\nA,1\n",
        "sku,bin_location,weight_g\nA,nowhere,1\n",
        "sku,bin_location,weight_g\nA,A-1-1-A,-5\n",
    ],
)
def test_a_catalogue_of_another_form_is_refused_with_its_row(tmp_path, text):
    path = tmp_path / "products.csv"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(PlacesInvalid):
        read_places(path)

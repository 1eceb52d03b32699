from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from app.domain.shop import Address, Order, OrderLine
from app.warehouse.picking import Collections, Device, Floor, PickingDesk, read_goods, sheet_of
from app.warehouse.picking.errors import GoodsInvalid, ToursMissing

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 24, 4, tzinfo=UTC)  # 12:00 in Shanghai
COLLECTIONS = Collections((time(12), time(18)), time(16), SHANGHAI)
CATALOGUE = """sku,bin_location,weight_g,name_zh,name_en,material
SL-1,A-02-10-B,500,白瓷碗,Bowl,白瓷 white porcelain
SL-2,A-02-02-A,9000,铸铁锅,Pot,铸铁 iron
SL-3,B-01-01-A,92000,冰箱,Fridge,钢 steel
SL-4,A-40-01-A,100,袜<b>,Socks,
"""


def order(order_id: str, *skus: str, placed_at: datetime = NOON) -> Order:
    lines = tuple(
        OrderLine(str(number), f"{sku}-WH", sku, sku, "", {}, 1, 100) for number, sku in enumerate(skus, start=1)
    )
    address = Address("王小雨", ("1",), "上海", "上海", "CN", "200000")
    return Order(order_id, "C1", "pending", lines, address, "CNY", (), placed_at)


@pytest.fixture
def desk(tmp_path):
    path = tmp_path / "products.csv"
    path.write_text(CATALOGUE, encoding="utf-8")

    def made(*orders: Order) -> PickingDesk:
        return PickingDesk(
            lambda: orders,
            lambda: read_goods(path),
            floor=Floor(24, 36, slot_length_m=1.2, aisle_pitch_m=2.5, end_gap_m=1.2),
            device=Device(articles=10, weight_g=20_000),
            collections=COLLECTIONS,
            now=lambda: NOON,
        )

    return made


@pytest.mark.parametrize(
    ("placed", "due", "is_late"),
    [
        ("2026-11-24T09:00+08:00", "2026-11-24T18:00+08:00", False),
        ("2026-11-24T16:00+08:00", "2026-11-25T18:00+08:00", False),
        ("2026-11-23T17:00+08:00", "2026-11-24T18:00+08:00", False),
        ("2026-11-22T10:00+08:00", "2026-11-24T12:00+08:00", True),
    ],
)
def test_what_is_paid_before_the_cutoff_leaves_the_same_day_and_what_is_late_next(placed, due, is_late):
    assert COLLECTIONS.due(datetime.fromisoformat(placed), now=NOON) == (datetime.fromisoformat(due), is_late)


def test_after_the_last_collection_the_next_is_tomorrows_first():
    assert COLLECTIONS.next(datetime(2026, 11, 24, 11, tzinfo=UTC)) == datetime(2026, 11, 25, 12, tzinfo=SHANGHAI)


def test_what_is_heavy_is_taken_before_what_breaks(desk):
    made = desk(order("SL1", "SL-1", "SL-2")).plan(seconds=1)

    (tour,) = made.plan.tours
    assert [stop.label["bin"] for stop in tour.stops] == ["A-02-02-A", "A-02-10-B"]
    goods = [pick.line for stop in tour.stops for pick in stop.picks]
    assert [line.is_fragile for line in goods] == [False, True]


def test_what_cannot_be_on_a_tour_is_named_with_its_reason_in_both_languages(desk):
    made = desk(order("SL1", "SL-1", "SL-3"), order("SL2", "SL-9"), order("SL3", "SL-4"), order("SL4", *["SL-2"] * 3))
    waiting = made.waiting()

    assert [one.order_id for one in waiting.orders] == ["SL1"]
    assert [(one.order_id, one.reason) for one in waiting.left_out] == [
        ("SL1", "heavy"),
        ("SL2", "no_bin"),
        ("SL3", "no_place"),
        ("SL4", "too_large"),
    ]
    assert waiting.left_out[0].zh == "冰箱（B-01-01-A）重 92 kg，需两人或叉车取货"
    assert "27000 grams in zone A, more than the 20000" in waiting.left_out[3].en


def test_orders_of_different_collections_are_not_on_one_tour(desk):
    early, late = order("SL1", "SL-1"), order("SL2", "SL-1", placed_at=datetime(2026, 11, 24, 9, tzinfo=UTC))
    made = desk(late, early).plan(seconds=1)

    assert [tour.order_ids for tour in made.plan.tours] == [("SL1",), ("SL2",)]
    assert [wave["orders"] for wave in made.to_dict()["waiting"]["waves"]] == [1, 1]


def test_the_newest_plan_is_kept_and_missing_before(desk):
    empty = desk()
    with pytest.raises(ToursMissing):
        _ = empty.newest

    made = empty.plan(seconds=1)

    assert empty.newest is made
    assert made.to_dict()["plan"]["batches"] == []


@pytest.mark.parametrize(
    ("language", "words"), [("zh", ["拣货单", "易碎，放最上面"]), ("en", ["Pick lists", "fragile"])]
)
def test_a_pick_list_names_bins_in_order_and_marks_up_nothing_of_the_goods(desk, language, words):
    made = desk(order("SL<1>", "SL-1", "SL-2")).plan(seconds=1)

    page = sheet_of(made.plan, made.floor, language)

    assert all(word in page for word in words)
    assert page.index("A-02-02-A") < page.index("A-02-10-B")
    assert "SL&lt;1&gt;" in page
    assert "SL<1>" not in page
    assert "<svg" in page
    assert "http" not in page


@pytest.mark.parametrize(
    "text", ["", "sku\n1\n", CATALOGUE + "SL-5,nowhere,1,a,b,\n", CATALOGUE + "SL-5,A-01-01-A,-1,a,b,\n"]
)
def test_a_catalogue_that_cannot_be_picked_from_is_refused(tmp_path, text):
    path = tmp_path / "products.csv"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(GoodsInvalid):
        read_goods(path)

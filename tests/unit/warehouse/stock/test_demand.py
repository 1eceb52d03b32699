from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import pytest

from app.warehouse.stock.demand import Sold, demand_of, demand_of_orders
from app.warehouse.stock.errors import CalendarInvalid, DemandInvalid, DemandMissing, SkuUnknown
from app.warehouse.stock.events import read_calendar
from app.warehouse.stock.reading import read_demand
from tests.shop_samples import ITEMS, plain_order

SHANGHAI = ZoneInfo("Asia/Shanghai")


def test_lines_of_one_day_are_added_and_days_between_are_days_of_no_demand():
    file = read_demand(b"sku,date,quantity\nA,2026-01-01,2\nA,2026-01-01,1\nA,2026-01-04,5\n")

    assert file.demand().quantities.tolist() == [[3, 0, 0, 5]]
    assert file.repeated == 1


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ("A,2026-02-30,1", "no day"),
        ("A,2026-01-02,-4", "below 0"),
        ("A,2026-01-02,many", "no quantity"),
        ("A,2026-01-02,nan", "no quantity"),
        ("A,2026-01-02,1e30", "no quantity"),
        (",2026-01-02,1", "no sku"),
        ("A,,1", "Nothing is no day"),
    ],
)
def test_a_line_that_cannot_be_used_is_refused_alone(line, told):
    file = read_demand(f"sku,date,quantity\nB,2026-01-01,2\n{line}\n".encode())

    assert [one.line for one in file.refused] == [3]
    assert told in file.refused[0].message
    assert file.demand().skus == ("B",)


def test_json_lines_are_read_with_category_and_product():
    file = read_demand('{"sku":"杯-1","date":"2026-01-01","quantity":2,"category":"餐具"}\n[1]\nnot json\n'.encode())

    assert file.demand().categories == ("餐具",)
    assert [one.line for one in file.refused] == [2, 3]


@pytest.mark.parametrize(
    "content", [b"", b"  \n", b"a,b\n1,2\n", "sku,date,quantity\n".encode("utf-16"), b"sku,date,quantity\n"]
)
def test_a_file_of_no_known_form_is_refused_as_a_whole(content):
    with pytest.raises(DemandInvalid):
        read_demand(content).demand()


def test_a_typing_error_of_centuries_is_told_with_both_days():
    with pytest.raises(DemandInvalid, match=r"0202-01-01.*2026-01-01"):
        read_demand(b"sku,date,quantity\nA,0202-01-01,1\nB,2026-01-01,1\n").demand()


def test_orders_count_on_the_day_of_the_shop_unless_cancelled_or_unpaid():
    late = datetime(2026, 3, 1, 20, tzinfo=UTC)  # the second of March in Shanghai
    orders = [plain_order("SL1", placed_at=late)]
    orders += [replace(plain_order(f"SL{status}", placed_at=late), status=status) for status in ("unpaid", "cancelled")]

    demand = demand_of_orders(orders, ITEMS, zone=SHANGHAI)

    assert (demand.first, demand.days) == (date(2026, 3, 2), 1)
    assert demand.quantities.sum() == sum(line.quantity for line in orders[0].lines)
    assert set(demand.skus) >= {item.sku for item in ITEMS}


def test_nothing_sold_is_told():
    with pytest.raises(DemandMissing):
        demand_of([])
    with pytest.raises(SkuUnknown):
        demand_of([Sold("A", date(2026, 1, 1), 1)]).row("B")


def test_the_shipped_calendar_knows_sales_and_the_moving_new_year():
    calendar = read_calendar()

    assert calendar.names(date(2026, 11, 11)) == ["double_11 peak"]
    assert calendar.names(date(2026, 2, 17)) == ["lunar_new_year holiday"]
    assert calendar.names(date(2025, 1, 29)) == ["lunar_new_year holiday"]
    assert calendar.names(date(2026, 8, 20)) == []


@pytest.mark.parametrize(
    "text",
    [
        "event = 3",
        "[[event]]\nphases = []",
        '[[event]]\nname = "a"\nphases = [{ name = "b", from = "02-30", to = "03-01" }]',
        '[[event]]\nname = "a"\nanchor = "x"\nphases = [{ name = "b", from = 1, to = 2 }]',
        '[anchors]\nx = [2026-01-01]\n[[event]]\nname = "a"\nanchor = "x"\nphases = [{ name = "b", from = 2, to = 1 }]',
        "not toml",
    ],
)
def test_a_calendar_that_makes_no_sense_is_refused(tmp_path, text):
    path = tmp_path / "calendar.toml"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(CalendarInvalid):
        read_calendar(path)


def test_a_phase_over_the_end_of_the_year_holds_on_both_sides(tmp_path):
    path = tmp_path / "calendar.toml"
    path.write_text('[[event]]\nname = "a"\nphases = [{ name = "b", from = "12-30", to = "01-02" }]', encoding="utf-8")

    assert [bool(read_calendar(path).names(date(2026, *day))) for day in ((12, 31), (1, 2), (1, 3))] == [
        True,
        True,
        False,
    ]

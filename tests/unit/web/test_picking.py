from __future__ import annotations

from datetime import UTC, datetime, time
from zoneinfo import ZoneInfo

import pytest

from app.database import Database
from app.orders import SqlShop
from app.warehouse.picking import Collections, Device, Floor, PickingDesk
from app.warehouse.picking.files import place_of_bin
from app.warehouse.picking.goods import Goods
from tests.shop_samples import WANG, plain_order

URL = "/v1/admin/warehouse/picking"
OWN = {
    "warehouse": {"aisles": 10, "slots": 45, "device": {"articles": 3}},
    "orders": [
        {"id": "1", "lines": [{"aisle": 2, "location": 45}]},
        {"id": "2", "lines": [{"aisle": 4, "location": 1}]},
    ],
    "seconds": 1,
}


@pytest.fixture
def client(make_client, tmp_path):
    database = Database.in_file(tmp_path / "kefu.sqlite")
    shop = SqlShop(database)
    waiting = plain_order("SL1", status="pending")
    shop.add(customers=[WANG], orders=[waiting, plain_order("SL2", status="shipped")])
    zone, place = place_of_bin("A-02-10-B")
    known = {line.product_id: Goods("A-02-10-B", zone, place, 500, False, "碗", "Bowl") for line in waiting.lines}
    desk = PickingDesk(
        lambda: shop.orders_in("pending"),
        lambda: known,
        floor=Floor(24, 36),
        device=Device(articles=20),
        collections=Collections((time(18),), time(16), ZoneInfo("Asia/Shanghai")),
        now=lambda: datetime(2026, 11, 24, 4, tzinfo=UTC),
    )
    yield make_client("admin", picking=desk)
    database.close()


def test_waiting_orders_are_planned_and_their_lists_fetched(client):
    assert client.get(URL).json()["waiting"]["orders"] == 1
    assert client.get(f"{URL}/plan").json()["code"] == "pick_plan_missing"
    assert client.get(f"{URL}/sheet").status_code == 404

    made = client.post(f"{URL}/plan", json={"seconds": 1}).json()

    assert [tour["orders"] for tour in made["plan"]["batches"]] == [["SL1"]]
    assert client.get(f"{URL}/plan").json() == made
    sheet = client.get(f"{URL}/sheet", params={"language": "en"})
    assert "A-02-10-B" in sheet.text
    assert sheet.headers["content-disposition"].startswith("attachment")


def test_orders_and_a_floor_of_ones_own_are_planned(client):
    made = client.post(f"{URL}/own", json=OWN).json()

    assert made["plan"]["length"] == 2 * 15 + 2 * 45 + 2 * 1
    assert made["floor"]["length"] == 46


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"warehouse": {"aisles": 0, "slots": 1}}, "floor_invalid"),
        ({"orders": [{"id": "1", "lines": []}]}, "pick_orders_invalid"),
        ({"orders": [{"id": "1", "lines": [{"aisle": 11, "location": 1}]}]}, "place_unknown"),
        ({"orders": [{"id": "1", "lines": [{"aisle": 1, "location": 1, "quantity": 4}]}]}, "order_too_large"),
        ({"routing": "teleport"}, "routing_unknown"),
        ({"seconds": 1000}, "request_invalid"),
    ],
)
def test_what_cannot_be_planned_is_explained(client, change, code):
    answer = client.post(f"{URL}/own", json={**OWN, **change})

    assert (answer.status_code, answer.json()["code"]) == (422, code)


def test_only_an_admin_plans_and_a_service_without_a_desk_says_so(make_client):
    assert make_client("chat").get(URL).status_code == 403
    assert make_client("admin").get(URL).json()["code"] == "picking_off"

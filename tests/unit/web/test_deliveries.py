from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from app.building.delivery import DueDay
from app.database import Database
from app.warehouse.delivery import Deliveries, problem_from, tables

URL = "/v1/admin/warehouse/deliveries"
PROBLEM = {
    "day": "2026-11-25",
    "depots": [{"id": "D", "lat": 31.2, "lon": 121.4}],
    "vehicles": [{"id": "V1", "shift": ["08:00", "18:00"], "capacity": {"weight_g": 20_000}}],
    "stops": [
        {"id": "A", "lat": 31.21, "lon": 121.42, "label": "徐汇区", "order_id": "O1", "windows": [["09:00", "11:00"]]},
        {"id": "B", "lat": 31.25, "lon": 121.45},
    ],
}


@pytest.fixture
def client(make_client, tmp_path):
    database = Database.in_file(tmp_path / "kefu.sqlite")
    with database.writing() as connection:
        tables.plans.metadata.create_all(connection, tables=[tables.plans, tables.parcels, tables.changes])
    yield make_client("admin", deliveries=Deliveries(database, now=lambda: datetime(2026, 11, 24, tzinfo=UTC)))
    database.close()


def test_a_day_is_planned_shown_and_changed(client):
    made = client.post(URL, json={"problem": PROBLEM, "area": "上海市", "seconds": 0.3})
    assert made.status_code == 201
    plan_id = made.json()["plan_id"]

    (listed,) = client.get(URL).json()["plans"]
    assert (listed["plan_id"], listed["area"], listed["stops"]) == (plan_id, "上海市", 2)

    shown = client.get(f"{URL}/{plan_id}").json()
    assert sorted(stop for route in shown["routes"] for stop in route) == ["A", "B"]
    assert shown["lower_bound"] <= shown["cost"]
    assert shown["places"]["stops"]["A"]["label"] == "徐汇区"

    news = {"stops": [{"id": "C", "lat": 31.22, "lon": 121.43}], "removed": ["B"], "seconds": 0.3}
    changed = client.post(f"{URL}/{plan_id}/changes", json=news).json()
    assert changed["outcome"]["how"] == "inserted"
    assert sorted(changed["routes"][0]) == ["A", "C"]
    assert changed["changes"][0]["how"] == "inserted"
    assert client.post(f"{URL}/{plan_id}/changes", json={"delays_minutes": {"X": 5}}).status_code == 404


def test_what_cannot_be_planned_is_explained_by_the_fewest_wishes(client):
    heavy = {
        **PROBLEM,
        "stops": [*PROBLEM["stops"], {"id": "H", "lat": 31.2, "lon": 121.4, "demand": {"weight_g": 30_000}}],
    }

    refused = client.post(URL, json={"problem": heavy, "seconds": 0.3})

    assert refused.status_code == 422
    assert refused.json()["code"] == "delivery_infeasible"
    (conflict,) = refused.json()["conflicts"]
    assert (conflict["kind"], conflict["subject"]) == ("weight_g", "H")
    assert conflict["text"]["zh"] == "H有30公斤，车辆最多装20公斤"
    assert client.get(URL).json()["plans"] == []


@pytest.mark.parametrize(
    ("problem", "words"),
    [({}, "depots"), ({**PROBLEM, "stops": [{"id": "A", "lat": 91, "lon": 0}]}, "stops[0].lat")],
)
def test_a_day_that_makes_no_sense_names_the_place(client, problem, words):
    refused = client.post(URL, json={"problem": problem})

    assert refused.status_code == 422
    assert words in refused.json()["detail"]


def test_a_plan_that_is_not_there_and_a_service_without_plans(client, make_client):
    assert client.get(f"{URL}/nothing").json()["code"] == "delivery_plan_missing"
    assert make_client("admin").get(URL).json()["code"] == "deliveries_off"
    assert make_client("chat").get(URL).status_code == 403


def test_a_day_of_the_shop_is_planned_by_its_date_and_area(make_client, tmp_path):
    database = Database.in_file(tmp_path / "kefu.sqlite")
    with database.writing() as connection:
        tables.plans.metadata.create_all(connection, tables=[tables.plans, tables.parcels, tables.changes])
    asked = []

    def due_day(day, areas):
        asked.append((day.isoformat(), list(areas)))
        return DueDay(day, {"上海市": problem_from(PROBLEM, name="problem")}, ())

    deliveries = Deliveries(database, now=lambda: datetime(2026, 11, 24, tzinfo=UTC))
    client = make_client("admin", deliveries=deliveries, due_day=due_day)

    made = client.post(URL, json={"day": "2026-11-25", "area": "上海市", "seconds": 0.3})
    nothing = client.post(URL, json={"day": "2026-11-25", "area": "北京市", "seconds": 0.3})
    database.close()

    assert (made.status_code, made.json()["area"], made.json()["stops"]) == (201, "上海市", 2)
    assert asked[0] == ("2026-11-25", ["上海市"])
    assert (nothing.status_code, nothing.json()["code"]) == (422, "delivery_infeasible")


def test_all_areas_of_a_day_are_planned_and_those_that_cannot_be_are_named(make_client, tmp_path):
    database = Database.in_file(tmp_path / "kefu.sqlite")
    with database.writing() as connection:
        tables.plans.metadata.create_all(connection, tables=[tables.plans, tables.parcels, tables.changes])
    too_heavy = [{**PROBLEM["stops"][0], "demand": {"weight_g": 50_000}}]

    def due_day(day, areas):
        assert (day, list(areas)) == (None, [])
        problems = {"上海市": PROBLEM, "北京市": {**PROBLEM, "stops": too_heavy}}
        named = {area: problem_from(problem, name="problem") for area, problem in problems.items()}
        return DueDay(date(2026, 11, 25), named, ("O7",))

    deliveries = Deliveries(database, now=lambda: datetime(2026, 11, 24, tzinfo=UTC))
    made = make_client("admin", deliveries=deliveries, due_day=due_day).post(f"{URL}/due", json={"seconds": 0.3})
    database.close()

    assert made.status_code == 201
    said = made.json()
    assert (said["day"], [plan["area"] for plan in said["plans"]]) == ("2026-11-25", ["上海市"])
    assert list(said["refused"]) == ["北京市"]
    assert said["for_another_day"] == ["O7"]


def test_a_service_without_a_shop_plans_no_parcels(client):
    assert client.post(f"{URL}/due", json={}).status_code == 404


@pytest.mark.parametrize(
    "body", [{}, {"day": "2026-11-25"}, {"problem": PROBLEM, "day": "2026-11-25", "area": "上海市"}]
)
def test_a_day_is_given_or_named(client, body):
    assert client.post(URL, json=body).status_code == 422

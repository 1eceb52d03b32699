from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from app.database import Database
from app.domain.delivery import NoteWishes
from app.domain.shop import Address, Order, OrderLine, Shipment, ShipmentEvent
from app.orders.sample.positions import depot_of, position_of
from app.warehouse.delivery import (
    Change,
    Deliveries,
    Place,
    SolveParams,
    due_parcels,
    problem_from,
    problem_of_area,
    stop_from,
    tables,
)
from app.warehouse.delivery.errors import PlanMissing, StopVisited
from app.warehouse.delivery.parcels import windows_of
from app.warehouse.delivery.problem import Window

MIDNIGHT = datetime(2026, 11, 24, 16, tzinfo=UTC)  # of the 25th in Shanghai
QUICK = SolveParams(seconds=0.3)


class Clock:
    def __init__(self) -> None:
        self.at = MIDNIGHT + timedelta(hours=7)

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def deliveries(tmp_path, clock):
    database = Database.in_file(tmp_path / "kefu.sqlite")
    with database.writing() as connection:
        tables.plans.metadata.create_all(connection, tables=[tables.plans, tables.parcels, tables.changes])
    yield Deliveries(database, now=clock)
    database.close()


@pytest.fixture
def kept(deliveries, day):
    wishes = {name: {"order_id": f"O{name}", "tracking_number": f"T{name}"} for name in "AB"}
    return deliveries.make(problem_from(day({"A": 10, "B": 20}, **wishes)), area="上海市", params=QUICK)


def test_a_customer_is_told_between_which_times_the_parcel_comes(deliveries, kept, clock):
    (arrival,) = deliveries.arrivals_of("OA")

    assert (arrival.day, arrival.state, arrival.tracking_number) == (date(2026, 11, 25), "planned", "TA")
    assert arrival.earliest <= arrival.expected_at <= arrival.latest
    assert deliveries.arrivals_of("OA", tracking_number="TB") == []
    assert deliveries.arrivals_of("somebody else's") == []


def test_after_the_first_stop_the_second_is_next_and_told_anew(deliveries, kept, clock):
    first, second = kept.plan.routes[0].stop_ids
    clock.at = MIDNIGHT + timedelta(hours=9)

    after, _ = deliveries.take_in(kept.plan_id, Change(done={first: clock.at}))

    (arrival,) = deliveries.arrivals_of(f"O{second}")
    assert (arrival.state, arrival.stops_before) == ("underway", 0)
    assert arrival.expected_at == clock.at + timedelta(minutes=10)
    assert deliveries.arrivals_of(f"O{first}")[0].state == "done"
    assert after.revision == 2
    with pytest.raises(StopVisited):
        deliveries.take_in(kept.plan_id, Change(done={first: clock.at}))


def test_a_wish_that_comes_later_changes_the_plan_in_force(deliveries, kept):
    wish = {"id": "A", "windows": [["15:00", "16:00"]], "order_id": "OA", "tracking_number": "TA", "service_minutes": 0}

    _, found = deliveries.take_in(kept.plan_id, Change(stops=(stop_from(wish),)))

    assert deliveries.arrivals_of("OA")[0].expected_at == MIDNIGHT + timedelta(hours=15)
    assert found.moved == ()
    assert deliveries.changes_of(kept.plan_id)[0]["news"]["stops"] == ["A"]


def test_a_plan_made_anew_takes_the_place_of_the_old(deliveries, kept, day):
    again = deliveries.make(problem_from(day({"A": 10})), area="上海市", params=QUICK)

    assert again.plan_id == kept.plan_id
    assert [plan.revision for plan in deliveries.plans_of(date(2026, 11, 25))] == [2]
    assert deliveries.arrivals_of("OB") == []


@pytest.mark.parametrize("name", ["nothing", "", "\x00", "'; drop table"])
def test_a_plan_that_is_not_there_is_told(deliveries, name):
    with pytest.raises(PlanMissing):
        deliveries.get(name)


def order(number: str, status: str, *events: str, city: str = "上海市", note: str = "") -> Order:
    at = MIDNIGHT - timedelta(days=1)
    address = Address("王小雨", ("徐汇区", "中山路1号"), city, "上海市", "CN", "200000")
    lines = (OrderLine("1", "SKU", "P", "锅", "锅具", {}, 2, 100),)
    parcel = Shipment(f"T{number}", "迅鹿", ("1",), tuple(ShipmentEvent(at, event) for event in events), MIDNIGHT)
    return Order(f"O{number}", "C1", status, lines, address, "CNY", (), at, shipments=(parcel,), note=note)


def test_only_parcels_that_are_on_their_way_are_planned():
    orders = [order("1", "shipped", "in_transit"), order("2", "delivered", "delivered"), order("3", "shipped", "lost")]

    due = due_parcels(orders, date(2026, 11, 25), time_zone="Asia/Shanghai")

    assert [(area, [one.order_id for one, _ in parcels]) for area, parcels in due.items()] == [("上海市", ["O1"])]


def test_a_parcel_weighs_what_is_in_it_and_its_note_becomes_a_window():
    one = order("1", "shipped", "out_for_delivery", note="下午两点后送")
    parcels = due_parcels([one], date(2026, 11, 25), time_zone="Asia/Shanghai")["上海市"]

    problem = problem_of_area(
        parcels,
        date(2026, 11, 25),
        time_zone="Asia/Shanghai",
        depot=Place(*depot_of("上海市")),
        locate=position_of,
        weight_of=lambda sku: 700,
        reads_notes=lambda one, day, zone: NoteWishes(((14 * 3600, 24 * 3600),)),
    )

    (stop,) = problem.stops
    assert stop.load == (1400, 0, 1)
    assert stop.windows == (Window(14 * 3600, 21 * 3600),)
    assert stop.note == "下午两点后送"


def test_a_wish_outside_of_the_hours_of_delivery_is_no_promise():
    assert windows_of(NoteWishes(((3600, 7200),))) == (Window(9 * 3600, 21 * 3600),)


def test_invented_places_are_the_same_every_time_and_in_their_town():
    address = order("1", "shipped").address

    latitude, longitude = position_of(address)

    assert position_of(address) == (latitude, longitude)
    assert abs(latitude - 31.23) < 0.15
    assert abs(longitude - 121.47) < 0.15
    assert position_of(Address("x", ("1 Oak St",), "Seattle", "WA", "US", "98101")) is None
    assert depot_of("Atlantis") is None

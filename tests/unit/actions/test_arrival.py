from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from app.actions import ActionGate
from app.database import Database
from app.database.errors import DatabaseError
from app.domain.action import ActionRequest
from app.domain.delivery import Arrival
from tests.shop_of_spruce import NOW, shop


class Plan:
    """A plan that has the first parcel of any order."""

    def __init__(self, arrival=None, error=None):
        self.arrival, self.error = arrival, error

    def arrivals_of(self, order_id, *, tracking_number=""):
        if self.error:
            raise self.error
        return [self.arrival] if self.arrival else []


@pytest.fixture
def track(policy, tmp_path):
    records = shop()
    order = next(one for one in records.orders.values() if one.status == "shipped")

    def ask(plan, name="track_parcel"):
        gate = ActionGate(records, policy, Database.in_file(tmp_path / "kefu.sqlite"), now=lambda: NOW, arrivals=plan)
        return gate.perform(ActionRequest(name, {"order_id": order.order_id}, order.customer_id, "conversation"))

    return ask, order


def arrival(order, **changes):
    day = (NOW + timedelta(hours=8)).date()
    made = Arrival(order.order_id, order.shipments[0].tracking_number, day, "underway", NOW + timedelta(hours=1),
                   NOW + timedelta(minutes=45), NOW + timedelta(minutes=80), 3, planned_at=NOW)  # fmt: skip
    return replace(made, **changes)


def test_where_is_my_parcel_quotes_the_current_plan(track):
    ask, order = track
    planned = arrival(order)
    start, end = (f"{time + timedelta(hours=8):%H:%M}" for time in (planned.earliest, planned.latest))

    for name in ("track_parcel", "order_status"):
        told = ask(Plan(planned), name).message
        assert f"预计今天{start}—{end}送达，前面还有3站" in told.zh
        assert f"comes today between {start} and {end}, with 3 stops before it" in told.en


@pytest.mark.parametrize(
    ("changes", "zh", "en"),
    [
        ({"state": "left_out", "earliest": None, "latest": None}, "没有排进今天的配送", "will come another day"),
        ({"is_late": True}, "比您要求的时间晚", "later than you asked for"),
        ({"latest": NOW - timedelta(minutes=1)}, "还没有签收记录", "there is no word yet"),
        ({"stops_before": 0}, "下一站就是您这里", "the next stop"),
        ({"state": "done"}, "已经到过", "was there at"),
    ],
)
def test_what_is_known_is_told_as_it_is(track, changes, zh, en):
    ask, order = track

    told = ask(Plan(arrival(order, **changes))).message

    assert zh in told.zh
    assert en in told.en


def test_without_a_plan_or_with_one_that_does_not_answer_the_parcel_is_told_as_before(track):
    ask, _ = track
    before = ask(None).message

    assert ask(Plan()).message == before
    assert ask(Plan(error=DatabaseError("away"))).message == before

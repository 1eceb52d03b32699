"""How long a shop with 100,000 orders takes to find and to change one, on each engine."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from random import Random
from typing import Any

import pytest

from app.database import Database
from app.domain.shop import Case, OrderChange
from app.orders import SqlShop
from app.orders.sample import make_sample, read_catalogue
from tests.benchmarks.measured import p50_p95
from tests.benchmarks.scale import scaled
from tests.postgres import fresh_database
from tests.shop_samples import NOON

pytestmark = [pytest.mark.benchmark, pytest.mark.timeout(3600)]

CATALOGUE = Path(__file__).parents[2] / "knowledge" / "catalogue" / "products.csv"
TIMES = 300


@pytest.fixture(scope="module")
def sample():
    customers = scaled(6600, least=200)
    return make_sample(read_catalogue(CATALOGUE), customers=customers, as_of=date(2026, 11, 25))


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def database(request, tmp_path) -> Iterator[Database]:
    with ExitStack() as stack:
        is_sqlite = request.param == "sqlite"
        path = tmp_path / "kefu.sqlite"
        database = Database.in_file(path) if is_sqlite else Database(stack.enter_context(fresh_database()))
        stack.callback(database.close)
        yield database


def timed(ask: Callable[[Any], object], arguments: list[Any]) -> tuple[float, float]:
    times_ms = []
    for argument in arguments:
        begun = time.perf_counter()
        assert ask(argument)
        times_ms.append((time.perf_counter() - begun) * 1000)
    return p50_p95(times_ms)


def test_finding_and_changing(sample, database, request, measurements):
    engine = request.node.callspec.params["database"]
    shop, rng = SqlShop(database), Random(1)
    begun = time.perf_counter()
    shop.add(customers=sample.customers, items=sample.items, orders=sample.orders)
    filling_s = time.perf_counter() - begun
    orders, people = rng.sample(sample.orders, TIMES), rng.sample(sample.customers, min(TIMES, len(sample.customers)))

    def change(number: int) -> object:
        order = orders[number]
        case = Case(f"B{number}", order.order_id, "invoice", "done", "", (), 0, None, NOON)
        count = len(order.cases)
        return shop.change_order(OrderChange(order.order_id, order.status, case=case, expected_cases=count))

    asked = {
        "an order by number": timed(shop.order, [order.order_id for order in orders]),
        "an order by parcel": timed(
            shop.order_of_parcel, [order.shipments[0].tracking_number for order in orders if order.shipments]
        ),
        "20 newest orders of a customer": timed(lambda order: shop.orders_of(order.customer_id), orders),
        "people by e-mail": timed(lambda one: shop.find_customers(email=one.email), people),
        "people by name and postcode": timed(
            lambda one: shop.find_customers(name=one.name, postcode=one.address.postcode), people
        ),
        "a change": timed(change, list(range(TIMES))),
    }

    measurements.note(
        f"{len(sample.orders):,} orders in {engine}: stored in",
        target="<= 120 s",
        measured=f"{filling_s:.0f} s",
        is_met=filling_s <= 120,
    )
    for what, (half, most) in asked.items():
        measurements.note(
            f"{len(sample.orders):,} orders in {engine}: {what}, p95",
            target="<= 30 ms",
            measured=f"{most:.1f} ms, p50 {half:.1f}",
            is_met=most <= 30,
        )

from __future__ import annotations

from datetime import datetime

import pytest
from sqlalchemy import event, text
from sqlalchemy.exc import IntegrityError

from app.database import Database
from app.domain.shop import Case, OrderChange
from app.orders import SqlShop
from tests.shop_samples import ITEMS, LONDON, NOBODY, NOON, WANG, ZOE, order, plain_order, shoes


@pytest.fixture
def database(tmp_path):
    database = Database.in_file(tmp_path / "kefu.sqlite")
    yield database
    database.close()


@pytest.fixture
def shop(database):
    shop = SqlShop(database)
    shop.add(customers=[WANG, ZOE, NOBODY], items=ITEMS, orders=[order()])
    return shop


CHANGE = OrderChange(
    "SL2611200001", "delivered", expected_cases=1, balances={"gift_c1": 5},
    case=Case("R1", "SL2611200001", "return", "requested", "", ("1",), 0, None, NOON),
)  # fmt: skip


@pytest.mark.parametrize(
    "ask",
    [
        lambda shop: shop.customer("C1"),
        lambda shop: shop.find_customers(email="zoe@example.com"),
        lambda shop: shop.find_customers(phone="13800000001"),
        lambda shop: shop.find_customers(name="王小雨", postcode="200030"),
        lambda shop: shop.order("SL2611200001"),
        lambda shop: shop.orders_of("C1"),
        lambda shop: shop.order_of_parcel("XL2611200001"),
        lambda shop: shop.item("CUP"),
        lambda shop: shop.variants("SO-1"),
        lambda shop: shop.change_order(CHANGE),
        lambda shop: shop.change_address("C1", LONDON),
    ],
)
def test_nothing_is_looked_for_row_by_row(shop, database, ask):
    """However many orders there are, each statement of a look-up goes by an index."""
    asked: list[tuple[str, object]] = []
    with database.reading() as connection:
        engine = connection.engine

    def note(_connection, _cursor, statement, parameters, _context, _many):
        if statement.startswith(("SELECT", "UPDATE", "DELETE")):
            asked.append((statement, parameters))

    event.listen(engine, "before_cursor_execute", note)
    assert ask(shop)
    event.remove(engine, "before_cursor_execute", note)

    with database.reading() as connection:
        for statement, parameters in asked:
            plan = connection.exec_driver_sql(f"EXPLAIN QUERY PLAN {statement}", parameters).all()
            assert not any("SCAN shop_" in row[3] for row in plan), (statement, plan)
    assert asked


def test_an_order_is_read_in_six_statements_and_twenty_are_too(shop, database):
    shop.add(orders=[plain_order(f"SL{number}") for number in range(30)])
    with database.reading() as connection:
        engine = connection.engine
    statements: list[str] = []
    event.listen(engine, "before_cursor_execute", lambda *arguments: statements.append(arguments[2]))

    assert len(shop.orders_of("C1", limit=20)) == 20

    assert sum(statement.startswith("SELECT") for statement in statements) == 6


def test_records_are_taken_in_whole_or_not_at_all(shop):
    with pytest.raises(IntegrityError):
        shop.add(items=[shoes("40")], orders=[plain_order("SL9", customer_id="nobody")])

    assert shop.item("SO-1-40") is None
    assert shop.counts() == {"customers": 3, "items": 3, "orders": 1}


def test_new_records_in_place_of_all(shop):
    shop.change_order(CHANGE)

    shop.add(customers=[ZOE], in_place_of_all=True)

    assert shop.counts() == {"customers": 1, "items": 0, "orders": 0}
    assert not shop.is_empty()
    assert shop.order("SL2611200001") is None


def test_everything_is_read_piece_by_piece(shop):
    shop.add(orders=[plain_order(f"SM{number:04d}") for number in range(1200)])

    found = [one.order_id for one in shop.every_order()]

    assert len(found) == 1201
    assert found == sorted(found)
    assert [one.customer_id for one in shop.every_customer()] == ["C1", "C2", "C3"]
    assert len(list(shop.every_item())) == 3


def test_times_are_in_utc_whatever_was_put_in(database, shop):
    from zoneinfo import ZoneInfo

    local = datetime(2026, 11, 20, 20, tzinfo=ZoneInfo("Asia/Shanghai"))
    shop.add(orders=[plain_order("SL8", placed_at=local)])

    assert shop.order("SL8").placed_at.isoformat() == "2026-11-20T12:00:00+00:00"
    with pytest.raises(Exception, match="aware"):
        shop.add(orders=[plain_order("SL7", placed_at=datetime(2026, 11, 20))])
    with database.reading() as connection:
        assert connection.execute(text("SELECT count(*) FROM shop_orders")).scalar() == 2

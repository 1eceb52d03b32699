from __future__ import annotations

import json
import re
from collections import Counter
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from app.domain.shop import Order
from app.orders.errors import CatalogueInvalid
from app.orders.sample import behaviour_of, make_sample, read_catalogue
from app.orders.sample.catalogue import sizes_of
from app.orders.sample.seasons import add_business_days, day_weight, dispatch_day

ROOT = Path(__file__).parents[3]
CATALOGUE = ROOT / "knowledge" / "catalogue" / "products.csv"
AS_OF = date(2026, 11, 25)
NOW = datetime(2026, 11, 25, tzinfo=UTC)


@pytest.fixture(scope="module")
def products():
    return read_catalogue(CATALOGUE)


@pytest.fixture(scope="module")
def sample(products):
    return make_sample(products, customers=120, as_of=AS_OF)


def test_the_catalogue_becomes_items_of_every_colour_and_size(products):
    shirt = next(product for product in products if product.product_id == "SL-WC-3001")

    assert len(products) == 333
    assert [item.sku for item in shirt.items][:3] == ["SL-WC-3001-BG-S", "SL-WC-3001-BG-M", "SL-WC-3001-BG-L"]
    assert shirt.items[1].options == {"colour": "米色 beige", "size": "M"}
    assert sum(item.stock for item in shirt.items) == 64
    skus = [item.sku for product in products for item in product.items]
    assert len(skus) == len(set(skus))
    assert all(
        sum(item.stock for item in product.items) >= 0 and item.price_cents == product.price_cents
        for product in products
        for item in product.items
    )


@pytest.mark.parametrize(
    ("text", "category", "sizes"),
    [
        ("S; M; L", "女装", ["S", "M", "L"]),
        ("225–240", "鞋", ["225", "230", "235", "240"]),
        ("110–130", "童装", ["110", "120", "130"]),
        ("105; 110; 115 cm", "男装", ["105 cm", "110 cm", "115 cm"]),
        ("35–39; 40–44", "内衣泳衣袜子", ["35–39", "40–44"]),
        ("26 cm", "锅具与厨房用品", []),
        ("原味、香辣 original;  spicy", "零食", []),
        ("", "手机", []),
    ],
)
def test_sizes_that_can_be_chosen_and_measures_that_cannot(text, category, sizes):
    assert list(sizes_of(text, category)) == sizes


def test_the_same_seed_and_day_give_the_same_records_and_another_seed_others(products, sample):
    again = make_sample(products, customers=120, as_of=AS_OF)
    other = make_sample(products, customers=120, as_of=AS_OF, seed=2)

    assert again == sample
    assert [one.name for one in other.customers] != [one.name for one in sample.customers]


def test_there_are_about_fifteen_orders_a_customer_over_two_years(sample):
    placed = [order.placed_at for order in sample.orders]

    assert 1200 < len(sample.orders) < 2600
    assert min(placed) > NOW - timedelta(days=731)
    assert max(placed) < NOW
    assert len({order.order_id for order in sample.orders}) == len(sample.orders)
    assert all(re.fullmatch(r"SL\d{10}", order.order_id) for order in sample.orders)  # as the knowledge base says


def _moments(order: Order) -> list[datetime]:
    events = [event.at for shipment in order.shipments for event in shipment.events]
    money = [payment.at for payment in order.payments]
    return [order.placed_at, *filter(None, (order.shipped_at, order.delivered_at)), *events, *money]


def test_nothing_has_happened_that_is_still_to_come(sample):
    assert all(moment <= NOW for order in sample.orders for moment in _moments(order))
    assert all(case.created_at <= NOW for order in sample.orders for case in order.cases)


def test_what_happened_happened_in_order(sample):
    for order in sample.orders:
        steps = [moment for moment in (order.placed_at, order.shipped_at, order.delivered_at) if moment is not None]
        assert steps == sorted(steps), order.order_id
        assert (order.status == "delivered") == (order.delivered_at is not None)
        assert (order.status in ("shipped", "delivered")) == bool(order.shipments)
        for shipment in order.shipments:
            times = [event.at for event in shipment.events]
            assert times == sorted(times)
            assert (shipment.events[-1].status == "delivered") == (order.status == "delivered")
        on_the_way = sorted(line_id for shipment in order.shipments for line_id in shipment.line_ids)
        assert on_the_way == (sorted(line.line_id for line in order.lines) if order.shipments else [])


def test_the_money_adds_up(sample):
    for order in sample.orders:
        paid = sum(payment.amount_cents for payment in order.payments if payment.kind == "payment")
        back = sum(payment.amount_cents for payment in order.payments if payment.kind == "refund")
        assert paid in (0, order.total_cents), order.order_id
        assert back <= paid
        if order.status == "cancelled":
            assert back == paid


def test_shipping_is_what_the_company_says_it_is(sample):
    """`knowledge/zh/shipping/配送范围与运费.md`: free from 99 yuan, 49 for PLUS, else 8; remote regions 15 more."""
    tiers = {customer.customer_id: customer.tier for customer in sample.customers}
    remote = {"新疆维吾尔自治区", "西藏自治区", "青海省", "内蒙古自治区"}
    for order in sample.orders:
        if order.currency == "CNY":
            goods = order.total_cents - order.shipping_cents
            base = 0 if goods >= (4900 if tiers[order.customer_id] == "PLUS" else 9900) else 800
            assert order.shipping_cents == base + 1500 * (order.address.region in remote), order.order_id


def test_nothing_goes_where_the_company_does_not_deliver(sample, products):
    kinds = {product.product_id: product for product in products}
    abroad = [order for order in sample.orders if order.address.country != "CN"]

    assert abroad
    assert {order.address.country for order in sample.orders} <= {
        "CN",
        "US",
        "GB",
        "DE",
        "FR",
        "IE",
        "CA",
        "AU",
        "SG",
        "JP",
    }
    for order in abroad:
        assert order.currency == ("EUR" if order.address.country in ("DE", "FR", "IE") else "USD")
        assert all(kinds[line.product_id].goes_abroad for line in order.lines)
        assert not any(case.kind == "exchange" for case in order.cases)  # there are no international exchanges
    assert any(customer.address.country == "HK" for customer in sample.customers)


def test_more_is_bought_at_the_sales(sample):
    by_day = Counter((order.placed_at + timedelta(hours=8)).date() for order in sample.orders)
    ordinary = sum(count for day, count in by_day.items() if day.month in (3, 4, 8)) / (2 * 92)

    assert by_day[date(2025, 11, 11)] > 4 * ordinary
    assert sum(by_day[date(2026, 6, day)] for day in (16, 17, 18)) / 3 > 2 * ordinary
    assert day_weight(date(2026, 2, 17)) < 0.5  # the first day of the lunar year


def test_people_buy_their_own_size(sample):
    shoes: dict[str, Counter[str]] = {}
    for order in sample.orders:
        for line in order.lines:
            if line.category == "鞋" and "size" in line.options:
                shoes.setdefault(order.customer_id, Counter())[line.options["size"]] += line.quantity
    faithful = [max(counts.values()) / sum(counts.values()) for counts in shoes.values() if sum(counts.values()) >= 4]

    assert faithful
    assert sum(faithful) / len(faithful) > 0.6


def test_what_is_paid_in_the_afternoon_leaves_the_next_day_and_nothing_leaves_at_new_year():
    def shanghai(*numbers: int) -> datetime:
        return datetime(*numbers, tzinfo=UTC) - timedelta(hours=8)

    assert dispatch_day(shanghai(2026, 11, 24, 15, 59)) == date(2026, 11, 24)
    assert dispatch_day(shanghai(2026, 11, 24, 16, 0)) == date(2026, 11, 25)
    # knowledge/zh/shipping/2027年春节发货安排.md: nothing from 4 to 11 February 2027, again from the 12th
    assert dispatch_day(shanghai(2027, 2, 3, 17, 0)) == date(2027, 2, 12)
    assert dispatch_day(shanghai(2027, 2, 12, 10, 0)) == date(2027, 2, 12)
    assert add_business_days(date(2026, 11, 27), 1) == date(2026, 11, 30)


def test_the_documented_records_are_there_and_as_documented(sample):
    text = (ROOT / "docs" / "sample-data.md").read_text(encoding="utf-8")
    orders = {order.order_id: order for order in sample.orders}
    customers = {customer.customer_id: customer for customer in sample.customers}

    rows = re.findall(r"^\| (SL\d{10}) \| (C\d+) \| (\w+) \|", text, flags=re.MULTILINE)
    assert sorted(number for number, _, _ in rows) == sorted(number for number in orders if number.startswith("SL862"))
    for number, customer_id, status in rows:
        assert (orders[number].customer_id, orders[number].status) == (customer_id, status), number
    people = re.findall(r"^\| (C\d+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|", text, flags=re.MULTILINE)
    assert [(customers[one].name, customers[one].tier, customers[one].email) for one, _, _, _ in people] == [
        (name.strip(), tier.strip(), email.strip()) for _, name, tier, email in people
    ]
    assert len(people) == 9


@pytest.mark.parametrize("as_of", [date(2026, 1, 1), date(2026, 11, 25), date(2028, 2, 29)])
def test_delivered_yesterday_stays_true(products, as_of):
    orders = {order.order_id: order for order in make_sample(products, customers=0, as_of=as_of).orders}
    shanghai = timedelta(hours=8)

    def days_ago(number: str) -> int:
        return (as_of - (orders[number].delivered_at + shanghai).date()).days

    assert days_ago("SL8620000005") == 1
    assert days_ago("SL8620000008") == 10
    assert days_ago("SL8620000009") == 30
    assert orders["SL8620000001"].status == "unpaid"
    assert orders["SL8620000002"].status == "pending"
    assert orders["SL8620000003"].status == "processed"
    assert orders["SL8620000004"].status == "shipped"


def test_events_lead_to_the_orders_that_there_are(sample):
    languages = {customer.customer_id: customer.language for customer in sample.customers}
    events = list(behaviour_of(sample.orders, sample.items, languages))

    assert events == list(behaviour_of(sample.orders, sample.items, languages))
    bought = Counter((event.order_id, event.sku) for event in events if event.event == "buy")
    assert bought == Counter((order.order_id, line.sku) for order in sample.orders for line in order.lines)
    assert {event.event for event in events} == {"search", "view", "cart", "buy", "dismiss"}
    by_user: dict[str, list[datetime]] = {}
    for event in events:
        by_user.setdefault(event.user_id, []).append(event.at)
    assert all(times == sorted(times) for times in by_user.values())
    line = json.loads(json.dumps(next(event for event in events if event.event == "buy").to_dict()))
    assert set(line) == {"user_id", "event", "at", "session_id", "item_id", "sku", "quantity", "order_id"}
    assert all(event.query for event in events if event.event == "search")


def test_a_catalogue_that_is_none(tmp_path):
    with pytest.raises(CatalogueInvalid, match="cannot be read"):
        read_catalogue(tmp_path / "nowhere.csv")
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(CatalogueInvalid, match="no column sku"):
        read_catalogue(tmp_path / "other.csv")
    lines = CATALOGUE.read_text(encoding="utf-8").splitlines()
    (tmp_path / "broken.csv").write_text("\n".join([lines[0], lines[1].replace("2599", "cheap")]), encoding="utf-8")
    with pytest.raises(CatalogueInvalid, match="row 2"):
        read_catalogue(tmp_path / "broken.csv")


@pytest.mark.parametrize("customers", [-1, 20_001])
def test_a_number_of_customers_that_is_none(products, customers):
    with pytest.raises(ValueError, match="Expected 0 to 20000"):
        make_sample(products, customers=customers, as_of=AS_OF)

"""A small shop in memory: two customers, a few products and orders in every state; the present is `NOW`."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from app.domain.shop import (
    Address,
    Customer,
    Item,
    Order,
    OrderLine,
    Payment,
    PaymentMethod,
    Shipment,
    ShipmentEvent,
)
from tests.memory_shop import MemoryShop

NOW = datetime(2026, 11, 24, 4, 0, tzinfo=UTC)
"""Noon in Shanghai."""

SHANGHAI = Address("王小雨", ("漕溪北路88号",), "上海", "上海", "CN", "200030", "+8613800000001")
URUMQI = Address("王小雨", ("友好北路12号",), "乌鲁木齐", "新疆", "CN", "830000")
SEATTLE = Address("Emma Smith", ("12 Pine St",), "Seattle", "WA", "US", "98101", "+12065550104")

WANG = Customer(
    "C1",
    "王小雨",
    "xiaoyu.wang@example.com",
    "+8613800000001",
    SHANGHAI,
    (
        PaymentMethod("alipay", "alipay", "支付宝"),
        PaymentMethod("card-gift", "gift_card", "", 2000),
    ),
    "PLUS",
)
SMITH = Customer(
    "C2",
    "Emma Smith",
    "emma.smith@example.com",
    "+12065550104",
    SEATTLE,
    (PaymentMethod("visa", "card", "Visa 4242"),),
    "普通",
)

NO_REASON = "七日无理由退货 no-reason return"


def item(
    sku: str, product: str, price: int, *, category: str = "女装", returns: str = NO_REASON, **options: str
) -> Item:
    attributes = {"return_class": returns, "warranty_months": "12"}
    return Item(sku, product, f"商品{product}", f"Product {product}", category, options, price, "CNY", 5, attributes)


ITEMS = (
    item("COAT-M", "COAT", 49900, colour="黑色 black", size="M"),
    item("COAT-L", "COAT", 49900, colour="黑色 black", size="L"),
    item("SHIRT", "SHIRT", 9900),
    replace(item("SOLD-OUT", "COAT", 52900, colour="红色 red", size="M"), stock=0),
    item("BRA", "BRA", 15900, category="内衣泳衣袜子", returns="拆封后不支持无理由退货 not returnable once opened"),
    item("PHONE", "PHONE", 259900, category="手机", returns="激活后不支持无理由退货 not returnable once activated"),
    item("APPLES", "APPLES", 8800, category="水果蔬菜", returns="生鲜不支持无理由退货 fresh food, not returnable"),
    item("CUP", "CUP", 12800, category="定制与礼品服务", returns="定制不支持无理由退货 custom-made, not returnable"),
)


def line(sku: str, quantity: int = 1, *, line_id: str = "", price: int | None = None) -> OrderLine:
    found = next(one for one in ITEMS if one.sku == sku)
    paid = found.price_cents if price is None else price
    return OrderLine(line_id or sku, sku, found.product_id, found.name, found.category, found.options, quantity, paid)


def order(order_id: str, status: str, *lines: OrderLine, days: float = 2, **fields: object) -> Order:
    """Placed `days` + 3 days ago, shipped a day later, delivered `days` days ago; as far as its status goes."""
    placed = NOW - timedelta(days=days + 3)
    values: dict[str, object] = {
        "customer_id": "C1",
        "address": SHANGHAI,
        "currency": "CNY",
        "payments": (),
        "placed_at": placed,
        "shipped_at": placed + timedelta(days=1) if status in ("shipped", "delivered") else None,
        "delivered_at": NOW - timedelta(days=days) if status == "delivered" else None,
        **fields,
    }
    made = Order(order_id, status=status, lines=lines, **values)  # type: ignore[arg-type]
    if status == "unpaid" or "payments" in fields:
        return made
    method = "visa" if made.customer_id == "C2" else "alipay"
    return replace(made, payments=(Payment("payment", made.total_cents, method, placed),))


def shop(*more: Order) -> MemoryShop:
    parcel = Shipment(
        "XL1",
        "顺丰",
        ("SHIRT",),
        (ShipmentEvent(NOW - timedelta(hours=5), "in_transit", "杭州"),),
        NOW + timedelta(days=1),
    )
    orders = (
        order("SL1", "unpaid", line("PHONE")),
        order("SL2", "pending", line("COAT-M"), line("SHIRT", 2), shipping_cents=800),
        order("SL3", "processed", line("SHIRT")),
        order("SL4", "shipped", line("SHIRT"), shipments=(parcel,)),
        order("SL5", "delivered", line("COAT-M"), line("SHIRT", 3), days=2, discount_cents=5000),
        order("SL6", "delivered", line("SHIRT"), days=30),
        order("SL7", "cancelled", line("SHIRT")),
        order("SL9", "delivered", line("BRA"), days=1),
        order("SX1", "pending", line("SHIRT"), customer_id="C2", address=SEATTLE),
        order("SX2", "delivered", line("SHIRT"), customer_id="C2", address=SEATTLE),
    )
    return MemoryShop((WANG, SMITH), ITEMS, (*orders, *more))

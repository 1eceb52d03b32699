"""A few customers, items and orders, each written out by hand."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.shop import (
    Address,
    Case,
    Customer,
    Item,
    Order,
    OrderLine,
    Payment,
    PaymentMethod,
    Shipment,
    ShipmentEvent,
)

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)
SHANGHAI = Address("王小雨", ("徐汇区", "衡山路120号"), "上海市", "上海市", "CN", "200030", "+8613800000001")
LONDON = Address("Zoë O'Brien", ("27 Church Road",), "London", "England", "GB", "SW1A 1AA")
ALIPAY = PaymentMethod("alipay_c1", "alipay", "支付宝")
GIFT_CARD = PaymentMethod("gift_c1", "gift_card", "礼品卡", 5000)
WANG = Customer(
    "C1", "王小雨", "Xiaoyu.Wang@example.com", "+8613800000001", SHANGHAI, (ALIPAY, GIFT_CARD), "PLUS", "zh"
)
VISA = PaymentMethod("card_c2", "card", "Visa 1")
ZOE = Customer("C2", "Zoë O'Brien", "zoe@example.com", None, LONDON, (VISA,), "", "en")
NOBODY = Customer("C3", "王小雨", None, None, None)


def shoes(size: str, stock: int = 3) -> Item:
    """One size of a pair of shoes."""
    options = {"colour": "黑色 black", "size": size}
    brand = {"brand": "跃动 Vivid"}
    return Item(f"SO-1-{size}", "SO-1", "跑鞋", "Running shoes", "鞋", options, 29_900, "CNY", stock, brand)


ITEMS = (shoes("38"), shoes("39", 0), Item("CUP", "CUP", "杯子", "Cup", "餐具茶具", {}, 3990, "CNY", 8))


def line(line_id: str = "1", sku: str = "SO-1-38", **fields: Any) -> OrderLine:
    """Of the shoes."""
    values = {"product_id": "SO-1", "name": "跑鞋", "category": "鞋", "options": {"colour": "黑色 black", "size": "38"},
              "quantity": 1, "price_cents": 29_900, **fields}  # fmt: skip
    return OrderLine(line_id, sku, **values)


def order(order_id: str = "SL2611200001", **fields: Any) -> Order:
    """A delivered one of Wang's."""
    values: dict[str, Any] = {
        "customer_id": "C1",
        "status": "delivered",
        "lines": (line(), line("2", "CUP", product_id="CUP", name="杯子", category="餐具茶具", options={}, quantity=2)),
        "address": SHANGHAI,
        "currency": "CNY",
        "payments": (Payment("payment", 89_700, "alipay_c1", NOON), Payment("refund", 100, "alipay_c1")),
        "placed_at": NOON,
        "shipped_at": NOON + timedelta(hours=5),
        "delivered_at": NOON + timedelta(days=2),
        "discount_cents": 500,
        "shipping_cents": 800,
        "shipments": (
            Shipment(
                f"XL{order_id[2:]}",
                "迅鹿速运",
                ("1", "2"),
                (
                    ShipmentEvent(NOON + timedelta(hours=5), "picked_up", "杭州", "已揽收"),
                    ShipmentEvent(NOON + timedelta(days=2), "delivered", "上海", "已签收"),
                ),
                NOON + timedelta(days=3),
            ),
        ),
        "cases": (Case(f"A-{order_id}", order_id, "invoice", "done", "", (), 0, None, NOON, {"title": "云杉"}),),
        "note": "放门卫，易碎",
        **fields,
    }
    return Order(order_id=order_id, **values)


def plain_order(order_id: str, **fields: Any) -> Order:
    """Without parcels and cases."""
    return order(order_id, **{"shipments": (), "cases": (), **fields})

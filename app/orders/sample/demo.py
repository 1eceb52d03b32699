"""Customers and orders that are always there under the same numbers, for examples and dialogue tests.

Their days count back from the day of the records, so that what was delivered yesterday always was. Listed in
`docs/sample-data.md`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from random import Random

from app.domain.shop import Address, Case, CaseKind, CaseStatus, Customer, Order, Payment, PaymentMethod, ShipmentEvent
from app.orders.sample.catalogue import Product
from app.orders.sample.fulfilment import Bought, Plan, build_order
from app.orders.sample.people import Person
from app.orders.sample.places import abroad_of, pickup_in_shenzhen
from index.types import Language

_FAR_AWAY = timedelta(days=3)


def _person(
    customer_id: str,
    name: str,
    mailbox: str,
    phone: str,
    address: tuple[tuple[str, ...], str, str, str, str],
    methods: Sequence[PaymentMethod],
    tier: str,
    language: Language,
) -> Person:
    lines, city, region, country, postcode = address
    home = Address(name, lines, city, region, country, postcode, phone)
    email = f"{mailbox}@example.com"
    customer = Customer(customer_id, name, email, phone, home, tuple(methods), tier, language)
    deliver_to = pickup_in_shenzhen(name, phone) if country == "HK" else home
    return Person(customer, deliver_to, abroad_of(home), True, (), {}, (), 1.0, 0.5, tier == "PLUS")


_PEOPLE = (
    _person("C10001", "王小雨", "xiaoyu.wang", "+8613800000001",
            (("徐汇区", "衡山路120号", "云杉花园3栋1单元502室"), "上海市", "上海市", "CN", "200030"),
            (PaymentMethod("alipay_c10001", "alipay", "支付宝"), PaymentMethod("card_c10001", "card", "银联 6688"),
             PaymentMethod("gift_c10001", "gift_card", "礼品卡 8866", 20_000)), "PLUS", "zh"),
    _person("C10002", "李浩然", "haoran.li", "+8613800000002",
            (("天山区", "人民路45号", "2栋3单元1101室"), "乌鲁木齐市", "新疆维吾尔自治区", "CN", "830000"),
            (PaymentMethod("wechat_c10002", "wechat", "微信支付"),), "普通", "zh"),
    _person("C10003", "陈静", "jing.chen", "+8613800000003",
            (("西湖区", "文三路398号", "听松苑7栋2单元1203室"), "杭州市", "浙江省", "CN", "310012"),
            (PaymentMethod("wechat_c10003", "wechat", "微信支付"), PaymentMethod("alipay_c10003", "alipay", "支付宝")),
            "金卡", "zh"),
    _person("C10004", "Emma Smith", "emma.smith", "+12065550104",
            (("1420 Pine St", "Apt 6"), "Seattle", "WA", "US", "98101"),
            (PaymentMethod("card_c10004", "card", "Visa 4242"),), "普通", "en"),
    _person("C10005", "James Wilson", "james.wilson", "+447700900105",
            (("27 Church Road",), "London", "England", "GB", "SW1A 1AA"),
            (PaymentMethod("card_c10005", "card", "Mastercard 9212"),), "PLUS", "en"),
    _person("C10006", "Chan Ka Ming", "kaming.chan", "+85250000106",
            (("Flat C, 18/F", "88 Nathan Road"), "Hong Kong", "Kowloon", "HK", "999077"),
            (PaymentMethod("alipay_c10006", "alipay", "Alipay"),), "银卡", "en"),
    _person("C10007", "Hannah Müller", "hannah.mueller", "+4917604069007",
            (("Lindenstraße 12",), "Berlin", "Berlin", "DE", "10115"),
            (PaymentMethod("card_c10007", "card", "Visa 1881"),), "普通", "en"),
    _person("C10008", "张伟", "wei.zhang", "+8613800000008",
            (("海淀区", "学府路9号", "金桂小区11栋4单元602室"), "北京市", "北京市", "CN", "100080"),
            (PaymentMethod("wechat_c10008", "wechat", "微信支付"),), "银卡", "zh"),
    _person("C10009", "张伟", "zhangwei", "+8613800000009",
            (("天河区", "中山路77号", "丽景公寓1栋1单元2404室"), "广州市", "广东省", "CN", "510000"),
            (PaymentMethod("alipay_c10009", "alipay", "支付宝"),), "普通", "zh"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class _Asked:
    """A case: its kind and how far it is, days ago, what for."""

    kind: CaseKind
    status: CaseStatus
    days_ago: float
    reason: str = ""


@dataclass(frozen=True, slots=True)
class _Demo:
    """One order, and how many days ago what happened to it; None: not yet."""

    number: int
    customer_id: str
    skus: Mapping[str, int]
    """SKU to quantity."""
    placed: float
    picked: float | None = None
    shipped: float | None = None
    delivered: float | None = None
    is_paid: bool = True
    cancelled: float | None = None
    note: str = ""
    case: _Asked | None = None
    trouble: str | None = None
    """delayed or lost."""
    gift_cents: int = 0
    """Paid with a gift card."""
    share: float = 1.0


# Days are counted from 8 o'clock in Shanghai: 0.6 is 17:36 of the day before.
_DEMOS = (
    _Demo(1, "C10001", {"SL-PH-1001-BK": 1}, 0.005, is_paid=False),
    _Demo(2, "C10001", {"SL-WC-3001-BG-M": 1, "SL-WC-3009-WH-M": 2}, 0.48),
    _Demo(3, "C10003", {"SL-KW-2508-RD": 1}, 0.7, picked=0.4, note="易碎，放门卫"),
    _Demo(4, "C10001", {"SL-AU-1301-WH": 1, "SL-DA-1501-WH": 1}, 2.7, 2.65, 2.6, note="下午两点后送，放门卫"),
    _Demo(5, "C10001", {"SL-WC-3012-BK-M": 1}, 2.8, 2.7, 2.6, 0.6),
    _Demo(6, "C10002", {"SL-OD-4701-GN": 1, "SL-OD-4703-NV": 1}, 12.8, 12.7, 12.6, 5.6),
    _Demo(7, "C10001", {"SL-SO-3403-PK-235": 1}, 11.8, 11.7, 11.6, 9.6),
    _Demo(8, "C10003", {"SL-SO-3411-BK-240": 1}, 11.8, 11.7, 11.6, 9.6),
    _Demo(9, "C10003", {"SL-AU-1305-BK": 1}, 31.8, 31.7, 31.6, 29.6),
    _Demo(10, "C10001", {"SL-BG-3503-BG": 1, "SL-TX-4401-WH": 2}, 7.8, 7.7, 7.6, 5.6,
          case=_Asked("return", "approved", 2.5, "尺寸太小")),
    _Demo(11, "C10003", {"SL-LP-1218-WH": 1}, 21.8, 21.7, 21.6, 19.6,
          case=_Asked("return", "done", 18.5, "按键声音太大")),
    _Demo(12, "C10002", {"SL-LP-1220-BK": 1}, 3.5, cancelled=3.4),
    _Demo(13, "C10004", {"SL-WE-1401-BK": 1}, 6.7, 6.65, 6.6),
    _Demo(14, "C10005", {"SL-MC-3101-WH-L": 2, "SL-MC-3117-BK-110": 1}, 14.7, 14.65, 14.6, 3.6),
    _Demo(15, "C10007", {"SL-AU-1310-GN": 1}, 23.7, 23.65, 23.6, 11.6),
    _Demo(16, "C10006", {"SL-TB-1102-GY": 1, "SL-TB-1109": 1}, 1.75, 1.7, 1.6),
    _Demo(17, "C10003", {"SL-FR-3801": 2}, 1.8, 1.7, 1.6, 0.6, note="生鲜尽快送"),
    _Demo(18, "C10003", {"SL-UW-3201-BG-M": 3}, 4.8, 4.7, 4.6, 2.6),
    _Demo(19, "C10002", {"SL-BD-4304": 1}, 11.8, 11.7, 11.6, trouble="delayed"),
    _Demo(20, "C10008", {"SL-DA-1505": 1}, 15.8, 15.7, 15.6, trouble="lost"),
    _Demo(21, "C10008", {"SL-AC-1042": 1}, 9.8, 9.7, 8.6, 3.6),
    _Demo(22, "C10009", {"SL-WM-2004-WH": 1, "SL-CL-5901": 2}, 2.8, 2.7, 2.6),
    _Demo(23, "C10003", {"SL-SO-3417-WH-240": 1}, 6.8, 6.7, 6.6, 4.6,
          case=_Asked("exchange", "in_transit", 3.5, "鞋底开胶")),
    _Demo(24, "C10001", {"SL-KW-2519-GN": 1, "SL-KW-2517-PK": 1}, 6.8, 6.7, 6.6, 4.6, gift_cents=10_000),
    _Demo(25, "C10009", {"SL-KW-2502": 1}, 12.8, 12.7, 12.6, 11.6, share=1.25),
    _Demo(26, "C10008", {"SL-CT-5501-BK": 1}, 0.45),
    _Demo(27, "C10009", {"SL-PH-1008-GY": 1}, 5.8, 5.7, 5.6, 3.6),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class DemoRecords:
    """What is always there."""

    customers: list[Customer]
    orders: list[Order]


def demo_records(products: Mapping[str, Product], now: datetime) -> DemoRecords:
    """Those whose products the catalogue has."""
    people = {person.customer.customer_id: person for person in _PEOPLE}
    goods = {item.sku: (product, item) for product in products.values() for item in product.items}
    orders = [
        _order(demo, people[demo.customer_id], [Bought(*goods[sku], count) for sku, count in demo.skus.items()], now)
        for demo in _DEMOS
        if demo.skus.keys() <= goods.keys()
    ]
    return DemoRecords([person.customer for person in _PEOPLE], orders)


def _order(demo: _Demo, person: Person, basket: Sequence[Bought], now: datetime) -> Order:
    order_id = f"SL862{demo.number:07d}"

    def ago(days: float | None, otherwise: timedelta) -> datetime:
        return now + otherwise if days is None else now - timedelta(days=days)

    placed_at = ago(demo.placed, _FAR_AWAY)
    soon = timedelta(days=1, hours=2) if person.abroad is None else timedelta(days=6)
    plan = Plan(
        placed_at=placed_at,
        paid_at=placed_at + timedelta(minutes=3) if demo.is_paid else None,
        picked_at=ago(demo.picked, timedelta(hours=6)),
        shipped_at=ago(demo.shipped, timedelta(hours=9)),
        delivered_at=ago(demo.delivered, soon),
        expected_at=ago(demo.delivered, soon) if demo.trouble is None else now - timedelta(days=3.5),
        is_delayed=demo.trouble == "delayed",
        cancelled_at=None if demo.cancelled is None else ago(demo.cancelled, _FAR_AWAY),
    )
    order = build_order(
        Random(f"demo/{order_id}"),
        order_id,
        person,
        basket,
        plan,
        now,
        note=demo.note,
        share=demo.share,
        has_discounts=False,
    )
    order = replace(order, payments=_paid(order, person, demo.gift_cents))
    if demo.trouble == "lost":
        order = _lost(order)
    return order if demo.case is None else _with_case(order, demo.case, now)


def _paid(order: Order, person: Person, gift_cents: int) -> tuple[Payment, ...]:
    """With the first method, and the gift card where that is said."""
    method = person.customer.payment_methods[0]
    first = next(iter(order.payments), None)
    if first is None:
        return ()
    parts = [(order.total_cents - gift_cents, method.method_id)]
    if gift_cents:
        card = next(one for one in person.customer.payment_methods if one.kind == "gift_card")
        parts.append((gift_cents, card.method_id))
    paid = tuple(Payment("payment", amount, method_id, first.at) for amount, method_id in parts)
    back = tuple(
        Payment("refund", order.total_cents, method.method_id, part.at)
        for part in order.payments
        if part.kind == "refund"
    )
    return paid + back[:1]


def _lost(order: Order) -> Order:
    """Nobody has scanned it for twelve days."""
    shipment = order.shipments[0]
    events = shipment.events[:2]
    lost = ShipmentEvent(events[-1].at + timedelta(days=12), "lost", events[-1].place, "包裹丢失，正在核实")
    return replace(order, shipments=(replace(shipment, events=(*events, lost)), *order.shipments[1:]))


def _with_case(order: Order, asked: _Asked, now: datetime) -> Order:
    at, line = now - timedelta(days=asked.days_ago), order.lines[0]
    amount = line.quantity * line.price_cents if asked.kind == "return" else 0
    case = Case(
        case_id=f"AS{order.order_id[2:]}-1",
        order_id=order.order_id,
        kind=asked.kind,
        status=asked.status,
        reason=asked.reason,
        line_ids=(line.line_id,),
        amount_cents=amount,
        method_id=order.payments[0].method_id if amount else None,
        created_at=at,
        details={"new_skus": {line.line_id: line.sku}} if asked.kind == "exchange" else {},
    )
    payments = order.payments
    if amount and asked.status == "done":
        payments += (Payment("refund", amount, order.payments[0].method_id, at + timedelta(days=8)),)
    return replace(order, cases=(case,), payments=payments)

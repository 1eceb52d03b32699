"""From a basket to an order as it stands at a moment (paid, picked, on its way, there), and where its parcel was."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from random import Random

from app.domain.shop import Address, Item, Order, OrderLine, OrderStatus, Payment, Shipment, ShipmentEvent
from app.orders.sample.catalogue import Product
from app.orders.sample.people import Person
from app.orders.sample.places import Abroad, abroad_of, town_of
from app.orders.sample.seasons import SHANGHAI, add_business_days, dispatch_day, is_full_reduction
from index.types import Language

PER_UNIT = {"CNY": 1.0, "USD": 7.2, "EUR": 7.8}
"""Yuan for one unit: a fixed rate stands for that of the day."""
_PAY_WITHIN = timedelta(minutes=30)
_FREE_FROM_CENTS, _FREE_FROM_PLUS_CENTS, _BASE_CENTS, _REMOTE_CENTS = 9900, 4900, 800, 1500
"""Source: `knowledge/zh/shipping/配送范围与运费.md`."""
_WAREHOUSE = ("杭州云杉仓", "Hangzhou, Spruce Lane warehouse")


@dataclass(frozen=True, slots=True)
class Bought:
    """One line of a basket."""

    product: Product
    item: Item
    quantity: int


@dataclass(frozen=True, slots=True)
class Plan:
    """When things happen to an order, whether or not they have happened yet."""

    placed_at: datetime
    paid_at: datetime | None
    """None: it is never paid for, and closed after half an hour."""
    picked_at: datetime
    shipped_at: datetime
    delivered_at: datetime
    expected_at: datetime
    is_delayed: bool = False
    cancelled_at: datetime | None = None
    """By the customer, before it was shipped."""


def plan_order(rng: Random, placed_at: datetime, address: Address, basket: Sequence[Bought]) -> Plan:
    """What will become of it."""
    is_paid = rng.random() > 0.035
    paid_at = placed_at + timedelta(seconds=rng.randint(20, 1500))
    ships = datetime.combine(dispatch_day(paid_at), time(17, rng.randint(0, 59), tzinfo=SHANGHAI))
    ships = max(ships, paid_at + timedelta(hours=1))
    is_delayed = rng.random() < 0.04
    days, longest = _days(rng, ships, paid_at, address, any(bought.product.is_large for bought in basket))
    arrives = ships.date() + timedelta(days=days + (rng.randint(1, 4) if is_delayed else 0))
    delivered_at = datetime.combine(arrives, time(rng.randint(9, 20), rng.randint(0, 59), tzinfo=SHANGHAI))
    cancelled_at = None
    if is_paid and rng.random() < 0.025:
        cancelled_at = (paid_at + (ships - paid_at) * rng.random() * 0.8).replace(microsecond=0).astimezone(UTC)
    return Plan(
        placed_at=placed_at.astimezone(UTC),
        paid_at=paid_at.astimezone(UTC) if is_paid else None,
        picked_at=(ships - (ships - paid_at) * rng.uniform(0.1, 0.4)).replace(microsecond=0).astimezone(UTC),
        shipped_at=ships.astimezone(UTC),
        delivered_at=delivered_at.astimezone(UTC),
        expected_at=datetime.combine(ships.date() + timedelta(days=longest), time(21, tzinfo=SHANGHAI)).astimezone(UTC),
        is_delayed=is_delayed,
        cancelled_at=cancelled_at,
    )


def _days(rng: Random, ships: datetime, paid_at: datetime, address: Address, is_large: bool) -> tuple[int, int]:
    """From dispatch to delivery: what it takes, and what was promised at most."""
    abroad = abroad_of(address)
    if abroad is not None:
        least, most = abroad.days
        arrival = add_business_days(paid_at.date(), rng.randint(least, most))
        promised = add_business_days(paid_at.date(), most)
        return max((arrival - ships.date()).days, 3), max((promised - ships.date()).days, 3)
    least, most = (5, 7) if is_large else town_of(address).days
    return rng.randint(least, most), most


def price_in(cents: int, currency: str) -> int:
    """A price in fen in another currency."""
    return round(cents / PER_UNIT[currency])


def lines_of(basket: Sequence[Bought], currency: str, *, share: float = 1.0) -> tuple[OrderLine, ...]:
    """At `share` of today's price."""
    return tuple(
        OrderLine(
            line_id=str(number),
            sku=bought.item.sku,
            product_id=bought.product.product_id,
            name=bought.item.name,
            category=bought.item.category,
            options=bought.item.options,
            quantity=bought.quantity,
            price_cents=price_in(round(bought.item.price_cents * share), currency),
        )
        for number, bought in enumerate(basket, start=1)
    )


def discount_cents(lines: Sequence[OrderLine], placed_at: datetime, currency: str) -> int:
    """What the sale of November takes off."""
    day = placed_at.astimezone(SHANGHAI).date()
    if currency != "CNY" or not is_full_reduction(day):
        return 0
    goods = sum(line.quantity * line.price_cents for line in lines)
    return goods // 30_000 * (6000 if (day.month, day.day) == (11, 11) else 5000)


def shipping_cents(
    goods_cents: int, basket: Sequence[Bought], address: Address, *, is_plus: bool, currency: str
) -> int:
    """Of goods whose price after discounts is given, in the currency of both."""
    abroad = abroad_of(address)
    if abroad is not None:
        return price_in(_freight(goods_cents * PER_UNIT[currency], basket, abroad), currency)
    base = 0 if goods_cents >= (_FREE_FROM_PLUS_CENTS if is_plus else _FREE_FROM_CENTS) else _BASE_CENTS
    return base + (_REMOTE_CENTS if town_of(address).is_remote else 0)


def _freight(goods_fen: float, basket: Sequence[Bought], abroad: Abroad) -> int:
    if abroad.free_from_cents is not None and goods_fen >= abroad.free_from_cents:
        return 0
    weight_g = sum(bought.quantity * bought.product.weight_g for bought in basket)
    return abroad.base_cents + abroad.further_cents * max(-(-weight_g // 1000) - 1, 0)


def build_order(
    rng: Random,
    order_id: str,
    person: Person,
    basket: Sequence[Bought],
    plan: Plan,
    now: datetime,
    *,
    note: str,
    share: float = 1.0,
    has_discounts: bool = True,
) -> Order:
    """The order as it is now, without cases."""
    address = person.deliver_to
    currency = person.abroad.currency if person.abroad is not None else "CNY"
    lines = lines_of(basket, currency, share=share)
    discount = discount_cents(lines, plan.placed_at, currency) if has_discounts else 0
    goods = sum(line.quantity * line.price_cents for line in lines) - discount
    shipping = shipping_cents(goods, basket, address, is_plus=person.is_plus, currency=currency)
    status = _status(plan, now)
    is_sent = status in ("shipped", "delivered")
    language = person.customer.language or "zh"
    return Order(
        order_id=order_id,
        customer_id=person.customer.customer_id,
        status=status,
        lines=lines,
        address=address,
        currency=currency,
        payments=_payments(rng, person, plan, goods + shipping, now),
        placed_at=plan.placed_at,
        shipped_at=plan.shipped_at if is_sent else None,
        delivered_at=plan.delivered_at if status == "delivered" else None,
        shipping_cents=shipping,
        discount_cents=discount,
        shipments=_shipments(rng, order_id, address, lines, basket, plan, now, language) if is_sent else (),
        note=note,
    )


def _status(plan: Plan, now: datetime) -> OrderStatus:
    if plan.paid_at is None:
        return "cancelled" if now >= plan.placed_at + _PAY_WITHIN else "unpaid"
    if plan.cancelled_at is not None and plan.cancelled_at <= now:
        return "cancelled"
    steps: tuple[tuple[datetime, OrderStatus], ...] = (
        (plan.delivered_at, "delivered"),
        (plan.shipped_at, "shipped"),
        (plan.picked_at, "processed"),
        (plan.paid_at, "pending"),
    )
    return next((status for moment, status in steps if moment <= now), "unpaid")


def _payments(rng: Random, person: Person, plan: Plan, total: int, now: datetime) -> tuple[Payment, ...]:
    """With one method, or a gift card and one other."""
    if plan.paid_at is None or plan.paid_at > now:
        return ()
    methods = person.customer.payment_methods
    cards = [method for method in methods if method.kind == "gift_card"]
    others = [method for method in methods if method.kind != "gift_card"]
    method = rng.choices(others, (6, 2, 1)[: len(others)])[0]
    paid = [Payment("payment", total, method.method_id, plan.paid_at)]
    if cards and total > 6000 and rng.random() < 0.15:
        part = rng.choice((2000, 5000))
        paid = [Payment("payment", part, cards[0].method_id, plan.paid_at),
                Payment("payment", total - part, method.method_id, plan.paid_at)]  # fmt: skip
    if plan.cancelled_at is not None and plan.cancelled_at <= now:
        paid += [Payment("refund", part.amount_cents, part.method_id, plan.cancelled_at) for part in paid]
    return tuple(paid)


def _shipments(
    rng: Random,
    order_id: str,
    address: Address,
    lines: Sequence[OrderLine],
    basket: Sequence[Bought],
    plan: Plan,
    now: datetime,
    language: Language,
) -> tuple[Shipment, ...]:
    """Large goods travel alone."""
    large = {line.line_id for line, bought in zip(lines, basket, strict=True) if bought.product.is_large}
    parcels = [[line.line_id for line in lines if (line.line_id in large) is is_large] for is_large in (False, True)]
    shipments: list[Shipment] = []
    for ids, is_large in zip(parcels, (False, True), strict=True):
        if not ids:
            continue
        carrier, prefix = _carrier(rng, address, is_large=is_large)
        number = f"{prefix}{order_id[2:]}{len(shipments) + 1}{rng.randint(0, 9)}"
        events = tuple(event for event in _travel(rng, address, plan, language) if event.at <= now)
        shipments.append(Shipment(number, carrier, tuple(ids), events, plan.expected_at))
    return tuple(shipments)


def _carrier(rng: Random, address: Address, *, is_large: bool) -> tuple[str, str]:
    """Invented ones, and how their numbers begin."""
    if abroad_of(address) is not None:
        return "Farbridge 远桥国际", "FB"
    if is_large:
        return "大驮物流 Packmule", "DT"
    return rng.choices((("迅鹿速运 Swiftdeer", "XL"), ("青禾快递 Greengrain", "QH")), (6, 4))[0]


def _travel(rng: Random, address: Address, plan: Plan, language: Language) -> list[ShipmentEvent]:
    """From the warehouse to the door, oldest first."""
    is_en, way = language == "en", plan.delivered_at - plan.shipped_at
    city = address.city if address.country != "CN" or not is_en else f"{town_of(address).pinyin or address.city}"

    def event(share: float, status: str, place: str, zh: str, en: str) -> ShipmentEvent:
        return ShipmentEvent(plan.shipped_at + way * share, status, place, en if is_en else zh)

    hub = "Hangzhou" if is_en else "杭州转运中心"
    events = [
        event(0, "picked_up", _WAREHOUSE[is_en], "快递员已揽收", "Picked up by the carrier"),
        event(rng.uniform(0.05, 0.15), "in_transit", hub, "已离开转运中心", "Left the sorting centre"),
    ]
    if abroad_of(address) is not None:
        events.append(
            event(0.3, "in_transit", "Shanghai" if is_en else "上海海关", "已出口清关", "Cleared export customs")
        )
        events.append(event(0.7, "in_transit", address.country, "已进口清关", "Cleared import customs"))
    if plan.is_delayed:
        events.append(event(0.5, "delayed", hub, "天气原因，派送延误", "Delayed by the weather"))
    place = f"{city} distribution centre" if is_en else f"{city}分拨中心"
    events.append(
        event(rng.uniform(0.8, 0.9), "in_transit", place, "已到达分拨中心", "Arrived at the distribution centre")
    )
    out_at = plan.delivered_at - timedelta(hours=rng.uniform(1.0, 2.5))
    events.append(ShipmentEvent(out_at, "out_for_delivery", city, "Out for delivery" if is_en else "快递员正在派送"))
    events.append(ShipmentEvent(plan.delivered_at, "delivered", city, "Delivered" if is_en else "已签收"))
    events = [replace(one, at=one.at.replace(microsecond=0)) for one in events]
    return sorted(events, key=lambda one: one.at)

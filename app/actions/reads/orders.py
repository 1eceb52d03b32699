"""Look at orders: which there are, how one stands, where its parcel is, what comes of a refund."""

from __future__ import annotations

from app.actions.arrival import arrivals_of, arrivals_text
from app.actions.context import Context
from app.actions.plan import Read
from app.actions.schemas import ORDER_ID, parameters, text
from app.actions.stopping import refused
from app.actions.views import arrival_view, case_view, customer_view, order_choice, order_view, shipment_view
from app.actions.wording import (
    CASE_KIND,
    CASE_STATUS,
    NO_PARCEL,
    ORDER_STATUS,
    PARCEL_STATUS,
    joined,
    method_name,
    sentences,
)
from app.domain.action import ActionOutcome, ActionSpec, Wording
from app.domain.money import money
from app.domain.shop import Order, OrderLine, in_language

_MOST_ORDERS = 20
_NAMED = 10
"""Orders whose items are looked up for their English names: as many as a customer is offered to choose from."""


def _list(context: Context) -> ActionOutcome:
    orders = context.shop.orders_of(context.customer.customer_id, limit=_MOST_ORDERS)
    if not orders:
        return ActionOutcome("done", Wording(zh="您还没有订单。", en="You have no orders yet."), {"orders": []})
    lines = [_order_line(order, context) for order in orders[:5]]
    message = Wording(
        zh=f"您最近的订单：{'；'.join(line.zh for line in lines)}。",
        en=f"Your latest orders: {'; '.join(line.en for line in lines)}.",
    )
    choices = [order_choice(order, context.english if at < _NAMED else _unknown) for at, order in enumerate(orders)]
    return ActionOutcome("done", message, {"orders": choices})


def _unknown(_line: OrderLine) -> str:
    return ""


def _order_line(order: Order, context: Context) -> Wording:
    items, status = joined([context.named(line) for line in order.lines[:3]]), ORDER_STATUS[order.status]
    return Wording(zh=f"{order.order_id}（{status.zh}）{items.zh}", en=f"{order.order_id} ({status.en}): {items.en}")


def _status(context: Context) -> ActionOutcome:
    order = context.own_order()
    status, total = ORDER_STATUS[order.status], money(order.total_cents, order.currency)
    items = joined([context.named(line) for line in order.lines])
    message = Wording(
        zh=f"订单{order.order_id}：{status.zh}。{items.zh}，合计{total.zh}。",
        en=f"Order {order.order_id} is {status.en}: {items.en}; {total.en} in all.",
    )
    arrivals = arrivals_text(arrivals_of(order, context), context)
    told = sentences(message, _parcel_text(order, context), arrivals)
    return ActionOutcome("done", told, order_view(order, context.customer, context.english))


def _parcel_text(order: Order, context: Context) -> Wording | None:
    """The newest of its parcels' events; None where there are none."""
    found = [(event, shipment) for shipment in order.shipments for event in shipment.events]
    if not found:
        return None
    event, shipment = max(found, key=lambda pair: pair[0].at)
    status = PARCEL_STATUS.get(event.status, Wording(zh=event.status, en=event.status))
    place = f" {event.place}" if event.place else ""
    carrier, at = shipment.carrier, context.local(event.at)
    return Wording(
        zh=f"包裹{shipment.tracking_number}（{in_language(carrier, 'zh')}）{at}：{status.zh}{place}。",
        en=f"Parcel {shipment.tracking_number} ({in_language(carrier, 'en')}), {at}: {status.en}{place}.",
    )


def _track(context: Context) -> ActionOutcome:
    number = context.arguments.text("tracking_number", most=100)
    if number:
        found = context.shop.order_of_parcel(number)
        if found is None or found.customer_id != context.customer.customer_id:
            raise refused(NO_PARCEL)
        order = found
    else:
        order = context.own_order()
    shipments = [item for item in order.shipments if not number or item.tracking_number == number]
    arrivals = arrivals_of(order, context, tracking_number=number)
    data = {
        "order_id": order.order_id,
        "shipments": [shipment_view(item) for item in shipments],
        "arrivals": [arrival_view(arrival) for arrival in arrivals],
    }
    if not shipments:
        status = ORDER_STATUS[order.status]
        message = Wording(
            zh=f"订单{order.order_id}{status.zh}，还没有物流信息。",
            en=f"Order {order.order_id} is {status.en}; there is no parcel yet.",
        )
        return ActionOutcome("done", message, data)
    told = _parcel_text(order, context) or Wording(
        zh="还没有物流轨迹。", en="The carrier has not reported anything yet."
    )
    expected = max((item.expected_at for item in shipments if item.expected_at), default=None)
    until = (
        Wording(zh=f"预计{context.day_of(expected)}送达。", en=f"It is expected on {context.day_of(expected)}.")
        if expected is not None and order.status == "shipped"
        else None
    )
    return ActionOutcome("done", sentences(told, arrivals_text(arrivals, context) or until), data)


def _refunds(context: Context) -> ActionOutcome:
    order = context.own_order()
    methods = {method.method_id: method for method in context.customer.payment_methods}
    cases = [case for case in order.cases if case.kind in ("cancel", "return", "exchange", "price_protection")]
    refunds = [payment for payment in order.payments if payment.kind == "refund"]
    parts = []
    for case in cases:
        kind, status = CASE_KIND[case.kind], CASE_STATUS[case.status]
        amount = money(case.amount_cents, order.currency)
        parts.append(Wording(zh=f"{kind.zh}：{status.zh}，{amount.zh}", en=f"{kind.en}: {status.en}, {amount.en}"))
    for payment in refunds:
        name = method_name(methods.get(payment.method_id), payment.method_id)
        amount = money(payment.amount_cents, order.currency)
        parts.append(Wording(zh=f"已退{amount.zh}到{name.zh}", en=f"{amount.en} refunded to {name.en}"))
    message = (
        Wording(
            zh=f"订单{order.order_id}：{'；'.join(part.zh for part in parts)}。",
            en=f"Order {order.order_id}: {'; '.join(part.en for part in parts)}.",
        )
        if parts
        else Wording(zh=f"订单{order.order_id}没有退款记录。", en=f"There are no refunds for order {order.order_id}.")
    )
    data = {
        "order_id": order.order_id,
        "currency": order.currency,
        "cases": [case_view(case) for case in cases],
        "refunds": [
            {
                "amount_cents": payment.amount_cents,
                "method_id": payment.method_id,
                "at": payment.at and payment.at.isoformat(),
            }
            for payment in refunds
        ],
    }
    return ActionOutcome("done", message, data)


def _account(context: Context) -> ActionOutcome:
    customer = context.customer
    message = Wording(zh=f"{customer.name}的账户信息如下。", en=f"This is the account of {customer.name}.")
    return ActionOutcome("done", message, customer_view(customer))


def _read(name: str, zh: str, en: str, schema: dict[str, object]) -> ActionSpec:
    return ActionSpec(name, Wording(zh=zh, en=en), schema, is_write=False, needs_identity=True)


LIST_ORDERS = Read(_read("list_orders", "列出客户最近的订单", "List the customer's latest orders", parameters()), _list)
ORDER_STATUS_READ = Read(
    _read(
        "order_status",
        "查询订单的状态和明细",
        "How an order stands, with its items",
        parameters("order_id", order_id=ORDER_ID),
    ),
    _status,
)
TRACK_PARCEL = Read(
    _read(
        "track_parcel",
        "查询包裹到哪里了",
        "Where a parcel is",
        parameters(order_id=ORDER_ID, tracking_number=text("Tracking number, where there is no order number")),
    ),
    _track,
)
REFUND_STATUS = Read(
    _read(
        "refund_status",
        "查询订单的退款进度",
        "What comes of refunds of an order",
        parameters("order_id", order_id=ORDER_ID),
    ),
    _refunds,
)
SHOW_ACCOUNT = Read(
    _read("show_account", "查看客户的账户信息和支付方式", "The customer's account and payment methods", parameters()),
    _account,
)

"""The facts of `app.policy.facts`, taken from orders, customers and requests; what is not known is left out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from app.actions.context import Context, method_of
from app.actions.payments import original_method
from app.actions.selection import Picked
from app.domain.money import in_units
from app.domain.shop import CaseKind, Item, Order, PaymentMethod
from app.policy import FactValue

_MONTH_DAYS_CANCELLED = 30


def order_facts(order: Order, context: Context) -> dict[str, FactValue]:
    """What is known of an order and its customer."""
    customer, today = context.customer, context.day_of(context.now)
    method = method_of(customer, original_method(order))
    orders = context.shop.orders_of(customer.customer_id, limit=200)
    facts: dict[str, FactValue] = {
        "status": order.status,
        "today": today,
        "order_total": in_units(order.total_cents),
        "shipping": in_units(order.shipping_cents),
        "currency": order.currency,
        "country": order.address.country,
        "region": order.address.region,
        "paid_with": None if method is None else method.kind,
        "payments": len(order.payments),
        "tier": customer.tier,
        "address_changes": count(order, "address"),
        "item_changes": count(order, "modify"),
        "payment_changes": count(order, "payment"),
        "returns": count(order, "return"),
        "exchanges": count(order, "exchange"),
        "invoices": count(order, "invoice"),
        "returns_this_month": sum(
            _is_counted(case.status, case.kind, "return")
            and (day := context.day_of(case.created_at)).year == today.year
            and day.month == today.month
            for other in orders
            for case in other.cases
        ),
        "cancellations_30_days": sum(
            _is_counted(case.status, case.kind, "cancel")
            and context.now - case.created_at <= timedelta(days=_MONTH_DAYS_CANCELLED)
            for other in orders
            for case in other.cases
        ),
        "lines": len(order.lines),
        "reason": context.arguments.text("reason", most=500) or None,
    }
    for name, time in (("placed", order.placed_at), ("shipped", order.shipped_at), ("delivered", order.delivered_at)):
        if time is not None:
            facts[f"days_since_{name}"] = (today - context.day_of(time)).days
    if order.placed_at is not None:
        facts["placed_on"] = context.day_of(order.placed_at)
    if order.delivered_at is not None:
        facts["delivered_on"] = context.day_of(order.delivered_at)
        facts["months_since_delivered"] = _months(context, order.delivered_at)
    return facts


def _months(context: Context, since: datetime) -> int:
    """Whole months up to today."""
    first, last = context.day_of(since), context.day_of(context.now)
    months = 12 * (last.year - first.year) + last.month - first.month
    return months - 1 if last.day < first.day else months


def count(order: Order, kind: CaseKind) -> int:
    """How often that was asked for on an order, refused ones left out."""
    return sum(_is_counted(case.status, case.kind, kind) for case in order.cases)


def _is_counted(status: str, kind: str, wanted: str) -> bool:
    return kind == wanted and status != "refused"


def method_facts(method: PaymentMethod | None, order: Order) -> dict[str, FactValue]:
    """What is known of the payment method asked for; None is one that is not in the account any more."""
    if method is None:
        return {"method_is_original": True}
    paid = {payment.method_id for payment in order.payments if payment.kind == "payment"}
    return {
        "method_kind": method.kind,
        "method_is_original": method.method_id in paid,
        "method_balance": None if method.balance_cents is None else in_units(method.balance_cents),
    }


def line_facts(
    picked: Picked, order: Order, item: Item | None, told: Mapping[str, bool], *, new: Item | None = None
) -> dict[str, FactValue]:
    """What is known of one item: from the order, the catalogue, earlier cases, and the customer's own words."""
    line = picked.line
    facts: dict[str, FactValue] = {
        "sku": line.sku,
        "category": line.category,
        "return_class": "" if item is None else item.attributes.get("return_class", ""),
        "quantity": picked.quantity,
        "price": in_units(line.price_cents),
        "item_exchanges": _cases_of(order, "exchange", line.line_id),
        "item_price_claims": _cases_of(order, "price_protection", line.line_id),
        "item_in_return": _cases_of(order, "return", line.line_id) > 0,
        **told,
        **dict(picked.told),
    }
    if item is not None and (months := item.attributes.get("warranty_months", "")).isdecimal():
        facts["warranty_months"] = int(months)
    if new is not None:
        facts["same_product"] = new.product_id == line.product_id
        facts["same_variant"] = new.sku == line.sku
        facts["new_stock"] = new.stock
        if new.currency == order.currency:
            facts["price_drop"] = max(Decimal(0), in_units(line.price_cents - new.price_cents))
    return facts


def _cases_of(order: Order, kind: CaseKind, line_id: str) -> int:
    return sum(_is_counted(case.status, case.kind, kind) and line_id in case.line_ids for case in order.cases)


def facts_of_lines(
    picks: Sequence[Picked], order: Order, context: Context, *, new: Sequence[Item] | None = None
) -> list[dict[str, FactValue]]:
    """The facts of each chosen item, beside the new ones where they are exchanged."""
    told = context.arguments.flags()
    news: Sequence[Item | None] = new if new is not None else [None] * len(picks)
    return [
        line_facts(pick, order, context.shop.item(pick.line.sku), told, new=other)
        for pick, other in zip(picks, news, strict=True)
    ]

"""Orders, items and cases as JSON for conversations and programs. Times are ISO 8601 in UTC, money in cents."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from app.actions.wording import (
    CASE_KIND,
    CASE_STATUS,
    ORDER_STATUS,
    PARCEL_STATUS,
    address_text,
    item_label,
    item_name,
    joined,
    method_name,
)
from app.domain.delivery import Arrival
from app.domain.money import money
from app.domain.shop import Address, Case, Customer, Item, Order, OrderLine, Shipment

EnglishName = Callable[[OrderLine], str]
"""Of an item of an order, "" where it is not known: orders keep the name under which it was bought."""


def order_choice(order: Order, english: EnglishName) -> dict[str, Any]:
    """An order among others, for a question which one is meant."""
    return {
        "order_id": order.order_id,
        "status": order.status,
        "placed_at": _iso(order.placed_at),
        "total_cents": order.total_cents,
        "currency": order.currency,
        "items": [line.name for line in order.lines],
        "label": joined([item_name(line, line.quantity, english(line)) for line in order.lines]).to_dict(),
    }


def order_view(order: Order, customer: Customer, english: EnglishName) -> dict[str, Any]:
    """All of an order that its customer may see."""
    methods = {method.method_id: method for method in customer.payment_methods}
    return {
        "order_id": order.order_id,
        "status": order.status,
        "status_text": ORDER_STATUS[order.status].to_dict(),
        "placed_at": _iso(order.placed_at),
        "shipped_at": _iso(order.shipped_at),
        "delivered_at": _iso(order.delivered_at),
        "currency": order.currency,
        "total_cents": order.total_cents,
        "total_text": money(order.total_cents, order.currency).to_dict(),
        "shipping_cents": order.shipping_cents,
        "discount_cents": order.discount_cents,
        "lines": [line_view(line, english(line)) for line in order.lines],
        "address": address_view(order.address),
        "address_text": address_text(order.address).to_dict(),
        "payments": [
            {
                "kind": payment.kind,
                "amount_cents": payment.amount_cents,
                "method_id": payment.method_id,
                "method": method_name(methods.get(payment.method_id), payment.method_id).to_dict(),
                "at": _iso(payment.at),
            }
            for payment in order.payments
        ],
        "shipments": [shipment_view(shipment) for shipment in order.shipments],
        "cases": [case_view(case) for case in order.cases],
    }


def line_view(line: OrderLine, english: str) -> dict[str, Any]:
    """An item of an order; `english` is its English name, "" where it is not known."""
    return {
        "line_id": line.line_id,
        "sku": line.sku,
        "product_id": line.product_id,
        "name": line.name,
        "label": item_label(line, english).to_dict(),
        "category": line.category,
        "options": dict(line.options),
        "quantity": line.quantity,
        "price_cents": line.price_cents,
    }


def item_view(item: Item) -> dict[str, Any]:
    """An item of the catalogue."""
    return {
        "sku": item.sku,
        "product_id": item.product_id,
        "name": item.name,
        "name_en": item.name_en,
        "label": item_label(item).to_dict(),
        "options": dict(item.options),
        "price_cents": item.price_cents,
        "price_text": money(item.price_cents, item.currency).to_dict(),
        "currency": item.currency,
        "is_available": item.stock > 0,
    }


def address_view(address: Address) -> dict[str, Any]:
    """An address."""
    return {
        "recipient": address.recipient,
        "lines": list(address.lines),
        "city": address.city,
        "region": address.region,
        "country": address.country,
        "postcode": address.postcode,
        "phone": address.phone,
    }


def shipment_view(shipment: Shipment) -> dict[str, Any]:
    """A parcel, its events oldest first."""
    events = sorted(shipment.events, key=lambda event: event.at)
    return {
        "tracking_number": shipment.tracking_number,
        "carrier": shipment.carrier,
        "line_ids": list(shipment.line_ids),
        "expected_at": _iso(shipment.expected_at),
        "status": events[-1].status if events else None,
        "status_text": PARCEL_STATUS[events[-1].status].to_dict()
        if events and events[-1].status in PARCEL_STATUS
        else None,
        "events": [
            {"at": _iso(event.at), "status": event.status, "place": event.place, "note": event.note} for event in events
        ],
    }


def arrival_view(arrival: Arrival) -> dict[str, Any]:
    """When a parcel comes."""
    return {
        "tracking_number": arrival.tracking_number,
        "day": arrival.day.isoformat(),
        "state": arrival.state,
        "expected_at": _iso(arrival.expected_at),
        "earliest": _iso(arrival.earliest),
        "latest": _iso(arrival.latest),
        "stops_before": arrival.stops_before,
        "is_late": arrival.is_late,
        "planned_at": _iso(arrival.planned_at),
    }


def case_view(case: Case) -> dict[str, Any]:
    """Something that was asked for on an order."""
    return {
        "case_id": case.case_id,
        "kind": case.kind,
        "kind_text": CASE_KIND[case.kind].to_dict(),
        "status": case.status,
        "status_text": CASE_STATUS[case.status].to_dict(),
        "reason": case.reason,
        "line_ids": list(case.line_ids),
        "amount_cents": case.amount_cents,
        "method_id": case.method_id,
        "created_at": _iso(case.created_at),
    }


def customer_view(customer: Customer) -> dict[str, Any]:
    """What a customer may see of their own account."""
    return {
        "customer_id": customer.customer_id,
        "name": customer.name,
        "email": customer.email,
        "phone": customer.phone,
        "tier": customer.tier,
        "address": None if customer.address is None else address_view(customer.address),
        "payment_methods": [
            {
                "method_id": method.method_id,
                "kind": method.kind,
                "label": method_name(method).to_dict(),
                "balance_cents": method.balance_cents,
            }
            for method in customer.payment_methods
        ],
    }


def _iso(time: datetime | None) -> str | None:
    return None if time is None else time.isoformat()

"""Between values and rows of the tables."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from sqlalchemy import Table

from app.database import storable
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
from app.orders import tables
from app.orders.keys import email_key, name_key, phone_key, postcode_key

Row = Mapping[Any, Any]


def clean(value: Any) -> Any:
    """JSON whose texts every engine can hold."""
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, Mapping):
        return {clean(key): clean(part) for key, part in value.items()}
    if isinstance(value, list | tuple):
        return [clean(part) for part in value]
    return value


def address_row(address: Address) -> dict[str, Any]:
    """As JSON."""
    fields: dict[str, Any] = clean(asdict(address))
    return fields


def address_of(fields: Row) -> Address:
    """From JSON."""
    return Address(**{**fields, "lines": tuple(fields["lines"])})


def customer_row(customer: Customer) -> dict[str, Any]:
    """Without the payment methods."""
    address = customer.address
    return {
        "customer_id": customer.customer_id,
        "name": storable(customer.name),
        "name_key": name_key(storable(customer.name)),
        "email": customer.email,
        "email_key": email_key(customer.email) if customer.email else None,
        "phone": customer.phone,
        "phone_key": phone_key(customer.phone) if customer.phone else None,
        "postcode_key": postcode_key(storable(address.postcode)) if address else None,
        "address": address_row(address) if address else None,
        "tier": customer.tier,
        "language": customer.language,
    }


def method_rows(customer: Customer) -> list[dict[str, Any]]:
    """In their order."""
    return [
        {"customer_id": customer.customer_id, "position": position, **asdict(method)}
        for position, method in enumerate(customer.payment_methods)
    ]


def customer_of(row: Row, methods: Iterable[Row]) -> Customer:
    """Put together."""
    return Customer(
        customer_id=row["customer_id"],
        name=row["name"],
        email=row["email"],
        phone=row["phone"],
        address=address_of(row["address"]) if row["address"] else None,
        payment_methods=tuple(
            PaymentMethod(method["method_id"], method["kind"], method["label"], method["balance_cents"])
            for method in methods
        ),
        tier=row["tier"],
        language=row["language"],
    )


def item_row(item: Item) -> dict[str, Any]:
    """All fields are columns."""
    fields: dict[str, Any] = clean(asdict(item))
    return fields


def item_of(row: Row) -> Item:
    """All columns are fields."""
    return Item(**row)


def line_row(order_id: str, position: int, line: OrderLine) -> dict[str, Any]:
    """Of one line."""
    return {"order_id": order_id, "position": position, **clean(asdict(line))}


def payment_row(order_id: str, payment: Payment) -> dict[str, Any]:
    """Of one payment."""
    return {"order_id": order_id, **asdict(payment)}


def case_row(case: Case) -> dict[str, Any]:
    """Of one case."""
    fields = asdict(case)
    return {**fields, **{name: clean(fields[name]) for name in ("reason", "line_ids", "details")}}


@dataclass(slots=True)
class OrderRows:
    """Rows of orders by table, to be inserted in the order of the tables."""

    rows: dict[Table, list[dict[str, Any]]] = field(default_factory=lambda: defaultdict(list))

    def add(self, order: Order) -> None:
        """All of one order."""
        order_id = order.order_id
        self.rows[tables.orders].append(
            {
                **{column.name: getattr(order, column.name) for column in tables.orders.c},
                "address": address_row(order.address),
                "note": storable(order.note),
            }
        )
        self.rows[tables.lines] += [line_row(order_id, index, line) for index, line in enumerate(order.lines)]
        self.rows[tables.payments] += [payment_row(order_id, payment) for payment in order.payments]
        self.rows[tables.cases] += [case_row(case) for case in order.cases]
        for position, shipment in enumerate(order.shipments):
            parcel = {"order_id": order_id, "tracking_number": shipment.tracking_number}
            self.rows[tables.shipments].append(
                {
                    **parcel,
                    "position": position,
                    "carrier": shipment.carrier,
                    "line_ids": list(shipment.line_ids),
                    "expected_at": shipment.expected_at,
                }
            )
            self.rows[tables.shipment_events] += [{**parcel, **asdict(event)} for event in shipment.events]


def order_of(row: Row, parts: Mapping[Table, list[Row]]) -> Order:
    """Put together from its row and its rows in the other tables."""
    events: dict[str, list[ShipmentEvent]] = defaultdict(list)
    for event in parts[tables.shipment_events]:
        events[event["tracking_number"]].append(
            ShipmentEvent(event["at"], event["status"], event["place"], event["note"])
        )
    return Order(
        **{**row, "address": address_of(row["address"])},
        lines=tuple(
            OrderLine(**{name: line[name] for name in line if name not in ("order_id", "position")})
            for line in parts[tables.lines]
        ),
        payments=tuple(
            Payment(part["kind"], part["amount_cents"], part["method_id"], part["at"])
            for part in parts[tables.payments]
        ),
        shipments=tuple(
            Shipment(
                part["tracking_number"],
                part["carrier"],
                tuple(part["line_ids"]),
                tuple(events[part["tracking_number"]]),
                part["expected_at"],
            )
            for part in parts[tables.shipments]
        ),
        cases=tuple(Case(**{**case, "line_ids": tuple(case["line_ids"])}) for case in parts[tables.cases]),
    )

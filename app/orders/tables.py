"""The tables of the shop's records."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, ForeignKeyConstraint, Index, Integer, String, Table, Text

from app.database import UtcDateTime, metadata

customers = Table(
    "shop_customers",
    metadata,
    Column("customer_id", String(100), primary_key=True),
    Column("name", Text, nullable=False),
    Column("name_key", Text, nullable=False, index=True),
    Column("email", Text),
    Column("email_key", Text, index=True),
    Column("phone", Text),
    Column("phone_key", Text, index=True),
    Column("postcode_key", Text, index=True),
    Column("address", JSON(none_as_null=True)),
    Column("tier", Text, nullable=False),
    Column("language", String(10)),
)
"""The columns with `_key` are those by which people are found: see `app.orders.keys`."""

methods = Table(
    "shop_payment_methods",
    metadata,
    Column("customer_id", ForeignKey(customers.c.customer_id, ondelete="CASCADE"), primary_key=True),
    Column("method_id", String(100), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("kind", String(20), nullable=False),
    Column("label", Text, nullable=False),
    Column("balance_cents", Integer),
)

items = Table(
    "shop_items",
    metadata,
    Column("sku", String(100), primary_key=True),
    Column("product_id", String(100), nullable=False, index=True),
    Column("name", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("options", JSON, nullable=False),
    Column("price_cents", Integer, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("stock", Integer, nullable=False),
    Column("attributes", JSON, nullable=False),
)

orders = Table(
    "shop_orders",
    metadata,
    Column("order_id", String(100), primary_key=True),
    Column("customer_id", ForeignKey(customers.c.customer_id), nullable=False),
    Column("status", String(20), nullable=False),
    Column("address", JSON, nullable=False),
    Column("currency", String(3), nullable=False),
    Column("placed_at", UtcDateTime),
    Column("shipped_at", UtcDateTime),
    Column("delivered_at", UtcDateTime),
    Column("shipping_cents", Integer, nullable=False),
    Column("discount_cents", Integer, nullable=False),
    Column("note", Text, nullable=False),
    Index(None, "customer_id", "placed_at"),
)

lines = Table(
    "shop_order_lines",
    metadata,
    Column("order_id", ForeignKey(orders.c.order_id, ondelete="CASCADE"), primary_key=True),
    Column("line_id", String(100), primary_key=True),
    Column("position", Integer, nullable=False),
    Column("sku", String(100), nullable=False),
    Column("product_id", String(100), nullable=False),
    Column("name", Text, nullable=False),
    Column("category", Text, nullable=False),
    Column("options", JSON, nullable=False),
    Column("quantity", Integer, nullable=False),
    Column("price_cents", Integer, nullable=False),
)
"""What was sold is written down as it was then: an item may change or go."""

payments = Table(
    "shop_payments",
    metadata,
    Column("payment_id", Integer, primary_key=True),
    Column("order_id", ForeignKey(orders.c.order_id, ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(20), nullable=False),
    Column("amount_cents", Integer, nullable=False),
    Column("method_id", String(100), nullable=False),
    Column("at", UtcDateTime),
)

shipments = Table(
    "shop_shipments",
    metadata,
    Column("order_id", ForeignKey(orders.c.order_id, ondelete="CASCADE"), primary_key=True),
    Column("tracking_number", String(100), primary_key=True, index=True),
    Column("position", Integer, nullable=False),
    Column("carrier", Text, nullable=False),
    Column("line_ids", JSON, nullable=False),
    Column("expected_at", UtcDateTime),
)

shipment_events = Table(
    "shop_shipment_events",
    metadata,
    Column("event_id", Integer, primary_key=True),
    Column("order_id", String(100), nullable=False),
    Column("tracking_number", String(100), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("status", String(30), nullable=False),
    Column("place", Text, nullable=False),
    Column("note", Text, nullable=False),
    ForeignKeyConstraint(
        ["order_id", "tracking_number"],
        [shipments.c.order_id, shipments.c.tracking_number],
        ondelete="CASCADE",
        name="fk_shop_shipment_events_shipment",
    ),
    Index(None, "order_id", "tracking_number"),
)

cases = Table(
    "shop_cases",
    metadata,
    Column("case_id", String(100), primary_key=True),
    Column("order_id", ForeignKey(orders.c.order_id, ondelete="CASCADE"), nullable=False, index=True),
    Column("kind", String(30), nullable=False),
    Column("status", String(20), nullable=False),
    Column("reason", Text, nullable=False),
    Column("line_ids", JSON, nullable=False),
    Column("amount_cents", Integer, nullable=False),
    Column("method_id", String(100)),
    Column("created_at", UtcDateTime, nullable=False),
    Column("details", JSON, nullable=False),
)

changes = Table(
    "shop_changes",
    metadata,
    Column("change_id", String(100), primary_key=True),
    Column("order_id", ForeignKey(orders.c.order_id, ondelete="CASCADE"), nullable=False, index=True),
    Column("made_at", UtcDateTime, nullable=False),
)
"""Changes that were made, so that none is made twice."""

ALL = (customers, methods, items, orders, lines, payments, shipments, shipment_events, cases, changes)
"""Those that are referred to before those that refer to them."""

"""Who listens, what is on its way to them, and how each attempt went."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text

from app.database import UtcDateTime, metadata

endpoints = Table(
    "webhook_endpoints",
    metadata,
    Column("endpoint_id", String(40), primary_key=True),
    Column("url", Text, nullable=False),
    Column("events", JSON, nullable=False),
    Column("secret", String(100), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("disabled_at", UtcDateTime),
    Column("disabled_because", String(200)),
)

deliveries = Table(
    "webhook_deliveries",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("delivery_id", String(60), nullable=False, unique=True),
    Column("endpoint_id", String(40), nullable=False),
    Column("event", String(60), nullable=False),
    Column("subject", String(100)),
    Column("body", Text, nullable=False),
    Column("state", String(12), nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("next_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Index(None, "state", "next_at"),
    Index(None, "endpoint_id", "number"),
    Index(None, "subject"),
)

attempts = Table(
    "webhook_attempts",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("delivery_id", String(60), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("status", Integer),
    Column("error", String(300)),
    Column("took_ms", Integer, nullable=False),
    Index(None, "delivery_id", "number"),
)

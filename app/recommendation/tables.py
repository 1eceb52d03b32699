"""The tables of behaviour and of what was recommended. Nothing refers to the shop's tables: they may be elsewhere."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, String, Table, Text

from app.database import UtcDateTime, metadata

events = Table(
    "behaviour_events",
    metadata,
    Column("number", Integer, primary_key=True),
    Column("event_id", String(100), nullable=False, unique=True),
    Column("user_id", String(100), nullable=False),
    Column("event", String(20), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("session_id", String(100), nullable=False),
    Column("item_id", String(100)),
    Column("sku", String(100)),
    Column("query", Text),
    Column("quantity", Integer),
    Column("order_id", String(100)),
    Column("recommendation_id", String(100)),
    Index(None, "user_id", "at"),
    Index(None, "event", "at"),
)

lists = Table(
    "recommendation_lists",
    metadata,
    Column("recommendation_id", String(100), primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("user_id", String(100), nullable=False),
    Column("placement", String(60), nullable=False),
    Column("experiment", String(60), nullable=False),
    Column("arm", String(60), nullable=False),
    Column("items", JSON, nullable=False),
    Index(None, "placement", "at"),
)
"""What was shown to whom, for the fatigue rule and for conversion."""

"""The tables of delivery plans."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table, UniqueConstraint

from app.database import UtcDateTime, metadata

plans = Table(
    "delivery_plans",
    metadata,
    Column("plan_id", String(40), primary_key=True),
    Column("day", String(10), nullable=False),
    Column("area", String(100), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("problem", JSON, nullable=False),
    Column("plan", JSON, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    UniqueConstraint("day", "area", name="uq_delivery_plans_day_area"),
)
"""One a day and area; a change writes a new revision over the old."""

parcels = Table(
    "delivery_parcels",
    metadata,
    Column("plan_id", ForeignKey(plans.c.plan_id, ondelete="CASCADE"), primary_key=True),
    Column("stop_id", String(100), primary_key=True),
    Column("order_id", String(100), nullable=False, index=True),
    Column("tracking_number", String(100), nullable=False, index=True),
)
"""Which plan a parcel is in."""

changes = Table(
    "delivery_changes",
    metadata,
    Column("change_id", Integer, primary_key=True),
    Column("plan_id", ForeignKey(plans.c.plan_id, ondelete="CASCADE"), nullable=False),
    Column("revision", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("news", JSON, nullable=False),
    Column("how", String(20), nullable=False),
    Column("moved", JSON, nullable=False),
    Index(None, "plan_id", "change_id"),
)
"""What arrived, and what was moved for it."""

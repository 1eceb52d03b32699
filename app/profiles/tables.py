"""The tables of profiles. Nothing refers to the shop's tables: its records may be elsewhere."""

from __future__ import annotations

from sqlalchemy import JSON, Boolean, Column, Index, Integer, String, Table, Text

from app.database import UtcDateTime, metadata

preferences = Table(
    "profile_preferences",
    metadata,
    Column("customer_id", String(100), primary_key=True),
    Column("fields", JSON, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
)

consents = Table(
    "profile_consents",
    metadata,
    Column("consent_id", Integer, primary_key=True),
    Column("customer_id", String(100), nullable=False),
    Column("purpose", String(30), nullable=False),
    Column("is_given", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("source", Text, nullable=False),
    Index(None, "customer_id", "consent_id"),
)
"""Every word on every purpose; the newest of each counts."""

notes = Table(
    "profile_notes",
    metadata,
    Column("note_id", String(100), primary_key=True),
    Column("customer_id", String(100), nullable=False),
    Column("text", Text, nullable=False),
    Column("source", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index(None, "customer_id", "created_at"),
)

accesses = Table(
    "profile_accesses",
    metadata,
    Column("access_id", Integer, primary_key=True),
    Column("customer_id", String(100), nullable=False),
    Column("actor", Text, nullable=False),
    Column("action", String(30), nullable=False),
    Column("details", JSON, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Index(None, "customer_id", "access_id"),
)
"""Who looked at or changed what, without what it said; it outlives an erasure, as its proof."""

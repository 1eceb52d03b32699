"""The table of notes that wait for a person."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, String, Table, Text

from app.database import UtcDateTime, metadata

reviews = Table(
    "warehouse_note_reviews",
    metadata,
    Column("review_id", String(100), primary_key=True),
    Column("source", String(200), nullable=False),
    Column("text", Text, nullable=False),
    Column("now", UtcDateTime, nullable=False),
    Column("time_zone", String(60), nullable=False),
    Column("constraints", JSON, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("state", String(20), nullable=False),
    Column("decision", JSON(none_as_null=True)),
    Column("decided_by", String(100)),
    Column("decided_at", UtcDateTime),
    Index(None, "state", "created_at"),
)
"""`source` is the order or whatever else the caller named; the same words of one source wait once."""

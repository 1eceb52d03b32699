"""Tables of ratings, agents' edits and surveys. Times are ISO 8601 in UTC, so that they sort as text."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, Index, Integer, String, Table, Text

from app.database import metadata

ratings = Table(
    "feedback",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("feedback_id", String(64), nullable=False, unique=True),
    Column("receipt_id", String(100), nullable=False),
    Column("conversation_id", String(100)),
    Column("rating", String(8), nullable=False),
    Column("reasons", JSON, nullable=False),
    Column("reason", Text),
    Column("correction", Text),
    Column("caller", String(100), nullable=False),
    Column("created_at", String(40), nullable=False),
    Index("ix_feedback_receipt_id", "receipt_id"),
    Index("ix_feedback_conversation_id", "conversation_id"),
)

edits = Table(
    "agent_edits",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("edit_id", String(64), nullable=False, unique=True),
    Column("receipt_id", String(100), nullable=False),
    Column("conversation_id", String(100)),
    Column("agent", String(100), nullable=False),
    Column("suggested", Text, nullable=False),
    Column("sent", Text, nullable=False),
    Column("changed", Float, nullable=False),
    Column("created_at", String(40), nullable=False),
    Index("ix_agent_edits_receipt_id", "receipt_id"),
)

surveys = Table(
    "surveys",
    metadata,
    Column("survey_id", String(64), primary_key=True),
    Column("kind", String(8), nullable=False),
    Column("conversation_id", String(100), nullable=False, unique=True),
    Column("customer_id", String(100)),
    Column("language", String(8), nullable=False),
    Column("asked_at", String(40), nullable=False),
    Column("score", Integer),
    Column("comment", Text),
    Column("answered_at", String(40)),
    Index("ix_surveys_customer_id", "customer_id", "asked_at"),
)

"""Tables of the gate: what was asked for and done, and who is changing what at this moment."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, Index, Integer, String, Table

from app.database import metadata

action_log = Table(
    "action_log",
    metadata,
    Column("position", Integer, primary_key=True, autoincrement=True),
    Column("entry_id", String(32), nullable=False, unique=True),
    Column("at", String(32), nullable=False),  # UTC, ISO 8601: sorts as text on every engine
    Column("finished_at", String(32)),
    Column("idempotency_key", String(200), unique=True),
    Column("actor", String(200), nullable=False),
    Column("customer_id", String(200)),
    Column("conversation_id", String(200)),
    Column("action", String(64), nullable=False),
    Column("subject", String(200), nullable=False),
    Column("arguments", JSON, nullable=False),
    Column("arguments_sha256", String(64), nullable=False),
    Column("status", String(32), nullable=False),
    Column("rules", JSON, nullable=False),
    Column("rules_sha256", String(64), nullable=False),
    Column("outcome", JSON),
    Index("ix_action_log_customer_id_at", "customer_id", "at"),
    Index("ix_action_log_conversation_id_at", "conversation_id", "at"),
    Index("ix_action_log_subject_at", "subject", "at"),
    Index("ix_action_log_at", "at"),
)

action_claims = Table(
    "action_claims",
    metadata,
    Column("subject", String(200), primary_key=True),
    Column("token", String(32), nullable=False),
    Column("until", Float, nullable=False),  # seconds since 1970
)

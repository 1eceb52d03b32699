"""Tables of events, of gaps in the knowledge base and of the vectors that gaps are found by.

Times are ISO 8601 in UTC to the millisecond, so that they sort as text on every engine.
"""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from app.database import metadata

service_events = Table(
    "service_events",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("event_id", String(64), nullable=False, unique=True),
    Column("kind", String(32), nullable=False),
    Column("at", String(32), nullable=False),
    Column("conversation_id", String(100)),
    Column("customer_id", String(100)),
    Column("channel", String(16)),
    Column("language", String(8)),
    Column("intent", String(64), nullable=False, default=""),
    Column("receipt_id", String(64)),
    Column("text", Text),
    Column("data", JSON, nullable=False),
    Index("ix_service_events_kind_at", "kind", "at"),
    Index("ix_service_events_conversation_id", "conversation_id"),
    Index("ix_service_events_receipt_id", "receipt_id"),
    Index("ix_service_events_customer_id", "customer_id", "at"),
    Index("ix_service_events_at", "at"),
)

gaps = Table(
    "gaps",
    metadata,
    Column("gap_id", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("label_zh", Text),
    Column("label_en", Text),
    Column("keywords", JSON, nullable=False),
    Column("questions", Integer, nullable=False),
    Column("conversations", Integer, nullable=False),
    Column("figures", JSON, nullable=False),
    Column("minutes", Float, nullable=False),
    Column("found_at", String(32), nullable=False),
    Column("seen_at", String(32), nullable=False),
    Column("draft", JSON),
    Column("documents", JSON, nullable=False),
    Column("published_at", String(32)),
    Column("effect", JSON),
    Index("ix_gaps_state", "state"),
)

gap_questions = Table(
    "gap_questions",
    metadata,
    Column("gap_id", String(32), ForeignKey("gaps.gap_id", ondelete="CASCADE"), primary_key=True),
    Column("event_id", String(64), primary_key=True),
)

gap_steps = Table(
    "gap_steps",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("gap_id", String(32), ForeignKey("gaps.gap_id", ondelete="CASCADE"), nullable=False),
    Column("state", String(16), nullable=False),
    Column("by", String(100), nullable=False),
    Column("at", String(32), nullable=False),
    Column("note", Text),
    Index("ix_gap_steps_gap_id", "gap_id"),
)

question_vectors = Table(
    "question_vectors",
    metadata,
    Column("key", String(64), primary_key=True),
    Column("vector", LargeBinary, nullable=False),
)

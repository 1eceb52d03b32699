"""Conversations, what was said in them, and who works on one right now."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table

from app.database import PlainText, UtcDateTime, metadata

conversations = Table(
    "conversations",
    metadata,
    Column("conversation_id", String(100), primary_key=True),
    Column("channel", String(16), nullable=False),
    Column("status", String(16), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("language", String(8)),
    Column("customer_id", String(100)),
    Column("owner", String(100), nullable=False),
    Column("state", JSON, nullable=False),
    Column("version", Integer, nullable=False),
    Index(None, "changed_at", "conversation_id"),
    Index(None, "status", "changed_at"),
    Index(None, "customer_id"),
)

labels = Table(
    "conversation_labels",
    metadata,
    Column("conversation_id", ForeignKey("conversations.conversation_id", ondelete="CASCADE"), primary_key=True),
    Column("label", String(64), primary_key=True),
    Index(None, "label"),
)

messages = Table(
    "conversation_messages",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("message_id", String(100), nullable=False, unique=True),
    Column("conversation_id", ForeignKey("conversations.conversation_id", ondelete="CASCADE"), nullable=False),
    Column("role", String(16), nullable=False),
    Column("text", PlainText, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("author", String(100), nullable=False),
    Column("receipt_id", String(100)),
    Column("data", JSON, nullable=False),
    Column("request_id", String(100)),
    Index(None, "conversation_id", "number"),
    Index(None, "conversation_id", "request_id"),
    Index(None, "author", "role"),
    sqlite_autoincrement=True,  # a number is never used twice, or who reads on from the last one would miss a message
)

turns = Table(
    "conversation_turns",
    metadata,
    Column("conversation_id", String(100), primary_key=True),
    Column("holder", String(200), nullable=False),
    Column("until", UtcDateTime, nullable=False),
)

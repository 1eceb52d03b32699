"""Hand-offs, what happened to them, agents that are there, and canned replies."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Index, Integer, String, Table

from app.database import PlainText, UtcDateTime, metadata

tickets = Table(
    "handoff_tickets",
    metadata,
    Column("ticket_id", String(40), primary_key=True),
    Column("conversation_id", String(100), nullable=False, unique=True),
    Column("state", String(16), nullable=False),
    Column("reason", String(16), nullable=False),
    Column("language", String(8), nullable=False),
    Column("intent", PlainText, nullable=False),
    Column("topic", PlainText, nullable=False),
    Column("priority", Integer, nullable=False),
    Column("is_for_supervisor", Integer, nullable=False),
    Column("customer_id", String(100)),
    Column("agent", String(100)),
    Column("last_agent", String(100)),
    Column("avoids", String(100)),
    Column("packet", JSON, nullable=False),
    Column("summary", JSON, nullable=False),
    Column("preview", PlainText, nullable=False),
    Column("search", PlainText, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("waiting_since", UtcDateTime),
    Column("due_at", UtcDateTime),
    Column("first_reply_at", UtcDateTime),
    Column("resolved_at", UtcDateTime),
    Column("breaches", Integer, nullable=False),
    Column("hand_overs", Integer, nullable=False),
    Column("version", Integer, nullable=False),
    Index(None, "state", "priority", "waiting_since"),
    Index(None, "agent", "state"),
    Index(None, "changed_at", "ticket_id"),
    Index(None, "due_at"),
)

events = Table(
    "handoff_events",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("ticket_id", String(40), nullable=False),
    Column("conversation_id", String(100), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("event", String(16), nullable=False),
    Column("from_state", String(16)),
    Column("to_state", String(16), nullable=False),
    Column("actor", String(100), nullable=False),
    Column("agent", String(100)),
    Column("data", JSON, nullable=False),
    Index(None, "conversation_id", "number"),
    sqlite_autoincrement=True,
)

presence = Table(
    "handoff_presence",
    metadata,
    Column("agent", String(100), primary_key=True),
    Column("state", String(16), nullable=False),
    Column("seen_at", UtcDateTime, nullable=False),
    Column("since", UtcDateTime, nullable=False),
)

canned = Table(
    "handoff_canned",
    metadata,
    Column("shortcut", String(40), primary_key=True),
    Column("title", PlainText, nullable=False),
    Column("zh", PlainText, nullable=False),
    Column("en", PlainText, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", String(100), nullable=False),
)

policies = Table(
    "handoff_policies",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("body", JSON, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False),
    Column("changed_by", String(100), nullable=False),
)
"""What was set over HTTP on top of the settings; the newest holds, the others say who set what when."""

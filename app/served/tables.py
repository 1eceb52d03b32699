"""Tables of candidates, of what serves, of conversations on trial and of every decision about them."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, Index, Integer, String, Table, Text

from app.database import UtcDateTime, metadata

candidates = Table(
    "model_candidates",
    metadata,
    Column("candidate_id", String(32), primary_key=True),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("submitted_at", UtcDateTime, nullable=False),
    Column("lineage", JSON, nullable=False),
    Column("metrics", JSON, nullable=False),
    Column("files", JSON, nullable=False),
    Column("verdict", JSON),
    Index("ix_model_candidates_kind", "kind", "submitted_at"),
)
"""`files`: sha256 and bytes by name, as they were copied; nothing else is ever loaded."""

serving = Table(
    "model_serving",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("version", Integer, nullable=False),
    Column("candidate_id", String(32)),
    Column("earlier", JSON, nullable=False),
    Column("canary_id", String(32)),
    Column("canary_share", Float),
    Column("canary_since", UtcDateTime),
    Column("canary_spent", JSON),
)
"""One row a kind; each change raises `version`, so that of two at once one is told to look again.

`candidate_id` null is what comes with kefu; `earlier` the ones before, newest last (null again for kefu's own).
"""

moves = Table(
    "model_moves",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("kind", String(16), nullable=False),
    Column("candidate_id", String(32)),
    Column("move", String(24), nullable=False),
    Column("by", String(100), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("note", Text),
    Column("details", JSON, nullable=False),
    Index("ix_model_moves_kind", "kind", "number"),
    Index("ix_model_moves_candidate_id", "candidate_id", "number"),
)
"""Every decision about models; nothing is ever removed."""

pins = Table(
    "model_pins",
    metadata,
    Column("kind", String(16), primary_key=True),
    Column("conversation_id", String(100), primary_key=True),
    Column("canary_id", String(32), nullable=False),
    Column("candidate_id", String(32)),
    Column("is_canary", Integer, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("faults", Integer, nullable=False, default=0),
    Index("ix_model_pins_canary_id", "canary_id", "is_canary"),
)
"""Conversations that began during a trial, and the model that serves them to their end."""

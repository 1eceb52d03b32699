"""Tables of copy, of what was done with it, and of how it fared."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Index, Integer, String, Table

from app.database import metadata
from app.database.types import PlainText, UtcDateTime

copies = Table(
    "copies",
    metadata,
    Column("copy_id", String(32), primary_key=True),
    Column("product_id", String(100)),
    Column("channel", String(20), nullable=False),
    Column("language", String(8), nullable=False),
    Column("audience", PlainText, nullable=False),
    Column("text", PlainText, nullable=False),
    Column("claims", JSON, nullable=False),
    Column("violations", JSON, nullable=False),
    Column("about", JSON, nullable=False),
    Column("mode", String(16), nullable=False),
    Column("like", JSON),
    Column("state", String(16), nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Index("ix_copies_state_created_at", "state", "created_at"),
    Index("ix_copies_product_id_channel", "product_id", "channel"),
)
"""`about` is the request it was written for, to hold an edited text against; `like` an earlier copy that it repeats."""

copy_steps = Table(
    "copy_steps",
    metadata,
    Column("number", Integer, primary_key=True, autoincrement=True),
    Column("copy_id", String(32), ForeignKey("copies.copy_id", ondelete="CASCADE"), nullable=False),
    Column("state", String(16), nullable=False),
    Column("by", String(100), nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("note", PlainText),
    Index("ix_copy_steps_copy_id", "copy_id"),
)

copy_exposures = Table(
    "copy_exposures",
    metadata,
    Column("copy_id", String(32), ForeignKey("copies.copy_id", ondelete="CASCADE"), primary_key=True),
    Column("exposure_id", String(100), primary_key=True),
    Column("shown_at", UtcDateTime, nullable=False),
    Column("clicked_at", UtcDateTime),
    Column("ordered_at", UtcDateTime),
)
"""One row for each time that somebody was shown a copy; a click or an order counts once for it."""

"""The tables of experiments: what was planned, and every look that was taken."""

from __future__ import annotations

from sqlalchemy import JSON, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from app.database import UtcDateTime, metadata

experiments = Table(
    "experiments",
    metadata,
    Column("experiment_id", String(60), primary_key=True),
    Column("key", String(60), nullable=False),
    Column("unit", String(16), nullable=False),
    Column("layer", String(60), nullable=False),
    Column("first_slot", Integer, nullable=False),
    Column("behind_slot", Integer, nullable=False),
    Column("status", String(16), nullable=False),
    Column("body", JSON, nullable=False),
    Column("created_by", String(100), nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("stopped_at", UtcDateTime),
    Column("stopped_by", String(100)),
    Column("stop_reason", Text),
    Index("ix_experiments_status", "status"),
)

looks = Table(
    "experiment_looks",
    metadata,
    Column("experiment_id", String(60), ForeignKey("experiments.experiment_id", ondelete="CASCADE"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("fraction", Float, nullable=False),
    Column("body", JSON, nullable=False),
)

"""The tables of stock reports."""

from __future__ import annotations

from sqlalchemy import JSON, Column, ForeignKey, Integer, String, Table

from app.database import UtcDateTime, metadata

reports = Table(
    "stock_reports",
    metadata,
    Column("report_id", Integer, primary_key=True),
    Column("made_at", UtcDateTime, nullable=False),
    Column("body", JSON, nullable=False),
)

forecasts = Table(
    "stock_forecasts",
    metadata,
    Column("report_id", ForeignKey(reports.c.report_id, ondelete="CASCADE"), primary_key=True),
    Column("sku", String(200), primary_key=True),
    Column("body", JSON, nullable=False),
)
"""One a SKU of a report: what was sold, and what is expected."""

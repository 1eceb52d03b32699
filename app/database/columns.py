"""Kinds of columns that mean the same on every engine."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Dialect, String
from sqlalchemy.types import TypeDecorator


class UtcTime(TypeDecorator[datetime]):
    """A moment as ISO 8601 text in UTC with microseconds: aware when it is read, and in order when sorted as text."""

    impl = String(32)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """To text. ValueError for a moment without its zone."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"Expected a moment with its time zone, got {value.isoformat()}.")
        return value.astimezone(UTC).isoformat(timespec="microseconds")

    def process_result_value(self, value: Any | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """From text."""
        return None if value is None else datetime.fromisoformat(value)

"""Kinds of columns that mean the same on every engine."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Dialect, String, Text
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


class PlainText(TypeDecorator[str]):
    """Text of any length that came from outside: what an engine cannot hold (NUL, halves of characters) is marked."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """With \ufffd in place of NUL and ? in place of half a character."""
        return None if value is None else value.replace("\x00", "\ufffd").encode("utf-8", "replace").decode("utf-8")

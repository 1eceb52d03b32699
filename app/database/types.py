"""Column types that mean the same on every engine."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import DateTime, Dialect, Text
from sqlalchemy.types import TypeDecorator


class UtcDateTime(TypeDecorator[datetime]):
    """An aware time, stored and given back in UTC: SQLite knows no time zones and would give a naive one back.

    Storing a naive time is a programmer's mistake: ValueError.
    """

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """In UTC."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"Expected an aware time, got the naive {value.isoformat()}.")
        return value.astimezone(UTC)

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ARG002
        """Aware, in UTC."""
        if value is None:
            return None
        moment: datetime = value
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)


def is_storable(text: str) -> bool:
    """Whether every engine can hold the text: PostgreSQL takes no NUL, neither takes half a surrogate pair."""
    return "\x00" not in text and not any("\ud800" <= char <= "\udfff" for char in text)


def storable(text: str) -> str:
    """The text without what an engine cannot hold: NUL goes, half a surrogate pair becomes U+FFFD."""
    if is_storable(text):
        return text
    return "".join("\ufffd" if "\ud800" <= char <= "\udfff" else char for char in text if char != "\x00")


class PlainText(TypeDecorator[str]):
    """Text of any length that came from outside, without what an engine cannot hold; see `storable`."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:  # noqa: ARG002
        """As it can be stored."""
        return None if value is None else storable(value)

"""What customers wrote, across conversations."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from app.conversations.tables import messages
from app.database import Database


def customers_said(database: Database, since: datetime) -> Sequence[tuple[str, datetime, str]]:
    """Conversation, time and text of each message of a customer since a moment, oldest first."""
    query = (
        select(messages.c.conversation_id, messages.c.at, messages.c.text)
        .where(messages.c.role == "customer", messages.c.at >= since)
        .order_by(messages.c.number)
    )
    with database.reading() as connection:
        rows = connection.execute(query).all()
    return [(row.conversation_id, row.at, row.text) for row in rows]

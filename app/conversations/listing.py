"""Lists of conversations for people: filtered, newest first, a page at a time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, and_, exists, or_, select

from app.conversations.errors import CursorInvalid
from app.conversations.store import conversation_of, labels_of
from app.conversations.tables import conversations, labels, messages
from app.database import Database, cursor_of, place_of
from app.domain.conversation import Conversation, ConversationStatus


@dataclass(frozen=True, slots=True)
class ConversationFilter:
    """Which ones; None or empty takes any."""

    status: ConversationStatus | None = None
    agent: str | None = None
    """Who wrote in it."""
    customer_id: str | None = None
    text: str = ""
    """Stands in one of its messages, in any case."""
    label: str | None = None
    since: datetime | None = None
    """Changed at that moment or later."""
    until: datetime | None = None
    """Changed before that moment."""


@dataclass(frozen=True, slots=True)
class ConversationPage:
    """Part of a list."""

    conversations: Sequence[Conversation]
    cursor: str | None
    """Where the next part begins; None at the end."""


def listed(
    database: Database, wanted: ConversationFilter, *, limit: int = 50, cursor: str | None = None
) -> ConversationPage:
    """The newest changed first. Raises `CursorInvalid`."""
    table = conversations.c
    query = select(conversations).where(*_conditions(wanted)).order_by(table.changed_at.desc(), table.conversation_id)
    if cursor is not None:
        at, key = _place(cursor)
        query = query.where(or_(table.changed_at < at, and_(table.changed_at == at, table.conversation_id > key)))
    with database.reading() as connection:
        rows = connection.execute(query.limit(limit + 1)).all()
        names = labels_of(connection, [row.conversation_id for row in rows[:limit]])
    found = [conversation_of(row, names[row.conversation_id]) for row in rows[:limit]]
    return ConversationPage(found, _cursor(found[-1]) if len(rows) > limit else None)


def _conditions(wanted: ConversationFilter) -> list[ColumnElement[bool]]:
    table, said = conversations.c, messages.c
    conditions: list[ColumnElement[bool]] = []
    if wanted.status is not None:
        conditions.append(table.status == wanted.status)
    if wanted.customer_id is not None:
        conditions.append(table.customer_id == wanted.customer_id)
    if wanted.since is not None:
        conditions.append(table.changed_at >= wanted.since)
    if wanted.until is not None:
        conditions.append(table.changed_at < wanted.until)
    belongs = said.conversation_id == table.conversation_id
    if wanted.agent is not None:
        conditions.append(exists().where(belongs, said.role == "agent", said.author == wanted.agent))
    if wanted.text:
        conditions.append(exists().where(belongs, said.text.icontains(wanted.text, autoescape=True)))
    if wanted.label is not None:
        conditions.append(
            exists().where(labels.c.conversation_id == table.conversation_id, labels.c.label == wanted.label)
        )
    return conditions


def _cursor(last: Conversation) -> str:
    return cursor_of(last.changed_at.isoformat(), last.conversation_id)


def _place(cursor: str) -> tuple[datetime, str]:
    try:
        at, key = place_of(cursor)
        moment = datetime.fromisoformat(at)
        if moment.tzinfo is None or not isinstance(key, str):
            raise ValueError("no such place")
    except (ValueError, TypeError) as error:
        raise CursorInvalid("The cursor is none that was given out. Leave it away to begin at the newest.") from error
    return moment, key

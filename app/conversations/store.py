"""Conversations in the database."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.conversations.errors import ConversationMissing, ConversationMoved
from app.conversations.tables import conversations, labels, messages
from app.conversations.turns import Turns
from app.database import CONVERSATIONS, Database, hold_order
from app.domain.conversation import Conversation, ConversationMessage, ConversationStatus

_DESK = ("waiting", "with_agent")


class SqlConversationStore:
    """A `ConversationStore` on SQLite or PostgreSQL; safe to share between threads and processes."""

    def __init__(
        self,
        database: Database,
        *,
        also_erase: Callable[[Sequence[str]], None] = lambda _: None,
        wait_s: float = 30.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Nothing is opened yet.

        Args:
            database: where they are kept.
            also_erase: told, in the same transaction, which conversations are erased: others keep parts of them.
            wait_s: how long a turn waits for another of the same conversation.
            clock: tells the time.
        """
        self._database, self._also_erase = database, also_erase
        self._turns = Turns(database, wait_s=wait_s, clock=clock)

    def turn(self, conversation_id: str) -> AbstractContextManager[None]:
        """Hold the conversation for one turn. Raises `ConversationBusy` after the wait."""
        return self._turns.held(conversation_id)

    def start(self, conversation: Conversation) -> Conversation:
        """Keep a new one; one that exists already is given back as it is."""
        try:
            with self._database.writing() as connection:
                known = _found(connection, conversation.conversation_id)
                if known is not None:
                    return known
                values = {**_values(conversation), "started_at": conversation.started_at, "version": 1}
                connection.execute(insert(conversations).values(**values))
                _put_labels(connection, conversation.conversation_id, conversation.labels)
        except IntegrityError:  # another process was quicker
            pass
        return self._require(conversation.conversation_id)

    def get(self, conversation_id: str) -> Conversation | None:
        """None where there is none of that id."""
        with self._database.reading() as connection:
            return _found(connection, conversation_id)

    def update(self, conversation: Conversation) -> None:
        """Keep what has changed but the messages. Raises `ConversationMissing` or `ConversationMoved`."""
        key = conversation.conversation_id
        with self._database.writing() as connection:
            known = _found(connection, key, is_locked=True)
            if known is None:
                raise _missing(key)
            if conversation.version != known.version and not self._turns.is_mine(key):
                raise ConversationMoved(f"The conversation {key[:100]} was changed meanwhile. Read it again.")
            values = {**_values(conversation), "version": known.version + 1}
            values["changed_at"] = max(conversation.changed_at, known.changed_at)
            if known.status in _DESK or conversation.status in _DESK:
                values["status"] = known.status
            connection.execute(update(conversations).where(conversations.c.conversation_id == key).values(**values))
            if set(conversation.labels) != set(known.labels):
                _put_labels(connection, key, conversation.labels)

    def move(self, conversation_id: str, status: ConversationStatus) -> None:
        """Say who has it. Raises `ConversationMissing`."""
        change = update(conversations).where(conversations.c.conversation_id == conversation_id)
        with self._database.writing() as connection:
            if not connection.execute(change.values(status=status)).rowcount:
                raise _missing(conversation_id)

    def relabel(self, conversation_id: str, labels: Sequence[str]) -> None:
        """These labels in place of those it has. Raises `ConversationMissing`."""
        with self._database.writing() as connection:
            if _found(connection, conversation_id, is_locked=True) is None:
                raise _missing(conversation_id)
            _put_labels(connection, conversation_id, labels)

    def add(self, message: ConversationMessage, *, request_id: str | None = None) -> None:
        """Keep a message; one whose id is there already is left as it is. Raises `ConversationMissing`."""
        key = message.conversation_id
        is_it = conversations.c.conversation_id == key
        with self._database.writing() as connection:
            hold_order(connection, CONVERSATIONS)
            changed = connection.execute(select(conversations.c.changed_at).where(is_it)).scalar_one_or_none()
            if changed is None:
                raise _missing(key)
            known = select(messages.c.number).where(messages.c.message_id == message.message_id)
            if connection.execute(known).first() is not None:
                return
            connection.execute(
                insert(messages).values(
                    message_id=message.message_id,
                    conversation_id=key,
                    role=message.role,
                    text=message.text,
                    at=message.at,
                    author=message.author,
                    receipt_id=message.receipt_id,
                    data=dict(message.data),
                    request_id=request_id,
                )
            )
            connection.execute(update(conversations).where(is_it).values(changed_at=max(changed, message.at)))

    def messages(
        self, conversation_id: str, *, after: str | None = None, limit: int | None = None
    ) -> Sequence[ConversationMessage]:
        """Oldest first: those behind a message (all where it is unknown), at most `limit`; or the last `limit`."""
        wanted = select(messages).where(messages.c.conversation_id == conversation_id)
        if after is not None:
            number = select(messages.c.number).where(
                messages.c.message_id == after, messages.c.conversation_id == conversation_id
            )
            wanted = wanted.where(messages.c.number > func.coalesce(number.scalar_subquery(), 0))
        is_last = after is None and limit is not None
        wanted = wanted.order_by(messages.c.number.desc() if is_last else messages.c.number).limit(limit)
        with self._database.reading() as connection:
            found = [message_of(row) for row in connection.execute(wanted)]
        return found[::-1] if is_last else found

    def replies_to(self, conversation_id: str, request_id: str) -> Sequence[ConversationMessage] | None:
        """What was answered to a request that was served before; None where it was not.

        Those are the messages kept with its id, the customer's own aside: none where an agent sees the message.
        """
        is_its = (messages.c.conversation_id == conversation_id) & (messages.c.request_id == request_id)
        with self._database.reading() as connection:
            rows = connection.execute(select(messages).where(is_its).order_by(messages.c.number)).all()
        return [message_of(row) for row in rows if row.role != "customer"] if rows else None

    def newest(self) -> int:
        """A number that grows with each message of any conversation; 0 before the first."""
        with self._database.reading() as connection:
            return connection.execute(select(func.max(messages.c.number))).scalar() or 0

    def erase(self, *, conversation_id: str | None = None, customer_id: str | None = None) -> int:
        """Remove one, or all of a customer, with their messages and what others keep of them; how many."""
        if (conversation_id is None) == (customer_id is None):
            raise ValueError("Expected either a conversation or a customer.")
        column = conversations.c.conversation_id if customer_id is None else conversations.c.customer_id
        with self._database.writing() as connection:
            hold_order(connection, CONVERSATIONS)
            wanted = select(conversations.c.conversation_id).where(column == (conversation_id or customer_id))
            keys = list(connection.execute(wanted).scalars())
            if keys:
                self._also_erase(keys)
            for key in keys:
                for table in (messages, labels, conversations):
                    connection.execute(delete(table).where(table.c.conversation_id == key))
        return len(keys)

    def erase_before(self, day: datetime) -> int:
        """Remove conversations in which nothing was said since, but none that the desk has; how many."""
        is_old = (conversations.c.changed_at < day) & conversations.c.status.not_in(_DESK)
        with self._database.reading() as connection:
            keys = list(connection.execute(select(conversations.c.conversation_id).where(is_old)).scalars())
        return sum(self.erase(conversation_id=key) for key in keys)

    def _require(self, conversation_id: str) -> Conversation:
        found = self.get(conversation_id)
        if found is None:
            raise _missing(conversation_id)
        return found


def message_of(row: Row[Any]) -> ConversationMessage:
    """A message from its row."""
    return ConversationMessage(
        message_id=row.message_id,
        conversation_id=row.conversation_id,
        role=row.role,
        text=row.text,
        at=row.at,
        author=row.author,
        receipt_id=row.receipt_id,
        data=row.data,
    )


def conversation_of(row: Row[Any], labels: Sequence[str]) -> Conversation:
    """A conversation from its row."""
    return Conversation(
        conversation_id=row.conversation_id,
        channel=row.channel,
        status=row.status,
        started_at=row.started_at,
        changed_at=row.changed_at,
        language=row.language,
        customer_id=row.customer_id,
        owner=row.owner,
        state=row.state,
        labels=tuple(labels),
        version=row.version,
    )


def labels_of(connection: Connection, conversation_ids: Sequence[str]) -> Mapping[str, list[str]]:
    """Labels of each of these conversations, by name; [] for one without any."""
    found: dict[str, list[str]] = {key: [] for key in conversation_ids}
    wanted = select(labels).where(labels.c.conversation_id.in_(list(found))).order_by(labels.c.label)
    for row in connection.execute(wanted):
        found[row.conversation_id].append(row.label)
    return found


def _found(connection: Connection, conversation_id: str, *, is_locked: bool = False) -> Conversation | None:
    wanted = select(conversations).where(conversations.c.conversation_id == conversation_id)
    row = connection.execute(wanted.with_for_update() if is_locked else wanted).one_or_none()
    return None if row is None else conversation_of(row, labels_of(connection, [conversation_id])[conversation_id])


def _put_labels(connection: Connection, conversation_id: str, names: Sequence[str]) -> None:
    connection.execute(delete(labels).where(labels.c.conversation_id == conversation_id))
    rows = [{"conversation_id": conversation_id, "label": name} for name in dict.fromkeys(names)]
    if rows:
        connection.execute(insert(labels), rows)


def _values(conversation: Conversation) -> dict[str, Any]:
    return {
        "conversation_id": conversation.conversation_id,
        "channel": conversation.channel,
        "status": conversation.status,
        "changed_at": conversation.changed_at,
        "language": conversation.language,
        "customer_id": conversation.customer_id,
        "owner": conversation.owner,
        "state": dict(conversation.state),
    }


def _missing(conversation_id: str) -> ConversationMissing:
    return ConversationMissing(f"There is no conversation {conversation_id[:100]!r}.")

"""The log of events in the database: written as things happen, read for numbers and gaps."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, and_, or_, select, update

from app.database import Database, insert_new
from app.domain.service_events import EventKind, ServiceEvent
from app.insight.tables import service_events as events

_AT_ONCE = 500


class ServiceEvents:
    """Fulfils `app.domain.service_events.EventLog`; safe to share between threads and processes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def append(self, *new: ServiceEvent) -> None:
        """Keep events, in one transaction; one whose id is there already is left as it is."""
        if not new:
            return
        rows = [_row(event) for event in new]
        with self._database.writing() as connection:
            for at in range(0, len(rows), _AT_ONCE):
                connection.execute(insert_new(connection, events, "event_id"), rows[at : at + _AT_ONCE])

    def between(self, start: datetime, end: datetime, *, kinds: Sequence[EventKind] = ()) -> Iterator[ServiceEvent]:
        """Events with start <= at < end, oldest first; of some kinds, or all."""
        wanted = _within(start, end)
        yield from self._select(and_(wanted, events.c.kind.in_(kinds)) if kinds else wanted)

    def of_conversations(self, start: datetime, end: datetime) -> Iterator[ServiceEvent]:
        """All events, also earlier and later ones, of conversations in which something happened from start to end.

        Oldest first; events outside conversations are left out.
        """
        touched = (
            select(events.c.conversation_id)
            .where(_within(start, end), events.c.conversation_id.is_not(None))
            .distinct()
        )
        yield from self._select(events.c.conversation_id.in_(touched))

    def outside_conversations(self, start: datetime, end: datetime) -> Iterator[ServiceEvent]:
        """Events with start <= at < end that belong to no conversation, or do not say to which, oldest first."""
        yield from self._select(and_(_within(start, end), events.c.conversation_id.is_(None)))

    def of_ids(self, event_ids: Sequence[str]) -> list[ServiceEvent]:
        """Those of these ids that there are, oldest first."""
        found: list[ServiceEvent] = []
        for at in range(0, len(event_ids), _AT_ONCE):
            found += self._select(events.c.event_id.in_(event_ids[at : at + _AT_ONCE]))
        return sorted(found, key=lambda event: (event.at, event.event_id))

    def conversation(self, conversation_id: str) -> list[ServiceEvent]:
        """All of one conversation, oldest first."""
        return list(self._select(events.c.conversation_id == conversation_id))

    def erase(self, *, conversation_id: str | None = None, customer_id: str | None = None) -> int:
        """Forget who and the words, of a conversation or of all of a customer; the counts stay as they were.

        Returns how many events were touched. Raises `ValueError` when neither is named.
        """
        if conversation_id is None and customer_id is None:
            raise ValueError("Expected a conversation or a customer, got neither.")
        by_conversation = events.c.conversation_id == conversation_id
        if customer_id is not None:
            of_customer = select(events.c.conversation_id).where(
                events.c.customer_id == customer_id, events.c.conversation_id.is_not(None)
            )
            by_customer = or_(events.c.customer_id == customer_id, events.c.conversation_id.in_(of_customer))
            where = by_customer if conversation_id is None else or_(by_conversation, by_customer)
        else:
            where = by_conversation
        return self._forget(where)

    def forget_words_before(self, day: datetime) -> int:
        """Erase the words of people that are older; who it was, too. Returns how many events were touched."""
        has_any = or_(events.c.text.is_not(None), events.c.customer_id.is_not(None))
        return self._forget(and_(events.c.at < stamp(day), has_any))

    def _forget(self, where: ColumnElement[bool]) -> int:
        with self._database.writing() as connection:
            rows = connection.execute(select(events.c.number, events.c.data).where(where)).all()
            for row in rows:
                data = {name: value for name, value in row.data.items() if name not in ("suggested", "comment")}
                change = update(events).where(events.c.number == row.number)
                connection.execute(change.values(text=None, customer_id=None, data=data))
        return len(rows)

    def _select(self, where: ColumnElement[bool]) -> Iterator[ServiceEvent]:
        with self._database.reading() as connection:
            for row in connection.execute(select(events).where(where).order_by(events.c.at, events.c.number)):
                yield _event(row)


def stamp(at: datetime) -> str:
    """A moment as it is stored. Raises `ValueError` for one without a time zone."""
    if at.tzinfo is None:
        raise ValueError(f"Expected a time with its zone, got {at.isoformat()}.")
    return at.astimezone(UTC).isoformat(timespec="milliseconds")


def _within(start: datetime, end: datetime) -> ColumnElement[bool]:
    return and_(events.c.at >= stamp(start), events.c.at < stamp(end))


def _row(event: ServiceEvent) -> dict[str, Any]:
    return {
        "event_id": event.event_id,
        "kind": event.kind,
        "at": stamp(event.at),
        "conversation_id": event.conversation_id,
        "customer_id": event.customer_id,
        "channel": event.channel,
        "language": event.language,
        "intent": event.intent,
        "receipt_id": event.receipt_id,
        "text": event.text,
        "data": dict(event.data),
    }


def _event(row: Row[Any]) -> ServiceEvent:
    return ServiceEvent(
        kind=row.kind,
        at=datetime.fromisoformat(row.at),
        conversation_id=row.conversation_id,
        customer_id=row.customer_id,
        channel=row.channel,
        language=row.language,
        intent=row.intent,
        receipt_id=row.receipt_id,
        text=row.text,
        data=row.data,
        event_id=row.event_id,
    )

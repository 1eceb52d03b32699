"""Behaviour in the database: taken in once however often it is told, read for models, rules and figures."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import Any

from sqlalchemy import Row, delete, func, insert, select, update

from app.database import Database, insert_new, is_storable
from app.domain.behaviour import BehaviourEvent
from app.recommendation import tables
from app.recommendation.histories import Interaction
from app.recommendation.reading import interaction_of

_AT_ONCE = 500
_LEARNT = ("view", "click", "cart", "buy", "dismiss")
_COLUMNS = tables.events.c


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of a batch of events."""

    new: int
    known: int
    """Told before, by their id or word for word."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A list that was shown to somebody."""

    recommendation_id: str
    at: datetime
    user_id: str
    placement: str
    """Where: home, product, dialogue."""
    items: tuple[str, ...]
    experiment: str = ""
    arm: str = ""


class BehaviourLog:
    """Events and the lists that were shown; safe to share between threads and processes."""

    def __init__(self, database: Database) -> None:
        """Nothing is opened yet."""
        self._database = database

    def take(self, events: Iterable[BehaviourEvent]) -> Taken:
        """Keep events; those that are there already are left as they are. One transaction for each 500."""
        new = total = 0
        stream = iter(events)
        while some := list(islice(stream, _AT_ONCE)):
            rows = list({event.key: _row(event) for event in some}.values())
            total += len(some)
            ids = [row["event_id"] for row in rows]
            with self._database.writing() as connection:
                there = connection.execute(select(_COLUMNS.event_id).where(_COLUMNS.event_id.in_(ids))).all()
                connection.execute(insert_new(connection, tables.events, "event_id"), rows)
            new += len(rows) - len(there)
        return Taken(new, total - new)

    def interactions(self, *, since: datetime | None = None) -> Iterator[Interaction]:
        """What models learn from, each customer's in the order of time."""
        query = select(tables.events).where(_COLUMNS.event.in_(_LEARNT))
        if since is not None:
            query = query.where(_COLUMNS.at >= since)
        with self._database.reading() as connection:
            for row in connection.execute(query.order_by(_COLUMNS.user_id, _COLUMNS.at, _COLUMNS.number)):
                yield interaction_of(_event(row))

    def of_user(self, user_id: str, *, limit: int = 500) -> list[BehaviourEvent]:
        """Somebody's newest events, oldest first."""
        if not is_storable(user_id):
            return []
        query = select(tables.events).where(_COLUMNS.user_id == user_id)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(_COLUMNS.at.desc(), _COLUMNS.number.desc()).limit(limit)).all()
        return [_event(row) for row in reversed(rows)]

    def between(self, start: datetime, end: datetime, *kinds: str) -> Iterator[BehaviourEvent]:
        """Events of some kinds with start <= at < end, oldest first."""
        query = select(tables.events).where(_COLUMNS.event.in_(kinds), _COLUMNS.at >= start, _COLUMNS.at < end)
        with self._database.reading() as connection:
            for row in connection.execute(query.order_by(_COLUMNS.at, _COLUMNS.number)):
                yield _event(row)

    def count(self) -> int:
        """How many events there are."""
        with self._database.reading() as connection:
            return int(connection.execute(select(func.count()).select_from(tables.events)).scalar_one())

    def note_shown(self, shown: Shown) -> None:
        """Keep what was shown."""
        row = {
            "recommendation_id": shown.recommendation_id,
            "at": shown.at,
            "user_id": shown.user_id,
            "placement": shown.placement,
            "experiment": shown.experiment,
            "arm": shown.arm,
            "items": list(shown.items),
        }
        with self._database.writing() as connection:
            connection.execute(insert(tables.lists).values(row))

    def shown_between(self, start: datetime, end: datetime, *, placement: str | None = None) -> list[Shown]:
        """Lists with start <= at < end, oldest first."""
        columns = tables.lists.c
        query = select(tables.lists).where(columns.at >= start, columns.at < end)
        if placement is not None:
            query = query.where(columns.placement == placement)
        with self._database.reading() as connection:
            return [_shown(row) for row in connection.execute(query.order_by(columns.at, columns.recommendation_id))]

    def shown_to(self, user_id: str, *, days: float = 14, now: datetime | None = None) -> list[Shown]:
        """Lists of the last days, oldest first."""
        columns, now = tables.lists.c, now or datetime.now(UTC)
        if not is_storable(user_id):
            return []
        query = select(tables.lists).where(columns.user_id == user_id, columns.at >= now - timedelta(days=days))
        with self._database.reading() as connection:
            return [_shown(row) for row in connection.execute(query.order_by(columns.at))]

    def erase(self, user_id: str) -> int:
        """Forget who it was: the person's events and lists go. Returns how many events."""
        with self._database.writing() as connection:
            gone = connection.execute(delete(tables.events).where(_COLUMNS.user_id == user_id)).rowcount
            connection.execute(update(tables.lists).where(tables.lists.c.user_id == user_id).values(user_id=""))
        return int(gone)


def _row(event: BehaviourEvent) -> dict[str, Any]:
    return {
        "event_id": event.key,
        "user_id": event.user_id,
        "event": event.event,
        "at": event.at,
        "session_id": event.session_id,
        "item_id": event.item_id,
        "sku": event.sku,
        "query": event.query,
        "quantity": event.quantity,
        "order_id": event.order_id,
        "recommendation_id": event.recommendation_id,
    }


def _event(row: Row[Any]) -> BehaviourEvent:
    return BehaviourEvent(
        user_id=row.user_id,
        event=row.event,
        at=row.at,
        session_id=row.session_id,
        item_id=row.item_id,
        sku=row.sku,
        query=row.query,
        quantity=row.quantity,
        order_id=row.order_id,
        recommendation_id=row.recommendation_id,
        event_id=row.event_id,
    )


def _shown(row: Row[Any]) -> Shown:
    return Shown(row.recommendation_id, row.at, row.user_id, row.placement, tuple(row.items), row.experiment, row.arm)

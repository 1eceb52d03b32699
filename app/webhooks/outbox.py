"""What is to be told to whom, kept in the same transaction as what happened: a crash loses neither."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Row, delete, insert, select, update

from app.database import Database
from app.webhooks.address import checked_url
from app.webhooks.errors import EndpointInvalid, EndpointMissing
from app.webhooks.signing import new_secret
from app.webhooks.tables import attempts, deliveries, endpoints

ALL = "*"
TEST_EVENT = "webhook.test"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Somebody who listens."""

    endpoint_id: str
    url: str
    events: tuple[str, ...]
    """Names of events; * for all."""
    created_at: datetime
    disabled_because: str | None = None
    """Why nothing is sent any more; None while it is."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON, without the secret."""
        return {
            "endpoint_id": self.endpoint_id,
            "url": self.url,
            "events": list(self.events),
            "created_at": self.created_at.isoformat(),
            "disabled_because": self.disabled_because,
        }


class Outbox:
    """Endpoints, and what is on its way to them."""

    def __init__(
        self,
        database: Database,
        *,
        known_events: Sequence[str],
        allow_private: bool = False,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Nothing is opened yet.

        Args:
            database: where they are kept.
            known_events: names that can be listened to.
            allow_private: whether an endpoint may lie inside this network.
            clock: tells the time.
        """
        self._database, self._known = database, (*known_events, TEST_EVENT)
        self._allow_private, self._clock = allow_private, clock

    def add(self, url: str, *, events: Sequence[str] = ()) -> tuple[Endpoint, str]:
        """Somebody wants to listen, to all events or to some; with the secret, which is shown once.

        Raises `EndpointInvalid`.
        """
        checked_url(url, allow_private=self._allow_private)
        names = tuple(dict.fromkeys(events)) or (ALL,)
        if unknown := sorted(set(names) - {*self._known, ALL}):
            raise EndpointInvalid(f"There is no event {unknown[0]!r}. There are: {', '.join(self._known)}.")
        endpoint = Endpoint(uuid.uuid4().hex[:12], url.strip(), names, self._clock())
        secret = new_secret()
        with self._database.writing() as connection:
            connection.execute(
                insert(endpoints).values(
                    endpoint_id=endpoint.endpoint_id,
                    url=endpoint.url,
                    events=list(names),
                    secret=secret,
                    created_at=endpoint.created_at,
                )
            )
        return endpoint, secret

    def all(self) -> Sequence[Endpoint]:
        """Oldest first."""
        with self._database.reading() as connection:
            rows = connection.execute(select(endpoints).order_by(endpoints.c.created_at, endpoints.c.endpoint_id))
            return [_endpoint(row) for row in rows]

    def remove(self, endpoint_id: str) -> None:
        """Nothing is sent to it any more, also not what is on its way. Raises `EndpointMissing`."""
        with self._database.writing() as connection:
            if not connection.execute(delete(endpoints).where(endpoints.c.endpoint_id == endpoint_id)).rowcount:
                raise _missing(endpoint_id)
            mine = select(deliveries.c.delivery_id).where(deliveries.c.endpoint_id == endpoint_id)
            connection.execute(delete(attempts).where(attempts.c.delivery_id.in_(mine)))
            connection.execute(delete(deliveries).where(deliveries.c.endpoint_id == endpoint_id))

    def publish(self, event: str, data: Mapping[str, Any]) -> int:
        """Something has happened: queue it for all who listen; for how many. Within the transaction of the caller."""
        with self._database.reading() as connection:
            rows = connection.execute(select(endpoints).where(endpoints.c.disabled_at.is_(None))).all()
        wanting = [row.endpoint_id for row in rows if event in row.events or ALL in row.events]
        for endpoint_id in wanting:
            self._queue(endpoint_id, event, data)
        return len(wanting)

    def queue(self, endpoint_id: str, event: str, data: Mapping[str, Any]) -> str:
        """Queue an event for one endpoint, whatever it listens to; the id of the delivery. Raises `EndpointMissing`."""
        with self._database.writing() as connection:
            known = connection.execute(select(endpoints.c.url).where(endpoints.c.endpoint_id == endpoint_id)).first()
            if known is None:
                raise _missing(endpoint_id)
            return self._queue(endpoint_id, event, data)

    def log(self, *, endpoint_id: str | None = None, limit: int = 50) -> Sequence[Mapping[str, Any]]:
        """The newest deliveries with all their attempts, as JSON."""
        wanted = select(deliveries).order_by(deliveries.c.number.desc()).limit(limit)
        if endpoint_id is not None:
            wanted = wanted.where(deliveries.c.endpoint_id == endpoint_id)
        with self._database.reading() as connection:
            rows = connection.execute(wanted).all()
            tried = select(attempts).where(attempts.c.delivery_id.in_([row.delivery_id for row in rows]))
            of: dict[str, list[Mapping[str, Any]]] = {}
            for row in connection.execute(tried.order_by(attempts.c.number)):
                line = {"at": row.at.isoformat(), "status": row.status, "error": row.error, "took_ms": row.took_ms}
                of.setdefault(row.delivery_id, []).append(line)
        return [
            {
                "delivery_id": row.delivery_id,
                "endpoint_id": row.endpoint_id,
                "event": row.event,
                "state": row.state,
                "created_at": row.created_at.isoformat(),
                "next_at": row.next_at.isoformat() if row.state == "pending" else None,
                "attempts": of.get(row.delivery_id, []),
            }
            for row in rows
        ]

    def erase(self, conversation_ids: Sequence[str]) -> None:
        """Remove what was or is to be told of conversations."""
        with self._database.writing() as connection:
            for key in conversation_ids:
                told = select(deliveries.c.delivery_id).where(deliveries.c.subject == key)
                connection.execute(delete(attempts).where(attempts.c.delivery_id.in_(told)))
                connection.execute(delete(deliveries).where(deliveries.c.subject == key))

    def forget(self, *, before: datetime) -> int:
        """Remove deliveries that ended before a moment: they hold what customers and agents wrote. How many."""
        old = select(deliveries.c.delivery_id).where(deliveries.c.ended_at < before)
        with self._database.writing() as connection:
            connection.execute(delete(attempts).where(attempts.c.delivery_id.in_(old)))
            return connection.execute(delete(deliveries).where(deliveries.c.ended_at < before)).rowcount

    def disable(self, endpoint_id: str, because: str) -> None:
        """Send nothing any more; what is on its way has failed."""
        now = self._clock()
        with self._database.writing() as connection:
            is_it = endpoints.c.endpoint_id == endpoint_id
            connection.execute(update(endpoints).where(is_it).values(disabled_at=now, disabled_because=because[:200]))
            waiting = (deliveries.c.endpoint_id == endpoint_id) & (deliveries.c.state == "pending")
            connection.execute(update(deliveries).where(waiting).values(state="failed", ended_at=now))

    def _queue(self, endpoint_id: str, event: str, data: Mapping[str, Any]) -> str:
        now, delivery_id = self._clock(), f"msg_{uuid.uuid4().hex}"
        body = {"type": event, "timestamp": now.isoformat(), "data": dict(data)}
        with self._database.writing() as connection:
            connection.execute(
                insert(deliveries).values(
                    delivery_id=delivery_id,
                    endpoint_id=endpoint_id,
                    event=event,
                    subject=data.get("conversation_id"),
                    body=json.dumps(body, ensure_ascii=False, separators=(",", ":")),
                    state="pending",
                    attempts=0,
                    created_at=now,
                    next_at=now,
                )
            )
        return delivery_id


def _missing(endpoint_id: str) -> EndpointMissing:
    return EndpointMissing(f"There is no webhook {endpoint_id[:40]!r}. `kefu webhooks list` shows them.")


def _endpoint(row: Row[Any]) -> Endpoint:
    return Endpoint(row.endpoint_id, row.url, tuple(row.events), row.created_at, row.disabled_because)

"""Which agents are there: told by their browsers, which fall silent when they go away."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Literal

from sqlalchemy import Row, insert, select, update
from sqlalchemy.exc import IntegrityError

from app.database import Database
from app.handoff.tables import presence

PresenceState = Literal["online", "away", "offline"]
"""away: there, but to be given nothing new."""


@dataclass(frozen=True, slots=True)
class Presence:
    """What is known of one agent."""

    agent: str
    state: PresenceState
    seen_at: datetime
    since: datetime
    """When the state began."""

    def is_there(self, now: datetime, away_after: timedelta) -> bool:
        """Whether their page has given a sign of life."""
        return self.state != "offline" and now - self.seen_at < away_after

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "agent": self.agent,
            "state": self.state,
            "seen_at": self.seen_at.isoformat(),
            "since": self.since.isoformat(),
        }


class PresenceBook:
    """Signs of life of all agents, in the database."""

    def __init__(self, database: Database, *, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        self._database, self._clock = database, clock

    def note(self, agent: str, state: PresenceState) -> Presence | None:
        """A sign of life; gives what was known before."""
        now = self._clock()
        is_it = presence.c.agent == agent
        with self._database.writing() as connection:
            row = connection.execute(select(presence).where(is_it)).one_or_none()
            if row is None:
                try:
                    with connection.begin_nested():
                        connection.execute(insert(presence).values(agent=agent, state=state, seen_at=now, since=now))
                    return None
                except IntegrityError:  # another process was quicker
                    row = connection.execute(select(presence).where(is_it)).one()
            since = row.since if row.state == state else now
            connection.execute(update(presence).where(is_it).values(state=state, seen_at=now, since=since))
        return _presence(row)

    def lapse(self, agent: str, *, seen_before: datetime) -> bool:
        """Take an agent as gone, unless a sign of life has come meanwhile."""
        change = update(presence).where(
            presence.c.agent == agent, presence.c.seen_at < seen_before, presence.c.state != "offline"
        )
        with self._database.writing() as connection:
            return connection.execute(change.values(state="offline", since=self._clock())).rowcount == 1

    def get(self, agent: str) -> Presence | None:
        """None for an agent who never gave a sign of life, as one who works by other programs."""
        with self._database.reading() as connection:
            row = connection.execute(select(presence).where(presence.c.agent == agent)).one_or_none()
        return None if row is None else _presence(row)

    def all(self) -> Sequence[Presence]:
        """By name."""
        with self._database.reading() as connection:
            rows = connection.execute(select(presence).order_by(presence.c.agent)).all()
        return [_presence(row) for row in rows]


def _presence(row: Row[Any]) -> Presence:
    return Presence(row.agent, row.state, row.seen_at, row.since)

"""Notes of which something is unclear, until a person has decided what is meant."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError

from app.database import Database, is_storable, storable
from app.domain.delivery_note import ReadNote
from app.warehouse.notes import tables
from app.warehouse.notes.decisions import constraints_of
from app.warehouse.notes.errors import ReviewClosed, ReviewMissing

State = Literal["open", "decided", "dismissed"]


@dataclass(frozen=True, slots=True)
class Review:
    """A note that somebody looks at."""

    review_id: str
    source: str
    text: str
    now: datetime
    """From which its words were counted, in UTC."""
    time_zone: str
    constraints: Sequence[Mapping[str, Any]]
    """As they were read, what is unclear among them."""
    created_at: datetime
    state: State
    decision: Sequence[Mapping[str, Any]] | None = None
    """The constraints that a person put in their place; None where it waits, or was dismissed: what was clear
    stays then."""
    decided_by: str | None = None
    decided_at: datetime | None = None

    def to_json(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "review_id": self.review_id,
            "source": self.source,
            "text": self.text,
            "now": self.now.isoformat(),
            "time_zone": self.time_zone,
            "constraints": list(self.constraints),
            "created_at": self.created_at.isoformat(),
            "state": self.state,
            "decision": None if self.decision is None else list(self.decision),
            "decided_by": self.decided_by,
            "decided_at": self.decided_at and self.decided_at.isoformat(),
        }


class NoteReviews:
    """The list in the database; safe to share between threads."""

    def __init__(self, database: Database) -> None:
        """Nothing is opened yet."""
        self._database = database

    def add(self, note: ReadNote, *, source: str) -> str:
        """Put a note on the list and give its id; the same words of the same source stay where they are."""
        review_id = _id(source, note.text)
        row = {
            "review_id": review_id,
            "source": storable(source),
            "text": storable(note.text),
            "now": note.now.astimezone(UTC),
            "time_zone": str(note.now.tzinfo),
            "constraints": [constraint.to_json() for constraint in (*note.constraints, *note.unread)],
            "created_at": datetime.now(UTC),
            "state": "open",
        }
        with self._database.writing() as connection:
            if connection.execute(select(tables.reviews.c.state).where(_is(review_id))).first() is None:
                try:
                    with connection.begin_nested():
                        connection.execute(insert(tables.reviews).values(**row))
                except IntegrityError:  # somebody was a moment faster, on an engine with several writers
                    pass
        return review_id

    def waiting(self, *, limit: int = 100, state: State = "open") -> list[Review]:
        """Oldest first."""
        columns = tables.reviews.c
        query = select(tables.reviews).where(columns.state == state)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(columns.created_at, columns.review_id).limit(limit)).mappings()
            return [Review(**row) for row in rows]

    def closed(self, text: str, *, source: str) -> Review | None:
        """What was decided about these words of this source; None while nobody has."""
        with self._database.reading() as connection:
            row = connection.execute(select(tables.reviews).where(_is(_id(source, text)))).mappings().first()
        return None if row is None or row["state"] == "open" else Review(**row)

    def decide(self, review_id: str, decision: Sequence[Mapping[str, Any]] | None, *, by: str) -> Review:
        """Close a note: with the constraints that are meant, or, for None, with what was clear and no more.

        Raises `DecisionInvalid`, `ReviewMissing`, or `ReviewClosed` where somebody was faster.
        """
        constraints_of(decision or (), length=0)  # what no plan could use is not kept
        if not is_storable(review_id):
            raise ReviewMissing(f"There is no note {review_id!r} to look at.")
        state: State = "dismissed" if decision is None else "decided"
        values = {"state": state, "decision": decision, "decided_by": storable(by), "decided_at": datetime.now(UTC)}
        with self._database.writing() as connection:
            change = update(tables.reviews).where(_is(review_id), tables.reviews.c.state == "open")
            is_changed = bool(connection.execute(change.values(**values)).rowcount)
            row = connection.execute(select(tables.reviews).where(_is(review_id))).mappings().first()
        if row is None:
            raise ReviewMissing(f"There is no note {review_id!r} to look at.")
        review = Review(**row)
        if not is_changed:
            raise ReviewClosed(f"The note was {review.state} by {review.decided_by} already.")
        return review


def _id(source: str, text: str) -> str:
    return sha256(f"{source}\x00{text}".encode("utf-8", "replace")).hexdigest()[:32]


def _is(review_id: str) -> Any:
    return tables.reviews.c.review_id == review_id

"""What customers and agents thought of an answer, kept for those who improve the knowledge base."""

from __future__ import annotations

import logging
import sqlite3
import threading
import uuid
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any, Literal, get_args

from sqlalchemy import Row, delete, insert, or_, select, update

from app.database import Database
from app.domain.service_events import EventLog, ServiceEvent
from app.feedback.tables import edits, ratings

logger = logging.getLogger(__name__)

Rating = Literal["up", "down"]
Reason = Literal[
    "wrong",
    "outdated",
    "incomplete",
    "off_question",
    "unclear",
    "wrong_source",
    "tone",
    "too_slow",
    "wants_person",
    "other",
]
"""Why an answer was no good: it is wrong, holds no longer, leaves something out, answers another question, cannot be
understood, cites what does not bear it out, sounds wrong, came too late, or the customer wants a person anyway."""
REASONS: tuple[Reason, ...] = get_args(Reason)
_AT_ONCE = 500


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


@dataclass(frozen=True, slots=True)
class Feedback:
    """One opinion about one answer."""

    receipt_id: str
    """Of the answer."""
    rating: Rating
    reason: str | None = None
    """In words."""
    correction: str | None = None
    """What the answer should have said."""
    caller: str = ""
    """Id of the key that sent it."""
    reasons: tuple[Reason, ...] = ()
    """As codes."""
    conversation_id: str | None = None
    feedback_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    created_at: str = field(default_factory=_now)

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "reasons": list(self.reasons)}


@dataclass(frozen=True, slots=True)
class AgentEdit:
    """What an agent made of a suggested reply."""

    receipt_id: str
    """Of the suggestion."""
    agent: str
    suggested: str
    sent: str
    conversation_id: str | None = None
    edit_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    created_at: str = field(default_factory=_now)

    @property
    def changed(self) -> float:
        """Share of the text that was changed, in [0, 1]; 0 for a suggestion that was sent as it was."""
        return 1.0 - SequenceMatcher(None, self.suggested.strip(), self.sent.strip(), autojunk=False).ratio()

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {**asdict(self), "changed": round(self.changed, 4)}


class FeedbackStore:
    """Opinions in the database; the latest of a caller on an answer counts. Safe to share between threads."""

    def __init__(self, database: Database, *, log: EventLog | None = None, legacy: Path | None = None) -> None:
        """Nothing is opened yet.

        Args:
            database: where they are kept.
            log: told of each rating.
            legacy: a SQLite file in which an earlier version kept ratings; taken over once, on first use.
        """
        self._database, self._log, self._legacy = database, log, legacy
        self._lock = threading.Lock()

    def add(self, feedback: Feedback) -> None:
        """Keep an opinion. Raises `DatabaseUnavailable`."""
        self._take_over()
        with self._database.writing() as connection:
            same = (ratings.c.receipt_id == feedback.receipt_id) & (ratings.c.caller == feedback.caller)
            connection.execute(delete(ratings).where(same))
            connection.execute(insert(ratings).values(feedback.to_dict()))
        if self._log is not None:
            self._log.append(_rated(feedback))

    def list(self, *, limit: int = 100, rating: Rating | None = None) -> Sequence[Feedback]:
        """Newest first."""
        wanted = select(ratings).order_by(ratings.c.created_at.desc(), ratings.c.number.desc()).limit(limit)
        if rating is not None:
            wanted = wanted.where(ratings.c.rating == rating)
        self._take_over()
        with self._database.reading() as connection:
            return [_feedback(row) for row in connection.execute(wanted)]

    def of_receipts(self, receipt_ids: Sequence[str]) -> Mapping[str, Sequence[Feedback]]:
        """Opinions on each of these answers, newest first; an answer without any is left out."""
        self._take_over()
        found: dict[str, list[Feedback]] = {}
        with self._database.reading() as connection:
            for at in range(0, len(receipt_ids), _AT_ONCE):
                part = receipt_ids[at : at + _AT_ONCE]
                wanted = select(ratings).where(ratings.c.receipt_id.in_(part)).order_by(ratings.c.number.desc())
                for row in connection.execute(wanted):
                    found.setdefault(row.receipt_id, []).append(_feedback(row))
        return found

    def rated_receipts(self, rating: Rating) -> frozenset[str]:
        """Ids of the answers with such a rating."""
        self._take_over()
        with self._database.reading() as connection:
            rows = connection.execute(select(ratings.c.receipt_id).where(ratings.c.rating == rating).distinct())
            return frozenset(rows.scalars())

    def add_edit(self, edit: AgentEdit) -> None:
        """Keep what an agent made of a suggestion, sent as it was or not. Raises `DatabaseUnavailable`."""
        with self._database.writing() as connection:
            connection.execute(insert(edits).values({**asdict(edit), "changed": edit.changed}))

    def edits(self, *, limit: int = 100, receipt_id: str | None = None, least: float = 0.0) -> Sequence[AgentEdit]:
        """Newest first; those that changed `least` of the text or more."""
        wanted = select(edits).where(edits.c.changed >= least).order_by(edits.c.number.desc()).limit(limit)
        if receipt_id is not None:
            wanted = wanted.where(edits.c.receipt_id == receipt_id)
        names = ("receipt_id", "agent", "suggested", "sent", "conversation_id", "edit_id", "created_at")
        with self._database.reading() as connection:
            rows = connection.execute(wanted).mappings()
            return [AgentEdit(**{name: row[name] for name in names}) for row in rows]

    def erase(self, conversation_id: str) -> int:
        """Remove ratings and edits of a conversation; how many."""
        removed = 0
        with self._database.writing() as connection:
            for table in (ratings, edits):
                removed += connection.execute(delete(table).where(table.c.conversation_id == conversation_id)).rowcount
        return removed

    def forget_words_before(self, day: datetime) -> int:
        """Erase what people wrote that is older: words of ratings, edits as a whole; how many.

        Ratings stay, with their reasons as codes.
        """
        old = day.astimezone(UTC).isoformat(timespec="seconds")
        self._take_over()
        has_words = or_(ratings.c.reason.is_not(None), ratings.c.correction.is_not(None))
        forget = update(ratings).where(ratings.c.created_at < old, has_words).values(reason=None, correction=None)
        with self._database.writing() as connection:
            touched = connection.execute(forget).rowcount
            return touched + connection.execute(delete(edits).where(edits.c.created_at < old)).rowcount

    def _take_over(self) -> None:
        """Copy the ratings of an earlier version and put its file aside; a file that cannot be read is left alone.

        Ids that are there already are not copied again, so a crash between copying and renaming does no harm.
        """
        with self._lock:
            if self._legacy is None or not self._legacy.exists():
                return
            path, self._legacy = self._legacy, None
            try:
                old = _legacy_ratings(path)
            except sqlite3.Error as error:
                logger.warning("the ratings in %s cannot be read (%s); the file is left as it is", path.name, error)
                return
            with self._database.writing() as connection:
                there = set(connection.execute(select(ratings.c.feedback_id)).scalars())
                new = [item.to_dict() for item in old if item.feedback_id not in there]
                if new:
                    connection.execute(insert(ratings), new)
            path.rename(path.with_suffix(".sqlite.migrated"))
            logger.info("took over %d ratings from %s", len(new), path.name)


def _legacy_ratings(path: Path) -> Sequence[Feedback]:
    with closing(sqlite3.connect(path)) as database:
        database.row_factory = sqlite3.Row
        rows = database.execute("SELECT * FROM feedback ORDER BY created_at, rowid").fetchall()
    return [Feedback(**dict(row)) for row in rows]


def _feedback(row: Row[Any]) -> Feedback:
    return Feedback(
        receipt_id=row.receipt_id,
        rating=row.rating,
        reason=row.reason,
        correction=row.correction,
        caller=row.caller,
        reasons=tuple(row.reasons),
        conversation_id=row.conversation_id,
        feedback_id=row.feedback_id,
        created_at=row.created_at,
    )


def _rated(feedback: Feedback) -> ServiceEvent:
    return ServiceEvent(
        "rated",
        datetime.fromisoformat(feedback.created_at),
        conversation_id=feedback.conversation_id,
        receipt_id=feedback.receipt_id,
        data={"rating": feedback.rating, "reasons": list(feedback.reasons), "caller": feedback.caller},
        event_id=feedback.feedback_id,
    )

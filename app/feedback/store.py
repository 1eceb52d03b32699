"""What customers thought of an answer, kept for those who improve the knowledge base."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from index.database import transaction

Rating = Literal["up", "down"]
_SCHEMA = """
CREATE TABLE IF NOT EXISTS feedback (
    feedback_id TEXT PRIMARY KEY, receipt_id TEXT NOT NULL, rating TEXT NOT NULL, reason TEXT, correction TEXT,
    caller TEXT NOT NULL, created_at TEXT NOT NULL
);
CREATE INDEX IF NOT EXISTS feedback_by_receipt ON feedback (receipt_id);
"""


@dataclass(frozen=True, slots=True)
class Feedback:
    """One opinion about one answer."""

    receipt_id: str
    """Of the answer."""
    rating: Rating
    reason: str | None = None
    correction: str | None = None
    """What the answer should have said."""
    caller: str = ""
    """Id of the key that sent it."""
    feedback_id: str = field(default_factory=lambda: uuid.uuid4().hex)
    created_at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


class FeedbackStore:
    """Opinions in a SQLite file that is made on first use; the latest of a caller on an answer counts."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def add(self, feedback: Feedback) -> None:
        """Keep an opinion."""
        with self._open() as database:
            database.execute(
                "DELETE FROM feedback WHERE receipt_id = ? AND caller = ?", (feedback.receipt_id, feedback.caller)
            )
            database.execute(
                "INSERT INTO feedback VALUES (:feedback_id, :receipt_id, :rating, :reason, :correction, :caller,"
                " :created_at)",
                feedback.to_dict(),
            )

    def list(self, *, limit: int = 100, rating: Rating | None = None) -> Sequence[Feedback]:
        """Newest first."""
        with self._open() as database:
            rows = database.execute(
                "SELECT * FROM feedback WHERE ? IS NULL OR rating = ? ORDER BY created_at DESC, rowid DESC LIMIT ?",
                (rating, rating, limit),
            ).fetchall()
        return [Feedback(**dict(row)) for row in rows]

    def _open(self) -> AbstractContextManager[sqlite3.Connection]:
        return transaction(self._path, _SCHEMA)

"""Conflicts as the admin sees them: of the newest pass over the base, and those that answers met since."""

from __future__ import annotations

import json
import logging
import sqlite3
from contextlib import AbstractContextManager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from app.assistant.base_conflicts import ConflictReport
from app.assistant.conflicts import Conflict
from index.database import transaction

logger = logging.getLogger(__name__)

_SCHEMA = """
CREATE TABLE IF NOT EXISTS conflicts (
    generation TEXT NOT NULL, conflict_id TEXT NOT NULL, source TEXT NOT NULL, found_at TEXT NOT NULL,
    record TEXT NOT NULL, PRIMARY KEY (generation, conflict_id)
);
CREATE TABLE IF NOT EXISTS passes (generation TEXT PRIMARY KEY, made_at TEXT NOT NULL, record TEXT NOT NULL);
"""


class ConflictLog:
    """Conflicts by generation, in a SQLite file that is made on first use."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def note(self, conflict: Conflict, generation: str) -> None:
        """Keep a conflict that an answer met; one that is known stays as it is.

        The answer matters more than the note: a database that cannot be written is told to the log alone.
        """
        try:
            with self._open() as database:
                self._put(database, conflict, generation, "answer")
        except (sqlite3.Error, OSError) as error:
            logger.warning("a conflict could not be noted: %s", error)

    def keep(self, report: ConflictReport) -> None:
        """Keep what a pass found, in place of all that was known of this and of other generations."""
        record = {key: value for key, value in report.to_dict().items() if key != "conflicts"}
        with self._open() as database:
            database.execute("DELETE FROM conflicts")
            database.execute("DELETE FROM passes")
            database.execute("INSERT INTO passes VALUES (?, ?, ?)", (report.generation, _now(), json.dumps(record)))
            for conflict in report.conflicts:
                self._put(database, conflict, report.generation, "base")

    def known(self, generation: str | None) -> dict[str, Any]:
        """Of a generation: `checked_at` and the figures of its pass (None without one), and its `conflicts`."""
        with self._open() as database:
            made = database.execute("SELECT made_at, record FROM passes WHERE generation = ?", (generation,)).fetchone()
            rows = database.execute(
                "SELECT source, found_at, record FROM conflicts WHERE generation = ? ORDER BY found_at, rowid",
                (generation,),
            ).fetchall()
        return {
            "generation": generation,
            "checked_at": made["made_at"] if made else None,
            "pass": json.loads(made["record"]) if made else None,
            "conflicts": [
                {**json.loads(row["record"]), "source": row["source"], "found_at": row["found_at"]} for row in rows
            ],
        }

    def _put(
        self, database: sqlite3.Connection, conflict: Conflict, generation: str, source: Literal["answer", "base"]
    ) -> None:
        database.execute(
            "INSERT OR IGNORE INTO conflicts VALUES (?, ?, ?, ?, ?)",
            (generation, conflict.key, source, _now(), json.dumps(conflict.to_dict(), ensure_ascii=False)),
        )

    def _open(self) -> AbstractContextManager[sqlite3.Connection]:
        return transaction(self._path, _SCHEMA)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")

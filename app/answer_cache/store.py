"""Kept answers in one SQLite file, bounded in number and age; what is removed is overwritten."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.answer_cache.entry import Entry, Mark
from app.answer_cache.meaning import meaning_key
from index.database import write_ahead

_VERSION = 1
_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS entries (
    number INTEGER PRIMARY KEY, key TEXT UNIQUE NOT NULL, scope TEXT NOT NULL, created_at TEXT NOT NULL,
    generation TEXT NOT NULL, receipt_id TEXT NOT NULL, is_lasting INTEGER NOT NULL, meaning TEXT NOT NULL,
    vector BLOB NOT NULL, body BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS entries_by_meaning ON entries (scope, meaning);
CREATE INDEX IF NOT EXISTS entries_by_age ON entries (created_at);
CREATE INDEX IF NOT EXISTS entries_by_receipt ON entries (receipt_id);
CREATE TABLE IF NOT EXISTS marks (
    passage_id TEXT NOT NULL, digest TEXT NOT NULL, number INTEGER NOT NULL,
    PRIMARY KEY (passage_id, digest, number)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS marks_by_entry ON marks (number);
PRAGMA user_version = {_VERSION};
"""
_ALIKE = 8
"""Entries of one meaning that are looked at: different spellings of one question."""
_ROOM = 0.95
"""Share of the most entries that is left after the oldest went, so that not every new one removes one."""


@dataclass(frozen=True, slots=True)
class StoredCounts:
    """What the file holds."""

    answers: int
    passages: int
    """Different passages behind them."""
    bytes: int
    oldest: str | None
    """UTC, ISO 8601."""
    newest: str | None


class EntryStore:
    """Entries in a file that is made on first use, or in memory alone; safe to share between threads and processes.

    Raises `sqlite3.Error` and `OSError` as they come. A file that SQLite cannot read is dropped: nothing is in it that
    cannot be answered again.
    """

    def __init__(
        self,
        path: Path | None,
        *,
        most: int = 5000,
        keep_days: int = 30,
        timeout_s: float = 0.25,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Nothing is opened yet.

        Args:
            path: of the file; None keeps everything in memory.
            most: entries; beyond, the oldest are removed.
            keep_days: older ones are removed.
            timeout_s: how long to wait for another process that writes; an answer waits for it.
            clock: tells the time.
        """
        if most < 1 or keep_days < 1:
            raise ValueError(f"Expected most >= 1 and keep_days >= 1, got {most} and {keep_days}.")
        self._path, self._most, self._keep_days = path, most, keep_days
        self._timeout_s, self._clock = timeout_s, clock
        self._lock = threading.RLock()
        self._database: sqlite3.Connection | None = None

    @property
    def is_there(self) -> bool:
        """Whether there is a file, or anything was kept in memory."""
        return self._database is not None or (self._path is not None and self._path.exists())

    def version(self) -> int:
        """Grows when another connection has changed the file."""
        with self._open() as database:
            return int(database.execute("PRAGMA data_version").fetchone()[0])

    def get(self, key: str) -> Entry | None:
        """The entry of a key; None for none, one that is too old, or one whose bytes are damaged, which is removed."""
        with self._open() as database:
            row = database.execute(
                "SELECT body FROM entries WHERE key = ? AND created_at >= ?", (key, self._oldest())
            ).fetchone()
            if row is None:
                return None
            try:
                return Entry.of_bytes(row[0])
            except ValueError:
                with database:
                    self._remove(database, "key = ?", (key,))
                return None

    def alike(self, scope: str, meaning: str) -> list[tuple[Entry, NDArray[np.float32]]]:
        """Entries of a scope whose question has this `meaning_key`, with its vector (d,), newest first."""
        with self._open() as database:
            rows = database.execute(
                "SELECT key, vector FROM entries WHERE scope = ? AND meaning = ? AND length(vector) > 0"
                " ORDER BY number DESC LIMIT ?",
                (scope, meaning, _ALIKE),
            ).fetchall()
        found = [(self.get(key), np.frombuffer(raw, dtype="<f4").astype(np.float32)) for key, raw in rows]
        return [(entry, vector) for entry, vector in found if entry is not None]

    def put(self, entry: Entry, vector: NDArray[np.float32] | None) -> None:
        """Keep an entry in place of one of the same key, in one transaction.

        With the `vector` of its question, (d,), it is found by meaning too.
        """
        raw = b"" if vector is None else np.asarray(vector, dtype="<f4").tobytes()
        with self._open() as database, database:
            self._remove(database, "key = ?", (entry.key,))
            number = database.execute(
                "INSERT INTO entries"
                " (key, scope, created_at, generation, receipt_id, is_lasting, meaning, vector, body)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    entry.key, entry.scope, entry.created_at, entry.generation, entry.answer.receipt_id,
                    int(entry.is_lasting), meaning_key(entry.question), raw, entry.to_bytes(),
                ),
            ).lastrowid  # fmt: skip
            database.executemany(
                "INSERT OR IGNORE INTO marks VALUES (?, ?, ?)",
                [(mark.passage_id, mark.digest, number) for mark in entry.evidence],
            )
            self._trim(database)

    def confirm(self, entry: Entry) -> None:
        """Write down that an entry was found right in its generation and on its day; its age does not change."""
        with self._open() as database, database:
            database.execute(
                "UPDATE entries SET generation = ?, body = ? WHERE key = ?",
                (entry.generation, entry.to_bytes(), entry.key),
            )

    def remove(self, key: str) -> int:
        """Remove the entry of a key; returns how many went."""
        return self._gone("key = ?", [(key,)])

    def remove_of_receipt(self, receipt_id: str) -> int:
        """Remove the entry that came from this answer."""
        return self._gone("receipt_id = ?", [(receipt_id,)])

    def remove_of_marks(self, marks: Iterable[Mark]) -> int:
        """Remove every entry that rests on one of these passages as it was."""
        where = "number IN (SELECT number FROM marks WHERE passage_id = ? AND digest = ?)"
        return self._gone(where, [(mark.passage_id, mark.digest) for mark in marks])

    def remove_bound(self, generation: str) -> int:
        """Remove what holds only in the generation that it came from, but for those of this one."""
        return self._gone("is_lasting = 0 AND generation != ?", [(generation,)])

    def clear(self) -> int:
        """Remove everything."""
        return self._gone("1", [()])

    def marks(self) -> list[Mark]:
        """All passages that entries rest on, each as it was."""
        with self._open() as database:
            rows = database.execute("SELECT DISTINCT passage_id, digest FROM marks ORDER BY passage_id, digest")
            return [Mark(*row) for row in rows.fetchall()]

    def counts(self) -> StoredCounts:
        """What there is."""
        with self._open() as database:
            count, oldest, newest, size = database.execute(
                "SELECT COUNT(*), MIN(created_at), MAX(created_at), COALESCE(SUM(length(body) + length(vector)), 0)"
                " FROM entries"
            ).fetchone()
            passages = database.execute("SELECT COUNT(DISTINCT passage_id) FROM marks").fetchone()[0]
        return StoredCounts(count, passages, size, oldest, newest)

    def newest(self, limit: int) -> list[Entry]:
        """The newest entries; damaged ones are left out."""
        with self._open() as database:
            rows = database.execute("SELECT key FROM entries ORDER BY number DESC LIMIT ?", (limit,)).fetchall()
        return [entry for (key,) in rows if (entry := self.get(key)) is not None]

    def close(self) -> None:
        """Close the file; what was kept in memory alone is gone."""
        with self._lock:
            if self._database is not None:
                self._database.close()
                self._database = None

    def _gone(self, where: str, values: Sequence[tuple[str, ...]]) -> int:
        if not values or not self.is_there:
            return 0
        with self._open() as database:
            with database:
                removed = sum(self._remove(database, where, some) for some in values)
            if removed and self._path is not None:
                # The log still holds what was removed. Readers may keep it busy: then the next removal empties it.
                database.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        return removed

    @staticmethod
    def _remove(database: sqlite3.Connection, where: str, values: Sequence[str | int]) -> int:
        numbers = database.execute(f"SELECT number FROM entries WHERE {where}", values).fetchall()  # noqa: S608 (literals)
        database.executemany("DELETE FROM marks WHERE number = ?", numbers)
        database.executemany("DELETE FROM entries WHERE number = ?", numbers)
        return len(numbers)

    def _trim(self, database: sqlite3.Connection) -> None:
        self._remove(database, "created_at < ?", (self._oldest(),))
        count = database.execute("SELECT COUNT(*) FROM entries").fetchone()[0]
        if count > self._most:
            extra = count - max(1, int(_ROOM * self._most))
            self._remove(database, "number IN (SELECT number FROM entries ORDER BY number LIMIT ?)", (extra,))

    def _oldest(self) -> str:
        return (self._clock() - timedelta(days=self._keep_days)).isoformat(timespec="milliseconds")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        with self._lock:
            try:
                yield self._connected()
            except sqlite3.DatabaseError as error:
                if type(error) is not sqlite3.DatabaseError or self._path is None:
                    raise
                self.close()  # the plain class alone says that it is no database, or a malformed one
                for name in (self._path, *(self._path.with_name(f"{self._path.name}-{end}") for end in ("wal", "shm"))):
                    name.unlink(missing_ok=True)
                raise

    def _connected(self) -> sqlite3.Connection:
        if self._database is not None:
            return self._database
        if self._path is not None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
        database = sqlite3.connect(self._path or ":memory:", timeout=self._timeout_s, check_same_thread=False)
        try:
            database.execute("PRAGMA secure_delete = ON")
            version = database.execute("PRAGMA user_version").fetchone()[0]
            if version not in (0, _VERSION):
                database.executescript("DROP TABLE IF EXISTS entries; DROP TABLE IF EXISTS marks;")
                version = 0
            if version == 0:
                write_ahead(database, timeout_s=self._timeout_s)
                database.executescript(_SCHEMA)
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute("PRAGMA journal_size_limit = 8388608")
        except BaseException:
            database.close()
            raise
        self._database = database
        return database

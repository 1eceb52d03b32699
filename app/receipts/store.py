"""Receipts in one SQLite file, oldest first, bounded in days and bytes."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from app.receipts.errors import ReceiptDamaged, ReceiptMissing
from app.receipts.questions import QuestionFilter, QuestionLine, QuestionPage, line_of
from app.receipts.receipt import Receipt
from index.database import write_ahead

_SCHEMA = """
CREATE TABLE IF NOT EXISTS receipts (
    number INTEGER PRIMARY KEY, receipt_id TEXT UNIQUE NOT NULL, created_at TEXT NOT NULL, generation TEXT NOT NULL,
    status TEXT NOT NULL, mode TEXT NOT NULL, body BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS receipts_by_day ON receipts (created_at);
CREATE INDEX IF NOT EXISTS receipts_by_generation ON receipts (generation);
CREATE TABLE IF NOT EXISTS collected (generation TEXT PRIMARY KEY, collected_at TEXT NOT NULL);
PRAGMA user_version = 1;
"""
_AT_ONCE = 500
"""Receipts removed in one transaction: the file is locked for the time of it."""
_GIVEN_BACK = 4000
"""Pages given back to the file system at once; others are used again by the next receipts."""
_LOOKED_THROUGH = 20_000
_ROOM = 0.9
"""Share of the most bytes that is left after the oldest went, so that not every answer removes one."""


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """One line of the list of receipts."""

    receipt_id: str
    created_at: str
    generation: str
    status: str
    mode: str

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class JudgedLine:
    """How sure the assistant was of one question, and whether it answered."""

    confidence: float
    is_answered: bool


class ReceiptStore:
    """The receipts of one installation, in a file that is made on first use; safe to share between processes."""

    def __init__(
        self,
        path: Path,
        *,
        keep_days: int = 90,
        max_bytes: int = 2**30,
        timeout_s: float = 5.0,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Nothing is opened yet.

        Args:
            path: of the file.
            keep_days: receipts that are older are removed.
            max_bytes: of the receipts in the file; beyond, the oldest are removed.
            timeout_s: how long to wait for another process that writes.
            clock: tells the time.
        """
        if keep_days < 1 or max_bytes < 1:
            raise ValueError(f"Expected keep_days >= 1 and max_bytes >= 1, got {keep_days} and {max_bytes}.")
        self._path, self._keep_days, self._max_bytes = path, keep_days, max_bytes
        self._timeout_s, self._clock = timeout_s, clock

    def add(self, receipts: Sequence[Receipt]) -> None:
        """Keep receipts, in one transaction; one that is there already is left as it is."""
        rows = [
            (
                receipt.receipt_id,
                receipt.created_at,
                receipt.generation,
                str(receipt.answer.get("status")),
                str(receipt.answer.get("mode")),
                zlib.compress(receipt.to_bytes(), 6),
            )
            for receipt in receipts
        ]
        with self._open() as database:
            database.executemany(
                "INSERT OR IGNORE INTO receipts (receipt_id, created_at, generation, status, mode, body)"
                " VALUES (?, ?, ?, ?, ?, ?)",
                rows,
            )

    def get(self, receipt_id: str) -> Receipt:
        """One receipt. Raises `ReceiptMissing` or `ReceiptDamaged`."""
        row = None
        if self._path.exists():
            with self._open() as database:
                row = database.execute("SELECT body FROM receipts WHERE receipt_id = ?", (receipt_id,)).fetchone()
        if row is None:
            raise ReceiptMissing(
                f"There is no receipt {receipt_id[:100]!r}: it was removed or is older than {self._keep_days} days, "
                "or receipts were switched off. `kefu receipts list` shows those there are."
            )
        try:
            body = zlib.decompress(row["body"])
        except (zlib.error, TypeError) as error:
            raise ReceiptDamaged(f"The receipt {receipt_id} is damaged in {self._path.name}: {error}.") from error
        return Receipt.of_bytes(body)

    def holds(self, receipt_id: str) -> bool:
        """Whether there is a receipt of that id."""
        if not self._path.exists():
            return False
        with self._open() as database:
            found = database.execute("SELECT 1 FROM receipts WHERE receipt_id = ?", (receipt_id,)).fetchone()
        return found is not None

    def list(self, *, limit: int | None = 100, status: str | None = None) -> Sequence[ReceiptLine]:
        """Newest first; None for all."""
        if not self._path.exists():
            return []
        with self._open() as database:
            rows = database.execute(
                "SELECT receipt_id, created_at, generation, status, mode FROM receipts WHERE ? IS NULL OR status = ?"
                " ORDER BY number DESC LIMIT ?",
                (status, status, -1 if limit is None else limit),
            ).fetchall()
        return [ReceiptLine(**dict(row)) for row in rows]

    def judged(self, *, limit: int) -> Sequence[JudgedLine]:
        """The newest questions to the index, newest first; a damaged receipt is left out."""
        if not self._path.exists():
            return []
        with self._open() as database:
            rows = database.execute(
                "SELECT status, body FROM receipts WHERE generation != 'given' ORDER BY number DESC LIMIT ?", (limit,)
            ).fetchall()
        found = []
        for row in rows:
            try:
                confidence = float(json.loads(zlib.decompress(row["body"]))["judged"]["confidence"])
            except (zlib.error, ValueError, TypeError, KeyError):
                continue
            found.append(JudgedLine(confidence, row["status"] in ("answered", "partial")))
        return found

    def questions(self, wanted: QuestionFilter, *, before: int | None = None, limit: int = 50) -> QuestionPage:
        """A page of the questions asked, newest first; `before` is where the page before said that this one begins.

        A receipt is read to be judged, so a rare kind is looked for among many: at most 20,000 for one page.
        """
        if not self._path.exists():
            return QuestionPage((), None)
        lines: list[QuestionLine] = []
        with self._open() as database:
            rows = database.execute(
                "SELECT number, receipt_id, created_at, body FROM receipts WHERE (? IS NULL OR number < ?)"
                " AND (? IS NULL OR status = ?) ORDER BY number DESC LIMIT ?",
                (before, before, wanted.status, wanted.status, _LOOKED_THROUGH),
            )
            looked_at, number = 0, None
            for row in rows:
                if len(lines) == limit:
                    return QuestionPage(tuple(lines), number)
                looked_at, number = looked_at + 1, row["number"]
                line = line_of(row["receipt_id"], row["created_at"], row["body"])
                if line is not None and wanted.keeps(line):
                    lines.append(line)
        return QuestionPage(tuple(lines), number if looked_at == _LOOKED_THROUGH else None)

    def delete(self, receipt_id: str) -> None:
        """Remove one receipt; its bytes are overwritten. Raises `ReceiptMissing`."""
        removed = 0
        if self._path.exists():
            with self._open() as database:
                removed = database.execute("DELETE FROM receipts WHERE receipt_id = ?", (receipt_id,)).rowcount
            self._empty_log()
        if not removed:
            raise ReceiptMissing(f"There is no receipt {receipt_id[:100]!r}.")

    def counts(self, generations: Sequence[str]) -> Mapping[str, int]:
        """How many receipts name each of these generations, for those that any does."""
        if not self._path.exists() or not generations:
            return {}
        marks = ",".join("?" * len(generations))
        with self._open() as database:
            rows = database.execute(
                f"SELECT generation, COUNT(*) AS n FROM receipts WHERE generation IN ({marks})"  # noqa: S608 (marks only)
                " GROUP BY generation ORDER BY generation",
                list(generations),
            ).fetchall()
        return {row["generation"]: row["n"] for row in rows}

    def note_collected(self, generations: Sequence[str]) -> None:
        """Remember that these generations were removed now, for those who ask for one later."""
        if not generations:
            return
        now = self._clock().isoformat(timespec="seconds")
        with self._open() as database:
            database.executemany(
                "INSERT OR REPLACE INTO collected VALUES (?, ?)", [(name, now) for name in generations]
            )

    def collected_at(self, generation: str) -> str | None:
        """When a generation was removed (UTC, ISO 8601); None when that was not noted."""
        if not self._path.exists():
            return None
        with self._open() as database:
            row = database.execute("SELECT collected_at FROM collected WHERE generation = ?", (generation,)).fetchone()
        return row["collected_at"] if row else None

    def sweep(self) -> int:
        """Remove what is too old, then the oldest while there are too many bytes; returns how many went."""
        if not self._path.exists():
            return 0
        oldest = (self._clock() - timedelta(days=self._keep_days)).isoformat()
        removed = 0
        while True:
            with self._open() as database:
                by_age = "SELECT number FROM receipts WHERE created_at < ? ORDER BY created_at LIMIT ?"
                gone = database.execute(
                    f"DELETE FROM receipts WHERE number IN ({by_age})",  # noqa: S608 (a literal)
                    (oldest, _AT_ONCE),
                ).rowcount
            removed += gone
            if gone < _AT_ONCE:
                break
        most = self._max_bytes
        while self._used() > most:
            most = int(_ROOM * self._max_bytes)
            with self._open() as database:
                by_number = "SELECT number FROM receipts ORDER BY number LIMIT ?"
                few = max(1, min(_AT_ONCE, database.execute("SELECT COUNT(*) FROM receipts").fetchone()[0] // 10))
                gone = database.execute(
                    f"DELETE FROM receipts WHERE number IN ({by_number})",  # noqa: S608 (a literal)
                    (few,),
                ).rowcount
            removed += gone
            if not gone:
                break
        if removed:
            self._empty_log()
        return removed

    def _used(self) -> int:
        with self._open() as database:
            pages, free, size = (
                database.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("page_count", "freelist_count", "page_size")
            )
        return int((pages - free) * size)

    def _empty_log(self) -> None:
        """Give freed pages back and empty the log, which still holds what was removed."""
        with closing(self._connected()) as database:
            # As a script: a statement alone would be stepped once, which frees one page.
            database.executescript(f"PRAGMA incremental_vacuum({_GIVEN_BACK}); PRAGMA wal_checkpoint(TRUNCATE);")

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._connected()) as database, database:
            yield database

    def _connected(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._path, timeout=self._timeout_s)
        try:
            database.row_factory = sqlite3.Row
            database.execute("PRAGMA secure_delete = ON")
            if database.execute("PRAGMA user_version").fetchone()[0] == 0:
                database.execute("PRAGMA auto_vacuum = INCREMENTAL")
                write_ahead(database, timeout_s=self._timeout_s)
                database.executescript(_SCHEMA)
            database.execute("PRAGMA synchronous = NORMAL")
            database.execute("PRAGMA journal_size_limit = 8388608")
        except BaseException:
            database.close()
            raise
        return database

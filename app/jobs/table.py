"""Jobs in SQLite, so that a restart knows what was asked and what was cut off."""

from __future__ import annotations

import json
import sqlite3
import uuid
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from app.domain.job import FileStatus, Job, JobKind
from index.database import write_ahead

MAX_ATTEMPTS = 3
"""A job that was cut off this often is not tried again: it may be what brings the process down."""

_TIMEOUT_S = 30
"""How long to wait for another process."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS jobs (
    number INTEGER PRIMARY KEY AUTOINCREMENT, job_id TEXT UNIQUE NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL,
    request TEXT NOT NULL, progress TEXT NOT NULL DEFAULT '{}', result TEXT, error TEXT, created_at TEXT NOT NULL,
    started_at TEXT, ended_at TEXT, attempt INTEGER NOT NULL, revision INTEGER NOT NULL DEFAULT 0
);
CREATE INDEX IF NOT EXISTS jobs_by_state ON jobs (state, number);
CREATE TABLE IF NOT EXISTS files (
    job_number INTEGER NOT NULL REFERENCES jobs (number) ON DELETE CASCADE, document_id TEXT NOT NULL,
    status TEXT NOT NULL, code TEXT, message TEXT, PRIMARY KEY (job_number, document_id)
);
CREATE INDEX IF NOT EXISTS files_by_document ON files (document_id, job_number);
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


class JobTable:
    """The jobs of one installation, in a file that is made on first use; safe to share between processes."""

    def __init__(self, path: Path, *, keep: int = 1000) -> None:
        if keep < 1:
            raise ValueError(f"Expected keep >= 1, got {keep}.")
        self._path, self._keep = path, keep

    def add(self, kind: JobKind, request: Mapping[str, Any]) -> Job:
        """Queue a job; one that waits already with the same request is returned instead."""
        wanted = _json(request)
        with self._open() as database:
            row = database.execute(
                "SELECT job_id FROM jobs WHERE state = 'queued' AND kind = ? AND request = ?", (kind, wanted)
            ).fetchone()
            job_id = row["job_id"] if row else uuid.uuid4().hex
            if row is None:
                number = database.execute(
                    "INSERT INTO jobs (job_id, kind, state, request, created_at, attempt)"
                    " VALUES (?, ?, 'queued', ?, ?, 1)",
                    (job_id, kind, wanted, _now()),
                ).lastrowid
                rows = [(number, document_id) for document_id in dict.fromkeys(request.get("files", ()))]
                database.executemany("INSERT INTO files VALUES (?, ?, 'queued', NULL, NULL)", rows)
                database.execute(
                    "DELETE FROM jobs WHERE state IN ('done', 'failed') AND number <= ?", ((number or 0) - self._keep,)
                )
            return _found(database, job_id)

    def get(self, job_id: str) -> Job | None:
        """The job as it stands."""
        with self._open() as database:
            return _job(database, database.execute("SELECT * FROM jobs WHERE job_id = ?", (job_id,)).fetchone())

    def recent(self, limit: int = 50) -> Sequence[Job]:
        """Newest first."""
        with self._open() as database:
            rows = database.execute("SELECT * FROM jobs ORDER BY number DESC LIMIT ?", (limit,)).fetchall()
            return [job for row in rows if (job := _job(database, row)) is not None]

    def file_status(self, document_id: str) -> FileStatus | None:
        """What the newest job with this file says of it."""
        with self._open() as database:
            row = database.execute(
                "SELECT * FROM files WHERE document_id = ? ORDER BY job_number DESC LIMIT 1", (document_id,)
            ).fetchone()
        return _file(row) if row else None

    def claim(self) -> Job | None:
        """Take the job that waits longest and mark it running; None when none waits."""
        with self._open() as database:
            row = database.execute(
                "UPDATE jobs SET state = 'running', started_at = ?, revision = revision + 1 WHERE number ="
                " (SELECT MIN(number) FROM jobs WHERE state = 'queued') RETURNING job_id",
                (_now(),),
            ).fetchone()
            return _found(database, row["job_id"]) if row else None

    def note(self, job_id: str, progress: Mapping[str, Any], files: Sequence[FileStatus] = ()) -> None:
        """Keep how far a job is."""
        with self._open() as database:
            self._change(database, job_id, "progress = ?", (_json(progress),))
            database.executemany(
                "INSERT INTO files SELECT number, ?, ?, ?, ? FROM jobs WHERE job_id = ? ON CONFLICT DO UPDATE SET"
                " status = excluded.status, code = excluded.code, message = excluded.message",
                [(file.document_id, file.status, file.code, file.message, job_id) for file in files],
            )

    def finish(self, job_id: str, result: Mapping[str, Any]) -> None:
        """It ended well."""
        with self._open() as database:
            self._change(database, job_id, "state = 'done', ended_at = ?, result = ?", (_now(), _json(result)))

    def fail(self, job_id: str, *, code: str, message: str) -> None:
        """It ended badly."""
        error = _json({"code": code, "message": message})
        with self._open() as database:
            self._change(database, job_id, "state = 'failed', ended_at = ?, error = ?", (_now(), error))
            _refuse_open_files(database, job_id, code, message)

    def put_back(self, job_id: str) -> None:
        """It was stopped in an orderly way: it waits again, in its old place."""
        with self._open() as database:
            self._change(database, job_id, "state = 'queued', started_at = NULL, progress = '{}'", ())

    def recover(self) -> list[Job]:
        """After a crash: what was running waits again, or fails as interrupted when it was cut off too often.

        Only for the one process that runs jobs, before it takes the first. Returns the jobs concerned.
        """
        with self._open() as database:
            rows = database.execute("SELECT job_id, attempt FROM jobs WHERE state = 'running'").fetchall()
            for row in rows:
                if row["attempt"] < MAX_ATTEMPTS:
                    change = "state = 'queued', started_at = NULL, progress = '{}', attempt = attempt + 1"
                    self._change(database, row["job_id"], change, ())
                    continue
                message = f"The service was ended {row['attempt']} times while this ran; it is not tried again."
                error = _json({"code": "interrupted", "message": message})
                self._change(database, row["job_id"], "state = 'failed', ended_at = ?, error = ?", (_now(), error))
                _refuse_open_files(database, row["job_id"], "interrupted", message)
            return [_found(database, row["job_id"]) for row in rows]

    def newest_start(self, kind: JobKind) -> datetime | None:
        """When a job of this kind was last asked for, whatever became of it."""
        with self._open() as database:
            row = database.execute("SELECT MAX(created_at) AS at FROM jobs WHERE kind = ?", (kind,)).fetchone()
        return datetime.fromisoformat(row["at"]) if row["at"] else None

    def first_seen(self) -> datetime:
        """When this was first asked of this table: the start of the installation's schedule."""
        with self._open() as database:
            database.execute("INSERT OR IGNORE INTO facts VALUES ('first_seen', ?)", (_now(),))
            row = database.execute("SELECT value FROM facts WHERE name = 'first_seen'").fetchone()
        return datetime.fromisoformat(row["value"])

    def _change(self, database: sqlite3.Connection, job_id: str, what: str, values: tuple[Any, ...]) -> None:
        # `what` is one of the literals above, never anything from outside.
        database.execute(f"UPDATE jobs SET {what}, revision = revision + 1 WHERE job_id = ?", (*values, job_id))  # noqa: S608

    @contextmanager
    def _open(self) -> Iterator[sqlite3.Connection]:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        with closing(sqlite3.connect(self._path, timeout=_TIMEOUT_S, isolation_level="IMMEDIATE")) as database:
            database.row_factory = sqlite3.Row
            write_ahead(database, timeout_s=_TIMEOUT_S)
            database.execute("PRAGMA foreign_keys = ON")
            if database.execute("PRAGMA user_version").fetchone()[0] == 0:
                database.executescript(_SCHEMA + "PRAGMA user_version = 1;")
            with database:
                yield database


def _found(database: sqlite3.Connection, job_id: str) -> Job:
    job = _job(database, database.execute("SELECT * FROM jobs WHERE job_id = ?", (job_id,)).fetchone())
    assert job is not None
    return job


def _job(database: sqlite3.Connection, row: sqlite3.Row | None) -> Job | None:
    if row is None:
        return None
    files = database.execute("SELECT * FROM files WHERE job_number = ? ORDER BY rowid", (row["number"],)).fetchall()
    progress = json.loads(row["progress"])
    if files:
        progress["files"] = [_file(item).to_dict() for item in files]
    return Job(
        job_id=row["job_id"],
        kind=row["kind"],
        state=row["state"],
        request=json.loads(row["request"]),
        progress=progress,
        result=json.loads(row["result"]) if row["result"] else None,
        error=json.loads(row["error"]) if row["error"] else None,
        created_at=row["created_at"],
        started_at=row["started_at"],
        ended_at=row["ended_at"],
        attempt=row["attempt"],
        revision=row["revision"],
    )


def _file(row: sqlite3.Row) -> FileStatus:
    return FileStatus(row["document_id"], row["status"], row["code"], row["message"])


def _refuse_open_files(database: sqlite3.Connection, job_id: str, code: str, message: str) -> None:
    database.execute(
        "UPDATE files SET status = 'refused', code = ?, message = ? WHERE status NOT IN ('done', 'refused')"
        " AND job_number = (SELECT number FROM jobs WHERE job_id = ?)",
        (code, message, job_id),
    )


def _json(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, default=str)


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")

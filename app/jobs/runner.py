"""One thread that runs jobs, one at a time, in the one process that holds the lock."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from filelock import FileLock, Timeout

from app.domain.job import FileStatus, Job, JobKind
from app.jobs.table import JobTable
from index.errors import KefuError, StoreBusy

logger = logging.getLogger(__name__)


class Report(Protocol):
    """How a job tells how far it is."""

    def __call__(self, progress: Mapping[str, Any], files: Sequence[FileStatus] = ()) -> None:
        """Raises `JobStopped` when the service ends; let it pass."""


class Action(Protocol):
    """What a kind of job does."""

    def __call__(self, job: Job, report: Report) -> Mapping[str, Any]:
        """Do it and return the result, as JSON. A `KefuError` fails the job; `StoreBusy` makes it wait."""


class JobStopped(BaseException):
    """The service ends; the job waits for the next start. Not an `Exception`: no handler may swallow it."""


class JobRunner:
    """Takes jobs from the table in the order of asking.

    Any number of processes may submit; the one that holds the file lock runs. When it ends, however it ends, the
    operating system frees the lock and another takes over.
    """

    def __init__(
        self,
        table: JobTable,
        actions: Mapping[JobKind, Action],
        *,
        lock: Path,
        poll_s: float = 1.0,
        retry_s: float = 5.0,
        give_up_s: float = 1800.0,
    ) -> None:
        if poll_s <= 0 or retry_s <= 0 or give_up_s < 0:
            raise ValueError(f"Expected poll_s > 0, retry_s > 0, give_up_s >= 0, got {poll_s}, {retry_s}, {give_up_s}.")
        self._table, self._actions, self._lock_path = table, actions, lock
        self._poll_s, self._retry_s, self._give_up_s = poll_s, retry_s, give_up_s
        self._wake, self._stopping = threading.Event(), threading.Event()
        self._thread: threading.Thread | None = None

    def submit(self, kind: JobKind, request: Mapping[str, Any]) -> Job:
        """Queue a job."""
        job = self._table.add(kind, request)
        self._wake.set()
        return job

    def get(self, job_id: str) -> Job | None:
        """The job as it stands."""
        return self._table.get(job_id)

    def recent(self, limit: int = 50) -> Sequence[Job]:
        """Newest first."""
        return self._table.recent(limit)

    def file_status(self, document_id: str) -> FileStatus | None:
        """What the newest job with this file says of it."""
        return self._table.file_status(document_id)

    def start(self) -> None:
        """Begin to run jobs; what a crash cut off comes first."""
        if self._thread is None:
            self._stopping.clear()
            self._thread = threading.Thread(target=self._run, name="jobs", daemon=True)
            self._thread.start()

    def stop(self, timeout_s: float = 10.0) -> None:
        """Stop at the running job's next sign of life; it waits for the next start."""
        self._stopping.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join(timeout_s)
            self._thread = None

    def _run(self) -> None:
        self._lock_path.parent.mkdir(parents=True, exist_ok=True)
        lock = FileLock(self._lock_path)
        while not self._stopping.is_set():
            try:
                lock.acquire(timeout=0)
            except Timeout:
                self._stopping.wait(self._poll_s)
                continue
            try:
                self._run_jobs()
            except Exception:
                logger.exception("the job table could not be used; trying again")
                self._stopping.wait(self._retry_s)
            finally:
                lock.release()

    def _run_jobs(self) -> None:
        for cut_off in self._table.recover():
            logger.warning("job %s was cut off; it is now %s", cut_off.job_id, cut_off.state)
        while not self._stopping.is_set():
            self._wake.clear()
            job = self._table.claim()
            if job is None:
                self._wake.wait(self._poll_s)
            else:
                self._run_one(job)

    def _run_one(self, job: Job) -> None:
        report = _Reporter(self._table, job.job_id, self._stopping)
        give_up_at = time.monotonic() + self._give_up_s
        try:
            while True:
                try:
                    result = self._actions[job.kind](job, report)
                    break
                except StoreBusy as busy:
                    if time.monotonic() >= give_up_at:
                        raise
                    report({"stage": "waiting", "message": busy.message}, [])
                    self._stopping.wait(self._retry_s)
                    report({"stage": "starting"}, [])
            self._table.finish(job.job_id, result)
        except JobStopped:
            self._table.put_back(job.job_id)
        except KefuError as error:
            logger.warning("job %s failed (%s): %s", job.job_id, error.code, error.message)
            self._table.fail(job.job_id, code=error.code, message=error.message)
        except Exception:
            logger.exception("job %s failed", job.job_id)
            self._table.fail(job.job_id, code="internal", message="Something went wrong on our side; see the log.")


class _Reporter:
    """Writes progress down, but not more often than a watcher could see."""

    def __init__(self, table: JobTable, job_id: str, stopping: threading.Event, *, every_s: float = 0.2) -> None:
        self._table, self._job_id, self._stopping, self._every_s = table, job_id, stopping, every_s
        self._stage: Any = None
        self._written = 0.0
        self._files: dict[str, FileStatus] = {}

    def __call__(self, progress: Mapping[str, Any], files: Sequence[FileStatus] = ()) -> None:
        """Note progress; raises `JobStopped` when the service ends."""
        if self._stopping.is_set():
            raise JobStopped
        self._files |= {file.document_id: file for file in files}
        now = time.monotonic()
        if progress.get("stage") != self._stage or now - self._written >= self._every_s:
            self._table.note(self._job_id, progress, list(self._files.values()))
            self._stage, self._written = progress.get("stage"), now
            self._files.clear()

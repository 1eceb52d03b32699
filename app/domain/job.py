"""Work that outlives a request: what was asked, how far it is, how it ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any, Literal

JobKind = Literal[
    "ingest",
    "preview",
    "upload",
    "delete",
    "conflicts",
    "gaps",
    "recommend",
    "stock",
    "experiments",
    "learning",
    "report",
    "retention",
]
"""preview: an ingest that only says what it would change; learning: the nightly turn of training; retention: forgets
words that are old."""
JobState = Literal["queued", "running", "done", "failed"]
FileState = Literal["queued", "parsing", "embedding", "done", "refused"]


@dataclass(frozen=True, slots=True)
class FileStatus:
    """How far one file of a job is."""

    document_id: str
    status: FileState
    code: str | None = None
    """Of the refusal (see `ingest.errors`)."""
    message: str | None = None

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work. Times are ISO 8601 in UTC."""

    job_id: str
    kind: JobKind
    state: JobState
    request: Mapping[str, Any] = field(default_factory=dict)
    """What was asked: `full`, `files`, `trigger`."""
    progress: Mapping[str, Any] = field(default_factory=dict)
    """`stage`, counts as the work gives them, and `files`: a `FileStatus` each."""
    result: Mapping[str, Any] | None = None
    error: Mapping[str, str] | None = None
    """`code` and `message` when it failed."""
    created_at: str = ""
    started_at: str | None = None
    ended_at: str | None = None
    attempt: int = 1
    """Counted from 1; more after a crash."""
    revision: int = 0
    """Grows with each change, so that a watcher sees whether there is news."""

    @property
    def is_over(self) -> bool:
        """Whether it ended, well or not."""
        return self.state in ("done", "failed")

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)

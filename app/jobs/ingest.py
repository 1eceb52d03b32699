"""Jobs that bring documents into the index or take them out."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from pathlib import Path
from typing import Any, Protocol

from app.domain.job import FileState, FileStatus, Job
from app.jobs.runner import Action, Report
from app.jobs.uploads import UploadFolder


class Outcome(Protocol):
    """What a run did; see `ingest.pipeline.IngestReport`."""

    def to_dict(self) -> Mapping[str, Any]:
        """As JSON: generation, added, changed, removed, unchanged, refused, …"""


class RunIngest(Protocol):
    """Takes folders in; the container binds it to `ingest.pipeline.Pipeline.run`."""

    def __call__(
        self, paths: Sequence[Path], *, full: bool, on_progress: Callable[[Any], None], dry_run: bool = False
    ) -> Outcome:
        """Every path is a source of its own: what it no longer holds leaves the index."""


def ingest_actions(run: RunIngest, uploads: UploadFolder, knowledge: Callable[[], Sequence[Path]]) -> dict[str, Action]:
    """The actions by kind of job: `ingest` and `preview` (knowledge folders and uploads), `upload`, `delete`."""

    def ingest(job: Job, report: Report) -> Mapping[str, Any]:
        paths = [*knowledge(), uploads.documents]
        full, dry_run = bool(job.request.get("full")), job.kind == "preview"
        return run(paths, full=full, dry_run=dry_run, on_progress=_Follower(job, report)).to_dict()

    def upload(job: Job, report: Report) -> Mapping[str, Any]:
        outcome = run([uploads.documents], full=False, on_progress=_Follower(job, report)).to_dict()
        report({"stage": "done"}, _verdicts(_files(job), outcome))
        return outcome

    def delete(job: Job, report: Report) -> Mapping[str, Any]:
        for document_id in _files(job):
            uploads.remove(document_id)
        outcome = run([uploads.documents], full=False, on_progress=_Follower(job, report)).to_dict()
        report({"stage": "done"}, [FileStatus(document_id, "done") for document_id in _files(job)])
        return outcome

    return {"ingest": ingest, "preview": ingest, "upload": upload, "delete": delete}


class _Follower:
    """Turns what the pipeline says on its way into progress and the state of each uploaded file.

    A pipeline works in stages over all documents; a file is said to be parsed or embedded when the run is there, and
    done or refused by the report at the end.
    """

    _STATES: Mapping[str, FileState] = {
        "read": "parsing",
        "reading": "parsing",
        "parse": "parsing",
        "parsing": "parsing",
        "load": "parsing",
        "loading": "parsing",
        "embed": "embedding",
        "embedding": "embedding",
        "publish": "embedding",
        "publishing": "embedding",
    }

    def __init__(self, job: Job, report: Report) -> None:
        self._files, self._report = _files(job), report
        self._state: FileState = "queued"

    def __call__(self, progress: Any) -> None:
        values = _values(progress)
        state = self._STATES.get(str(values.get("stage")))
        changed: list[FileStatus] = []
        if state is not None and state != self._state:
            self._state = state
            changed = [FileStatus(document_id, state) for document_id in self._files]
        self._report(values, changed)


def _files(job: Job) -> list[str]:
    return [str(document_id) for document_id in job.request.get("files", ())]


def _verdicts(files: Sequence[str], outcome: Mapping[str, Any]) -> list[FileStatus]:
    refused = {str(item["document_id"]): item for item in outcome.get("refused", ())}
    return [
        FileStatus(name, "refused", str(refused[name]["code"]), str(refused[name]["message"]))
        if name in refused
        else FileStatus(name, "done")
        for name in files
    ]


def _values(progress: Any) -> dict[str, Any]:
    if hasattr(progress, "to_dict"):
        return dict(progress.to_dict())
    if is_dataclass(progress) and not isinstance(progress, type):
        return asdict(progress)
    return dict(progress) if isinstance(progress, Mapping) else {"stage": str(progress)}

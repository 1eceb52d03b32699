from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from app.domain.job import FileStatus, Job
from app.jobs.ingest import ingest_actions
from app.jobs.uploads import UploadFolder


@dataclass
class Report:
    refused: Sequence[Mapping[str, str]] = ()

    def to_dict(self) -> dict[str, Any]:
        return {"generation": "g000002-bb", "refused": list(self.refused)}


class Pipeline:
    """Tells its stages and notes what it was asked to take in."""

    def __init__(self, outcome: Report) -> None:
        self.outcome, self.calls = outcome, []
        self.rehearsals = 0

    def __call__(self, paths: Sequence[Path], *, full: bool, on_progress: Any, dry_run: bool = False) -> Report:
        self.rehearsals += dry_run
        names = [sorted(str(file.relative_to(path)) for file in path.rglob("*.md")) for path in paths]
        self.calls.append((names, full))
        for stage in ("parsing", "embedding"):
            on_progress({"stage": stage, "done": 1, "total": 2})
        return self.outcome


def run(kind: str, request: dict[str, Any], pipeline: Pipeline, uploads: UploadFolder, knowledge: Path) -> Any:
    noted: list[FileStatus] = []
    actions = ingest_actions(pipeline, uploads, lambda: [knowledge])
    result = actions[kind](Job("j", kind, "running", request), lambda progress, files=(): noted.extend(files))
    return result, [(file.document_id, file.status, file.code) for file in noted]


def test_uploaded_files_go_through_their_states_to_done_or_refused(tmp_path: Path) -> None:
    uploads = UploadFolder(tmp_path / "uploads")
    uploads.save("a.md", [b"a"])
    uploads.save("b.md", [b"b"])
    refusal = {"document_id": "upload/b.md", "code": "document_damaged", "message": "truncated"}
    files = ["upload/a.md", "upload/b.md"]

    result, states = run("upload", {"files": files}, Pipeline(Report([refusal])), uploads, tmp_path)

    assert result["generation"] == "g000002-bb"
    assert [state for name, state, _ in states if name == "upload/a.md"] == ["parsing", "embedding", "done"]
    assert [state for name, state, _ in states if name == "upload/b.md"] == ["parsing", "embedding", "refused"]
    assert states[-1] == ("upload/b.md", "refused", "document_damaged")


def test_upload_takes_in_the_uploads_alone_and_ingest_everything(tmp_path: Path) -> None:
    uploads, knowledge, pipeline = UploadFolder(tmp_path / "uploads"), tmp_path / "knowledge", Pipeline(Report())
    knowledge.mkdir()
    (knowledge / "k.md").write_text("k")
    uploads.save("a.md", [b"a"])

    run("upload", {"files": ["upload/a.md"]}, pipeline, uploads, knowledge)
    run("ingest", {"full": True}, pipeline, uploads, knowledge)

    assert pipeline.calls == [([["upload/a.md"]], False), ([["k.md"], ["upload/a.md"]], True)]


def test_a_preview_is_an_ingest_that_publishes_nothing(tmp_path: Path) -> None:
    uploads, pipeline = UploadFolder(tmp_path / "uploads"), Pipeline(Report())

    run("ingest", {}, pipeline, uploads, tmp_path)
    assert pipeline.rehearsals == 0
    run("preview", {}, pipeline, uploads, tmp_path)
    assert pipeline.rehearsals == 1


def test_deleted_file_is_gone_before_the_run_that_takes_it_out_of_the_index(tmp_path: Path) -> None:
    uploads, pipeline = UploadFolder(tmp_path / "uploads"), Pipeline(Report())
    uploads.save("a.md", [b"a"])

    _, states = run("delete", {"files": ["upload/a.md"]}, pipeline, uploads, tmp_path)

    assert pipeline.calls == [([[]], False)]
    assert states[-1] == ("upload/a.md", "done", None)

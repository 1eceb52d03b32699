"""A gap from the log into the knowledge base by the real ingest: the question that was declined is answered."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.building.container import Container
from app.domain.service_events import ServiceEvent
from app.jobs.gaps import gaps_action
from app.jobs.ingest import ingest_actions
from app.jobs.runner import JobRunner
from app.jobs.table import JobTable
from app.jobs.uploads import UploadFolder
from app.settings import Settings
from index.types import Query

REPLY = "目前不提供帐篷租赁，露营装备只售不租。"


@pytest.fixture
def container(tmp_path: Path) -> Container:
    models = {"cache": tmp_path / "models", "embedder": "hashing"}
    settings = Settings.model_validate({"home": tmp_path / "var", "models": models, "llm": {"order": "extractive"}})
    knowledge = tmp_path / "knowledge"
    knowledge.mkdir()
    (knowledge / "invoice.md").write_text("# 发票\n\n确认收货后24小时内开具电子发票。\n", encoding="utf-8")
    container = Container(settings)
    container.pipeline().run(container.sources([knowledge]))
    return container


def test_a_gap_is_mined_published_and_found(container: Container, tmp_path: Path) -> None:
    uploads = UploadFolder(container.uploads_folder)
    table = JobTable(tmp_path / "var" / "jobs.sqlite")

    def publish(files: Mapping[str, bytes]) -> Sequence[str]:
        documents = [uploads.save(name, [content]).document_id for name, content in files.items()]
        table.add("upload", {"files": documents})
        return documents

    desk = container.gap_desk(publish)
    now = datetime.now(UTC)
    for number in range(4):
        own = {"conversation_id": f"c{number}", "language": "zh"}
        at = now - timedelta(hours=1, seconds=number)
        container.events.append(
            ServiceEvent("declined", at, text=f"帐篷能租吗{'呀' * number}", data={"confidence": 0.05}, **own),
            ServiceEvent("handed_off", at + timedelta(seconds=5), data={"reason": "failed"}, **own),
            ServiceEvent("agent_replied", at + timedelta(seconds=50), text=f"您好。{REPLY}", **own),
        )

    def run(paths: Sequence[Path], *, full: bool, on_progress: object) -> object:
        report = container.pipeline().run(container.sources(paths), full=full)
        container.serving.generation_name  # noqa: B018 - opens what was published, as the service does
        return report

    actions = ingest_actions(run, uploads, list)  # type: ignore[arg-type]
    actions["gaps"] = gaps_action(desk.mine)
    runner = JobRunner(table, actions, lock=tmp_path / "var" / "jobs.lock", poll_s=0.05)
    job = runner.submit("gaps", {"trigger": "nightly"})
    runner.start()
    try:
        assert _result(runner, job.job_id)["not_covered"] == 1
        (gap,) = desk.all()
        desk.draft(gap.gap_id, by="ana")
        desk.approve(gap.gap_id, by="ana")
        (document_id,) = desk.publish(gap.gap_id, by="ana").documents
        (upload,) = [item for item in runner.recent() if item.kind == "upload"]
        assert _result(runner, upload.job_id)["refused"] == []
    finally:
        runner.stop()

    with container.serving.borrow() as generation:
        hits = container.retriever.retrieve(Query("帐篷能租吗"), generation)
    (article,) = [hit.passage for hit in hits if hit.passage.document_id == document_id]
    assert REPLY in article.text


def _result(runner: JobRunner, job_id: str) -> Mapping[str, object]:
    import time

    for _ in range(600):
        job = runner.get(job_id)
        if job is not None and job.is_over:
            assert job.error is None, job.error
            return job.result or {}
        time.sleep(0.05)
    raise AssertionError("the job does not end")

from __future__ import annotations

from pathlib import Path

import pytest

from app.domain.job import FileStatus
from app.jobs.table import MAX_ATTEMPTS, JobTable


@pytest.fixture
def table(tmp_path: Path) -> JobTable:
    return JobTable(tmp_path / "jobs.sqlite")


def test_jobs_are_taken_in_the_order_of_asking(table: JobTable) -> None:
    first, second = table.add("ingest", {"full": True}), table.add("upload", {"files": ["a.md"]})

    assert [table.claim().job_id, table.claim().job_id] == [first.job_id, second.job_id]
    assert table.claim() is None


def test_request_that_waits_already_is_not_queued_twice(table: JobTable) -> None:
    first = table.add("ingest", {"full": False})

    assert table.add("ingest", {"full": False}).job_id == first.job_id
    assert table.add("ingest", {"full": True}).job_id != first.job_id


def test_request_is_queued_again_once_the_first_is_running(table: JobTable) -> None:
    first = table.add("ingest", {})
    table.claim()

    assert table.add("ingest", {}).job_id != first.job_id


def test_each_change_raises_the_revision(table: JobTable) -> None:
    job = table.add("ingest", {})
    table.claim()
    table.note(job.job_id, {"stage": "parsing", "done": 3})
    table.finish(job.job_id, {"added": 3})

    ended = table.get(job.job_id)
    assert (ended.state, ended.revision, ended.result, ended.progress["done"]) == ("done", 3, {"added": 3}, 3)
    assert ended.started_at
    assert ended.ended_at


def test_file_has_the_status_that_the_newest_job_gives_it(table: JobTable) -> None:
    first = table.add("upload", {"files": ["upload/价格表.csv", "upload/b.md"]})
    table.claim()
    table.note(first.job_id, {"stage": "done"}, [FileStatus("upload/b.md", "refused", "document_empty", "空")])
    assert table.file_status("upload/价格表.csv") == FileStatus("upload/价格表.csv", "queued")
    assert table.file_status("upload/b.md").code == "document_empty"

    table.add("upload", {"files": ["upload/b.md"]})

    assert table.file_status("upload/b.md") == FileStatus("upload/b.md", "queued")
    assert table.file_status("upload/c.md") is None


def test_job_that_a_crash_cut_off_waits_again_and_is_given_up_after_some_tries(table: JobTable) -> None:
    job = table.add("upload", {"files": ["a.md"]})
    for attempt in range(1, MAX_ATTEMPTS):
        table.claim()
        assert [(item.state, item.attempt) for item in table.recover()] == [("queued", attempt + 1)]
    table.claim()

    (given_up,) = table.recover()

    assert (given_up.job_id, given_up.state, given_up.error["code"]) == (job.job_id, "failed", "interrupted")
    assert table.file_status("a.md").code == "interrupted"


def test_failure_of_a_job_is_told_for_each_file_that_was_open(table: JobTable) -> None:
    job = table.add("upload", {"files": ["a.md", "b.md"]})
    table.claim()
    table.note(job.job_id, {}, [FileStatus("a.md", "done")])

    table.fail(job.job_id, code="store_full", message="The disk is full.")

    assert table.file_status("a.md").status == "done"
    assert table.file_status("b.md") == FileStatus("b.md", "refused", "store_full", "The disk is full.")


def test_old_jobs_make_room(tmp_path: Path) -> None:
    table = JobTable(tmp_path / "jobs.sqlite", keep=3)
    for number in range(6):
        job = table.add("upload", {"files": [f"{number}.md"]})
        table.claim()
        table.finish(job.job_id, {})

    assert len(table.recent()) <= 4
    assert table.file_status("0.md") is None
    assert table.file_status("5.md") is not None

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from app.jobs.runner import JobRunner
from app.jobs.table import JobTable
from index.errors import StoreBusy, StoreFull


def wait_for(condition: Callable[[], Any], timeout_s: float = 5.0) -> Any:
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.01)
    raise AssertionError("it did not happen in time")


@pytest.fixture
def make_runner(tmp_path: Path) -> Iterator[Callable[..., JobRunner]]:
    runners: list[JobRunner] = []

    def make(action: Any, **options: Any) -> JobRunner:
        table = JobTable(tmp_path / "jobs.sqlite")
        options = {"poll_s": 0.02, "retry_s": 0.02, **options}
        runner = JobRunner(table, {"ingest": action}, lock=tmp_path / "jobs.lock", **options)
        runners.append(runner)
        return runner

    yield make
    for runner in runners:
        runner.stop()


def ended(runner: JobRunner, job_id: str) -> Any:
    return wait_for(lambda: (job := runner.get(job_id)) is not None and job.is_over and job)


def test_job_runs_and_keeps_its_result(make_runner: Callable[..., JobRunner]) -> None:
    runner = make_runner(lambda job, report: {"added": 2})
    runner.start()

    job = ended(runner, runner.submit("ingest", {}).job_id)

    assert (job.state, job.result) == ("done", {"added": 2})


def test_expected_failure_keeps_its_code_and_the_next_job_runs(make_runner: Callable[..., JobRunner]) -> None:
    def action(job: Any, report: Any) -> dict[str, Any]:
        if job.request.get("full"):
            raise StoreFull("The disk is full.")
        return {}

    runner = make_runner(action)
    runner.start()
    failed, fine = runner.submit("ingest", {"full": True}), runner.submit("ingest", {})

    assert ended(runner, failed.job_id).error == {"code": "store_full", "message": "The disk is full."}
    assert ended(runner, fine.job_id).state == "done"


def test_unexpected_failure_tells_nothing_of_the_inside(
    make_runner: Callable[..., JobRunner], caplog: pytest.LogCaptureFixture
) -> None:
    def action(job: Any, report: Any) -> dict[str, Any]:
        raise RuntimeError("secret inside")

    runner = make_runner(action)
    runner.start()

    job = ended(runner, runner.submit("ingest", {}).job_id)

    assert job.error["code"] == "internal"
    assert "secret" not in job.error["message"]
    assert "secret inside" in caplog.text


def test_busy_store_is_waited_for(make_runner: Callable[..., JobRunner]) -> None:
    tries: list[int] = []

    def action(job: Any, report: Any) -> dict[str, Any]:
        tries.append(1)
        if len(tries) < 3:
            raise StoreBusy("Another ingest is running.")
        return {}

    runner = make_runner(action)
    runner.start()

    assert ended(runner, runner.submit("ingest", {}).job_id).state == "done"
    assert len(tries) == 3


def test_store_that_stays_busy_fails_the_job_in_the_end(make_runner: Callable[..., JobRunner]) -> None:
    def action(job: Any, report: Any) -> dict[str, Any]:
        raise StoreBusy("Another ingest is running.")

    runner = make_runner(action, give_up_s=0.1)
    runner.start()

    assert ended(runner, runner.submit("ingest", {}).job_id).error["code"] == "store_busy"


def test_two_runners_never_run_at_the_same_time(make_runner: Callable[..., JobRunner]) -> None:
    running, most, lock = [0], [0], threading.Lock()

    def action(job: Any, report: Any) -> dict[str, Any]:
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        time.sleep(0.05)
        with lock:
            running[0] -= 1
        return {}

    first, second = make_runner(action), make_runner(action)
    first.start()
    second.start()
    jobs = [runner.submit("ingest", {"n": n}) for n in range(3) for runner in (first, second)]

    assert all(ended(first, job.job_id).state == "done" for job in jobs)
    assert most == [1]


def test_job_that_ran_when_the_service_ended_runs_again_at_the_next_start(
    make_runner: Callable[..., JobRunner],
) -> None:
    started = threading.Event()

    def endless(job: Any, report: Any) -> dict[str, Any]:
        while True:
            started.set()
            report({"stage": "embedding"}, [])
            time.sleep(0.01)

    first = make_runner(endless)
    first.start()
    job = first.submit("ingest", {})
    assert started.wait(5)
    first.stop()
    assert first.get(job.job_id).state == "queued"

    second = make_runner(lambda job, report: {"done": True})
    second.start()

    assert ended(second, job.job_id).result == {"done": True}


def test_progress_is_seen_while_the_job_runs(make_runner: Callable[..., JobRunner]) -> None:
    go_on = threading.Event()

    def action(job: Any, report: Any) -> dict[str, Any]:
        report({"stage": "parsing", "done": 1}, [])
        go_on.wait(5)
        return {}

    runner = make_runner(action)
    runner.start()
    job = runner.submit("ingest", {})

    assert wait_for(lambda: runner.get(job.job_id).progress == {"stage": "parsing", "done": 1})
    go_on.set()
    assert ended(runner, job.job_id).state == "done"

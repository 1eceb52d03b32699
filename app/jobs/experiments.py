"""The jobs that look at experiments each night and write the report of the week."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from app.domain.job import Job
from app.jobs.runner import Action, Report


def experiments_action(watch: Callable[[], Sequence[Mapping[str, Any]]]) -> Action:
    """The action of the kind `experiments`; its result names the verdict of each that runs."""

    def look(job: Job, report: Report) -> Mapping[str, Any]:  # noqa: ARG001 - as every action
        return {"verdicts": {body["experiment_id"]: body["verdict"] for body in watch()}}

    return look


def report_action(write: Callable[[bool], Mapping[str, Any]]) -> Action:
    """The action of the kind `report`; at night a week that was written is left as it is."""

    def make(job: Job, report: Report) -> Mapping[str, Any]:  # noqa: ARG001 - as every action
        return write(job.request.get("trigger") != "nightly")

    return make

"""The job of the nightly turn: cheap models learn from what customers and agents did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from app.domain.job import Job
from app.jobs.runner import Action, Report

if TYPE_CHECKING:
    from app.training.turn import NightlyTurn


def learning_action(turn: Callable[[], NightlyTurn]) -> Action:
    """The action of the kind `learning`; the turn is put together when the first job comes."""

    def learning(job: Job, report: Report) -> Mapping[str, Any]:  # noqa: ARG001
        report({"stage": "training"})
        return turn()().to_dict()

    return learning

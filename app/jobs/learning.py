"""The job of the nightly turn: cheap models learn from what customers and agents did."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from app.domain.job import Job
from app.jobs.runner import Action, Report

if TYPE_CHECKING:
    from app.training.nights import Night


def learning_action(turns: Callable[[], Mapping[str, Callable[[], Night | None]]]) -> Action:
    """The action of the kind `learning`; the turns, by kind of model, are put together anew for each job."""

    def learning(job: Job, report: Report) -> Mapping[str, Any]:  # noqa: ARG001
        nights = []
        for kind, turn in turns().items():
            report({"stage": kind})
            if (night := turn()) is not None:
                nights.append(night.to_dict())
        return {"nights": nights}

    return learning

"""The job that learns recommendations anew."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Protocol

from app.domain.job import Job
from app.jobs.runner import Action, Report
from app.recommendation.errors import BehaviourTooLittle

if TYPE_CHECKING:
    from app.recommendation.nightly import GateReport


class Fits(Protocol):
    """One run; see `app.recommendation.nightly.Refit.run`."""

    def __call__(self, *, on_stage: Any) -> GateReport:
        """Fit, measure, and put to use what is no worse. Raises `BehaviourTooLittle`."""


def recommendation_action(fits: Fits) -> Action:
    """The action of the kind `recommend`. A shop without behaviour has nothing to learn, which is no failure."""

    def recommend(job: Job, report: Report) -> Mapping[str, Any]:  # noqa: ARG001 - the runner's signature
        def told(stage: str, done: int, total: int) -> None:
            report({"stage": stage, "done": done, "total": total})

        try:
            return fits(on_stage=told).to_dict()
        except BehaviourTooLittle as error:
            return {"promoted": False, "reason": error.message}

    return recommend

"""The job that looks through the log of questions for what the knowledge base lacks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from app.domain.job import Job
from app.jobs.runner import Action, Report


class Mine(Protocol):
    """One run; the container binds it to `app.insight.gaps.desk.GapDesk.mine`."""

    def __call__(
        self, *, days: int | None = None, on_progress: Callable[[int, int], None] | None = None
    ) -> Mapping[str, Any]:
        """The figures of the run, as JSON. Raises `StoreMissing` when there is no index."""


def gaps_action(mine: Mine) -> Action:
    """The action of the kind `gaps`; a request may name `days`."""

    def gaps(job: Job, report: Report) -> Mapping[str, Any]:
        days = job.request.get("days")
        return mine(
            days=int(days) if days is not None else None,
            on_progress=lambda done, total: report({"stage": "embedding", "done": done, "total": total}),
        )

    return gaps

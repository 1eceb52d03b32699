"""The job that looks through the knowledge base for rules that disagree."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from app.domain.job import Job
from app.jobs.runner import Action, Report


class Look(Protocol):
    """One pass; the container binds it to `app.assistant.base_conflicts.find_conflicts` and keeps what it finds."""

    def __call__(self, *, on_progress: Callable[[int, int], None]) -> Mapping[str, Any]:
        """The figures of the pass, as JSON. Raises `StoreMissing` when there is no index."""


def conflicts_action(look: Look) -> Action:
    """The action of the kind `conflicts`."""

    def conflicts(job: Job, report: Report) -> Mapping[str, Any]:  # noqa: ARG001
        return look(on_progress=lambda done, total: report({"stage": "comparing", "done": done, "total": total}))

    return conflicts

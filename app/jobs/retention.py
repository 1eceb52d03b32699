"""The job that forgets words of people that are older than the company wants to keep them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from app.domain.job import Job
from app.jobs.runner import Action, Report

Forget = Callable[[datetime], Mapping[str, int]]
"""Forgets what is older than a moment; by kind, how much. The container binds it to `Container.forget_before`."""


def retention_action(forget: Forget, *, days: int, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Action:
    """The action of the kind `retention`; 0 days keep everything."""

    def retention(job: Job, report: Report) -> Mapping[str, Any]:  # noqa: ARG001
        return {"days": days, **forget(clock() - timedelta(days=days))} if days else {"days": 0}

    return retention

"""Where the report finds its numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from app.building.container import Container
from app.evaluation.runs import EvaluationRuns
from app.reporting import Sources
from app.reporting.collecting import Prices


def sources_of(container: Container, *, faults: Callable[[datetime, datetime], int] | None = None) -> Sources:
    """Of a container; `faults` counts jobs that failed, where somebody keeps them."""
    settings = container.settings.report

    def experiments(since: datetime) -> Sequence[Mapping[str, Any]]:
        running = container.experiments.all()
        wanted = [item for item in running if item.stopped_at is None or item.stopped_at >= since]
        return [container.experiments.look(item.experiment_id) for item in wanted]

    return Sources(
        container.metrics,
        experiments=experiments,
        evaluations=EvaluationRuns(container.settings.home / "evaluation" / "results").list,
        faults=faults,
        prices=Prices(settings.token_price, settings.machine_price, settings.currency),
        zone=container.metrics.zone,
    )

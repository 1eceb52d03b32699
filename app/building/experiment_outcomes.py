"""The published numbers counted by arm and unit: where experiments and insight meet."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

import numpy as np

from app.domain.action import Wording
from app.experiments.assignment import disguised
from app.experiments.errors import ExperimentInvalid
from app.experiments.experiment import Experiment, UnitKind
from app.experiments.outcomes import ArmOutcome, Floats, median_of, ratio_of
from app.experiments.ports import Baseline, Measured
from app.insight.definitions import LOWER_IS_BETTER, metric_of
from app.insight.events import ServiceEvents
from app.insight.metrics import ServiceMetrics
from app.insight.rows import MetricRow

_BEFORE = timedelta(days=28)
"""The time before an experiment from which its customers are known."""


class InsightOutcomes:
    """Fulfils `app.experiments.ports.Outcomes` from the log of events."""

    def __init__(
        self,
        log: ServiceEvents,
        metrics: ServiceMetrics,
        *,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._log, self._metrics, self._clock = log, metrics, clock

    def check(self, metrics: Sequence[str]) -> None:
        """Raises `MetricUnknown`, or `ExperimentInvalid` for a count, which grows with an arm's size."""
        for name in metrics:
            if metric_of(name).aggregate == "count":
                raise ExperimentInvalid(f"{name} counts what came; arms are compared by shares, means and medians.")

    def baseline(self, metric: str, unit: UnitKind, *, days: int = 28) -> Baseline | None:
        """A number over the newest days; None where fewer than two units have it."""
        now = self._clock()
        start = now - timedelta(days=days)
        rows = self._metrics.rows_by_name([metric], start, now)[metric]
        customers = self._customers(start, now) if unit == "customer" else None
        units: defaultdict[str, list[MetricRow]] = defaultdict(list)
        for row in rows:
            name = row.conversation_id if customers is None else customers.get(row.conversation_id or "")
            if name is not None:
                units[name].append(row)
        if len(units) < 2:
            return None
        outcome = outcome_of(list(units), units)
        mean = median_of(outcome) if self.is_median(metric) else ratio_of(outcome)
        if mean is None or mean.variance <= 0:
            return None
        return Baseline(mean.value, mean.deviation, len(units), days)

    def measured(self, experiment: Experiment, metrics: Sequence[str], *, now: datetime) -> Measured:
        """What the units of each arm came to, those that were exposed alone."""
        start, end = experiment.started_at, experiment.stopped_at or now
        arm_of: dict[str, str] = {}
        unit_of: dict[str, str] = {}
        for event in self._log.between(start, end + timedelta(seconds=1), kinds=["exposed"]):
            if event.data.get("experiment") != experiment.experiment_id:
                continue
            unit = str(event.data["unit"])
            arm_of.setdefault(unit, str(event.data["arm"]))
            if event.conversation_id is not None:
                unit_of[event.conversation_id] = unit
        rows = self._metrics.rows_by_name(metrics, start - timedelta(hours=1), end) if arm_of else {}
        before = self._before(experiment, metrics) if experiment.draft.unit == "customer" and arm_of else {}
        arms: defaultdict[str, list[str]] = defaultdict(list)
        for unit, arm in arm_of.items():
            arms[arm].append(unit)
        outcomes: dict[str, dict[str, ArmOutcome]] = {}
        for metric in metrics:
            by_unit = _by_unit(rows.get(metric, ()), unit_of)
            earlier = before.get(metric)
            outcomes[metric] = {arm: outcome_of(units, by_unit, earlier) for arm, units in arms.items()}
        return Measured({arm: len(units) for arm, units in arms.items()}, outcomes)

    def is_higher_better(self, metric: str) -> bool:
        """Whether more is better."""
        return metric not in LOWER_IS_BETTER

    def is_median(self, metric: str) -> bool:
        """Whether it is a median."""
        return metric_of(metric).aggregate == "median"

    def is_share(self, metric: str) -> bool:
        """Whether it is shown in percent."""
        return metric_of(metric).aggregate == "share"

    def title(self, metric: str) -> Wording:
        """Its name."""
        return metric_of(metric).title

    def _before(self, experiment: Experiment, metrics: Sequence[str]) -> Mapping[str, Mapping[str, list[MetricRow]]]:
        """Rows of the weeks before, by metric and by customer in the experiment's disguise."""
        start, end = experiment.started_at - _BEFORE, experiment.started_at
        names = [metric for metric in metrics if not self.is_median(metric)]
        customers = self._customers(start, end)
        unit_of = {conversation: disguised(experiment.salt, customer) for conversation, customer in customers.items()}
        found = self._metrics.rows_by_name(names, start, end)
        return {name: _by_unit(rows, unit_of) for name, rows in found.items()}

    def _customers(self, start: datetime, end: datetime) -> dict[str, str]:
        """Conversation to customer, of those who are known."""
        return {
            event.conversation_id: event.customer_id
            for event in self._log.between(start, end)
            if event.conversation_id is not None and event.customer_id is not None
        }


def _by_unit(rows: Iterable[MetricRow], unit_of: Mapping[str, str]) -> dict[str, list[MetricRow]]:
    found: defaultdict[str, list[MetricRow]] = defaultdict(list)
    for row in rows:
        unit = unit_of.get(row.conversation_id or "")
        if unit is not None:
            found[unit].append(row)
    return dict(found)


def outcome_of(
    units: Sequence[str],
    rows: Mapping[str, list[MetricRow]],
    before: Mapping[str, list[MetricRow]] | None = None,
) -> ArmOutcome:
    """What units came to, those without rows too; `rows` by unit, as are those of the time `before`."""
    totals, counts = _sums(units, rows)
    values = np.array([row.value for unit in units for row in rows.get(unit, ())], dtype=np.float64)
    if before is None:
        return ArmOutcome(totals, counts, values=values)
    earlier, earlier_counts = _sums(units, before)
    return ArmOutcome(totals, counts, earlier, earlier_counts, values)


def outcome_by_conversation(rows: Iterable[MetricRow]) -> ArmOutcome:
    """What conversations came to, each a unit: its rows are not independent. A row without one stands for itself."""
    grouped: defaultdict[str, list[MetricRow]] = defaultdict(list)
    for row in rows:
        grouped[row.conversation_id or row.row_id].append(row)
    return outcome_of(list(grouped), grouped)


def _sums(units: Sequence[str], rows: Mapping[str, list[MetricRow]]) -> tuple[Floats, Floats]:
    totals = np.array([sum(row.value for row in rows.get(unit, ())) for unit in units], dtype=np.float64)
    counts = np.array([len(rows.get(unit, ())) for unit in units], dtype=np.float64)
    return totals, counts

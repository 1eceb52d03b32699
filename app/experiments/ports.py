"""What experiments need to know of the numbers of the service, which are counted elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.domain.action import Wording
from app.experiments.experiment import Experiment, UnitKind
from app.experiments.outcomes import ArmOutcome


@dataclass(frozen=True, slots=True)
class Baseline:
    """A number as it was in the weeks before."""

    value: float
    deviation: float
    """Standard deviation of one unit's part."""
    units: int
    days: int

    @property
    def a_day(self) -> float:
        """Units a day."""
        return self.units / self.days


@dataclass(frozen=True, slots=True)
class Measured:
    """What an experiment came to so far."""

    units: Mapping[str, int]
    """That were exposed, by arm."""
    outcomes: Mapping[str, Mapping[str, ArmOutcome]]
    """By metric, then by arm; an arm without units is left out."""


class Outcomes(Protocol):
    """The numbers of the service, counted by unit."""

    def check(self, metrics: Sequence[str]) -> None:
        """Raises `MetricUnknown`, or `ExperimentInvalid` for a number that arms cannot be compared by."""

    def baseline(self, metric: str, unit: UnitKind, *, days: int = 28) -> Baseline | None:
        """A number over the newest days; None where nobody was there."""

    def measured(self, experiment: Experiment, metrics: Sequence[str], *, now: datetime) -> Measured:
        """What the units of each arm came to."""

    def is_higher_better(self, metric: str) -> bool:
        """Whether more is better."""

    def is_median(self, metric: str) -> bool:
        """Whether it is a median, which is not a ratio of sums."""

    def is_share(self, metric: str) -> bool:
        """Whether it is shown in percent."""

    def title(self, metric: str) -> Wording:
        """Its name."""

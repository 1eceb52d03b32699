"""The published numbers of a period, and the rows behind each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from app.insight.definitions import METRICS, metric_of
from app.insight.errors import PeriodInvalid
from app.insight.events import ServiceEvents
from app.insight.journal import Journal
from app.insight.metric import Metric
from app.insight.rows import MetricRow
from app.insight.summary import By, MetricValue, grouped, summarise

_MOST_DAYS = 800


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, the last one included."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise PeriodInvalid(f"The period ends on {self.last} before it begins on {self.first}.")
        if (self.last - self.first).days >= _MOST_DAYS:
            raise PeriodInvalid(f"The period has more than {_MOST_DAYS} days. Ask for a shorter one.")


@dataclass(frozen=True, slots=True)
class Filter:
    """Which rows count; None takes all."""

    language: str | None = None
    intent: str | None = None
    channel: str | None = None

    def keeps(self, row: MetricRow) -> bool:
        """Whether a row counts."""
        pairs = ((self.language, row.language), (self.intent, row.intent), (self.channel, row.channel))
        return all(wanted is None or wanted == value for wanted, value in pairs)


@dataclass(frozen=True, slots=True)
class Shown:
    """One metric over a period."""

    metric: Metric
    overall: MetricValue
    groups: dict[str, MetricValue]
    """By the name of the group; empty when no grouping was asked for."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        groups = [{"group": name, **value.to_dict()} for name, value in self.groups.items()]
        return {**self.metric.to_dict(), **self.overall.to_dict(), "groups": groups}


class ServiceMetrics:
    """Computes from the log of events alone."""

    def __init__(
        self,
        log: ServiceEvents,
        *,
        zone: tzinfo = UTC,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        """Ready to compute.

        Args:
            log: of events.
            zone: in which days begin.
            clock: tells the time, aware.
        """
        self._log, self._zone, self._clock = log, zone, clock

    @property
    def zone(self) -> tzinfo:
        """In which days begin."""
        return self._zone

    def today(self) -> date:
        """The day that it is in the zone of the days."""
        return self._clock().astimezone(self._zone).date()

    def period(self, first: date | None, last: date | None, *, days: int = 28) -> Period:
        """The period of these days; by default the last four weeks. Raises `PeriodInvalid`."""
        last = last or self.today()
        return Period(first or last - timedelta(days=days - 1), last)

    def show(
        self,
        period: Period,
        *,
        names: Sequence[str] = (),
        by: By | None = None,
        only: Filter | None = None,
    ) -> list[Shown]:
        """The metrics of these names, or all, in their order. Raises `MetricUnknown`, `DatabaseUnavailable`."""
        metrics = [metric_of(name) for name in names] if names else list(METRICS.values())
        journal, wanted = self._journal(period), only or Filter()
        found = []
        for metric in metrics:
            rows = [row for row in metric.rows(journal) if wanted.keeps(row)]
            groups = dict(grouped(rows, metric, by, zone=self._zone)) if by is not None else {}
            found.append(Shown(metric, summarise(rows, metric.aggregate), groups))
        return found

    def rows(self, name: str, period: Period, *, only: Filter | None = None) -> list[MetricRow]:
        """The rows of a metric, oldest first: their summary is its number. Raises `MetricUnknown`."""
        metric, wanted = metric_of(name), only or Filter()
        rows = [row for row in metric.rows(self._journal(period)) if wanted.keeps(row)]
        return sorted(rows, key=lambda row: (row.at, row.row_id))

    def rows_by_name(self, names: Sequence[str], start: datetime, end: datetime) -> dict[str, list[MetricRow]]:
        """The rows of several metrics between two moments, the log read once. Raises `MetricUnknown`."""
        metrics = [metric_of(name) for name in names]
        journal = Journal.of(self._log, start, end, now=self._clock())
        return {metric.name: list(metric.rows(journal)) for metric in metrics}

    def _journal(self, period: Period) -> Journal:
        start = datetime.combine(period.first, time(), self._zone)
        end = datetime.combine(period.last + timedelta(days=1), time(), self._zone)
        return Journal.of(self._log, start.astimezone(UTC), end.astimezone(UTC), now=self._clock())

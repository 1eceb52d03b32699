"""From rows to a number with its interval, over all or by day, week, language, intent or channel."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import timedelta, tzinfo
from statistics import fmean, median
from typing import Any, Literal

from app.domain.intervals import bootstrap_interval, median_interval, wilson_interval
from app.insight.metric import Aggregate, Metric
from app.insight.rows import MetricRow

By = Literal["day", "week", "language", "intent", "channel"]
_SEED = 20261125


@dataclass(frozen=True, slots=True)
class MetricValue:
    """A number; None where there are no rows."""

    value: float | None
    low: float | None
    """Of the 95 % interval (Wilson for shares, bootstrap for means, ranks for medians); None for counts."""
    high: float | None
    numerator: float
    """Sum of the rows' values."""
    denominator: int
    """How many rows."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "value": _rounded(self.value),
            "low": _rounded(self.low),
            "high": _rounded(self.high),
            "numerator": _rounded(self.numerator),
            "denominator": self.denominator,
        }


def summarise(rows: Iterable[MetricRow], aggregate: Aggregate) -> MetricValue:
    """The number that these rows make; the same rows make the same, interval included."""
    values = [row.value for row in rows]
    total, count = sum(values), len(values)
    if aggregate == "count":
        return MetricValue(float(count), None, None, total, count)
    if not values:
        return MetricValue(None, None, None, 0.0, 0)
    if aggregate == "share":
        return MetricValue(total / count, *wilson_interval(round(total), count), total, count)
    if aggregate == "mean":
        return MetricValue(fmean(values), *bootstrap_interval(values, seed=_SEED), total, count)
    return MetricValue(median(values), *median_interval(values), total, count)


def grouped(rows: Iterable[MetricRow], metric: Metric, by: By, *, zone: tzinfo) -> Mapping[str, MetricValue]:
    """The number of each group, by its name; days and weeks (named by their Monday) in order of time in `zone`."""
    key = _KEYS[by]
    found: defaultdict[str, list[MetricRow]] = defaultdict(list)
    for row in rows:
        found[key(row, zone)].append(row)
    return {name: summarise(found[name], metric.aggregate) for name in sorted(found)}


def _day(row: MetricRow, zone: tzinfo) -> str:
    return row.at.astimezone(zone).date().isoformat()


def _week(row: MetricRow, zone: tzinfo) -> str:
    day = row.at.astimezone(zone).date()
    return (day - timedelta(days=day.weekday())).isoformat()


_KEYS: Mapping[By, Callable[[MetricRow, tzinfo], str]] = {
    "day": _day,
    "week": _week,
    "language": lambda row, _: row.language,
    "intent": lambda row, _: row.intent,
    "channel": lambda row, _: row.channel,
}


def _rounded(value: float | None) -> float | None:
    return None if value is None else round(value, 6)

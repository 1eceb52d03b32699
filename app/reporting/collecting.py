"""From the log, experiments and evaluations to the numbers of the report."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from typing import Any

from app.building.experiment_outcomes import outcome_by_conversation
from app.domain.action import Wording
from app.domain.discoveries import discovery_limit
from app.experiments.outcomes import contrast
from app.experiments.planning import fixed_p
from app.insight.definitions import LOWER_IS_BETTER, METRICS
from app.insight.metric import Metric
from app.insight.metrics import ServiceMetrics
from app.insight.rows import MetricRow
from app.insight.summary import summarise
from app.reporting.fairness import FAIRNESS, compared
from app.reporting.report import Line, Report, Section, Week

_SECTIONS: tuple[tuple[str, Wording, tuple[str, ...]], ...] = (
    ("satisfaction", Wording("满意度", "Satisfaction"), ("csat", "csat_mean", "nps", "approval_rate")),
    (
        "efficiency",
        Wording("效率", "Efficiency"),
        ("conversations", "resolution_rate", "hand_off_rate", "handling_time", "first_response_time", "answer_cost"),
    ),
    ("business", Wording("业务", "Business"), ("conversion_rate", "order_value")),
    ("technical", Wording("技术", "Technical"), ("decline_rate", "answer_seconds", "citation_opening_rate")),
)
_COUNTS = frozenset({"conversations", "questions"})
_CHANCE = 0.05
"""Of marks that are wrong among all marks."""
_FEWEST = 20
"""Rows of a week before it is compared."""


@dataclass(frozen=True, slots=True)
class Prices:
    """What an answer costs."""

    per_million_tokens: float = 0.0
    per_machine_hour: float = 0.0
    currency: str = "CNY"


@dataclass(frozen=True, slots=True)
class Sources:
    """Where the numbers come from."""

    metrics: ServiceMetrics
    experiments: Callable[[datetime], Sequence[Mapping[str, Any]]] = lambda _since: ()
    """The newest looks at experiments that ran since."""
    evaluations: Callable[[], Sequence[Mapping[str, Any]]] = tuple
    """Newest first; see `app.evaluation.runs.EvaluationRuns.list`."""
    faults: Callable[[datetime, datetime], int] | None = None
    """Jobs that failed between two moments."""
    prices: Prices = Prices()
    zone: tzinfo = UTC


def last_day(today: date) -> date:
    """The Sunday with which the last whole week ended."""
    return today - timedelta(days=today.weekday() + 1)


def collect(sources: Sources, *, weeks: int = 8, today: date | None = None) -> Report:
    """The report of the last whole week, with the weeks before it. Raises `ValueError` for fewer than one week."""
    if weeks < 1:
        raise ValueError(f"Expected weeks >= 1, got {weeks}.")
    today = today or sources.metrics.today()
    last = last_day(today)
    mondays = [last - timedelta(days=6 + 7 * back) for back in reversed(range(weeks))]
    start, end = _moment(mondays[0], sources.zone), _moment(last + timedelta(days=1), sources.zone)
    names = [name for _, _, group in _SECTIONS for name in group if name in METRICS]
    rows = sources.metrics.rows_by_name(list(dict.fromkeys([*names, *FAIRNESS, "answer_tokens"])), start, end)
    lines = {name: _line(METRICS[name], rows[name], mondays, sources.zone) for name in names}
    lines["answer_cost"] = _cost(rows["answer_seconds"], rows["answer_tokens"], mondays, sources)
    lines = _marked(lines)
    runs = [run for run in sources.evaluations() if not run.get("fault")]
    faults = None
    if sources.faults is not None:
        faults = sources.faults(_moment(mondays[-1], sources.zone), end)
    return Report(
        made_at=datetime.now(UTC),
        first=mondays[-1],
        last=last,
        sections=tuple(Section(name, title, tuple(lines[line] for line in group)) for name, title, group in _SECTIONS),
        experiments=list(sources.experiments(start)),
        evaluation=runs[0] if runs else None,
        faults=faults,
        currency=sources.prices.currency,
        fairness=compared({name: _by_week(rows[name], mondays, sources.zone)[-1] for name in FAIRNESS}),
    )


def _moment(day: date, zone: tzinfo) -> datetime:
    return datetime.combine(day, time(), zone).astimezone(UTC)


def _by_week(rows: Sequence[MetricRow], mondays: Sequence[date], zone: tzinfo) -> list[list[MetricRow]]:
    found: defaultdict[date, list[MetricRow]] = defaultdict(list)
    for row in rows:
        day = row.at.astimezone(zone).date()
        found[day - timedelta(days=day.weekday())].append(row)
    return [found[monday] for monday in mondays]


def _line(metric: Metric, rows: Sequence[MetricRow], mondays: Sequence[date], zone: tzinfo) -> Line:
    by_week = _by_week(rows, mondays, zone)
    weeks = []
    for monday, part in zip(mondays, by_week, strict=True):
        value = summarise(part, metric.aggregate)
        weeks.append(Week(monday, value.value, value.low, value.high, value.denominator))
    change = _change(by_week, is_median=metric.aggregate == "median") if metric.name not in _COUNTS else None
    meaning = (metric.denominator, metric.numerator, metric.note)
    return Line(
        metric.name,
        metric.title,
        metric.unit,
        tuple(weeks),
        p=change[1] if change is not None else None,
        is_marked=False,
        is_better=None if change is None else (change[0] > 0) != (metric.name in LOWER_IS_BETTER),
        meaning=tuple(text for text in meaning if text.en),
    )


def _change(by_week: Sequence[Sequence[MetricRow]], *, is_median: bool) -> tuple[float, float] | None:
    """Difference of the last two weeks and its p, by conversations rather than rows; None where there is too little."""
    if len(by_week) < 2 or min(len(by_week[-2]), len(by_week[-1])) < _FEWEST:
        return None
    before, last = outcome_by_conversation(by_week[-2]), outcome_by_conversation(by_week[-1])
    found = contrast(before, last, is_median=is_median)
    return (found.difference, fixed_p(found.z)) if found is not None and found.variance > 0 else None


_COST_TITLE = Wording("单次作答成本", "Cost per answer")
_COST = (
    Wording("期间内知识库回答或婉拒的每个问题", "every question of the period that was answered or declined"),
    Wording(
        "作答计算秒数 × 每小时机器价格 ÷ 3600，加 token 数 × 每百万 token 价格 ÷ 1,000,000（价格见设置 report）",
        "seconds of computing at the price of a machine hour, and tokens at that of a million (settings `report`)",
    ),
)


def _cost(seconds: Sequence[MetricRow], tokens: Sequence[MetricRow], mondays: Sequence[date], sources: Sources) -> Line:
    """Each answer's seconds and tokens, the rows of the two published numbers, times their prices."""
    prices, used = sources.prices, {row.row_id: row.value for row in tokens}
    rows = [
        replace(
            row,
            value=row.value * prices.per_machine_hour / 3600
            + used.get(row.row_id, 0.0) * prices.per_million_tokens / 1e6,
        )
        for row in seconds
    ]
    line = _line(METRICS["answer_tokens"], rows, mondays, sources.zone)
    return replace(line, name="answer_cost", title=_COST_TITLE, unit="money", meaning=_COST, has_rows=False)


def _marked(lines: Mapping[str, Line]) -> dict[str, Line]:
    """Marks changes so that of all marks one in twenty is chance at most."""
    limit = discovery_limit([line.p for line in lines.values() if line.p is not None], share=_CHANCE)
    return {name: replace(line, is_marked=line.p is not None and line.p <= limit) for name, line in lines.items()}

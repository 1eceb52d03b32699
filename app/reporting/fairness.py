"""Whether customers of each language and channel are served alike: the week's shares by group, and a test."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from app.building.experiment_outcomes import outcome_by_conversation
from app.domain.action import Wording
from app.domain.discoveries import discovery_limit
from app.experiments.outcomes import ratio_of
from app.insight.definitions import METRICS
from app.insight.rows import MetricRow
from app.insight.summary import summarise

FAIRNESS = ("csat", "decline_rate", "hand_off_rate", "resolution_rate")
"""Numbers that are compared: each a share."""
_FEWEST = 20
"""Conversations of a group before it is compared."""
_CHANCE = 0.05
_UNKNOWN = Wording("未知", "unknown")
_NAMES: Mapping[str, Wording] = {
    "zh": Wording("中文", "Chinese"),
    "en": Wording("英文", "English"),
    "mixed": Wording("中英混合", "mixed"),
    "page": Wording("网页", "web page"),
    "widget": Wording("网站挂件", "widget"),
    "api": Wording("接口", "API"),
    "openai": Wording("OpenAI 兼容接口", "OpenAI-compatible API"),
    "cli": Wording("命令行", "command line"),
    "mcp": Wording("MCP", "MCP"),
}


@dataclass(frozen=True, slots=True)
class Group:
    """One number of one group of customers."""

    name: Wording
    value: float | None
    low: float | None
    high: float | None
    rows: int


@dataclass(frozen=True, slots=True)
class Compared:
    """One number over the groups of a kind."""

    metric: str
    title: Wording
    by: Wording
    groups: tuple[Group, ...]
    """Largest first."""
    p: float | None
    """That all groups are alike, of those with conversations enough; None where fewer than two have."""
    is_marked: bool = False
    """Whether the difference is more than chance, among all that is compared here."""


_BY: tuple[tuple[Wording, Callable[[MetricRow], str]], ...] = (
    (Wording("语言", "language"), lambda row: row.language or ""),
    (Wording("渠道", "channel"), lambda row: row.channel or ""),
)


def compared(rows: Mapping[str, Sequence[MetricRow]]) -> tuple[Compared, ...]:
    """From a week's rows of `FAIRNESS`; numbers without two groups are left out. Marks as the report's changes are."""
    found = [
        Compared(name, METRICS[name].title, by, tuple(_groups(rows[name], key, name)), _p(rows[name], key))
        for by, key in _BY
        for name in FAIRNESS
        if len({key(row) for row in rows.get(name, ())}) > 1
    ]
    limit = discovery_limit([item.p for item in found if item.p is not None], share=_CHANCE)
    return tuple(replace(item, is_marked=item.p is not None and item.p <= limit) for item in found)


def _groups(rows: Iterable[MetricRow], key: Callable[[MetricRow], str], metric: str) -> list[Group]:
    groups = []
    for name, part in _parts(rows, key).items():
        value = summarise(part, METRICS[metric].aggregate)
        title = _NAMES.get(name, Wording(name, name)) if name else _UNKNOWN
        groups.append(Group(title, value.value, value.low, value.high, len(part)))
    return sorted(groups, key=lambda group: (-group.rows, group.name.en))


def _parts(rows: Iterable[MetricRow], key: Callable[[MetricRow], str]) -> dict[str, list[MetricRow]]:
    found: defaultdict[str, list[MetricRow]] = defaultdict(list)
    for row in rows:
        found[key(row)].append(row)
    return found


def _p(rows: Iterable[MetricRow], key: Callable[[MetricRow], str]) -> float | None:
    """Chi-square with robust variances: groups weighted by the inverse of theirs, which count by conversation.

    Source: Rao and Scott, J. Am. Stat. Assoc. 1981, the Wald statistic; a share's variance by the delta method, as that
    of experiments. A group that is all alike has that of half a row more on either side.
    """
    from scipy.special import chdtrc

    estimates = []
    for part in _parts(rows, key).values():
        found = ratio_of(outcome_by_conversation(part))
        if found is None or found.units < _FEWEST:
            continue
        smoothed = (found.value * len(part) + 0.5) / (len(part) + 1)
        least = smoothed * (1 - smoothed) / len(part)
        estimates.append((found.value, max(found.variance, least)))
    if len(estimates) < 2:
        return None
    weights = [1 / variance for _, variance in estimates]
    mean = sum(weight * share for weight, (share, _) in zip(weights, estimates, strict=True)) / sum(weights)
    statistic = sum(weight * (share - mean) ** 2 for weight, (share, _) in zip(weights, estimates, strict=True))
    return float(chdtrc(len(estimates) - 1, statistic))

"""What is counted, of which kind it is, and what it comes to over many questions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal

from app.domain.intervals import bootstrap_interval, wilson_interval

Kind = Literal["share", "mean", "ratio"]


@dataclass(frozen=True, slots=True)
class Ratio:
    """A count out of a count within one question, such as two faults in three citations."""

    count: int
    of: int


Score = bool | float | Ratio
"""What one question scores: yes or no for a share, a number for a mean, a `Ratio` for a ratio."""


@dataclass(frozen=True, slots=True)
class Measure:
    """A figure and how to read it."""

    name: str
    """Stable: other programs find the figure by it."""
    meaning: str
    """For people: what is counted, over which questions."""
    kind: Kind
    """share: yes or no a question; mean: a number a question; ratio: counts pooled over the questions."""
    is_higher_better: bool = True

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Estimate:
    """The value of a figure with its 95 % confidence interval."""

    value: float
    low: float
    high: float
    count: int
    """What it is over: questions, or for a ratio what was pooled."""

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        return asdict(self)


def estimate(measure: Measure, scores: Iterable[Score], *, seed: int) -> Estimate | None:
    """The figure over the scores of many questions; None when there is nothing to count.

    Wilson's interval for shares and ratios, the bootstrap's for means.
    """
    if measure.kind == "mean":
        values = [mean_part(score) for score in scores]
        if not values:
            return None
        return Estimate(sum(values) / len(values), *bootstrap_interval(values, seed=seed), len(values))
    parts = [counted(score) for score in scores]
    count, of = sum(part.count for part in parts), sum(part.of for part in parts)
    return Estimate(count / of, *wilson_interval(count, of), of) if of else None


def counted(score: Score) -> Ratio:
    """A yes or no as one out of one; a ratio as it is. Raises `TypeError` for a number."""
    if isinstance(score, Ratio):
        return score
    if isinstance(score, bool):
        return Ratio(int(score), 1)
    raise TypeError(f"Expected a yes or no or a Ratio, got {score!r}.")


def mean_part(score: Score) -> float:
    """The number that a question adds to a mean. Raises `TypeError` for a ratio."""
    if isinstance(score, Ratio):
        raise TypeError(f"Expected a number, got {score!r}.")
    return float(score)


def is_bad(measure: Measure, score: Score) -> bool:
    """Whether a question is one to look at: the wrong one of yes and no, any fault of a ratio; never for a mean."""
    if measure.kind == "mean":
        return False
    part = counted(score)
    return part.count < part.of if measure.is_higher_better else part.count > 0


def score_to_json(score: Score) -> bool | float | Mapping[str, int]:
    """As JSON: true or false, a number, or {"count": …, "of": …}."""
    return asdict(score) if isinstance(score, Ratio) else score


def score_from_json(value: Any) -> Score:
    """The other way round. Raises `ValueError` for anything else."""
    if isinstance(value, bool | float | int):
        return value if isinstance(value, bool) else float(value)
    if isinstance(value, dict) and isinstance(value.get("count"), int) and isinstance(value.get("of"), int):
        return Ratio(value["count"], value["of"])
    raise ValueError(f"Expected true, false, a number or a count of a count, got {value!r}.")

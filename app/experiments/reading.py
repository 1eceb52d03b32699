"""What an experiment says at one look: the number that decides, the guards, and what is to be done."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from app.domain.intervals import Z_95
from app.experiments.balance import SUSPICIOUS, mismatch_p
from app.experiments.experiment import Arm, Experiment
from app.experiments.outcomes import Contrast, contrast
from app.experiments.planning import fixed_p
from app.experiments.ports import Measured, Outcomes
from app.experiments.verdict import Look, SequentialTest
from app.experiments.wording import is_broken, words_of

Verdict = Literal["too_early", "running", "better", "worse", "no_difference", "hopeless", "guard_broken", "mixed_up"]
DECIDED: frozenset[Verdict] = frozenset({"better", "worse", "no_difference"})
FORBIDDEN: frozenset[Verdict] = frozenset({"guard_broken", "mixed_up"})
"""End an experiment in any case."""
_FEWEST = 50
"""Units of an arm before the normal distribution is taken for that of its mean."""


def read_experiment(
    experiment: Experiment,
    measured: Measured,
    outcomes: Outcomes,
    *,
    looked: Sequence[float],
    least_p: Mapping[str, float],
    fraction: float,
    at: datetime,
) -> dict[str, Any]:
    """One look as JSON.

    Args:
        experiment: which.
        measured: what its arms came to.
        outcomes: knows the numbers.
        looked: fractions of earlier looks.
        least_p: by treatment arm, of the mixture test so far.
        fraction: of the planned units, now.
        at: when.
    """
    arms = experiment.draft.arms
    counts = [measured.units.get(arm.name, 0) for arm in arms]
    balance_p = mismatch_p(counts, [arm.weight for arm in arms])
    comparisons = [
        _comparison(experiment, arm, measured, outcomes, looked, least_p.get(arm.name, 1.0), fraction)
        for arm in arms[1:]
    ]
    verdict = _verdict(experiment, comparisons, balance_p, min(counts), fraction)
    body: dict[str, Any] = {
        "experiment_id": experiment.experiment_id,
        "at": at.isoformat(timespec="seconds"),
        "fraction": round(fraction, 6),
        "units": {arm.name: count for arm, count in zip(arms, counts, strict=True)},
        "planned_units": experiment.units,
        "balance_p": balance_p,
        "verdict": verdict,
        "comparisons": comparisons,
    }
    named = {experiment.draft.metric, *experiment.draft.guards}
    body["words"] = words_of(body, {name: outcomes.title(name) for name in named})
    return body


def _comparison(
    experiment: Experiment,
    arm: Arm,
    measured: Measured,
    outcomes: Outcomes,
    looked: Sequence[float],
    least_p: float,
    fraction: float,
) -> dict[str, Any]:
    draft = experiment.draft

    def shown(metric: str, role: str) -> dict[str, Any]:
        by_arm = measured.outcomes.get(metric, {})
        first, second = by_arm.get(experiment.control.name), by_arm.get(arm.name)
        found = None
        if first is not None and second is not None and min(first.units, second.units) >= _FEWEST:
            found = contrast(first, second, is_median=outcomes.is_median(metric))
        base = {"metric": metric, "role": role, "is_share": outcomes.is_share(metric)}
        if found is None:
            return {**base, "is_significant": False, "p": least_p if role == "decides" else 1.0}
        test = SequentialTest(experiment.plan, experiment.units, looked=looked, least_p=least_p)
        look = test.look(found, fraction=fraction)
        sign = 1 if outcomes.is_higher_better(metric) else -1
        return {**base, **_numbers(found, look), "is_better": sign * found.difference > 0}

    return {
        "arm": arm.name,
        "decides": shown(draft.metric, "decides"),
        "guards": [shown(metric, "guard") for metric in draft.guards if metric != draft.metric],
        "others": [shown(metric, "other") for metric in draft.others if metric != draft.metric],
    }


def _numbers(found: Contrast, look: Look) -> dict[str, Any]:
    error = math.sqrt(found.variance)
    once = (found.difference - Z_95 * error, found.difference + Z_95 * error)
    return {
        "control": found.control.value,
        "treatment": found.treatment.value,
        "difference": found.difference,
        "lift": found.difference / abs(found.control.value) if found.control.value else None,
        "low": _finite(look.low),
        "high": _finite(look.high),
        "z": round(found.z, 4),
        "bound": _finite(look.bound),
        "is_significant": look.is_significant,
        "p": look.p,
        "chance": look.chance,
        "is_hopeless": look.is_hopeless,
        "reduction": round(found.reduction, 4),
        "once": {"p": fixed_p(found.z), "low": once[0], "high": once[1]},
    }


def _finite(value: float) -> float | None:
    """JSON has no infinity: None is a bound that nothing reaches yet."""
    return value if math.isfinite(value) else None


def _verdict(
    experiment: Experiment, comparisons: Sequence[Mapping[str, Any]], balance_p: float, fewest: int, fraction: float
) -> Verdict:
    if balance_p < SUSPICIOUS:
        return "mixed_up"
    if fewest < _FEWEST:
        return "too_early"
    if any(is_broken(guard) for item in comparisons for guard in item["guards"]):
        return "guard_broken"
    decisive = [item["decides"] for item in comparisons]
    if any(item["is_significant"] and item["is_better"] for item in decisive):
        return "better"
    if all(item["is_significant"] for item in decisive):
        return "worse"
    if fraction >= 1 and experiment.plan.test != "mixture":
        return "no_difference"
    return "hopeless" if all(item.get("is_hopeless") for item in decisive) else "running"

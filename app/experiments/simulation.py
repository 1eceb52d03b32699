"""The engine tried out on made-up experiments whose truth is known: false alarms, and power as it was computed."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from app.domain.intervals import wilson_interval
from app.experiments.outcomes import Mean, contrast_of
from app.experiments.planning import Plan, Test
from app.experiments.verdict import SequentialTest

Kind = Literal["conversion", "order_value"]
KINDS: tuple[Kind, ...] = ("conversion", "order_value")
_BUYS = 0.1
_SPREAD = 0.9
"""Of the logarithm of an order's value: the mean lies 50 % above the median, as in shops."""
_TYPICAL = 120.0

Sums = tuple[float, float]
Draw = Callable[[np.random.Generator, int, float], Sums]
"""(random, units, lift) to the sum of values and the sum of their squares."""


@dataclass(frozen=True, slots=True)
class Simulated:
    """How many of so many experiments found something."""

    kind: Kind
    test: Test
    lift: float
    """The truth: relative, 0 for none."""
    experiments: int
    found: int
    """Those that called a winner or a loser at any look; with a lift, those that called the true winner."""
    wrong_way: int
    """With a lift, those that called the loser the winner."""
    units: int
    """In both arms together, at the planned end."""
    looks: int
    mean_fraction: float
    """Of the planned units that it took on average."""
    planned: float
    """The power, or the level, as computed in advance."""

    @property
    def share(self) -> float:
        """Of experiments that found something."""
        return self.found / self.experiments

    def to_dict(self) -> dict[str, Any]:
        """As JSON."""
        low, high = wilson_interval(self.found, self.experiments)
        return {
            "kind": self.kind,
            "test": self.test,
            "lift": self.lift,
            "experiments": self.experiments,
            "found": self.found,
            "share": round(self.share, 4),
            "low": round(low, 4),
            "high": round(high, 4),
            "planned": round(self.planned, 4),
            "wrong_way": self.wrong_way,
            "units": self.units,
            "looks": self.looks,
            "mean_fraction": round(self.mean_fraction, 4),
        }


def plan_of(kind: Kind, *, lift: float, test: Test = "group_sequential", looks: int = 20) -> Plan:
    """A plan for units of a kind: one in ten buys; what is spent is 0 or of a log-normal distribution."""
    if kind == "conversion":
        return Plan.of_share(_BUYS, lift, test=test, looks=looks)
    mean = _BUYS * _TYPICAL * math.exp(_SPREAD**2 / 2)
    square = _BUYS * _TYPICAL**2 * math.exp(2 * _SPREAD**2)
    deviation = math.sqrt(square - mean**2)
    return Plan(mean, deviation, mean * lift, test=test, looks=looks, treatment_deviation=deviation * (1 + lift))


def simulate(
    kind: Kind,
    *,
    experiments: int,
    lift: float,
    seed: int,
    plan_lift: float = 0.05,
    test: Test = "group_sequential",
    looks: int = 20,
    on_progress: Callable[[int, int], None] | None = None,
) -> Simulated:
    """Run experiments planned for `plan_lift` in a world where the lift is `lift`; the same seed, the same result."""
    if experiments < 1:
        raise ValueError(f"Expected experiments >= 1, got {experiments}.")
    plan = plan_of(kind, lift=plan_lift, test=test, looks=looks)
    units, draw = plan.units(), _DRAWS[kind]
    per_look = [math.ceil(units * part / 2) for part in plan.fractions()]
    random = np.random.default_rng([seed, KINDS.index(kind), round(1000 * lift)])
    found = wrong = 0
    taken = 0.0
    for number in range(experiments):
        verdict, fraction = _one(plan, units, per_look, draw, random, lift)
        taken += fraction
        found += verdict != 0 if lift == 0 else verdict == (1 if lift > 0 else -1)
        wrong += lift != 0 and verdict == (-1 if lift > 0 else 1)
        if on_progress is not None and (number + 1) % 50 == 0:
            on_progress(number + 1, experiments)
    planned = plan.level if lift == 0 else plan.power_of(units, abs(lift) * plan.baseline)
    return Simulated(kind, test, lift, experiments, found, wrong, units, looks, taken / experiments, planned)


def _one(
    plan: Plan, units: int, per_look: list[int], draw: Draw, random: np.random.Generator, lift: float
) -> tuple[int, float]:
    """1 when the treatment is called better, -1 when worse, 0 when nothing; and when, as part of the plan."""
    test = SequentialTest(plan, units)
    seen, sums = 0, np.zeros((2, 2))
    for reached in per_look:
        sums[0] += draw(random, reached - seen, 0.0)
        sums[1] += draw(random, reached - seen, lift)
        seen = reached
        arms = [Mean.of_sums(seen, total, squares) for total, squares in sums.tolist()]
        if arms[0] is None or arms[1] is None:
            continue
        decision = test.look(contrast_of(arms[0], arms[1]), fraction=2 * seen / units)
        if decision.is_significant:
            return (1 if decision.contrast.difference > 0 else -1), decision.fraction
    return 0, 1.0


def _conversions(random: np.random.Generator, units: int, lift: float) -> Sums:
    bought = float(random.binomial(units, _BUYS * (1 + lift)))
    return bought, bought


def _order_values(random: np.random.Generator, units: int, lift: float) -> Sums:
    values = _TYPICAL * (1 + lift) * random.lognormal(0.0, _SPREAD, random.binomial(units, _BUYS))
    return float(values.sum()), float(values @ values)


_DRAWS: dict[Kind, Draw] = {"conversion": _conversions, "order_value": _order_values}

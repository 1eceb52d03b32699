"""Before it begins: how many units an experiment needs, and how likely it then finds an effect of a size."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Literal

from app.experiments.boundaries import boundaries, crossing
from app.experiments.errors import ExperimentInvalid
from app.experiments.mixture import mixture_bound

Test = Literal["group_sequential", "mixture", "fixed"]
"""group_sequential: planned length, looks at any time; mixture: no planned end; fixed: one look at the end."""

SPENT = 0.7
"""Share of the level that tests may use up.

The rest is kept back for chance and for what the normal distribution misses where values are skewed and arms small: of
a thousand tests without an effect at most one in twenty is to call something, not one in twenty on average.
"""
_MOST_UNITS = 10**9


@dataclass(frozen=True, slots=True)
class Plan:
    """What is looked for, how, and over how many units."""

    baseline: float
    """Value of the metric without any change."""
    deviation: float
    """Standard deviation of one unit's part."""
    effect: float
    """Least difference that matters, absolute, in the unit of the metric, above 0."""
    test: Test = "group_sequential"
    alpha: float = 0.05
    power: float = 0.8
    looks: int = 20
    """How often somebody is expected to look; the test holds for any number, the power is for these, evenly spread."""
    shares: tuple[float, float] = (0.5, 0.5)
    """Of control and treatment."""
    treatment_deviation: float | None = None
    """Under the effect; None takes `deviation`."""

    def __post_init__(self) -> None:
        if not (self.deviation > 0 and math.isfinite(self.deviation)):
            raise ExperimentInvalid(f"The standard deviation must be above 0, got {self.deviation:g}.")
        if not (self.effect > 0 and math.isfinite(self.effect)):
            raise ExperimentInvalid(f"The effect to look for must be above 0, got {self.effect:g}.")
        if not 0 < self.alpha <= 0.2 or not 0.5 <= self.power <= 0.99:
            raise ExperimentInvalid(
                f"Expected a level in (0, 0.2] and a power in [0.5, 0.99], got {self.alpha} and {self.power}."
            )
        if not 1 <= self.looks <= 60 or min(self.shares) <= 0:
            raise ExperimentInvalid(f"Expected 1 to 60 looks and shares above 0, got {self.looks} and {self.shares}.")

    @classmethod
    def of_share(cls, baseline: float, lift: float, **options: Any) -> Plan:
        """For a share such as a conversion: `lift` is relative, 0.05 is 5 % more."""
        if not 0 < baseline < 1 or not 0 < baseline * (1 + lift) < 1 or lift == 0:
            raise ExperimentInvalid(f"A share of {baseline:g} cannot change by {lift:+.1%} within 0 and 1.")
        changed = baseline * (1 + lift)
        return cls(
            baseline,
            math.sqrt(baseline * (1 - baseline)),
            abs(baseline * lift),
            treatment_deviation=math.sqrt(changed * (1 - changed)),
            **options,
        )

    @property
    def level(self) -> float:
        """What the test uses up of `alpha`."""
        return SPENT * self.alpha

    def variance(self, units: float) -> float:
        """Of the difference over so many units in both arms together."""
        whole = sum(self.shares)
        after = self.deviation if self.treatment_deviation is None else self.treatment_deviation
        return (self.deviation**2 * whole / self.shares[0] + after**2 * whole / self.shares[1]) / units

    def fractions(self) -> list[float]:
        """Of the planned units at each planned look."""
        return [1.0] if self.test == "fixed" else [number / self.looks for number in range(1, self.looks + 1)]

    def bounds(self, units: float) -> list[float]:
        """Least |Z| at each planned look."""
        if self.test == "mixture":
            return [mixture_bound(self.variance(units * part), self.effect, self.level) for part in self.fractions()]
        return list(_planned(tuple(self.fractions()), self.level))

    def power_of(self, units: float, effect: float | None = None) -> float:
        """How likely an effect (by default the one looked for) is found, in its direction, by the end."""
        drift = (self.effect if effect is None else effect) / math.sqrt(self.variance(units))
        return float(sum(above for above, _ in crossing(self.fractions(), self.bounds(units), drift)))

    def units(self) -> int:
        """The fewest units in both arms together that give the power. Raises `ExperimentInvalid` beyond 10^9."""
        from scipy.special import ndtri

        fixed = self.variance(1) * ((ndtri(1 - self.level / 2) + ndtri(self.power)) / self.effect) ** 2
        if fixed > _MOST_UNITS:
            raise ExperimentInvalid(
                f"It would take {fixed:.2g} units to see a difference of {self.effect:g}. Look for a larger one."
            )
        low, high = 0.5 * fixed, 4.0 * fixed
        while high - low > max(0.5, 1e-4 * high):
            middle = (low + high) / 2
            low, high = (low, middle) if self.power_of(middle) >= self.power else (middle, high)
        whole: int = math.ceil(high)
        return whole

    def curve(self, units: float, *, points: int = 9) -> list[tuple[float, float]]:
        """Pairs of effect and power, from none to twice the one looked for."""
        effects = [2 * self.effect * number / (points - 1) for number in range(points)]
        return [(effect, self.power_of(units, effect)) for effect in effects]

    def duration_days(self, units: float, *, a_day: float) -> int:
        """Whole weeks that so many units take, in days, since weekdays and weekends differ."""
        if a_day <= 0:
            raise ExperimentInvalid("Nobody came in the time before, so how long it takes cannot be told.")
        return max(7, 7 * math.ceil(units / a_day / 7))


@lru_cache(maxsize=64)
def _planned(fractions: tuple[float, ...], level: float) -> tuple[float, ...]:
    return tuple(boundaries(fractions, level))


def detectable(plan: Plan, units: float) -> float:
    """The least effect that so many units show with the plan's power."""
    low, high = 0.0, plan.effect
    while plan.power_of(units, high) < plan.power and high < 1e6 * plan.effect:
        high *= 2
    while high - low > 1e-4 * high:
        middle = (low + high) / 2
        low, high = (low, middle) if plan.power_of(units, middle) >= plan.power else (middle, high)
    return high


def fixed_p(z: float) -> float:
    """Two-sided p of one look at the end."""
    from scipy.special import ndtr

    return float(2 * ndtr(-abs(z)))


def to_dict(plan: Plan, units: int, *, seen: Sequence[tuple[float, float]] = ()) -> dict[str, Any]:
    """A plan as JSON, with its units and its power."""
    return {
        "test": plan.test,
        "alpha": plan.alpha,
        "power": round(plan.power_of(units), 4),
        "baseline": plan.baseline,
        "deviation": plan.deviation,
        "effect": plan.effect,
        "lift": plan.effect / abs(plan.baseline) if plan.baseline else None,
        "looks": plan.looks,
        "units": units,
        "curve": [{"effect": effect, "power": round(power, 4)} for effect, power in seen],
    }

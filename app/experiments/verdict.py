"""A test that goes on: what each look at the arms says, given the looks before it."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from app.experiments.boundaries import boundaries, crossing
from app.experiments.mixture import mixture_half_width, mixture_p
from app.experiments.outcomes import Contrast
from app.experiments.planning import Plan, fixed_p

HOPELESS = 0.1
"""With less chance than this of a result by the planned end, if the effect is the one looked for, going on is idle."""


@dataclass(frozen=True, slots=True)
class Look:
    """What one look says."""

    contrast: Contrast
    fraction: float
    """Of the planned units."""
    bound: float
    """Least |Z| that counts now; inf where it is too early for any."""
    low: float
    """Of the interval of the difference that holds at every look together."""
    high: float
    is_significant: bool
    p: float
    """Of the mixture test: valid at any look. Of the others: of this look alone, as if there were no others."""
    chance: float | None
    """Of a result by the planned end if the effect is the one that was looked for; None where that is no question."""

    @property
    def is_hopeless(self) -> bool:
        """Whether going on is idle."""
        return self.chance is not None and self.chance < HOPELESS


class SequentialTest:
    """Looks one after the other at one difference."""

    def __init__(self, plan: Plan, units: int, *, looked: Sequence[float] = (), least_p: float = 1.0) -> None:
        """Before the next look.

        Args:
            plan: of the experiment.
            units: planned, both arms together.
            looked: fractions of earlier looks, growing.
            least_p: of the mixture test so far.
        """
        if units < 1:
            raise ValueError(f"Expected units >= 1, got {units}.")
        self._plan, self._units = plan, units
        self._looked, self._least_p = list(looked), least_p

    def look(self, contrast: Contrast, *, fraction: float) -> Look:
        """What the arms say now; `fraction` is behind those of earlier looks, and more than the plan counts as all.

        The mixture test has no end: its fractions may go beyond 1.
        """
        fraction = fraction if self._plan.test == "mixture" else min(1.0, fraction)
        if self._looked and fraction <= self._looked[-1]:
            raise ValueError(f"Expected a fraction above {self._looked[-1]}, got {fraction}.")
        found = self._by_test(contrast, fraction)
        self._looked.append(fraction)
        self._least_p = min(self._least_p, found.p)
        return found

    def _by_test(self, contrast: Contrast, fraction: float) -> Look:
        plan = self._plan
        error = math.sqrt(contrast.variance)
        if contrast.variance <= 0:
            return Look(contrast, fraction, math.inf, -math.inf, math.inf, False, 1.0, None)
        if plan.test == "mixture":
            p = min(self._least_p, mixture_p(contrast.difference, contrast.variance, plan.effect))
            half = mixture_half_width(contrast.variance, plan.effect, plan.level)
            is_significant = abs(contrast.difference) > half
            return _look(contrast, fraction, half / error, p=p, is_significant=is_significant, chance=None)
        bound = self._bound(fraction)
        chance = None if fraction >= 1 or plan.test == "fixed" else self._chance(contrast, fraction)
        is_significant = abs(contrast.z) >= bound
        return _look(contrast, fraction, bound, p=fixed_p(contrast.z), is_significant=is_significant, chance=chance)

    def _bound(self, fraction: float) -> float:
        from scipy.special import ndtri

        if self._plan.test == "fixed":
            return float(ndtri(1 - self._plan.level / 2)) if fraction >= 1 else math.inf
        rounded = tuple(round(part, 6) for part in (*self._looked, fraction))
        return _bounds_of(rounded, self._plan.level)

    def _chance(self, contrast: Contrast, fraction: float) -> float:
        """Conditional power under the effect looked for, in the direction that shows, by one more look at the end."""
        from scipy.special import ndtri

        drift = self._plan.effect / math.sqrt(self._plan.variance(self._units))
        score = abs(contrast.z) * math.sqrt(fraction)
        left = 1 - fraction
        bound = float(ndtri(1 - self._plan.level / 2))
        return crossing([left], [(bound - score) / math.sqrt(left)], drift)[0][0] if score < bound else 1.0


def _look(
    contrast: Contrast, fraction: float, bound: float, *, p: float, is_significant: bool, chance: float | None
) -> Look:
    half = bound * math.sqrt(contrast.variance)
    low, high = contrast.difference - half, contrast.difference + half
    return Look(contrast, fraction, bound, low, high, is_significant, p, chance)


@lru_cache(maxsize=4096)
def _bounds_of(fractions: tuple[float, ...], level: float) -> float:
    return boundaries(fractions, level)[-1]

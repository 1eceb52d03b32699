"""Group sequential tests: how far the arms must be apart at each look, and how likely they get there.

The statistic of a look with information fraction t behaves like W(t) + drift * t, W a Brownian motion, so that
Z = score / sqrt(t). What of the level is spent up to t is fixed in advance by a function of t alone, so that looks may
come whenever somebody looks, as long as the data do not decide when.
Source: Lan and DeMets, Biometrika 70 (1983), 659-663; Jennison and Turnbull, Group Sequential Methods, 2000,
chapters 7 and 19 (numerical integration); Armitage, McPherson and Rowe, JRSS A 132 (1969), 235-244.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_POINTS = 401
"""Of the grid of scores at a look; boundaries are right to four digits."""
_FARTHEST = 8.0
"""Beyond so many standard deviations nothing is looked for."""


def obrien_fleming_spent(fraction: float, alpha: float) -> float:
    """How much of a two-sided level is spent up to an information fraction: next to nothing early, all at 1.

    Source: Lan and DeMets 1983, the spending function that resembles O'Brien and Fleming's boundary.
    """
    from scipy.special import ndtr, ndtri

    if not 0 < alpha < 1:
        raise ValueError(f"Expected 0 < alpha < 1, got {alpha}.")
    if fraction <= 0:
        return 0.0
    return float(min(alpha, 4 * (1 - ndtr(ndtri(1 - alpha / 4) / math.sqrt(min(1.0, fraction))))))


def boundaries(fractions: Sequence[float], alpha: float) -> list[float]:
    """Least |Z| that counts at each look, for looks at these information fractions, growing, the last at most 1.

    Two-sided and symmetric; inf where a look comes so early that nothing may be spent.
    """
    _check(fractions)
    found: list[float] = []
    inside: _Inside | None = None
    before = 0.0
    for fraction in fractions:
        spent = obrien_fleming_spent(fraction, alpha)
        bound = _bound(inside, fraction, (spent - before) / 2)
        found.append(bound)
        inside = _step(inside, fraction, bound, drift=0.0)
        before = spent
    return found


def crossing(fractions: Sequence[float], bounds: Sequence[float], drift: float) -> list[tuple[float, float]]:
    """How likely each look is the first beyond its bound: (above, below); `drift` is the mean of Z at fraction 1."""
    _check(fractions)
    found = []
    inside: _Inside | None = None
    for fraction, bound in zip(fractions, bounds, strict=True):
        edge = min(bound, _FARTHEST) * math.sqrt(fraction)
        found.append(_beyond(inside, fraction, edge, drift))
        inside = _step(inside, fraction, bound, drift=drift)
    return found


@dataclass(frozen=True, slots=True)
class _Inside:
    """The density of the score at a look, of those that went on."""

    fraction: float
    scores: Floats
    density: Floats
    """Times the weight of each score in the sum that stands for the integral."""


def _bound(inside: _Inside | None, fraction: float, tail: float) -> float:
    """The bound that so much of each tail lies beyond."""
    from scipy.optimize import brentq
    from scipy.special import ndtri

    if tail <= 1e-14:
        return math.inf
    if inside is None:
        return float(-ndtri(tail))

    def excess(bound: float) -> float:
        return _beyond(inside, fraction, bound * math.sqrt(fraction), 0.0)[0] - tail

    return float(brentq(excess, 0.0, _FARTHEST, xtol=1e-8)) if excess(_FARTHEST) < 0 else _FARTHEST


def _beyond(inside: _Inside | None, fraction: float, edge: float, drift: float) -> tuple[float, float]:
    from scipy.special import ndtr

    if inside is None:
        spread = math.sqrt(fraction)
        mean = drift * fraction
        return float(ndtr((mean - edge) / spread)), float(ndtr((-edge - mean) / spread))
    gained = fraction - inside.fraction
    spread, means = math.sqrt(gained), inside.scores + drift * gained
    above = float(inside.density @ ndtr((means - edge) / spread))
    below = float(inside.density @ ndtr((-edge - means) / spread))
    return above, below


def _step(inside: _Inside | None, fraction: float, bound: float, *, drift: float) -> _Inside:
    """The scores of those within the bound, by Simpson's rule."""
    middle, spread = drift * fraction, math.sqrt(fraction)
    edge = min(bound, _FARTHEST) * spread
    low, high = max(-edge, middle - _FARTHEST * spread), min(edge, middle + _FARTHEST * spread)
    if low >= high:  # everybody is beyond
        return _Inside(fraction, np.zeros(1), np.zeros(1))
    scores = np.linspace(low, high, _POINTS)
    weights = np.ones(_POINTS)
    weights[1:-1:2], weights[2:-1:2] = 4.0, 2.0
    weights *= (scores[1] - scores[0]) / 3
    if inside is None:
        density = _normal((scores - middle) / spread) / spread
    else:
        gained = fraction - inside.fraction
        step = math.sqrt(gained)
        shifted = (scores[:, None] - (inside.scores + drift * gained)[None, :]) / step
        density = (_normal(shifted) / step) @ inside.density
    return _Inside(fraction, scores, density * weights)


def _normal(values: Floats) -> Floats:
    found: Floats = np.exp(-0.5 * values**2) / math.sqrt(2 * math.pi)
    return found


def _check(fractions: Sequence[float]) -> None:
    is_growing = all(first < second for first, second in itertools.pairwise(fractions))
    if not fractions or fractions[0] <= 0 or fractions[-1] > 1 + 1e-9 or not is_growing:
        raise ValueError(f"Expected growing information fractions in (0, 1], got {list(fractions)}.")

"""95 % confidence intervals."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

Z_95 = 1.959963984540054
"""Standard errors to either side that hold 95 % of a normal distribution."""
_RESAMPLES = 2000
_BLOCK = 1_000_000
"""Values drawn at once."""


def wilson_interval(successes: int, trials: int) -> tuple[float, float]:
    """Of a share; it stays within [0, 1] and has a width at 0 % and 100 % too.

    Source: Wilson, JASA 22 (1927), 209-212. Raises `ValueError` without trials.
    """
    if trials < 1 or not 0 <= successes <= trials:
        raise ValueError(f"Expected 0 <= successes <= trials and trials >= 1, got {successes} of {trials}.")
    share, square = successes / trials, Z_95**2
    centre = share + square / (2 * trials)
    spread = Z_95 * math.sqrt(share * (1 - share) / trials + square / (4 * trials**2))
    scale = 1 + square / trials
    low = 0.0 if successes == 0 else (centre - spread) / scale
    high = 1.0 if successes == trials else (centre + spread) / scale
    return low, high


def bootstrap_interval(values: Sequence[float], *, seed: int) -> tuple[float, float]:
    """Of a mean: the middle 95 % of the means of 2,000 samples drawn with replacement.

    Source: Efron and Tibshirani, An Introduction to the Bootstrap, 1993, section 13.3 (percentile interval).
    The same values and seed give the same interval. Raises `ValueError` without values.
    """
    if not values:
        raise ValueError("Expected at least one value.")
    data = np.asarray(values, dtype=np.float64)
    draw = np.random.default_rng(seed)
    rows = max(1, _BLOCK // len(data))
    means: list[float] = []
    while len(means) < _RESAMPLES:
        picked = draw.integers(0, len(data), size=(min(rows, _RESAMPLES - len(means)), len(data)))
        means.extend(data[picked].mean(axis=1).tolist())
    low, high = np.quantile(means, [0.025, 0.975])
    return float(low), float(high)


def median_interval(values: Sequence[float]) -> tuple[float, float]:
    """Of a median, between two of the values themselves, whatever their distribution; all of them where there are few.

    Source: Conover, Practical Nonparametric Statistics, 3rd ed. 1999, section 3.2 (ranks n/2 -+ 1.96 sqrt(n)/2).
    Raises `ValueError` without values.
    """
    if not values:
        raise ValueError("Expected at least one value.")
    ordered, spread = sorted(values), Z_95 * math.sqrt(len(values)) / 2
    low = max(0, math.floor(len(ordered) / 2 - spread))
    high = min(len(ordered) - 1, math.ceil(len(ordered) / 2 + spread))
    return ordered[low], ordered[high]

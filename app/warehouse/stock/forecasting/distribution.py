"""What demand over some days may be: a negative binomial around the forecast, set right by how past forecasts did.

Demand is counted, so its distribution is one of whole numbers. Its spread beyond chance is learned from what was
forecast at earlier origins. Then each wanted level (such as .95) is replaced by the level that would have covered that
share of the past (split conformal prediction with the distribution function as the score), which holds whatever the
true distribution is, as long as the days to come are like those seen.

Source: Chernozhukov, Wüthrich and Zhu, Distributional conformal prediction, PNAS 118 (2021).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_LEAST = 1e-9
_BANDS = (0.02, 0.1, 0.5, 2.0, 10.0)
"""Bounds of means over the days in question: forecasts of like size are set right together."""
_FEWEST = 60
"""Past forecasts of a band; with fewer those of all bands are taken."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How far demand over so many days lies from its forecast."""

    days: int
    excess: tuple[float, ...]
    """By band: the variance is mean + excess · mean²."""
    above: tuple[Array, ...]
    """By band, sorted: the level above which the forecast's quantile covers what came, one a past forecast."""
    below: tuple[Array, ...]
    """By band, sorted: the level up to which the quantile lies at or under what came."""

    def quantile(self, mean: Array, level: float, *, is_lower: bool = False) -> Array:
        """Units that demand stays at or under with chance `level`; with `is_lower`, at or above with chance 1 - level.

        Float64 of the shape of `mean`, whole numbers.
        """
        result = np.zeros(mean.shape)
        bands = band_of(mean)
        for band in np.unique(bands):
            chosen = bands == band
            scores = self.below[band] if is_lower else self.above[band]
            result[chosen] = self._plain(mean[chosen], self.excess[band], _set_right(scores, level, is_lower=is_lower))
        return result

    def _plain(self, mean: Array, excess: float, level: float) -> Array:
        law = negative_binomial(mean, excess)
        return np.asarray(law.ppf(min(max(level, 0.0), 1 - 1e-9)), dtype=np.float64).clip(0)


def negative_binomial(mean: Array, excess: float) -> Any:
    """A frozen law of scipy with variance mean + excess · mean²."""
    from scipy.stats import nbinom  # type: ignore[attr-defined]

    size = 1 / max(excess, 1e-6)
    mean = np.maximum(mean, _LEAST)
    return nbinom(size, size / (size + mean))


def band_of(mean: Array) -> NDArray[np.int64]:
    """Which band means belong to."""
    return np.digitize(mean, _BANDS)


def learn_spread(means: Array, came: Array, days: int) -> Spread:
    """From past forecasts over so many days and what came; both float64, (n,)."""
    bands = band_of(means)
    excess, above, below = [], [], []
    for band in range(len(_BANDS) + 1):
        chosen = bands == band
        if chosen.sum() < _FEWEST:
            chosen = np.abs(bands - band) <= 1
        if chosen.sum() < _FEWEST:
            chosen = np.ones(len(means), dtype=bool)
        mean, real = means[chosen], came[chosen]
        beyond = float((np.square(real - mean) - mean).sum() / max(np.square(mean).sum(), _LEAST)) if len(mean) else 0.5
        excess.append(min(max(beyond, 0.01), 20.0))
        law = negative_binomial(mean, excess[-1])
        above.append(np.sort(law.cdf(real - 1)) if len(mean) else np.zeros(0))
        below.append(np.sort(law.cdf(real)) if len(mean) else np.zeros(0))
    return Spread(days, tuple(excess), tuple(above), tuple(below))


def _set_right(scores: Array, level: float, *, is_lower: bool) -> float:
    """The level to ask the distribution for, so that the wanted share of the past would have been covered."""
    count = len(scores)
    if is_lower:
        rank = int(np.floor((count + 1) * level))
        # Where demand is mostly none, the past would allow a higher level, which lies above some SKUs' medians.
        return min(float(scores[rank - 1]), level) if rank >= 1 else 0.0
    rank = int(np.ceil((count + 1) * level))
    if rank > count:  # too few past forecasts to promise it: the distribution's own level
        return max(level, float(scores[-1]) + _LEAST if count else 0.0)
    return float(scores[rank - 1]) + _LEAST

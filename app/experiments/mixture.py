"""The mixture sequential probability ratio test: valid at any look, however many there are and however long it runs.

The likelihood ratio of a normal mixture of effects around 0 (of standard deviation `spread`) against no effect is a
martingale without an effect; by Ville's inequality it ever reaches 1/alpha with probability alpha at most.
Source: Robbins, Ann. Math. Statist. 41 (1970), 1397-1409; Johari, Koomen, Pekelis and Walsh, Operations Research 70
(2022), 1806-1821, sections 4 and 5.
"""

from __future__ import annotations

import math


def mixture_p(difference: float, variance: float, spread: float) -> float:
    """One over the likelihood ratio, at most 1; the least over the looks so far is a p-value that is always valid."""
    _check(variance, spread)
    total = variance + spread**2
    log_ratio = 0.5 * math.log(variance / total) + spread**2 * difference**2 / (2 * variance * total)
    return min(1.0, math.exp(-min(700.0, log_ratio)))


def mixture_bound(variance: float, spread: float, alpha: float) -> float:
    """The least |Z| = |difference| / sqrt(variance) at which the ratio reaches 1/alpha."""
    _check(variance, spread)
    total = variance + spread**2
    return math.sqrt(total / spread**2 * (2 * math.log(1 / alpha) + math.log(total / variance)))


def mixture_half_width(variance: float, spread: float, alpha: float) -> float:
    """Half the width of the confidence sequence: all of its intervals together hold the effect with 1 - alpha."""
    return mixture_bound(variance, spread, alpha) * math.sqrt(variance)


def _check(variance: float, spread: float) -> None:
    if variance <= 0 or spread <= 0:
        raise ValueError(f"Expected a variance and a spread above 0, got {variance} and {spread}.")

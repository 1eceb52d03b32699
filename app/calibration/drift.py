"""Are the questions of these days like those that were calibrated on?"""

from __future__ import annotations

import math
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence

_BINS = 10
_NORMAL_99 = 2.3263478740408408


def stability_index(expected: Sequence[float], live: Sequence[float], *, bins: int = _BINS) -> tuple[float, int]:
    """Population stability index of two samples, and over how many bins it is.

    The bins hold equal shares of `expected` (fewer where values are tied). PSI = sum of (a - e) ln(a / e) over the
    shares e and a of the bins, half a question added to each bin so that none is empty. Source: Siddiqi, Credit Risk
    Scorecards, 2006, chapter 9. Raises `ValueError` for an empty sample.
    """
    if not expected or not live:
        raise ValueError("Expected two samples that are not empty.")
    ordered = sorted(expected)
    cuts = sorted({ordered[len(ordered) * at // bins] for at in range(1, bins)} - {ordered[0]})
    count = len(cuts) + 1
    shares = []
    for sample in (expected, live):
        found = Counter(bisect_right(cuts, value) for value in sample)
        shares.append([(found[at] + 0.5) / (len(sample) + 0.5 * count) for at in range(count)])
    return sum((a - e) * math.log(a / e) for e, a in zip(*shares, strict=True)), count


def stability_limit(bins: int, expected: int, live: int) -> float:
    """The index that two samples of one population exceed once in a hundred times.

    Without drift PSI is near (1 / N + 1 / M) times chi-square with bins - 1 degrees of freedom. Sources: Yurdakul and
    Naranjo, Journal of Risk Model Validation 14 (2020); for the quantile Wilson and Hilferty, PNAS 17 (1931).
    """
    freedom = max(1, bins - 1)
    spread = 2 / (9 * freedom)
    quantile = freedom * (1 - spread + _NORMAL_99 * math.sqrt(spread)) ** 3
    return (1 / expected + 1 / live) * quantile


def shares_differ(one: int, of_one: int, other: int, of_other: int) -> bool:
    """Whether two shares differ by more than chance explains (z test of two proportions, 1 %)."""
    pooled = (one + other) / (of_one + of_other)
    error = math.sqrt(pooled * (1 - pooled) * (1 / of_one + 1 / of_other))
    return error > 0 and abs(one / of_one - other / of_other) / error > 2.5758293035489004

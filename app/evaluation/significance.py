"""Is the difference between two runs over the same questions more than chance?"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

_DRAWS = 10_000
_EXACT_UP_TO = 13
"""Pairs that differ: up to here all 2^n swaps are looked at, beyond 10,000 drawn ones."""
_BLOCK = 1_000_000
_TOLERANCE = 1e-12


def mcnemar_exact(won: int, lost: int) -> float:
    """Two-sided p of a yes/no figure, from the questions that one run alone has right and the other alone.

    Under chance each of these is won or lost like a coin: twice the smaller tail of the binomial of 1/2, at most 1.
    Source: McNemar, Psychometrika 12 (1947), 153-157, in its exact form.
    """
    if won < 0 or lost < 0:
        raise ValueError(f"Expected counts, got {won} and {lost}.")
    total = won + lost
    tail = sum(math.comb(total, count) for count in range(min(won, lost) + 1))
    return min(1.0, 2 * tail / (1 << total))


def swap_test(pairs: Sequence[tuple[tuple[float, float], tuple[float, float]]], *, seed: int) -> float:
    """Two-sided p of a mean or a pooled ratio, by swapping the two runs at random question by question.

    Args:
        pairs: a question each: (numerator, denominator) in the first run and in the second. With a denominator of 1
            everywhere the figure is a mean, and this is the sign-flip test of the paired differences.
        seed: of the swaps that are drawn when there are too many to look at all.

    1.0 when no question differs. Drawn swaps count the observed one too, so that p is never 0.
    Source: Edgington and Onghena, Randomization Tests, 4th ed. 2007, chapter 6 (paired comparisons).
    """
    differing = [pair for pair in pairs if pair[0] != pair[1]]
    if not differing:
        return 1.0
    same = np.asarray([pair[0] for pair in pairs if pair[0] == pair[1]], dtype=np.float64).reshape(-1, 2).sum(axis=0)
    values = np.asarray(differing, dtype=np.float64)  # (n, runs, numerator and denominator)
    observed = abs(_differences(values, np.zeros((1, len(values)), dtype=bool), same)[0])
    if len(values) <= _EXACT_UP_TO:
        swaps = np.asarray(list(itertools.product((False, True), repeat=len(values))))
        reached = np.abs(_differences(values, swaps, same)) >= observed - _TOLERANCE
        return float(reached.mean())
    draw = np.random.default_rng(seed)
    rows = max(1, _BLOCK // len(values))
    reached_count = done = 0
    while done < _DRAWS:
        count = min(rows, _DRAWS - done)
        swaps = draw.integers(0, 2, size=(count, len(values))).astype(bool)
        reached_count += int((np.abs(_differences(values, swaps, same)) >= observed - _TOLERANCE).sum())
        done += count
    return (1 + reached_count) / (1 + _DRAWS)


def _differences(
    values: NDArray[np.float64], swaps: NDArray[np.bool_], same: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Second figure minus first for each row of swaps, (rows,)."""
    first, second = values[:, 0], values[:, 1]
    change = swaps.astype(np.float64) @ (second - first)  # what a swap carries from the second run to the first
    return _ratio(second.sum(axis=0) + same - change) - _ratio(first.sum(axis=0) + same + change)


def _ratio(sums: NDArray[np.float64]) -> NDArray[np.float64]:
    """Numerator by denominator, (rows,); 0 over nothing."""
    below = sums[:, 1]
    return np.divide(sums[:, 0], below, out=np.zeros_like(below), where=below > 0)

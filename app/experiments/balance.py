"""Did the units fall to the arms as they should? Where they did not, nothing that the arms show can be trusted."""

from __future__ import annotations

from collections.abc import Sequence

SUSPICIOUS = 0.001
"""Below this p the arms are taken for mixed up: looked at every day, chance alone seldom gets there.

Source: Fabijan et al., KDD 2019, Diagnosing Sample Ratio Mismatch in Online Controlled Experiments.
"""


def mismatch_p(counts: Sequence[int], shares: Sequence[float]) -> float:
    """p of Pearson's chi-square that counts are drawn by these shares; 1.0 without any."""
    from scipy.special import chdtrc

    if len(counts) != len(shares) or len(counts) < 2 or min(shares) <= 0 or min(counts) < 0:
        raise ValueError(f"Expected as many counts as shares above 0, two or more, got {counts} and {shares}.")
    total, whole = sum(counts), sum(shares)
    if not total:
        return 1.0
    expected = [total * share / whole for share in shares]
    statistic = sum((count - mean) ** 2 / mean for count, mean in zip(counts, expected, strict=True))
    return float(chdtrc(len(counts) - 1, statistic))

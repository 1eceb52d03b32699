"""Which of many tests found something, when looking at many finds something by chance."""

from __future__ import annotations

from collections.abc import Sequence


def discovery_limit(chances: Sequence[float], *, share: float, tests: int | None = None) -> float:
    """Up to which p a test counts as a find, so that at most this share of the finds is chance; -1.0 where none does.

    Args:
        chances: the p of each test.
        share: in (0, 1).
        tests: how many there were, where those that could not find anything are not among `chances`.

    Source: Benjamini and Hochberg, Controlling the false discovery rate, JRSS B 57 (1995), 289-300.
    """
    count = max(1, len(chances) if tests is None else tests)
    passed = [chance for rank, chance in enumerate(sorted(chances), start=1) if chance <= share * rank / count]
    return max(passed, default=-1.0)

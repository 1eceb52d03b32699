"""Test questions among training data: the same, or nearly the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.text.normalize import collapse_spaces, fold

_NEAR = 90.0
"""Of 100, by edit distance: from here on two questions are one in slightly other words."""
_SHORTEST = 6
"""Characters of a question that counts: everybody says thanks in the same words."""
_AT_ONCE = 512


@dataclass(frozen=True, slots=True)
class Leak:
    """A test question that training saw."""

    case: int
    """Its number among the cases."""
    text: str
    seen: str
    """What is in the training data."""


def find_leaks(training: Sequence[str], cases: Sequence[str]) -> list[Leak]:
    """The cases that are in the training data, folded and with spaces collapsed, or nearly so; in their order."""
    from rapidfuzz import fuzz
    from rapidfuzz.process import cdist

    known = sorted({key for text in training if len(key := _key(text)) >= _SHORTEST})
    asked = [(at, key) for at, text in enumerate(cases) if len(key := _key(text)) >= _SHORTEST]
    if not known or not asked:
        return []
    found = []
    for start in range(0, len(asked), _AT_ONCE):
        part = asked[start : start + _AT_ONCE]
        scores = cdist([key for _, key in part], known, scorer=fuzz.ratio, score_cutoff=_NEAR, dtype=np.uint8)
        best = scores.argmax(axis=1)
        for row, (at, _) in enumerate(part):
            if scores[row, best[row]] >= _NEAR:
                found.append(Leak(at, cases[at], known[int(best[row])]))
    return found


def _key(text: str) -> str:
    return collapse_spaces(fold(text)).strip()

"""From a logit to a probability, and back."""

from __future__ import annotations

import math

_FARTHEST = 30.0


def logistic(logit: float) -> float:
    """In (0, 1), 0.5 at 0; a logit beyond 30 either way counts as 30."""
    return 1 / (1 + math.exp(-max(-_FARTHEST, min(_FARTHEST, logit))))


def logit_of(probability: float) -> float:
    """Log-odds; 0 and 1 count as 30 either way."""
    if not 0 < probability < 1:
        return _FARTHEST if probability >= 1 else -_FARTHEST
    return math.log(probability / (1 - probability))

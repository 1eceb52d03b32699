"""From a logit to a probability."""

from __future__ import annotations

import math

_FARTHEST = 30.0


def logistic(logit: float) -> float:
    """In (0, 1), 0.5 at 0; a logit beyond 30 either way counts as 30."""
    return 1 / (1 + math.exp(-max(-_FARTHEST, min(_FARTHEST, logit))))

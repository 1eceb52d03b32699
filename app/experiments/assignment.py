"""Which arm a unit falls to: decided by hashes alone, so that it is the same on every machine and every day."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

from app.domain.drawing import SIDES, drawn

SLOTS = 10_000
"""Parts of a layer; an experiment takes some of them, and no two experiments of a layer the same."""


def slot_of(layer: str, unit: str) -> int:
    """The slot of a unit in a layer, in [0, SLOTS)."""
    return drawn(f"layer:{layer}\x1f{unit}") % SLOTS


def arm_of(salt: str, unit: str, weights: Sequence[float]) -> int:
    """Number of the arm that a unit falls to, by the arms' weights; independent of the slots by its own salt."""
    if not weights or min(weights) <= 0:
        raise ValueError(f"Expected weights above 0, got {list(weights)}.")
    point = drawn(f"arm:{salt}\x1f{unit}") / SIDES * sum(weights)
    reached = 0.0
    for number, weight in enumerate(weights):
        reached += weight
        if point < reached:
            return number
    return len(weights) - 1


def free_slots(taken: Sequence[tuple[int, int]], wanted: int) -> tuple[int, int] | None:
    """The first run of free slots that is long enough, as (first, behind the last); None when there is none."""
    begin = 0
    for first, behind in [*sorted(taken), (SLOTS, SLOTS)]:
        if first - begin >= wanted:
            return begin, begin + wanted
        begin = max(begin, behind)
    return None


def disguised(salt: str, unit: str) -> str:
    """A name for a unit that says who it is to nobody, for the log: 20 hex digits."""
    return hashlib.sha256(f"unit:{salt}\x1f{unit}".encode()).hexdigest()[:20]

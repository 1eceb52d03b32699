"""What a search tells of itself while it runs, and what it finds."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

Tell = Callable[[float, float], None]
"""Told now and then: seconds so far, cost of the best so far (infinite while none keeps everything)."""

Routes = tuple[tuple[int, tuple[int, ...]], ...]
"""Routes as (type of vehicle, clients in order), both counted from 0."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a search came to."""

    routes: Routes
    cost: float
    """In the units of the data; infinite where a constraint is broken."""
    is_feasible: bool
    pool: frozenset[tuple[int, tuple[int, ...]]] = field(default_factory=frozenset, repr=False)
    """Good routes that were met on the way."""
    iterations: int = 0

"""What a search tells of itself while it runs, and what it finds."""

from __future__ import annotations

from collections.abc import Callable

Tell = Callable[[float, float], None]
"""Told now and then: seconds so far, cost of the best so far (infinite while none keeps everything)."""

Routes = tuple[tuple[int, tuple[int, ...]], ...]
"""Routes as (type of vehicle, clients in order), both counted from 0."""

"""The batching problem as arrays: what each order loads and where it is picked, and how long tours for sets are."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from app.warehouse.picking.occupancy import Numbers, Words

Loads: TypeAlias = npt.NDArray[np.int64]
Batch: TypeAlias = tuple[int, ...]
"""Orders by their number in the problem, ascending."""
TourLengths: TypeAlias = Callable[[Words], Numbers]
"""Sets of places as rows of `occupancy` to the lengths of their tours, metres."""

_AT_ONCE = 8192


@dataclass(frozen=True, slots=True)
class BatchingProblem:
    """Orders to be put together into batches that a device can carry, so that tours are short in sum.

    `loads` is (orders, kinds), `limits` (kinds,): articles, grams, orders on one device. Each order fits alone.
    """

    rows: Words
    loads: Loads
    limits: Loads
    tour_lengths: TourLengths

    def __post_init__(self) -> None:
        if len(self.rows) != len(self.loads) or self.loads.shape[1:] != self.limits.shape:
            raise ValueError(f"Expected a load a row, got {self.loads.shape} for {len(self.rows)} rows.")
        if (self.loads > self.limits).any():
            raise ValueError("Each order has to fit alone.")

    def __len__(self) -> int:
        return len(self.rows)

    def lengths(self, rows: Words) -> Numbers:
        """As `tour_lengths`, in pieces that stay in the processor's cache."""
        if len(rows) <= _AT_ONCE:
            return self.tour_lengths(rows)
        return np.concatenate(
            [self.tour_lengths(rows[start : start + _AT_ONCE]) for start in range(0, len(rows), _AT_ONCE)]
        )

    def row(self, batch: Iterable[int]) -> Words:
        """The places of some orders together."""
        return np.asarray(np.bitwise_or.reduce(self.rows[list(batch)], axis=0))

    def lengths_of(self, batches: Sequence[Sequence[int]]) -> Numbers:
        """The length of the tour of each batch."""
        if not batches:
            return np.zeros(0)
        return self.lengths(np.stack([self.row(batch) for batch in batches]))

    def fits(self, batch: Sequence[int]) -> bool:
        """Whether a device carries it."""
        return bool((self.loads[list(batch)].sum(axis=0) <= self.limits).all())

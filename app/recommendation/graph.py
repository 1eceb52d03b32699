"""Items that go with items: which follow which, and which are chosen by the same people."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from app.recommendation.histories import Histories

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_MOST_PAIRS = 4_000_000
"""That are held at once; then they are added up."""


@dataclass(frozen=True, slots=True)
class GraphParams:
    """How links between items are counted."""

    reach: int = 20
    """Places apart that two items still count together."""
    decay: float = 0.8
    """By which a link weighs less for each place further apart."""
    backward: float = 0.3
    """Weight of what came before against what came after; 1 for no order at all."""
    from_power: float = 0.3
    """Popularity of the item that a link starts from, to this power, divides it."""
    to_power: float = 0.2
    half_life_days: float = 365.0
    """After which a link weighs half, where times are known."""
    neighbours: int = 200
    """Kept of each item, the strongest."""
    recent: int = 30
    """Newest items of a person that are looked at."""
    recency: float = 0.8
    """By which an item of a person weighs less for each one after it."""

    def __post_init__(self) -> None:
        if min(self.reach, self.neighbours, self.recent) < 1 or self.half_life_days <= 0:
            raise ValueError(f"Expected reach, neighbours, recent >= 1 and half_life_days > 0, got {self}.")
        if not (0 < self.decay <= 1 and 0 < self.recency <= 1 and 0 <= self.backward <= 1):
            raise ValueError(f"Expected decay and recency in (0, 1], backward in [0, 1], got {self}.")


class ItemGraph:
    """Weighted links from each item to its strongest neighbours; scores what goes with a history."""

    def __init__(self, links: csr_matrix, params: GraphParams) -> None:
        self.links, self.params = links, params

    @classmethod
    def fit(cls, histories: Histories, params: GraphParams) -> ItemGraph:
        """Count the links of a set of histories."""
        from scipy.sparse import diags

        total = _counted(histories, params)
        if params.backward:
            total = (total + total.T * np.float32(params.backward)).tocsr()
        popularity = histories.popularity + 1.0
        scaled = diags(popularity**-params.from_power) @ total @ diags(popularity**-params.to_power)
        return cls(_strongest(scaled.tocsr().astype(np.float32), params.neighbours), params)

    def scores(self, row: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """What goes with a history (oldest first): items and their scores, in no order; none for an empty history."""
        recent = row[-self.params.recent :][::-1]
        weights = (self.params.recency ** np.arange(len(recent))).astype(np.float32)
        starts, ends = self.links.indptr[recent], self.links.indptr[recent + 1]
        if not len(recent) or not (ends > starts).any():
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        places = np.concatenate([np.arange(start, end) for start, end in zip(starts, ends, strict=True)])
        values = self.links.data[places] * np.repeat(weights, ends - starts)
        found, back = np.unique(self.links.indices[places], return_inverse=True)
        return found.astype(np.int64), np.bincount(back, values, len(found)).astype(np.float32)


def _counted(histories: Histories, params: GraphParams) -> csr_matrix:
    """Weights of earlier items (rows) to later ones."""
    from scipy.sparse import coo_matrix, csr_matrix

    sequence, lengths = histories.sequence, np.diff(histories.starts)
    count = len(histories.items)
    owner = np.repeat(np.arange(len(lengths)), lengths)
    per_user = (1 / np.log2(1 + np.maximum(lengths, 2))).astype(np.float32)
    strength, fresh = histories.strengths, histories.freshness(params.half_life_days).astype(np.float32)
    total = csr_matrix((count, count), dtype=np.float32)
    pieces: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    waiting = 0
    farthest = min(params.reach, int(lengths.max(initial=1)) - 1)
    for distance in range(1, farthest + 1):
        early = np.flatnonzero(owner[:-distance] == owner[distance:])
        early = early[sequence[early] != sequence[early + distance]]
        late = early + distance
        weights = per_user[owner[early]] * strength[early] * strength[late] * fresh[late]
        pieces.append((sequence[early], sequence[late], weights * np.float32(params.decay ** (distance - 1))))
        waiting += len(early)
        if waiting > _MOST_PAIRS or distance == farthest:
            rows, columns, values = (np.concatenate(part) for part in zip(*pieces, strict=True))
            total = total + coo_matrix((values, (rows, columns)), shape=(count, count)).tocsr()
            pieces, waiting = [], 0
    return total


def _strongest(matrix: csr_matrix, count: int) -> csr_matrix:
    """Each row's largest values."""
    from scipy.sparse import csr_matrix

    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    order = np.lexsort((matrix.indices, -matrix.data, rows))
    rank = np.arange(len(order)) - matrix.indptr[:-1][rows[order]]
    kept = order[rank < count]
    return csr_matrix((matrix.data[kept], (rows[kept], matrix.indices[kept])), shape=matrix.shape)

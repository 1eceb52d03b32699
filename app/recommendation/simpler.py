"""What is simpler than a model: what was chosen together, and what is popular; what a model has to beat."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import numpy as np

from app.recommendation.histories import Histories
from app.recommendation.measures import NextItem, next_item

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

_LAST = 5
"""Items of a person that co-occurrence looks at."""


def together(histories: Histories) -> csr_matrix:
    """How many people chose both of two items; float32, 0 on the diagonal."""
    from scipy.sparse import csr_matrix

    chosen = histories.chosen_by
    counts = (chosen @ chosen.T).tocoo()
    apart = counts.row != counts.col
    return csr_matrix((counts.data[apart], (counts.row[apart], counts.col[apart])), shape=counts.shape)


def by_counts(histories: Histories, counts: csr_matrix, people: np.ndarray, wanted: np.ndarray, top: int) -> NextItem:
    """How well counts of pairs, summed over the last items of each of `people`, foretell what is `wanted`."""

    def lists() -> Iterator[tuple[list[int], int]]:
        for user in people:
            row = histories.row(int(user))
            scores = np.asarray(counts[row[-_LAST:]].sum(0)).ravel()
            scores[row] = -1.0
            yield _best(scores, top), int(wanted[user])

    return next_item(lists(), top=top)


def by_popularity(histories: Histories, people: np.ndarray, wanted: np.ndarray, top: int) -> NextItem:
    """How well the most popular items foretell it."""
    lists = (
        (histories.popular_beside(histories.row(int(user)), top=top).tolist(), int(wanted[user])) for user in people
    )
    return next_item(lists, top=top)


def _best(scores: np.ndarray, top: int) -> list[int]:
    some = np.argpartition(-scores, min(top, len(scores) - 1))[:top]
    order = np.lexsort((some, -scores[some]))
    return [int(item) for item in some[order]]

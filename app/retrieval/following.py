"""A scorer of sentences that is another one whenever another one serves."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from app.retrieval.retriever import Retrieved
from app.retrieval.scoring import PoolFeatures, SentenceScorer
from index.types import FloatMatrix


class FollowingScorer(SentenceScorer):
    """Asks before each use which scorer serves the conversation at hand, and does as that one does."""

    def __init__(self, choose: Callable[[], SentenceScorer]) -> None:
        """`choose` gives the scorer; it is asked often and has to be quick."""
        self._choose = choose

    @property
    def current(self) -> SentenceScorer:
        """As `SentenceScorer.current`."""
        return self._choose()

    @property
    def dimension(self) -> int:
        """As `SentenceScorer.dimension`."""
        return self._choose().dimension

    @property
    def digest(self) -> str:
        """As `SentenceScorer.digest`, of the one that serves now."""
        return self._choose().digest

    def wanted(self, vector: FloatMatrix) -> FloatMatrix:
        """As `SentenceScorer.wanted`."""
        return self._choose().wanted(vector)

    def scores(self, features: PoolFeatures, pool: Sequence[Retrieved], *, is_across: bool) -> NDArray[np.float32]:
        """As `SentenceScorer.scores`."""
        return self._choose().scores(features, pool, is_across=is_across)

    def best(self, question: str, found: Sequence[Retrieved]) -> list[float]:
        """As `SentenceScorer.best`."""
        return self._choose().best(question, found)

    def weighted(self, values: FloatMatrix, answering: NDArray[np.float32], *, is_across: bool) -> NDArray[np.float32]:
        """As `SentenceScorer.weighted`."""
        return self._choose().weighted(values, answering, is_across=is_across)

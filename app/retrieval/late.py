"""Late interaction: the first hits of a search put in order by comparing every word of question and passage.

A vector of a whole passage says what it is about; whether it says the one thing that was asked for is seen in its
words. Each token of the question is held against each of the passage, and its best match counts (MaxSim: Khattab and
Zaharia, "ColBERT", SIGIR 2020, section 3.3), here by the tokens of the embedding model as it is, less their mean.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from index.embedding.token_codec import TokenCodec
from index.ports import TokenEmbedder
from index.types import FloatMatrix, Hit, TokenCodes

DEPTH = 50
WEIGHT = 0.3
"""Of the fused score beside the words'; from 0.1 to 0.5 the corpora of `app/training` see no difference."""


class Coded(Protocol):
    """Where passages have token codes."""

    @property
    def token_codec(self) -> str:
        """What made them; "" where there are none."""

    def token_codes(self, ids: Sequence[str]) -> Sequence[TokenCodes]:
        """Those of these passages, in this order."""


class LateInteraction:
    """Orders the first `depth` hits by z(late) + `weight` * z(fusion), each standardised over these hits.

    What comes behind them stays. Without codes of the embedder's own codec nothing changes: codes are never mixed.
    """

    def __init__(
        self, embedder: TokenEmbedder, codec: TokenCodec, *, weight: float = WEIGHT, depth: int = DEPTH
    ) -> None:
        if weight < 0 or depth < 1:
            raise ValueError(f"Expected weight >= 0 and depth >= 1, got {weight} and {depth}.")
        self._embedder, self._codec, self._weight, self._depth = embedder, codec, weight, depth

    def __call__(self, text: str, hits: Sequence[Hit], source: Coded) -> list[Hit]:
        """The hits in their new order; those that were compared have the stages "fusion" and "late".

        Their scores are of another scale than before, and above those of the hits behind them.
        """
        first, rest = hits[: self._depth], hits[self._depth :]
        if len(first) < 2 or source.token_codec != self._codec.codec_id:
            return list(hits)
        question = self._embedder.query_tokens(text)
        if not len(question):
            return list(hits)
        late = max_similarities(question, source.token_codes([hit.passage_id for hit in first]), self._codec)
        fused = np.array([hit.score for hit in first], np.float32)
        scores = _standardised(late) + self._weight * _standardised(fused)
        scores += fused.min() - scores.min()
        by_late = {at: rank for rank, at in enumerate(np.argsort(-late, kind="stable").tolist(), start=1)}
        ordered = [
            replace(
                hit,
                score=float(scores[at]),
                stages=MappingProxyType({**hit.stages, "fusion": hit.score, "late": float(late[at])}),
                ranks=MappingProxyType({**hit.ranks, "fusion": at + 1, "late": by_late[at]}),
            )
            for at in np.argsort(-scores, kind="stable").tolist()
            for hit in [first[at]]
        ]
        return [*ordered, *rest]


def max_similarities(question: FloatMatrix, codes: Sequence[TokenCodes], codec: TokenCodec) -> NDArray[np.float32]:
    """For each passage the mean over the question's tokens (t, d) of the best dot product with one of its tokens.

    A passage without tokens gets 0.
    """
    found = np.zeros(len(codes), np.float32)
    filled = [at for at, some in enumerate(codes) if len(some)]
    if filled:
        products = codec.similarities(question, np.concatenate([codes[at] for at in filled]))
        starts = np.cumsum([0, *(len(codes[at]) for at in filled[:-1])])
        found[filled] = np.maximum.reduceat(products, starts, axis=0).mean(axis=1)
    return found


def _standardised(values: NDArray[np.float32]) -> NDArray[np.float32]:
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 1e-9 else np.zeros_like(values)

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

from app.retrieval.token_shift import TokenShift
from index.embedding.token_codec import TokenCodec
from index.ports import TokenEmbedder
from index.types import FloatMatrix, Hit, Language, Passage, Span, TokenCodes

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
        self,
        embedder: TokenEmbedder,
        codec: TokenCodec,
        *,
        shift: TokenShift | None = None,
        weight: float = WEIGHT,
        depth: int = DEPTH,
    ) -> None:
        if weight < 0 or depth < 1:
            raise ValueError(f"Expected weight >= 0 and depth >= 1, got {weight} and {depth}.")
        self._embedder, self._codec, self._shift = embedder, codec, shift
        self._weight, self._depth = weight, depth

    def __call__(
        self, text: str, hits: Sequence[Hit], source: Coded, *, across: tuple[Language, Language] | None = None
    ) -> list[Hit]:
        """The hits in their new order; those that were compared have the stages "fusion" and "late".

        Their scores are of another scale than before, and above those of the hits behind them. `across` says of which
        language the question is and of which the passages are, where the two differ.
        """
        first, rest = hits[: self._depth], hits[self._depth :]
        if len(first) < 2 or source.token_codec != self._codec.codec_id:
            return list(hits)
        question = self._asked(text, across)
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

    def by_sentence(
        self, text: str, passages: Sequence[Passage], source: Coded, *, across: tuple[Language, Language] | None = None
    ) -> list[FloatMatrix]:
        """For each passage how well its sentences match the question's words, (number of sentences, 2).

        By their own words, and by these and what stands above the passage; zeros where there is nothing to compare.
        """
        empty = [np.zeros((len(passage.sentences), 2), np.float32) for passage in passages]
        if not passages or source.token_codec != self._codec.codec_id:
            return empty
        question = self._asked(text, across)
        if not len(question):
            return empty
        codes = source.token_codes([passage.passage_id for passage in passages])
        products = self._codec.similarities(question, np.concatenate(codes))
        borders = np.cumsum([len(some) for some in codes])[:-1]
        ranges = self._embedder.sentence_tokens(passages)
        return [_best_of(rows, spans) for rows, spans in zip(np.split(products, borders), ranges, strict=True)]

    def _asked(self, text: str, across: tuple[Language, Language] | None) -> FloatMatrix:
        question = self._embedder.query_tokens(text)
        return question if across is None or self._shift is None else self._shift.moved(question, *across)


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


def _best_of(products: FloatMatrix, spans: Sequence[Span]) -> FloatMatrix:
    """Mean over the question's tokens of the best product (tokens, t) in each span, and in it or before them all."""
    found = np.zeros((len(spans), 2), np.float32)
    above = min((start for start, _ in spans), default=0)
    context = products[:above].max(axis=0, initial=-1.0)
    for number, (start, end) in enumerate(spans):
        own = products[start:end]  # codes end before a very long passage does
        if len(own):
            best = own.max(axis=0)
            found[number] = best.mean(), np.maximum(best, context).mean()
    return found


def _standardised(values: NDArray[np.float32]) -> NDArray[np.float32]:
    spread = float(values.std())
    return (values - values.mean()) / spread if spread > 1e-9 else np.zeros_like(values)

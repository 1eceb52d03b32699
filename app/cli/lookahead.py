"""Questions of a batch embedded many at once, ahead of their turn."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.embedding.token_codec import TokenCodec
from index.ports import Embedder, TokenEmbedder, codec_of
from index.types import EmbeddedPassages, FloatMatrix, Passage, Span


class Lookahead:
    """An embedder that can be told which questions come next: one forward pass for many is several times cheaper."""

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self._known: dict[str, FloatMatrix] = {}

    @property
    def embedder_id(self) -> str:
        """That of the embedder behind it."""
        return self._embedder.embedder_id

    @property
    def dimension(self) -> int:
        """That of the embedder behind it."""
        return self._embedder.dimension

    @property
    def token_codec(self) -> TokenCodec | None:
        """That of the embedder behind it."""
        return codec_of(self._embedder)

    def query_tokens(self, text: str) -> FloatMatrix:
        """As the embedder behind it, which remembers what it has embedded."""
        if isinstance(self._embedder, TokenEmbedder):
            return self._embedder.query_tokens(text)
        return np.zeros((0, self.dimension), np.float32)

    def sentence_tokens(self, passages: Sequence[Passage]) -> Sequence[Sequence[Span]]:
        """As the embedder behind it."""
        if isinstance(self._embedder, TokenEmbedder):
            return self._embedder.sentence_tokens(passages)
        return [[(0, 0)] * len(passage.sentences) for passage in passages]

    def prepare(self, texts: Sequence[str]) -> None:
        """Embed the questions that come next; those of the time before are forgotten."""
        distinct = list(dict.fromkeys(text.strip() for text in texts if text.strip()))
        vectors = self._embedder.embed_queries(distinct) if distinct else np.zeros((0, self.dimension), np.float32)
        self._known = {text: vectors[at : at + 1] for at, text in enumerate(distinct)}

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        """From what was prepared, else now."""
        if len(texts) == 1 and texts[0] in self._known:
            return self._known[texts[0]]
        return self._embedder.embed_queries(texts)

    def embed_passages(self, passages: Sequence[Passage]) -> EmbeddedPassages:
        """As the embedder behind it."""
        return self._embedder.embed_passages(passages)

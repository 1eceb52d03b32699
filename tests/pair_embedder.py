"""An embedder for tests: texts that share pairs of characters are near each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from index.text.normalize import fold
from index.types import EmbeddedPassages, FloatMatrix, Passage


class PairEmbedder:
    """Counts pairs of folded characters, so that nearness is what a person would expect of short rules."""

    embedder_id = "pairs"
    dimension = 512

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        rows = np.zeros((len(texts), self.dimension), np.float32)
        for row, text in zip(rows, map(fold, texts), strict=True):
            row[0] = 0.1
            for at in range(len(text) - 1):
                row[(ord(text[at]) * 31 + ord(text[at + 1])) % self.dimension] += 1
        return rows / np.linalg.norm(rows, axis=1, keepdims=True)

    def embed_passages(self, passages: Sequence[Passage]) -> EmbeddedPassages:
        sentences = tuple(
            self.embed_queries([item.sentence_text(at) for at in range(len(item.sentences))]) for item in passages
        )
        return EmbeddedPassages(self.embed_queries([item.embedded_text for item in passages]), sentences)

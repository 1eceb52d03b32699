"""Embeds without weights: words and character pairs are hashed into a fixed number of dimensions."""

from __future__ import annotations

import hashlib
import math
from collections import Counter
from collections.abc import Sequence
from functools import lru_cache

import numpy as np

from index.text.segment import search_bigrams, search_words
from index.types import EmbeddedPassages, FloatMatrix, Passage

_WORD_LETTERS = 3


class HashingEmbedder:
    """Fulfils `index.ports.Embedder` for tests and for first steps without a download.

    Texts with words, Chinese character pairs or letter triples in common are near each other; meaning beyond that is
    not seen, and nothing is seen across languages. Deterministic on every machine.
    Source: Weinberger et al., "Feature Hashing for Large Scale Multitask Learning", ICML 2009 (signed hashes).
    """

    def __init__(self, dimension: int = 256) -> None:
        if dimension < 2:
            raise ValueError(f"Expected dimension >= 2, got {dimension}.")
        self._dimension = dimension

    @property
    def embedder_id(self) -> str:
        """Name, version and dimension."""
        return f"hashing-1-{self._dimension}"

    @property
    def dimension(self) -> int:
        """Length of a vector."""
        return self._dimension

    def embed_queries(self, texts: Sequence[str]) -> FloatMatrix:
        """Embed questions; see `Embedder`. A text without words gets the first axis."""
        rows = np.zeros((len(texts), self._dimension), np.float32)
        for row, text in zip(rows, texts, strict=True):
            self._fill(row, text)
        return rows

    def embed_passages(self, passages: Sequence[Passage]) -> EmbeddedPassages:
        """Embed passages with their context, and each sentence by its own words."""
        vectors = self.embed_queries([passage.embedded_text for passage in passages])
        sentences = tuple(
            self.embed_queries([passage.sentence_text(number) for number in range(len(passage.sentences))])
            for passage in passages
        )
        return EmbeddedPassages(vectors, sentences)

    def _fill(self, row: FloatMatrix, text: str) -> None:
        for feature, count in Counter(_features(text)).items():
            place, sign = _hash(feature, self._dimension)
            row[place] += sign * (1 + math.log(count))
        length = float(np.linalg.norm(row))
        if length > 0:
            row /= length
        else:
            row[0] = 1


def _features(text: str) -> list[str]:
    features = []
    for word in search_words(text):
        features.append(f"w {word}")
        if word.isascii() and len(word) > _WORD_LETTERS:
            features.extend(f"l {word[at : at + _WORD_LETTERS]}" for at in range(len(word) - _WORD_LETTERS + 1))
    features.extend(f"b {pair}" for pair in search_bigrams(text))
    return features


@lru_cache(maxsize=65_536)
def _hash(feature: str, dimension: int) -> tuple[int, int]:
    digest = int.from_bytes(hashlib.blake2b(feature.encode(), digest_size=8).digest(), "little")
    return (digest >> 1) % dimension, 1 if digest & 1 else -1

"""Searching documents of another language than the question's.

Vectors of a multilingual model lie in one region a language: whatever it says, a Chinese question is nearer to Chinese
texts (and to English ones with a Chinese name in them) than to the English text that answers it. The distance between
the regions is nearly the same for all texts, so a question is moved by it before the other language is searched.
Source: Yang, Yang, Cer and Darve, "A Simple and Effective Method To Eliminate the Self Language Bias in Multilingual
Representations", EMNLP 2021 (there as a projection; the shift was the better of the two here, see decision 0010).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from index.types import FloatMatrix, Language
from index.vectors import VectorIndex

_LOOKED_AT = 2000
"""Passages of a language whose mean stands for the language."""
_FEWEST = 12
"""With fewer passages the mean would say what they are about, not what language they are in."""


class LanguageCentres:
    """The mean vector of each language's passages in one generation."""

    def __init__(self, means: Mapping[Language, FloatMatrix]) -> None:
        self._means = means

    @classmethod
    def of(cls, languages: Sequence[Language], vectors: VectorIndex) -> LanguageCentres:
        """Look at evenly spaced passages; `languages[i]` is that of row i."""
        means: dict[Language, FloatMatrix] = {}
        for language in ("zh", "en"):
            rows = [row for row, other in enumerate(languages) if other == language]
            if len(rows) >= _FEWEST:
                step = max(1, len(rows) // _LOOKED_AT)
                means[language] = vectors.rows(rows[::step]).mean(axis=0, keepdims=True)
        return cls(means)

    def moved(self, vector: FloatMatrix, source: Language, target: Language) -> FloatMatrix:
        """The question's vector (1, d) as if it were asked in `target`; unchanged where a language is hardly there."""
        if source not in self._means or target not in self._means:
            return vector
        shifted: FloatMatrix = vector + self._means[target] - self._means[source]
        shifted /= np.linalg.norm(shifted, axis=1, keepdims=True)
        return shifted

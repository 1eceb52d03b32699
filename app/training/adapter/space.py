"""What an adapter is trained on: questions with the documents that answer them, and the stored vectors of an index."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from index.generation import Generation
from index.types import FloatMatrix


@dataclass(frozen=True, slots=True)
class Pair:
    """A question and the documents that answer it."""

    text: str
    documents: tuple[str, ...]
    at: datetime
    """When it was asked, aware."""
    customer: str = ""
    """Pseudonym of who asked; "" where nobody knows."""
    source: str = ""
    """What told it: rating, opened, edit, reply or gap."""


@dataclass(frozen=True, slots=True)
class PassageSpace:
    """Vectors of all passages of a generation and of their sentences, as they are stored."""

    documents: tuple[str, ...]
    """Of each passage its document, (n,)."""
    passages: FloatMatrix
    """(n, d), rows of unit length."""
    sentences: FloatMatrix
    """(m, d)."""
    sentence_rows: NDArray[np.int32]
    """(m,): the passage of each sentence, ascending."""

    @classmethod
    def of(cls, generation: Generation) -> PassageSpace:
        """Of a generation; reads all its vectors: 600 MB for 100,000 passages with three sentences each."""
        ids, passages, sentences, rows = generation.vectors()
        found = generation.passages(ids)
        return cls(tuple(passage.document_id for passage in found), passages, sentences, rows)

    def rows_of(self, pairs: Sequence[Pair]) -> list[NDArray[np.int64]]:
        """For each pair the passages of its documents, ascending; none for documents that are gone."""
        found: dict[str, list[int]] = {}
        for row, name in enumerate(self.documents):
            found.setdefault(name, []).append(row)
        return [
            np.array(sorted(row for name in pair.documents for row in found.get(name, ())), np.int64) for pair in pairs
        ]

    def scores(self, vectors: FloatMatrix) -> FloatMatrix:
        """Of questions' vectors (b, d) the mean of the passage's cosine and its best sentence's, (b, n)."""
        near = vectors @ self.passages.T
        if not len(self.sentences):
            return near
        by_sentence = vectors @ self.sentences.T
        starts = np.flatnonzero(np.diff(self.sentence_rows, prepend=-1))
        best = near.copy()  # a passage without sentences counts by itself
        best[:, self.sentence_rows[starts]] = np.maximum.reduceat(by_sentence, starts, axis=1)
        found: FloatMatrix = ((near + best) / 2).astype(np.float32)
        return found

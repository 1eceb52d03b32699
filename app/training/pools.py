"""What the search found for a question, laid out so that a scorer of sentences can be fitted to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from app.retrieval.retriever import Retrieved
from app.retrieval.scoring import pool_features
from index.types import FloatMatrix, Passage

if TYPE_CHECKING:
    from index.generation import Generation


@dataclass(frozen=True, slots=True)
class Pool:
    """What the search found for a question, with the sentences that answer it."""

    question: FloatMatrix
    """Its vector, (d,)."""
    sentences: FloatMatrix
    """Vectors, (n, d)."""
    features: FloatMatrix
    """(n, number of FEATURES)."""
    is_answer: NDArray[np.bool_]
    """(n,), at least one."""
    lengths: NDArray[np.int64]
    """Characters, (n,)."""
    passages: NDArray[np.int64]
    """(n,): of each sentence the number of its passage among those found."""
    is_across: bool


def pool_of(
    question: str,
    vector: FloatMatrix,
    found: Sequence[Retrieved],
    is_right: Callable[[Passage, int], bool],
    generation: Generation,
    *,
    is_across: bool,
) -> Pool | None:
    """The pool of a question and its vector (1, d); None where no sentence of what was found answers it."""
    features = pool_features(question, found)
    sentences = [(found[at].passage, number) for at, number in features.places]
    is_answer = np.array([is_right(passage, number) for passage, number in sentences], dtype=np.bool_)
    if not is_answer.any():
        return None
    vectors = generation.sentence_vectors([item.passage.passage_id for item in found])
    rows = np.stack([vectors[passage.passage_id][number] for passage, number in sentences])
    lengths = np.array([len(passage.sentence_text(number)) for passage, number in sentences])
    passages = np.array([at for at, _ in features.places], np.int64)
    return Pool(vector[0], rows, features.values, is_answer, lengths, passages, is_across)

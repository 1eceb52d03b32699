"""How likely a sentence is to answer, from what the search knows of it: which few the reader gets to see.

A sum of features with trained weights, and a trained bilinear form between the vectors of question and sentence:
likeness says whether two texts are about the same, the form says whether one answers the other. It costs a dot product
a sentence. Trained by `app.training.sentence_scorer` on the vectors of multilingual-e5-small; with another embedder it
says nothing.
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import as_file, files
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from app.retrieval.errors import ScorerDamaged, ScorerMismatch
from app.retrieval.glossary import stands_across, terms_across
from app.retrieval.retriever import Retrieved
from index.text.questions import asks
from index.text.terms import TermWeights, content_terms
from index.types import FloatMatrix, Passage

WEIGHTS = "sentence_scorer.safetensors"
FEATURES = (
    "near",
    "lent",
    "held",
    "held_alone",
    "held_around",
    "rank",
    "dense",
    "length",
    "figures",
    "place",
    "fused",
    "worded",
    "worded_around",
)
"""Columns of the features, in order; see `pool_features`."""


@dataclass(frozen=True, slots=True)
class PoolFeatures:
    """The sentences of some passages that state something, with what is known of each."""

    places: list[tuple[int, int]]
    """Number of the passage in the pool, and of the sentence in the passage."""
    values: FloatMatrix
    """(n, number of FEATURES)."""


def pool_features(question: str, pool: Sequence[Retrieved]) -> PoolFeatures:
    """Features of every sentence of the pool but those that ask.

    Of a passage in the other language the question's words are those that the glossary finds in the pool.

    near: cosine to the question, standardised over the pool; lent: the larger of it and that of the FAQ question
    above; held, held_alone, held_around: weighted share of the question's words that the sentence holds (words above it
    counting half), that it holds itself, that stand above it; rank: 1 / rank of the passage; dense: the passage's
    cosine, centred; length: logarithm of its characters; figures: whether it has digits; place: how far down the
    passage it stands; fused: the passage's fused score.
    """
    weights = TermWeights.of([parts_of(item.passage) for item in pool])
    own, across = content_terms(question), terms_across(question, [item.passage for item in pool])
    words = _standardised_words(pool)
    similarities = [value for item in pool for value in item.similarities.tolist()]
    centre = float(np.mean(similarities)) if similarities else 0.0
    spread = (float(np.std(similarities)) if similarities else 0.0) or 1.0
    places: list[tuple[int, int]] = []
    values: list[tuple[float, ...]] = []
    for at, item in enumerate(pool):
        passage, lent = item.passage, -math.inf
        terms = across if stands_across(question, passage) else own
        dense = item.hit.stages.get("dense")
        for number in range(len(passage.sentences)):
            near = (float(item.similarities[number]) - centre) / spread if len(item.similarities) else 0.0
            if asks(passage, number):
                lent = near
                continue
            text = passage.sentence_text(number)
            alone, around, held = weights.coverages(terms, text, around=passage.context)
            places.append((at, number))
            values.append(
                (
                    near,
                    max(near, lent),
                    held,
                    alone,
                    around,
                    1 / (1 + at),
                    (dense - 0.85) / 0.03 if dense is not None else 0.0,
                    math.log1p(len(text)) / 4,
                    1.0 if re.search(r"\d", text) else 0.0,
                    number / len(passage.sentences),
                    30 * item.hit.stages.get("fusion", item.hit.score),
                    *words[at][number],
                )
            )
    return PoolFeatures(places, np.array(values, np.float32).reshape(-1, len(FEATURES)))


def _standardised_words(pool: Sequence[Retrieved]) -> list[list[list[float]]]:
    """Of each sentence of each passage, less the mean of all and by their spread; zeros where nothing was compared."""
    known = [item.words for item in pool if len(item.words)]
    if not known:
        return [[[0.0, 0.0]] * len(item.passage.sentences) for item in pool]
    rows = np.concatenate(known)
    centre, spread = rows.mean(axis=0), rows.std(axis=0) + 1e-6
    nothing = np.zeros((1, 2), np.float32)
    return [
        ((item.words - centre) / spread if len(item.words) else nothing.repeat(len(item.passage.sentences), 0)).tolist()
        for item in pool
    ]


def parts_of(passage: Passage) -> list[str]:
    """The words of a passage in pieces: what stands above it and each of its sentences."""
    return [passage.context, *map(passage.sentence_text, range(len(passage.sentences)))]


class SentenceScorer:
    """Scores the sentences of a pool; higher is likelier to answer, comparable within a pool."""

    def __init__(
        self, *, own: NDArray[np.float32], across: NDArray[np.float32], into: FloatMatrix, out_of: FloatMatrix
    ) -> None:
        """Weights as they were trained.

        Args:
            own: (number of FEATURES,), for passages found by the question itself.
            across: the same for passages of the other language.
            into: (d, r), from a question's vector to what it wants.
            out_of: (r, d), from there to the vectors of sentences that say it.

        Raises `ValueError` when shapes do not fit.
        """
        if own.shape != (len(FEATURES),) or across.shape != own.shape or into.shape != out_of.T.shape:
            raise ValueError(f"Expected {len(FEATURES)} weights and matrices (d, r) and (r, d), got {own.shape}.")
        self._own, self._across, self._into, self._out_of = own, across, into, out_of

    @classmethod
    @cache
    def shipped(cls) -> SentenceScorer:
        """The weights that come with kefu."""
        with as_file(files("app.retrieval").joinpath(WEIGHTS)) as path:
            return cls.load(path)

    @classmethod
    def load(cls, path: Path) -> SentenceScorer:
        """Read what `save` wrote. Raises `ValueError` when it is something else."""
        from safetensors import SafetensorError
        from safetensors.numpy import load_file

        try:
            stored: Mapping[str, NDArray[np.float32]] = load_file(path)
            names = ("own", "across", "into", "out_of")
            weights = {name: np.asarray(stored[name], dtype=np.float32) for name in names}
            if not all(np.isfinite(values).all() for values in weights.values()):
                raise ValueError(f"Expected a scorer's weights in {path.name}, some are no numbers.")
            return cls(**weights)
        except (SafetensorError, KeyError, OSError) as error:
            raise ValueError(f"Expected a scorer's weights in {path.name}: {error}.") from error

    @classmethod
    def of_folder(cls, folder: Path, *, embedder_id: str | None = None) -> SentenceScorer:
        """The one that `kefu train reranker` left in a folder; `embedder_id` is that of the embedder that it is for.

        Raises `ScorerDamaged`, or `ScorerMismatch` for one of another embedder.
        """
        path = folder / WEIGHTS
        try:
            found, written = cls.load(path), _embedder_of(path)
        except ValueError as error:
            raise ScorerDamaged(f"{error} Train it again with `kefu train reranker`.") from error
        if embedder_id is not None and written != embedder_id:
            raise ScorerMismatch(
                f"The reranker {folder} was trained on the embedder {written or 'that comes with kefu'}; {embedder_id} "
                "answers here. Train it again with `kefu train reranker`."
            )
        return found

    def save(self, path: Path, *, embedder_id: str | None = None) -> None:
        """Write the weights, matrices in 16 bits; with the id of the embedder that they are for, where it is given."""
        from safetensors.numpy import save_file

        half = {"into": self._into.astype(np.float16), "out_of": self._out_of.astype(np.float16)}
        metadata = None if embedder_id is None else {"embedder": embedder_id}
        save_file({"own": self._own, "across": self._across, **half}, path, metadata=metadata)
        path.chmod(0o644)  # written for the owner alone otherwise

    def plus(
        self, *, own: NDArray[np.float32], across: NDArray[np.float32], into: FloatMatrix, out_of: FloatMatrix
    ) -> SentenceScorer:
        """This scorer with what was learnt on top of it: weights that are added, and matrices of further columns.

        Where there would be more columns than dimensions the product stands for them, so that no number of trainings
        makes it larger.
        """
        wide, high = np.concatenate([self._into, into], axis=1), np.concatenate([self._out_of, out_of])
        if wide.shape[1] > self.dimension:
            wide, high = wide @ high, np.eye(self.dimension, dtype=np.float32)
        return SentenceScorer(own=self._own + own, across=self._across + across, into=wide, out_of=high)

    @property
    def current(self) -> SentenceScorer:
        """This one; of a scorer that follows what serves, the one that serves now."""
        return self

    @cached_property
    def digest(self) -> str:
        """Sha256 of the weights as they are kept: what a receipt names."""
        content = hashlib.sha256()
        for weights in (self._own, self._across, self._into.astype(np.float16), self._out_of.astype(np.float16)):
            content.update(np.ascontiguousarray(weights).tobytes())
        return content.hexdigest()

    @property
    def dimension(self) -> int:
        """Length of the vectors that it was trained on."""
        return int(self._into.shape[0])

    def wanted(self, vector: FloatMatrix) -> FloatMatrix:
        """What a sentence's vector should point to in order to answer the question of vector (1, d); (1, d)."""
        return np.asarray((vector @ self._into) @ self._out_of, dtype=np.float32)

    def scores(self, features: PoolFeatures, pool: Sequence[Retrieved], *, is_across: bool) -> NDArray[np.float32]:
        """One score a sentence of the features, (n,)."""
        answering = [float(pool[at].answering[number]) for at, number in features.places]
        return self.weighted(features.values, np.array(answering, np.float32), is_across=is_across)

    def best(self, question: str, found: Sequence[Retrieved]) -> list[float]:
        """For each passage the score of its best sentence; for one that states nothing less than for any other."""
        features = pool_features(question, found)
        scores = self.scores(features, found, is_across=False).tolist()
        likely = [min(scores, default=0.0) - 1.0] * len(found)
        for (at, _), score in zip(features.places, scores, strict=True):
            likely[at] = max(likely[at], score)
        return likely

    def weighted(self, values: FloatMatrix, answering: NDArray[np.float32], *, is_across: bool) -> NDArray[np.float32]:
        """Scores, (n,), of features (n, number of FEATURES) and of how far sentences point where they should, (n,)."""
        scored: NDArray[np.float32] = values @ (self._across if is_across else self._own) + answering
        return scored


def _embedder_of(path: Path) -> str | None:
    from safetensors import safe_open

    with safe_open(path, framework="numpy") as stored:
        return (stored.metadata() or {}).get("embedder")

"""Fits the classifier of `app.understanding.classifier` on labelled messages and their vectors.

Everything that says how far the classifier can be believed (weights of the two regressions, scope, threshold, figures)
is taken from held-out folds: messages judged by regressions that never saw them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from app.understanding.classifier import (
    SCOPE_FEATURES,
    Classifier,
    ClassifierWeights,
    Head,
    nearest_by_label,
    scope_features,
    scope_label,
    softmax,
)
from app.understanding.lexical import lexical_counts
from index.types import FloatMatrix

_ABSENT = -30.0
"""Logit of a label that a fold has no example of."""
_GRID = tuple(float(value) for value in np.geomspace(0.05, 6.0, 25))


@dataclass(frozen=True, slots=True)
class FittingParams:
    """How a classifier is fitted."""

    folds: int = 5
    buckets: int = 2**15
    known: int = 24
    """At most so many vectors are kept of each label, to tell how near a message is to it."""
    vector_strength: float = 30.0
    """1 / penalty of the regression over vectors."""
    word_strength: float = 30.0
    kept: float = 0.95
    """Share of the messages with a label that the threshold has to let through."""
    vector_steps: int = 100
    word_steps: int = 30
    """At most so many steps of the solver: more change nothing that held-out messages would show."""
    seed: int = 20261125

    def __post_init__(self) -> None:
        if self.folds < 2 or self.buckets < 2 or self.known < 1 or not 0 < self.kept < 1:
            raise ValueError(f"Expected folds and buckets >= 2, known >= 1 and kept in (0, 1), got {self}.")


@dataclass(frozen=True, slots=True)
class HeldOut:
    """Each example as a classifier judged it that never saw it."""

    predicted: NDArray[np.int64]
    """Number of the label, (n,)."""
    is_out_of_scope: NDArray[np.bool_]
    """(n,)."""
    chances: NDArray[np.float32]
    """Probability of each label, (n, labels)."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A classifier, with what held-out folds say of it."""

    classifier: Classifier
    columns: NDArray[np.int64]
    """Number of the label of each example, (n,); the number of labels for one that bears none."""
    held_out: HeldOut


@dataclass(frozen=True, slots=True)
class _Judged:
    """Of each message: logits of the two regressions (n, L), nearness (n, L), share of known words (n,)."""

    vectors: NDArray[np.float32]
    words: NDArray[np.float32]
    nearest: NDArray[np.float32]
    known_share: NDArray[np.float64]


def fit_classifier(
    texts: Sequence[str],
    labels: Sequence[str],
    vectors: FloatMatrix,
    *,
    embedder_id: str,
    params: FittingParams | None = None,
) -> Fitted:
    """Fit on texts, their labels and their vectors, (n, d). Raises `ValueError` for fewer than two labels."""
    chosen = params or FittingParams()
    names = sorted(set(labels))
    outside = scope_label(names)
    names = [name for name in names if name != outside]
    if len(names) < 2:
        raise ValueError(f"Expected at least two labels, got {names}.")
    places = {name: at for at, name in enumerate(names)} | ({outside: len(names)} if outside else {})
    columns = np.array([places[label] for label in labels], np.int64)
    counts = _count_matrix(texts, chosen.buckets)
    width = len(places)
    judged = _held_out(counts, vectors, columns, width, chosen)
    heads = {
        "both": _head(judged, columns, len(names), chosen, by_vector=True),
        "words": _head(judged, columns, len(names), chosen, by_vector=False),
    }
    weights = _weights(tuple(names), counts, vectors, columns, width, chosen)
    return Fitted(
        Classifier(weights, heads, embedder_id=embedder_id), columns, _verdicts(judged, heads["both"], len(names))
    )


def fold_numbers(columns: NDArray[np.int64], folds: int, seed: int) -> NDArray[np.int64]:
    """A fold for each example, every label spread as evenly as it can be, (n,)."""
    chance = np.random.default_rng(seed)
    numbers = np.zeros(len(columns), np.int64)
    offset = 0
    for column in np.unique(columns):
        members = chance.permutation(np.flatnonzero(columns == column))
        numbers[members] = (np.arange(len(members)) + offset) % folds
        offset += len(members)
    return numbers


def _held_out(
    counts: csr_matrix, vectors: FloatMatrix, columns: NDArray[np.int64], width: int, params: FittingParams
) -> _Judged:
    shape = (len(columns), width)
    judged = _Judged(
        np.zeros(shape, np.float32), np.zeros(shape, np.float32), np.zeros(shape, np.float32), np.zeros(len(columns))
    )
    numbers = fold_numbers(columns, params.folds, params.seed)
    for fold in range(params.folds):
        is_here = numbers == fold
        if not is_here.any() or len(np.unique(columns[~is_here])) < 2:
            continue
        weights = _weights((), counts[~is_here], vectors[~is_here], columns[~is_here], width, params)
        part = _judge(weights, counts[is_here], vectors[is_here])
        judged.vectors[is_here], judged.words[is_here] = part.vectors, part.words
        judged.nearest[is_here], judged.known_share[is_here] = part.nearest, part.known_share
    return judged


def _judge(weights: ClassifierWeights, counts: csr_matrix, vectors: FloatMatrix) -> _Judged:
    words = _rows(counts, weights.rarity) @ (weights.words.astype(np.float32) * weights.word_scale)
    seen = np.diff(counts.indptr)
    known = (counts > 0).astype(np.float64) @ (weights.rarity > 0)
    return _Judged(
        vectors=vectors @ weights.vectors + weights.vector_bias,
        words=np.asarray(words, np.float32) + weights.word_bias,
        nearest=nearest_by_label(vectors @ weights.known.T, weights.known_starts),
        known_share=known / np.maximum(seen, 1),
    )


def _weights(
    names: tuple[str, ...],
    counts: csr_matrix,
    vectors: FloatMatrix,
    columns: NDArray[np.int64],
    width: int,
    params: FittingParams,
) -> ClassifierWeights:
    centre = vectors.mean(axis=0)
    scale = 1 / float(np.linalg.norm(vectors - centre, axis=1).mean() or 1.0)
    by_vector, vector_bias = _regression(
        (vectors - centre) * scale, columns, width, params.vector_strength, params.vector_steps
    )
    by_vector = by_vector * scale
    seen = np.bincount(counts.indices, minlength=params.buckets)
    rarity = np.where(seen > 0, np.log((1 + counts.shape[0]) / (1 + seen)) + 1, 0).astype(np.float32)
    by_word, word_bias = _regression(_rows(counts, rarity), columns, width, params.word_strength, params.word_steps)
    word_scale = np.maximum(np.abs(by_word).max(axis=0), 1e-6) / 127
    known, starts = _known(vectors, columns, width, params)
    return ClassifierWeights(
        labels=names,
        vectors=by_vector.astype(np.float32),
        vector_bias=(vector_bias - centre @ by_vector).astype(np.float32),
        words=np.rint(by_word / word_scale).astype(np.int8),
        word_scale=word_scale.astype(np.float32),
        word_bias=word_bias.astype(np.float32),
        rarity=rarity,
        known=known,
        known_starts=starts,
    )


def _regression(
    rows: Any, columns: NDArray[np.int64], width: int, strength: float, steps: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Weights (features, width) and biases (width,) of a multinomial logistic regression."""
    import warnings

    from sklearn.exceptions import ConvergenceWarning
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=strength, max_iter=steps, tol=1e-3)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)  # stopped early on purpose: it is near enough by then
        model.fit(rows, columns)
    found, biases = model.coef_.T, model.intercept_
    if len(model.classes_) == 2:  # one logit then stands for the difference of two
        found, biases = np.hstack([-found / 2, found / 2]), np.array([-biases[0] / 2, biases[0] / 2])
    weights, bias = np.zeros((rows.shape[1], width)), np.full(width, _ABSENT)
    weights[:, model.classes_], bias[model.classes_] = found, biases
    return weights, bias


def _known(
    vectors: FloatMatrix, columns: NDArray[np.int64], width: int, params: FittingParams
) -> tuple[FloatMatrix, NDArray[np.int64]]:
    """Typical vectors of each label: all of a small one, the centres of groups of a large one."""
    from sklearn.cluster import KMeans

    kept: list[FloatMatrix] = []
    starts = []
    for column in range(width):
        starts.append(sum(map(len, kept)))
        own = vectors[columns == column]
        if len(own) > params.known:
            groups = KMeans(params.known, n_init=1, max_iter=20, random_state=params.seed)
            means = groups.fit(own).cluster_centers_
            own = means / np.maximum(np.linalg.norm(means, axis=1, keepdims=True), 1e-6)
        # A label without examples in this fold is as far away as can be.
        kept.append(own if len(own) else np.zeros((1, vectors.shape[1]), np.float32))
    return np.concatenate(kept).astype(np.float32), np.array(starts, np.int64)


def _head(judged: _Judged, columns: NDArray[np.int64], labels: int, params: FittingParams, *, by_vector: bool) -> Head:
    # A label with one example is never known to the fold that judges it: it says nothing of the others.
    usual = np.bincount(columns, minlength=judged.words.shape[1])[columns] > 1
    if not usual.any():
        return Head(1.0 if by_vector else 0.0, 1.0, (0.0,) * (len(SCOPE_FEATURES) + 1), 0.0)
    vector_weight, word_weight = _mixture(judged, columns, usual, by_vector=by_vector)
    values = vector_weight * judged.vectors + word_weight * judged.words
    nearest = judged.nearest if by_vector else np.zeros_like(judged.nearest)
    scope, threshold = _scope(values[usual], nearest[usual], judged.known_share[usual], columns[usual], labels, params)
    return Head(vector_weight, word_weight, scope, threshold)


def _mixture(
    judged: _Judged, columns: NDArray[np.int64], usual: NDArray[np.bool_], *, by_vector: bool
) -> tuple[float, float]:
    """The weights under which held-out labels are likeliest."""
    rows = np.flatnonzero(usual)
    if len(rows) > 4000:  # enough for two numbers
        rows = np.random.default_rng(0).choice(rows, 4000, replace=False)
    vectors, words, own = judged.vectors[rows], judged.words[rows], columns[rows]
    at = np.arange(len(rows))

    def loss(pair: tuple[float, float]) -> float:
        chances = softmax(pair[0] * vectors + pair[1] * words)
        return float(-np.log(chances[at, own] + 1e-9).mean())

    if not by_vector:
        return 0.0, min(((0.0, word) for word in _GRID), key=loss)[1]
    coarse = min(((vector, word) for vector in _GRID[::3] for word in _GRID[::3]), key=loss)
    finer = [0.7, 0.8, 0.9, 1.0, 1.1, 1.25, 1.4]
    return min(((coarse[0] * one, coarse[1] * other) for one in finer for other in finer), key=loss)


def _scope(
    logits: NDArray[np.float32],
    nearest: NDArray[np.float32],
    known_share: NDArray[np.float64],
    columns: NDArray[np.int64],
    labels: int,
    params: FittingParams,
) -> tuple[tuple[float, ...], float]:
    """Weights and threshold of the judgement whether a message bears any label.

    Held-out messages with a label are set against those that bear none and, since a company seldom has many of these,
    against the same messages as if their label did not exist: a stand-in for questions about something else.
    """
    from sklearn.linear_model import LogisticRegression

    inside = columns < labels
    features = scope_features(softmax(logits), nearest, known_share, labels=labels)
    made = _without_own(logits[inside], nearest[inside], known_share[inside], columns[inside], labels)
    positives, negatives = features[inside], features[~inside]
    values = np.concatenate([positives, negatives, made])
    is_inside = np.concatenate([np.ones(len(positives)), np.zeros(len(negatives) + len(made))])
    share = len(positives) / max(1, len(negatives))
    weights = np.concatenate([np.ones(len(positives)), np.full(len(negatives), share), np.full(len(made), 0.3)])
    centre, spread = values.mean(axis=0), values.std(axis=0)
    spread[spread < 1e-9] = 1.0
    model = LogisticRegression(C=1.0, max_iter=500)
    model.fit((values - centre) / spread, is_inside, sample_weight=weights)
    scope = model.coef_[0] / spread
    bias = float(model.intercept_[0] - scope @ centre)
    chances = 1 / (1 + np.exp(-(positives @ scope + bias)))
    return (*map(float, scope), bias), float(np.quantile(chances, 1 - params.kept))


def _without_own(
    logits: NDArray[np.float32],
    nearest: NDArray[np.float32],
    known_share: NDArray[np.float64],
    columns: NDArray[np.int64],
    labels: int,
) -> NDArray[np.float64]:
    rows = np.arange(len(columns))
    logits, nearest = logits.copy(), nearest.copy()
    logits[rows, columns] = _ABSENT
    nearest[rows, columns] = 0.0
    return scope_features(softmax(logits), nearest, known_share, labels=labels)


def _verdicts(judged: _Judged, head: Head, labels: int) -> HeldOut:
    chances = softmax(head.vector_weight * judged.vectors + head.word_weight * judged.words)
    features = scope_features(chances, judged.nearest, judged.known_share, labels=labels)
    in_scope = 1 / (1 + np.exp(-(features @ np.array(head.scope[:-1]) + head.scope[-1])))
    return HeldOut(chances[:, :labels].argmax(axis=1), in_scope < head.threshold, chances[:, :labels])


def _count_matrix(texts: Sequence[str], buckets: int) -> csr_matrix:
    found = [lexical_counts(text, buckets) for text in texts]
    return csr_matrix(
        (
            np.array([value for counts in found for value in counts.values()], np.float32),
            np.array([bucket for counts in found for bucket in counts], np.int32),
            np.cumsum([0, *map(len, found)]),
        ),
        shape=(len(texts), buckets),
    )


def _rows(counts: csr_matrix, rarity: NDArray[np.float32]) -> csr_matrix:
    """Counts times rarity, rows of unit length."""
    weighted = counts.multiply(rarity[None]).tocsr()
    lengths = np.sqrt(np.asarray(weighted.multiply(weighted).sum(axis=1)).ravel())
    scaled = weighted.multiply((1 / np.maximum(lengths, 1e-6))[:, None])
    return csr_matrix(scaled)

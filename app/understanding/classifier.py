"""Which of some labels a message bears, with a probability, and whether it bears any of them.

Two multinomial logistic regressions, one over the vector of the message and one over its words, whose logits are added
with weights that were fitted on held-out folds, so that probabilities can be believed. Whether the message bears any
label at all is judged by a third, small regression over how sure the first two are and how near the nearest known
message is. Trained by `app.training.intents`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from app.domain.probability import logistic
from app.understanding.lexical import lexical_counts
from index.types import FloatMatrix

OUT_OF_SCOPE = ("out_of_scope", "oos")
"""Labels whose messages bear none of the others."""
SCOPE_FEATURES = ("sureness", "margin", "entropy", "outside", "nearest", "own", "known")

_EPSILON = 1e-6


@dataclass(frozen=True, slots=True)
class Head:
    """How the two regressions are taken together, and when a message is out of scope."""

    vector_weight: float
    word_weight: float
    scope: tuple[float, ...]
    """One for each of SCOPE_FEATURES, then the intercept."""
    threshold: float
    """Below this probability of being in scope a message is out of scope."""


@dataclass(frozen=True, slots=True)
class ClassifierWeights:
    """What was learnt. L labels, the last being "out of scope" where there were examples of it."""

    labels: tuple[str, ...]
    """Those that a message can bear; one fewer than L where the last column is "out of scope"."""
    vectors: FloatMatrix
    """(d, L)."""
    vector_bias: NDArray[np.float32]
    """(L,)."""
    words: NDArray[np.int8]
    """(buckets, L), to be multiplied by `word_scale`."""
    word_scale: NDArray[np.float32]
    """(L,)."""
    word_bias: NDArray[np.float32]
    """(L,)."""
    rarity: NDArray[np.float32]
    """Inverse document frequency of each bucket, (buckets,); 0 for one that was never seen."""
    known: FloatMatrix
    """Vectors of typical messages, (n, d), rows of about unit length."""
    known_starts: NDArray[np.int64]
    """Where those of each label begin, (L,): they stand in the order of the labels, at least one for each."""


@dataclass(frozen=True, slots=True)
class Classified:
    """What a message was taken for."""

    label: str
    confidence: float
    """Probability of the label, in [0, 1]."""
    in_scope: float
    """Probability that it bears any label, in [0, 1]."""
    is_out_of_scope: bool
    ranked: tuple[tuple[str, float], ...]
    """All labels with their probabilities, best first."""


class Classifier:
    """Classifies messages. Safe to share between threads."""

    def __init__(
        self, weights: ClassifierWeights, heads: Mapping[str, Head], *, embedder_id: str, name: str = ""
    ) -> None:
        """Weights with one head for messages with their vector ("both") and one for those without ("words")."""
        self._weights, self._heads = weights, dict(heads)
        self.embedder_id, self.name = embedder_id, name

    @property
    def weights(self) -> ClassifierWeights:
        """What was learnt."""
        return self._weights

    @property
    def heads(self) -> Mapping[str, Head]:
        """By name, "both" and "words"."""
        return self._heads

    @property
    def labels(self) -> tuple[str, ...]:
        """Those that a message can bear."""
        return self._weights.labels

    def classify(self, text: str, vector: FloatMatrix | None) -> Classified:
        """One message. `vector` is that of `Embedder.embed_queries`, (d,); None goes by the words alone."""
        weights = self._weights
        head = self._heads["words" if vector is None else "both"]
        logits, known_share = word_scores(weights, text)
        logits = head.word_weight * logits
        nearest = np.zeros_like(logits)
        if vector is not None:
            logits = logits + head.vector_weight * (vector @ weights.vectors + weights.vector_bias)
            nearest = nearest_by_label(weights.known @ vector, weights.known_starts)
        chances = softmax(logits)
        features = scope_features(chances[None], nearest[None], np.array([known_share]), labels=len(weights.labels))[0]
        in_scope = logistic(float(features @ head.scope[:-1]) + head.scope[-1])
        order = np.argsort(-chances[: len(weights.labels)], kind="stable")
        ranked = tuple((weights.labels[at], float(chances[at])) for at in order)
        return Classified(
            label=ranked[0][0],
            confidence=ranked[0][1],
            in_scope=in_scope,
            is_out_of_scope=in_scope < head.threshold,
            ranked=ranked,
        )


def word_scores(weights: ClassifierWeights, text: str) -> tuple[NDArray[np.float32], float]:
    """Logits by the words, (L,), and which share of them, by rarity, was ever seen in training."""
    counts = lexical_counts(text, weights.rarity.shape[0])
    if not counts:
        return weights.word_bias, 0.0
    buckets = np.fromiter(counts, np.int64, len(counts))
    values = np.fromiter(counts.values(), np.float32, len(counts))
    rarity = weights.rarity[buckets]
    values = values * rarity
    length = float(np.linalg.norm(values))
    share = float(np.count_nonzero(rarity)) / len(counts)
    if length == 0:
        return weights.word_bias, share
    logits = (values / length) @ weights.words[buckets].astype(np.float32) * weights.word_scale + weights.word_bias
    return np.asarray(logits, np.float32), share


def nearest_by_label(similarity: NDArray[np.float32], starts: NDArray[np.int64]) -> NDArray[np.float32]:
    """The largest similarity of each label's known messages, (..., L), from those of all, (..., n)."""
    return np.asarray(np.maximum.reduceat(similarity, starts, axis=-1), np.float32)


def scope_features(
    chances: NDArray[np.float32], nearest: NDArray[np.float32], known_share: NDArray[np.float64], *, labels: int
) -> NDArray[np.float64]:
    """What tells messages of some label from those of none, (n, number of SCOPE_FEATURES).

    sureness: log-odds of the best label; margin: its probability less that of the next; entropy: of all, in nats;
    outside: log-odds of the column for no label; nearest: cosine to the nearest known message that bears a label;
    own: to the nearest one of the best label; known: share of the words that were seen in training.

    Args:
        chances: probabilities, (n, L), of the labels and, where there is one more column, of none.
        nearest: cosine to the nearest known message of each, (n, L); zeros without vectors.
        known_share: see `word_scores`, (n,).
        labels: how many of the L are labels.
    """
    inside, rows = chances[:, :labels], np.arange(len(chances))
    best = inside.argmax(axis=1)
    top = inside[rows, best]
    second = np.partition(inside, -2, axis=1)[:, -2] if labels > 1 else np.zeros_like(top)
    entropy = -(chances * np.log(chances + _EPSILON)).sum(axis=1)
    outside = chances[:, labels] if chances.shape[1] > labels else np.zeros_like(top)
    return np.stack(
        [
            _log_odds(top),
            top - second,
            entropy,
            _log_odds(outside),
            nearest[:, :labels].max(axis=1),
            nearest[rows, best],
            known_share,
        ],
        axis=1,
    ).astype(np.float64)


def softmax(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Probabilities along the last axis."""
    shifted = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return np.asarray(shifted / shifted.sum(axis=-1, keepdims=True), np.float32)


def scope_label(labels: Sequence[str]) -> str | None:
    """The label among these that stands for no label."""
    return next((label for label in labels if label.casefold() in OUT_OF_SCOPE), None)


def _log_odds(chances: NDArray[np.float32]) -> NDArray[np.float64]:
    clipped = np.clip(chances.astype(np.float64), _EPSILON, 1 - _EPSILON)
    return np.asarray(np.log(clipped / (1 - clipped)))

"""The mood of a message: what the classifier of moods says, weighed with how much praise and fault its words hold."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import get_args

import numpy as np
from numpy.typing import NDArray

from app.domain.understanding import Sentiment
from app.understanding.classifier import Classifier
from app.understanding.storing import SENTIMENT, shipped_classifier
from app.understanding.tone import Tone, tone_of
from index.types import FloatMatrix

MOODS: tuple[Sentiment, ...] = get_args(Sentiment)
"""In the order of the weights' rows."""
WEIGHTS = "mood.json"
_LEAST = 1e-6


@dataclass(frozen=True, slots=True)
class MoodWeights:
    """A multinomial logistic regression over `mood_features`."""

    weights: NDArray[np.float64]
    """(moods, features)."""
    bias: NDArray[np.float64]
    """(moods,)."""

    def to_dict(self) -> dict[str, object]:
        """As JSON."""
        return {"moods": list(MOODS), "weights": self.weights.round(4).tolist(), "bias": self.bias.round(4).tolist()}


class MoodReader:
    """Tells moods. Safe to share between threads."""

    def __init__(self, classifier: Classifier, weights: MoodWeights) -> None:
        """A classifier whose labels are moods, and what its verdict and the words weigh."""
        self.classifier, self._weights = classifier, weights

    @classmethod
    def shipped(cls) -> MoodReader:
        """What comes with kefu; made by `app.training.moods`."""
        return cls(shipped_classifier(SENTIMENT), _shipped_weights())

    def mood(self, text: str, vector: FloatMatrix | None) -> Sentiment:
        """Of one message. `vector` is that of `Embedder.embed_queries`, (d,); None goes by the words alone."""
        chances = dict(self.classifier.classify(text, vector).ranked)
        features = mood_features([chances], [tone_of(text)])[0]
        return MOODS[int(np.argmax(self._weights.weights @ features + self._weights.bias))]


def mood_features(chances: Sequence[Mapping[str, float]], tones: Sequence[Tone]) -> NDArray[np.float64]:
    """What moods are told by, (n, 4).

    Log-odds of negative and of positive against neutral, as the classifier sees them; ln(1 + words) of praise and of
    fault: a second word says less than the first.
    """
    logs = np.array([[np.log(max(row.get(mood, 0.0), _LEAST)) for mood in MOODS] for row in chances])
    negative, neutral, positive = (logs[:, MOODS.index(mood)] for mood in ("negative", "neutral", "positive"))
    words = np.log1p(np.array([(tone.praise, tone.fault) for tone in tones]))
    return np.column_stack([negative - neutral, positive - neutral, words])


@cache
def _shipped_weights() -> MoodWeights:
    told = json.loads(files("app.understanding").joinpath("data", SENTIMENT, WEIGHTS).read_text(encoding="utf-8"))
    if tuple(told["moods"]) != MOODS:
        raise ValueError(f"Expected weights of {MOODS}, got those of {told['moods']}.")
    return MoodWeights(np.array(told["weights"]), np.array(told["bias"]))

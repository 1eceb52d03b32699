"""How likely it is that what was found answers the question.

A small model answers from whatever it is given, so the decision to decline is taken before it is asked, from what the
search and the words say. The weights are fitted by `app.training.answerability` on questions about the sample company
that are kept apart from those it is evaluated on.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files

from app.assistant.answer_features import extract_features
from app.domain import Evidence, logistic
from app.retrieval.reading import Reading
from app.retrieval.retriever import Retrieved


@dataclass(frozen=True, slots=True)
class LogisticWeights:
    """p = 1 / (1 + exp(-(intercept + sum of weight * feature)))."""

    intercept: float
    weights: Mapping[str, float]

    @classmethod
    def shipped(cls, name: str) -> LogisticWeights:
        """Weights that come with kefu."""
        return cls.from_json(files("app.assistant").joinpath(name).read_text(encoding="utf-8"))

    @classmethod
    def from_json(cls, text: str) -> LogisticWeights:
        """Parse `{"intercept": …, "weights": {name: …}}`; raises `ValueError` when it is something else."""
        try:
            body = json.loads(text)
            return cls(float(body["intercept"]), {str(name): float(value) for name, value in body["weights"].items()})
        except (KeyError, TypeError, AttributeError) as error:
            raise ValueError(f'Expected {{"intercept": …, "weights": {{…}}}}, got {text[:80]!r}.') from error

    def probability(self, features: Mapping[str, float]) -> float:
        """In (0, 1); a feature without a weight counts nothing, a weight without a feature meets 0."""
        total = self.intercept + sum(weight * features.get(name, 0.0) for name, weight in self.weights.items())
        return logistic(total)


@dataclass(frozen=True, slots=True)
class Weighing:
    """A probability in its parts."""

    intercept: float
    features: Mapping[str, tuple[float, float]]
    """Value and weight by name; empty when nothing was found."""


class Answerability:
    """Probability that the evidence answers the question."""

    def __init__(self, *, plain: LogisticWeights, read: LogisticWeights) -> None:
        """`plain` judges by words and similarity alone, `read` with what a reader says as well."""
        self._plain, self._read = plain, read

    @classmethod
    def shipped(cls) -> Answerability:
        """The weights that come with kefu, fitted for the default embedder."""
        return cls(
            plain=LogisticWeights.shipped("answerability.json"), read=LogisticWeights.shipped("answerability_read.json")
        )

    def probability(
        self,
        question: str,
        retrieved: Sequence[Retrieved],
        evidence: Sequence[Evidence],
        reading: Reading | None = None,
    ) -> float:
        """In [0, 1]; 0.0 when nothing was found."""
        if not retrieved or not evidence:
            return 0.0
        weights = self._plain if reading is None else self._read
        return weights.probability(extract_features(question, retrieved, evidence, reading))

    def weigh(
        self,
        question: str,
        retrieved: Sequence[Retrieved],
        evidence: Sequence[Evidence],
        reading: Reading | None = None,
    ) -> Weighing:
        """What `probability` is made of."""
        weights = self._plain if reading is None else self._read
        if not retrieved or not evidence:
            return Weighing(weights.intercept, {})
        values = extract_features(question, retrieved, evidence, reading)
        return Weighing(
            weights.intercept, {name: (values.get(name, 0.0), weight) for name, weight in weights.weights.items()}
        )

"""How likely it is that what was found answers the question.

A small model answers from whatever it is given; so the decision to decline is made before it is asked, from what the
search and the words say. The weights are fitted on questions about the sample company that are kept apart from those
it is evaluated on (`kefu train answerability`).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Protocol

from app.domain import Evidence
from app.retrieval.retriever import Retrieved


class FeatureExtractor(Protocol):
    """Measures one question against what was found for it."""

    def __call__(
        self, question: str, retrieved: Sequence[Retrieved], evidence: Sequence[Evidence]
    ) -> Mapping[str, float]:
        """Feature values by name."""


@dataclass(frozen=True, slots=True)
class LogisticWeights:
    """p = 1 / (1 + exp(-(intercept + sum of weight * feature)))."""

    intercept: float
    weights: Mapping[str, float]

    @classmethod
    def shipped(cls) -> LogisticWeights:
        """The weights fitted on the sample company's calibration questions."""
        return cls.from_json(files("app.assistant").joinpath("answerability.json").read_text(encoding="utf-8"))

    @classmethod
    def from_json(cls, text: str) -> LogisticWeights:
        """Parse `{"intercept": …, "weights": {name: …}}`; raises `ValueError` when it is something else."""
        body = json.loads(text)
        return cls(float(body["intercept"]), {str(name): float(value) for name, value in body["weights"].items()})

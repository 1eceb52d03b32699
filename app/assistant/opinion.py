"""What the language model's own judgement, asked before it writes, adds to the confidence.

The reader that decides for every answer is a small network; the model reads more slowly and understands more. How much
its word counts differs from model to model and between documents that were searched and passages that were handed in,
where it is nearly always given something about the question; fitted by `app.training.opinion`, see decision 0055.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from importlib.resources import files
from typing import Literal

from app.assistant.answerability import Weighing
from app.domain import logistic, logit_of

SHIPPED = "opinion.json"
Origin = Literal["documents", "handed_in", "across"]
"""Of evidence: of an index, of passages that are handed in, or of an index in the other language than the question."""
_REFUSAL = 1.1
"""The 1.5B model says so of one question in four where only wrong passages are given, and of one in twelve where right
ones are."""
_REFUSALS: Mapping[str, float] = {"qwen2.5-coder-0.5b": 0.1}
"""Of models by the beginning of their names. The 0.5B model never says so as it comes; once it has been tuned it does
of one question in six, whether right passages are given or wrong ones."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """Log-odds that are added: `weight * (judged - centre)`; no more than `most` away from the centre counts."""

    weight: float
    centre: float
    """Where the model's answer says nothing either way."""
    most: float

    def distance(self, judged: float) -> float:
        """How far the model's answer lies from the centre, within `most`."""
        return max(-self.most, min(self.most, judged - self.centre))

    def confidence(self, before: float, judged: float) -> float:
        """The confidence when the model has been asked."""
        return logistic(logit_of(before) + self.weight * self.distance(judged))

    def may_reach(self, before: float, least: float) -> bool:
        """Whether a model that is very sure would lift the confidence to `least`."""
        return logistic(logit_of(before) + self.weight * self.most) >= least

    def weighed(self, weighing: Weighing, judged: float) -> Weighing:
        """The parts of the confidence with this one among them."""
        return replace(weighing, features={**weighing.features, "asked_model": (self.distance(judged), self.weight)})


Opinions = Mapping[str, Mapping[Origin, Mapping[str, Opinion]]]
"""By name of the model, origin of the passages and language of the reply; a model is not asked where none is given."""


def shipped_opinions() -> Opinions:
    """Those that come with kefu, as `app.training.opinion` writes them."""
    text = files("app.assistant").joinpath(SHIPPED).read_text(encoding="utf-8")
    return {
        model: {
            origin: {language: Opinion(**values) for language, values in languages.items()}
            for origin, languages in origins.items()
        }
        for model, origins in json.loads(text).items()
    }


def refusal_of(model: str) -> float:
    """Log-odds that it takes from an answer when a model says, writing it, that the evidence holds none."""
    return next((worth for name, worth in _REFUSALS.items() if model.startswith(name)), _REFUSAL)
